"""`outbound outreach`: launches straight from a list, and the holds of appointments before anybody is contacted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from cli.api import Api
from cli.errors import CommandError
from cli.lookups import by_name, id_text, json_file, sending_number, team_of_list
from cli.output import JsonOption, YesOption, confirm, print_fields, print_json, print_table, say

app = typer.Typer(no_args_is_help=True)

_SHOWN: Final = 10
_STYLES: Final = {"HOLD_FAILED": "red", "ENROLLED": "green", "HOLDING": "yellow"}

ListArgument = Annotated[UUID, typer.Argument(metavar="LIST", help="Id of the list.")]
OutreachArgument = Annotated[UUID, typer.Argument(metavar="OUTREACH", help="Id of the outreach.")]
TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many to list at most.")]


@app.callback()
def outreach() -> None:
    """Reach the customers of a list without drawing a workflow: maintenance, reschedule or text.

    Example: outbound outreach launch 018f… --kind reschedule --assistant Ava --reason 501 --memo "Storm on Monday"
    """


@app.command()
def launch(
    audience_list: ListArgument,
    kind: Annotated[str, typer.Option(help="maintenance, reschedule or text.")],
    channel: Annotated[
        str | None, typer.Option(help="call or text. [default: text for the kind text, else call]")
    ] = None,
    number: Annotated[
        str | None, typer.Option("--from", help="Sending number or its id. [default: the only one]")
    ] = None,
    assistant: Annotated[str | None, typer.Option(help="Name or id of the assistant for the channel.")] = None,
    template: Annotated[str | None, typer.Option(help="What a text says, instead of an assistant.")] = None,
    reason: Annotated[str | None, typer.Option(help="Name or id of the hold reason of a reschedule.")] = None,
    memo: Annotated[str | None, typer.Option(help="Memo of the hold of a reschedule.")] = None,
    name: Annotated[str | None, typer.Option(help="What the outreach is called. [default: kind and list]")] = None,
    settings: Annotated[
        Path | None, typer.Option(help="JSON file: business_hours, batching, retry, first_message.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what a launch would do, ask, and launch. A customer who was done already is not done again.

    Example: outbound outreach launch 018f… --kind reschedule --assistant Ava --reason "Customer asked" --memo "Storm"
    """
    with Api.from_settings() as api:
        team_id = team_of_list(api, audience_list)
        channel = channel or ("text" if kind == "text" else "call")
        asked = {
            "p_list_id": str(audience_list),
            "p_kind": kind,
            "p_channel": channel,
            "p_phone_number_id": sending_number(api, team_id, number),
            "p_assistant_id": assistant and by_name(api, "assistants", team_id, assistant, channel=f"eq.{channel}"),
            "p_template": template,
            "p_hold_reason_id": reason and _reason(api, team_id, reason),
            "p_hold_memo": memo,
            "p_name": name,
            "p_settings": json_file(settings),
        }
        plan = api.rpc("launch_outreach", **asked, p_dry_run=True)
        if dry_run:
            _show(plan, as_json=as_json)
            return
        if not as_json:
            _show(plan, as_json=False)
        if plan["counts"]["items"]:
            confirm(_question(plan), yes=yes)
        done = api.rpc("launch_outreach", **asked)
    if as_json:
        print_json(done)
    elif done["outreach_id"] is None:
        say("Nobody is new: nothing was launched.")
    else:
        print_fields({"outreach": done["outreach_id"], "campaign": done["campaign_id"]})
        say(f"Launched for {done['counts']['items']} customers.")


