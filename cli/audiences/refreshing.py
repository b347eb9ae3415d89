"""`outbound audiences`: lists that are filled from ServiceTitan: made, tried out, refreshed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.bars import endless_bar
from cli.errors import CommandError
from cli.output import JsonOption, print_fields, print_json, print_table, say

verbs = typer.Typer(no_args_is_help=True)

_OPEN = frozenset({"QUEUED", "RUNNING"})
_LOOK_SECONDS = 0.5


class Source(StrEnum):
    """Where a definition asks."""

    servicetitan = "servicetitan"
    custom_report = "custom_report"


DefinitionOption = Annotated[
    Path, typer.Option("--definition", metavar="FILE", help="The definition as JSON; docs/definitions.md.")
]
SourceOption = Annotated[Source, typer.Option(help="Where the definition asks.")]
TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]


@verbs.command()
def create(
    name: Annotated[str, typer.Argument(help="What the list is called.")],
    definition: DefinitionOption,
    source: SourceOption = Source.servicetitan,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a list that is filled from ServiceTitan. It is empty until it is refreshed.

    Example: outbound audiences create "Overdue tune-ups" --source servicetitan --definition overdue.json
    """
    with Api.from_settings() as api:
        made = api.rpc(
            "create_audience_list",
            p_name=name,
            p_source=source.value,
            p_definition=read_definition(definition),
            p_team_id=str(team) if team else None,
        )
    if as_json:
        print_json(made)
        return
    print_fields({"name": made["name"], "source": made["source"], "id": made["id"]})
    say(f"Fill it: outbound audiences refresh {made['id']} --wait")


@verbs.command()
def preview(
    definition: DefinitionOption,
    source: SourceOption = Source.servicetitan,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show whom a definition would give, without storing anybody: how many, and the first twenty.

    Example: outbound audiences preview --definition overdue.json
    """
    arguments = {
        "p_definition": read_definition(definition),
        "p_source": source.value,
        "p_team_id": str(team) if team else None,
    }
    with Api.from_settings() as api:
        found = _wait(lambda: api.rpc("preview_audience_definition", **arguments), "Asking ServiceTitan")
    if found["status"] == "FAILED":
        raise CommandError(found["failure_message"], detail=found)
    if as_json:
        print_json(found)
        return
    print_table(
        ["name", "phone", "ZIP", "customer", "appointment"],
        [
            (
                item["name"],
                item["phone"],
                item["postal_code"],
                item["servicetitan_customer_id"],
                item["appointment_starts_at"],
            )
            for item in found["sample"]
        ],
    )
    counts = found["counts"]
    say(
        f"{found['count']:,} would be members; of {counts['fetched']:,} that match, {counts['rejected']:,} cannot be"
        f" reached, {counts['duplicate']:,} share a number, {counts['excluded']:,} are left out."
    )


@verbs.command()
def refresh(
    list_id: Annotated[UUID, typer.Argument(metavar="LIST", help="Id of the list.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the run has ended.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask a list's source again: whoever matches now is a member, nobody else. A worker carries it out.

    Example: outbound audiences refresh 0193e0a4-… --wait
    """
    with Api.from_settings() as api:
        run = api.rpc("refresh_audience_list", p_list_id=str(list_id))
        if wait:
            run = _wait(lambda: _run(api, str(list_id), run["id"]), "Refreshing")
    if run["status"] == "FAILED":
        raise CommandError(run["failure_message"], detail=run, hint="The list is as it was.")
    if as_json:
        print_json(run)
        return
    counted = ["fetched", "added", "updated", "removed", "excluded", "rejected", "duplicate"]
    print_table(
        ["list", "status", *counted],
        [(run["list_name"], run["status"], *(f"{run['counts'][name]:,}" for name in counted))],
        right=counted,
    )
    say(f"The run's id is {run['id']}; what was wrong with rows: outbound audiences errors {run['id']}")


def read_definition(path: Path) -> Any:
    """The JSON of a file."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}.") from None


def _run(api: Api, list_id: str, run_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = api.rpc("get_audience_runs", p_list_id=list_id, p_limit=10)["items"]
    return next(one for one in found if one["id"] == run_id)


def _wait(look: Callable[[], dict[str, Any]], what: str) -> dict[str, Any]:
    """Look until it has ended, saying what it waits for."""
    with endless_bar(what) as tell:
        while (found := look())["status"] in _OPEN:
            tell("Waiting for a worker" if found["status"] == "QUEUED" else found.get("waits_for") or what)
            time.sleep(_LOOK_SECONDS)
    return found
