"""`outbound campaigns preflight`: what a launch would do, before it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.api import Api
from cli.campaigns.options import CampaignArgument, moment, said_moment
from cli.output import JsonOption, console, print_fields, print_json, print_table


def preflight(
    campaign: CampaignArgument,
    at: Annotated[
        str | None, typer.Option("--at", help="A launch at this time, such as 2027-03-02T09:00-05:00, instead of now.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say whom a launch would reach, whom it leaves out and why, when it would be through, and what blocks it.

    Example: outbound campaigns preflight 018f… --at 2027-03-02T09:00-05:00
    """
    with Api.from_settings() as api:
        found = api.rpc("preflight_campaign", p_campaign_id=str(campaign), p_at=said_moment(at))
    if as_json:
        print_json(found)
        return
    print_table(
        ("step", "left out", "left", "why"),
        [(step["code"], step["left_out"] or "", step["left"], step["message"]) for step in found["funnel"]],
        title=f"{found['reach']} of {found['members']} would be contacted",
        right=("left out", "left"),
        whole=("step",),
    )
    print_table(
        ("people", "in"),
        [(zone["people"], " or ".join(zone["timezones"])) for zone in found["timezones"]],
        right=("people",),
    )
    _print_estimate(found["estimate"])
    problems = [("blocks", one) for one in found["blockers"]] + [("warns", one) for one in found["warnings"]]
    if problems:
        print_table(
            ("", "code", "why"),
            [(kind, one["code"], one["message"]) for kind, one in problems],
            whole=("code",),
            styles={"blocks": "red", "warns": "yellow"},
        )
    if not found["blockers"]:
        console.print("Nothing blocks the launch.")


def _print_estimate(estimate: dict[str, Any]) -> None:
    last = _utc(estimate["last_contact_at"])
    if estimate["left_over"]:
        last = f"not within 90 days: {estimate['left_over']} left"
    print_fields({"first contact": _utc(estimate["first_contact_at"]) or "never", "everybody once": last or "never"})
    for assumption in estimate["assumptions"]:
        console.print(f"- {assumption['message']}", markup=False)


def _utc(value: str | None) -> str | None:
    return value and f"{moment(value)} UTC"