@app.command("list")
def list_outreaches(
    audience_list: Annotated[UUID | None, typer.Option("--list", help="Only those of this list.")] = None,
    limit: LimitOption = 50,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """List outreaches, newest first, and how far each has come.

    Example: outbound outreach list --list 018f…
    """
    with Api.from_settings() as api:
        found = api.rpc("list_outreaches", p_list_id=id_text(audience_list), p_limit=limit, p_team_id=id_text(team))
    if as_json:
        print_json(found)
        return
    counted = ("holding", "hold_failed", "enrolled", "cancelled")
    print_table(
        ("id", "launched", "kind", "channel", "name", "campaign", "holding", "failed", "contacted", "cancelled"),
        [
            (item["id"], item["created_at"][:16].replace("T", " "), item["kind"], item["channel"], item["name"],
             item["campaign"]["status"], *(item["counts"][one] for one in counted))
            for item in found["items"]
        ],
        right=("holding", "failed", "contacted", "cancelled"),
        whole=("id",),
    )  # fmt: skip


@app.command()
def items(
    outreach_id: OutreachArgument,
    failed: Annotated[bool, typer.Option("--failed", help="Only those whose hold failed.")] = False,
    outcome: Annotated[str | None, typer.Option(help="Only holds with this outcome, such as unknown.")] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List the customers of an outreach: what came of the hold, and whether a retry can help.

    Example: outbound outreach items 018f… --failed
    """
    with Api.from_settings() as api:
        found = api.rpc(
            "get_outreach_items",
            p_outreach_id=str(outreach_id),
            p_status="HOLD_FAILED" if failed else None,
            p_outcome=outcome,
            p_limit=limit,
        )
    if as_json:
        print_json(found)
        return
    print_table(
        ("id", "phone", "name", "appointment", "status", "hold", "retry helps", "why"),
        [_row(item) for item in found["items"]],
        right=("appointment",),
        whole=("id", "phone"),
        styles=_STYLES,
    )
    say(_progress(found["counts"]))


@app.command()
def retry(
    outreach_id: OutreachArgument,
    item: Annotated[list[UUID] | None, typer.Option("--item", help="Only this one; may be repeated.")] = None,
    reason: Annotated[
        int | None, typer.Option(help="Id of another hold reason, for those whose reason was not active.")
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Try failed holds again, where that can help. Who is held then is contacted.

    Example: outbound outreach retry 018f…
    """
    with Api.from_settings() as api:
        counts = api.rpc("get_outreach_items", p_outreach_id=str(outreach_id), p_limit=1)["counts"]
        confirm(f"{_progress(counts)} Try the holds again?", yes=yes)
        done = api.rpc(
            "retry_outreach_items",
            p_outreach_id=str(outreach_id),
            p_item_ids=[str(one) for one in item] if item else None,
            p_hold_reason_id=reason,
        )
    if as_json:
        print_json(done)
        return
    say(f"{done['retried']} holds are tried again.")


@app.command()
def reasons(
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask ServiceTitan again.")] = False,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the reasons that appointments can be held for.

    Example: outbound outreach reasons --refresh
    """
    with Api.from_settings() as api:
        found = api.rpc("get_servicetitan_catalogue", p_kind="hold_reasons", p_refresh=refresh, p_team_id=id_text(team))
    if as_json:
        print_json(found)
        return
    print_table(
        ("id", "name", "active"),
        [(item["id"], item["name"], "yes" if item["is_active"] else "no") for item in found["items"]],
        right=("id",),
    )
    if found["is_refreshing"]:
        say("They are being asked for; look again in a moment.")
    if found["failure_message"]:
        say(f"The last refresh failed: {found['failure_message']}")


def _show(plan: dict[str, Any], *, as_json: bool) -> None:
    """What a launch would do."""
    if as_json:
        print_json(plan)
        return
    print_table(list(plan["counts"]), [list(plan["counts"].values())], right=plan["counts"])
    for blocker in plan["blockers"]:
        say(f"{blocker['message']} [{blocker['code']}]")
    for known in plan["duplicates"][:_SHOWN]:
        say(f"{known['phone']} is {known['status']} in the outreach {known['outreach_id']} already.")
    for one in plan["left_out"][:_SHOWN]:
        say(f"{one['phone']}: {one['message']}")


def _question(plan: dict[str, Any]) -> str:
    counts = plan["counts"]
    held = f" and hold {counts['holds']} appointments" if counts["holds"] else ""
    return f"Launch for {counts['items']} customers{held}?"


def _progress(counts: dict[str, int]) -> str:
    return (
        f"{counts['enrolled']} contacted or about to be, {counts['holding']} waiting for their hold, "
        f"{counts['hold_failed']} holds failed ({counts['can_retry']} that a retry can help), "
        f"{counts['cancelled']} cancelled."
    )


def _row(item: dict[str, Any]) -> tuple[Any, ...]:
    hold = item["hold"] or {}
    name = " ".join(part for part in (item["first_name"], item["last_name"]) if part)
    is_failed = item["status"] == "HOLD_FAILED"
    retry_helps = ("yes" if hold["can_retry"] else "no") if is_failed else ""
    why = hold["message"] if is_failed else (item["enrollment"] or {}).get("reason_code")
    return (
        item["id"], item["phone"], name, item["servicetitan_appointment_id"], item["status"], hold.get("code"),
        retry_helps, why,
    )  # fmt: skip


def _reason(api: Api, team_id: str, said: str) -> int:
    if said.isdecimal():
        return int(said)
    found = api.rpc("get_servicetitan_catalogue", p_kind="hold_reasons", p_team_id=team_id)["items"]
    chosen = [row for row in found if said.lower() == (row["name"] or "").lower()]
    if len(chosen) != 1:
        raise CommandError(
            f'{len(chosen)} hold reasons are called "{said}".', hint="outbound outreach reasons lists them."
        )
    return int(chosen[0]["id"])
