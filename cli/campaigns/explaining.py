"""Why somebody was, or was not, called."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from cli.api import Api
from cli.campaigns.options import CampaignArgument
from cli.output import JsonOption, print_fields, print_json, print_table, say

ContactArgument = Annotated[str, typer.Argument(metavar="CONTACT|PHONE", help="Id of the contact, or the number.")]


def explain(campaign: CampaignArgument, contact: ContactArgument, as_json: JsonOption = False) -> None:
    """Tell everything that happened to a contact in a campaign, why, and what comes next.

    Example: outbound campaigns explain 018f… "(212) 555-0123"
    """
    with Api.from_settings() as api:
        found = api.rpc("explain_contact", p_campaign_id=str(campaign), **_whom(contact))
    if as_json:
        print_json(found)
        return
    enrollment = found["enrollment"] or {}
    name = " ".join(part for part in (found["contact"]["first_name"], found["contact"]["last_name"]) if part)
    print_fields(
        {
            "campaign": f"{found['campaign']['name']} ({found['campaign']['status']})",
            "contact": " ".join(part for part in (name, found["contact"]["phone"], found["contact"]["id"]) if part),
            "enrollment": enrollment.get("status", "none"),
            "retries left": f"{enrollment['retries_left']} of {enrollment['retry_budget']}" if enrollment else "",
        }
    )
    print_table((f"when ({found['timezone']})", "what", ""), _rows(found))
    say(found["summary"])
    if found["cure"]:
        say(f"What to do: {found['cure']}")


def _whom(contact: str) -> dict[str, str]:
    try:
        return {"p_contact_id": str(UUID(contact))}
    except ValueError:
        return {"p_phone": contact}


def _rows(found: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """A row for each line of the timeline, and one for each edge that was weighed."""
    zone = ZoneInfo(found["timezone"])
    for line in found["timeline"]:
        at = datetime.fromisoformat(line["at"]).astimezone(zone)
        yield f"{at:%Y-%m-%d %H:%M:%S}", line["kind"], line["message"]
        for edge in line.get("edges", []):
            taken = "taken" if edge["taken"] else "not taken"
            yield "", "", f"  {edge['edge_id']} ({edge['when']}) to {edge['target']}: {taken}. {edge['reason']}"
