"""The steps of a campaign's life. Each says beforehand, in the database's own words and numbers, what it does."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.campaigns.options import CampaignArgument, DryRunOption, said_moment
from cli.output import JsonOption, YesOption, confirm, print_json, print_table, say


def launch(
    campaign: CampaignArgument,
    at: Annotated[
        str | None, typer.Option("--at", help="When, such as 2027-03-02T09:00-05:00, instead of now.")
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Launch a campaign now or at a time: its list is enrolled, and contacted in due course.

    Example: outbound campaigns launch 018f… --at 2027-03-02T09:00-05:00
    """
    _take("launch_campaign", campaign, dry_run=dry_run, yes=yes, as_json=as_json, asks=True, p_at=said_moment(at))


def unschedule(
    campaign: CampaignArgument, dry_run: DryRunOption = False, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """Take back a launch that has not come yet; the campaign can be edited again.

    Example: outbound campaigns unschedule 018f…
    """
    _take("unschedule_campaign", campaign, dry_run=dry_run, yes=yes, as_json=as_json, asks=True)


def pause(campaign: CampaignArgument, dry_run: DryRunOption = False, as_json: JsonOption = False) -> None:
    """Hold back, at once, whatever has not begun. Nothing is lost, so nothing is asked.

    Example: outbound campaigns pause 018f…
    """
    _take("pause_campaign", campaign, dry_run=dry_run, yes=True, as_json=as_json, asks=False)


def resume(
    campaign: CampaignArgument, dry_run: DryRunOption = False, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """Let a paused campaign go on: what is due is spread by the batches, what is too late is skipped.

    Example: outbound campaigns resume 018f… --dry-run
    """
    _take("resume_campaign", campaign, dry_run=dry_run, yes=yes, as_json=as_json, asks=True)


def cancel(
    campaign: CampaignArgument, dry_run: DryRunOption = False, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """End a campaign for good. What a provider has already finishes and is counted.

    Example: outbound campaigns cancel 018f…
    """
    _take("cancel_campaign", campaign, dry_run=dry_run, yes=yes, as_json=as_json, asks=True)


def retry(
    campaign: CampaignArgument,
    reason: Annotated[
        list[str] | None, typer.Option("--reason", help="Only what failed for this reason; may be repeated.")
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Try once more just what failed; a campaign that was over runs again.

    Example: outbound campaigns retry 018f… --reason too_late
    """
    _take(
        "retry_failed_enrollments", campaign, dry_run=dry_run, yes=yes, as_json=as_json, asks=True,
        p_reason_codes=reason or None,
    )  # fmt: skip


def archive(campaign: CampaignArgument, dry_run: DryRunOption = False, as_json: JsonOption = False) -> None:
    """Put a campaign away that does not run; what it did stays.

    Example: outbound campaigns archive 018f…
    """
    _take("archive_campaign", campaign, dry_run=dry_run, yes=True, as_json=as_json, asks=False)


def unarchive(campaign: CampaignArgument, dry_run: DryRunOption = False, as_json: JsonOption = False) -> None:
    """Take an archived campaign out again.

    Example: outbound campaigns unarchive 018f…
    """
    _take("unarchive_campaign", campaign, dry_run=dry_run, yes=True, as_json=as_json, asks=False)


def _take(rpc: str, campaign: UUID, *, dry_run: bool, yes: bool, as_json: bool, asks: bool, **arguments: Any) -> None:
    """Say what a step would do, ask, and take it."""
    with Api.from_settings() as api:
        if dry_run or (asks and not yes):
            plan = api.rpc(rpc, p_campaign_id=str(campaign), p_dry_run=True, **arguments)
            if dry_run:
                _tell(plan, as_json=as_json)
                return
            if as_json:
                say(plan["message"])  # stdout is the result's
            else:
                _tell(plan, as_json=False)
            confirm("Go on?", yes=False)
        done = api.rpc(rpc, p_campaign_id=str(campaign), p_dry_run=False, **arguments)
    _tell(done, as_json=as_json)


def _tell(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    say(answer["message"])
    for blocker in answer.get("blockers") or []:
        say(f"{blocker['message']} [{blocker['code']}]")
    for key, column in (("by_reason", "reason_code"), ("by_node", "label")):
        if counted := answer.get(key):
            print_table(
                (column.removesuffix("_code"), "contacts"),
                [(row[column] or row.get("node_id"), row["enrollments"]) for row in counted],
                right=("contacts",),
            )
