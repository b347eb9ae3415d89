"""`outbound schedules`: when lists are refreshed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.output import JsonOption, print_fields, print_json, print_table, say

app = typer.Typer(no_args_is_help=True)

_CHIP_COLOURS = {"on": "green", "running": "cyan", "failing": "bold red", "overdue": "yellow", "off": "dim"}

ListArgument = Annotated[UUID, typer.Argument(metavar="LIST", help="Id of the list.")]
ExpressionArgument = Annotated[str, typer.Argument(help="Minute, hour, day of month, month, day of week; or @daily.")]
TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]


class Switch(StrEnum):
    """What a toggle does."""

    ON = "on"
    OFF = "off"


@app.callback()
def schedules() -> None:
    """When lists are refreshed: cron expressions, each in the time zone of its list.

    Example: outbound schedules set 0193e0a4-… "30 8 * * mon-fri" --timezone America/Chicago
    """


@app.command("list")
def list_schedules(
    search: Annotated[str | None, typer.Option(help="Part of a list's name.")] = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the schedules, those of the newest lists first.

    Example: outbound schedules list --search overdue
    """
    arguments = {"p_search": search, "p_limit": 200, "p_team_id": str(team) if team else None}
    with Api.from_settings() as api:
        items = list(api.pages("list_audience_schedules", **arguments))
    if as_json:
        print_json(items)
        return
    print_table(
        ["list", "status", "when", "next", "time zone", "last run", "id"],
        [
            (
                item["list_name"],
                item["chip"],
                item["summary"],
                _shown(item["next"][0]) if item["next"] else None,
                item["timezone"],
                (item["last_run"] or {}).get("status"),
                item["list_id"],
            )
            for item in items
        ],
        styles=_CHIP_COLOURS,
    )


@app.command("set")
def set_schedule(
    list_id: ListArgument,
    expression: ExpressionArgument,
    timezone: Annotated[str | None, typer.Option(help="Such as America/Chicago. [default: the team's]")] = None,
    off: Annotated[bool, typer.Option("--off", help="Store it without turning it on.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Give a list a schedule, or another one.

    Example: outbound schedules set 0193e0a4-… "30 8 * * mon-fri" --timezone America/Chicago
    """
    with Api.from_settings() as api:
        found = api.rpc(
            "set_audience_schedule",
            p_list_id=str(list_id),
            p_expression=expression,
            p_timezone=timezone,
            p_is_enabled=not off,
        )
    _print_schedule(found, as_json)


@app.command("toggle")
def toggle(list_id: ListArgument, switch: Annotated[Switch, typer.Argument()], as_json: JsonOption = False) -> None:
    """Turn the schedule of a list on or off. Turned on, it goes on from now and catches up on nothing.

    Example: outbound schedules toggle 0193e0a4-… off
    """
    with Api.from_settings() as api:
        found = api.rpc("toggle_audience_schedule", p_list_id=str(list_id), p_is_enabled=switch is Switch.ON)
    _print_schedule(found, as_json)


@app.command("describe")
def describe(
    expression: ExpressionArgument,
    timezone: Annotated[str, typer.Option(help="Such as America/Chicago.")] = "UTC",
    count: Annotated[int, typer.Option(min=0, max=100, help="How many of the next times to show.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Say what an expression means and when it would run next; nothing is stored.

    Example: outbound schedules describe "*/15 9-17 * * mon-fri" --timezone America/Chicago
    """
    with Api.from_settings() as api:
        found = api.rpc("describe_cron", p_expression=expression, p_timezone=timezone, p_count=count)
    if as_json:
        print_json(found)
        return
    print_fields({"when": found["summary"], "time zone": found["timezone"]})
    print_table(["next"], [(_shown(at),) for at in found["next"]])
    _say_warnings(found)


def _print_schedule(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_fields(
        {
            "list": found["list_name"],
            "status": found["chip"],
            "when": found["summary"],
            "time zone": found["timezone"],
            "next": ", ".join(map(_shown, found["next"])) or "never, while it is off",
        }
    )
    _say_warnings(found)


def _say_warnings(found: dict[str, Any]) -> None:
    for warning in found.get("warnings", []):
        say(f"Note: {warning['message']}")


def _shown(at: str) -> str:
    """A time as its own zone has it, with the weekday; the zone is shown beside it."""
    return datetime.fromisoformat(at).strftime("%a %Y-%m-%d %H:%M")
