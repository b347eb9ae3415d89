"""Looking at campaigns: the table, one of them, and who is in it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.api import Api
from cli.campaigns.live import nodes_table
from cli.campaigns.options import STYLES, CampaignArgument, LimitOption, TeamOption, moment
from cli.lookups import id_text
from cli.output import JsonOption, console, print_fields, print_json, print_table, say

CursorOption = Annotated[
    str | None, typer.Option(help="Where the next page begins: next_cursor of the page before, as --json says it.")
]


def list_campaigns(
    search: Annotated[str | None, typer.Option(help="Only names with this in them.")] = None,
    status: Annotated[
        str | None, typer.Option(help="CREATED, SCHEDULED, ACTIVE, PAUSED, COMPLETED or CANCELLED.")
    ] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Those that were put away.")] = False,
    limit: LimitOption = 50,
    cursor: CursorOption = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """List campaigns, newest first, and how far each has come.

    Example: outbound campaigns list --status ACTIVE
    """
    with Api.from_settings() as api:
        found = api.rpc(
            "list_campaigns",
            p_search=search,
            p_status=status and status.upper(),
            p_archived=archived,
            p_limit=limit,
            p_cursor=cursor,
            p_team_id=id_text(team),
        )
    if as_json:
        print_json(found)
        return
    counted = ("enrolled", "queued", "completed", "booked", "failed")
    print_table(
        ("id", "name", "status", "list", "workflow", *counted),
        [
            (item["id"], item["name"], item["status"], item["list"]["name"],
             f"{item['workflow']['name']} v{item['workflow']['version']}", *(item["counts"][one] for one in counted))
            for item in found["items"]
        ],
        right=counted,
        whole=("id",),
        styles=STYLES,
    )  # fmt: skip
    _say_more(found)


def show(campaign: CampaignArgument, as_json: JsonOption = False) -> None:
    """Show one campaign: what it is made of, how far it is, what can be done, and its diary.

    Example: outbound campaigns show 018f…
    """
    with Api.from_settings() as api:
        found = api.rpc("get_campaign", p_campaign_id=str(campaign))
        nodes = api.rpc("get_node_metrics", p_campaign_id=str(campaign))
    if as_json:
        print_json(found | {"nodes": nodes})
        return
    print_fields(
        {
            "id": found["id"],
            "name": found["name"],
            "status": found["status"] + (" (archived)" if found["archived_at"] else ""),
            "list": f"{found['list']['name']} ({found['list']['member_count']} members)",
            "workflow": f"{found['workflow']['name']} v{found['workflow']['version']}",
            "from": found["phone_number"]["phone"],
            "retries": f"{found['retry_budget']} for each contact",
            "scheduled": moment(found["scheduled_at"]),
            "started": moment(found["started_at"]),
            "ended": moment(found["ended_at"]),
            "can be": ", ".join(item["action"] for item in found["actions"] if item["allowed"]),
        }
    )
    counts = {name: count for name, count in found["counts"].items() if count}
    if counts:
        print_table([name.replace("_", " ") for name in counts], [list(counts.values())], right=counts)
        console.print(nodes_table(nodes))
    for blocker in found["blockers"]:
        say(f"{blocker['message']} [{blocker['code']}]")
    print_table(
        ("when", "what", "by"),
        [(moment(step["at"]), step["reason"], step["user_id"] or "the clock or a service") for step in found["steps"]],
    )


def enrollments(
    campaign: CampaignArgument,
    status: Annotated[
        str | None,
        typer.Option(help="ACTIVE, COMPLETED, BOOKED, OPTED_OUT, SUPPRESSED, FAILED or CANCELLED."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Only those that ended with this reason code.")] = None,
    search: Annotated[str | None, typer.Option(help="Only names, numbers or addresses with this in them.")] = None,
    limit: LimitOption = 50,
    cursor: CursorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who is in a campaign: how far each is, what came last, and what is next.

    Example: outbound campaigns enrollments 018f… --status FAILED
    """
    with Api.from_settings() as api:
        found = api.rpc(
            "get_campaign_enrollments",
            p_campaign_id=str(campaign),
            p_status=status and status.upper(),
            p_reason_code=reason,
            p_search=search,
            p_limit=limit,
            p_cursor=cursor,
        )
    if as_json:
        print_json(found)
        return
    print_table(
        ("contact", "phone", "name", "status", "reason", "last", "next (UTC)"),
        [_row(item) for item in found["items"]],
        whole=("contact", "phone"),
        styles=STYLES,
    )
    _say_more(found)


def _row(item: dict[str, Any]) -> tuple[Any, ...]:
    last = item["last_job"] or {}
    node = last.get("label") or last.get("node_id")
    came = (last.get("outcome") or last.get("status") or "").lower().replace("_", " ")
    name = " ".join(part for part in (item["first_name"], item["last_name"]) if part)
    return (
        item["contact_id"], item["phone"], name, item["status"], item["reason_code"],
        f"{node}: {came}" if node else None, moment(item["next_due_at"]),
    )  # fmt: skip


def _say_more(found: dict[str, Any]) -> None:
    if found["next_cursor"]:
        say(f"There are more: repeat it with --cursor {found['next_cursor']}")
