"""Arguments and options that the commands of the group share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from cli.errors import CommandError

CampaignArgument = Annotated[UUID, typer.Argument(metavar="CAMPAIGN", help="Id of the campaign.")]
TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many to list at most.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]

STYLES = {
    "ACTIVE": "green",
    "PAUSED": "yellow",
    "SCHEDULED": "cyan",
    "CANCELLED": "red",
    "FAILED": "red",
    "BOOKED": "bold green",
    "OPTED_OUT": "red",
}
"""Colours of statuses in tables."""


def moment(value: str | None) -> str | None:
    """A moment as a table shows it: to the minute, in UTC."""
    return value and value[:16].replace("T", " ")


def said_moment(said: str | None) -> str | None:
    """A moment with its offset; without one nobody could say which zone was meant."""
    if said is None:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise CommandError(
            f'"{said}" is not a moment with its offset from UTC.', hint="Write it like 2027-03-02T09:00-05:00."
        )
    return at.isoformat()
