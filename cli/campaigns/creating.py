"""Creating a campaign. Nobody is contacted before it is launched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from cli.api import Api
from cli.lookups import json_file, sending_number, team_of_list
from cli.output import JsonOption, print_fields, print_json, say


def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the campaign is called.")],
    audience_list: Annotated[UUID, typer.Option("--list", help="Id of the audience list.")],
    workflow: Annotated[UUID, typer.Option("--workflow", help="Id of the published workflow.")],
    number: Annotated[
        str | None, typer.Option("--from", help="Sending number or its id. [default: the only one]")
    ] = None,
    max_lateness: Annotated[
        str, typer.Option(help="What is later than this is skipped, as an ISO 8601 duration.")
    ] = "P2D",
    continuous: Annotated[bool, typer.Option("--continuous", help="Enroll members who come later, too.")] = False,
    priority: Annotated[int, typer.Option(min=1, max=1000, help="The lowest goes first.")] = 100,
    retry_budget: Annotated[
        int, typer.Option(min=0, max=100, help="Retries that all nodes share, for each contact.")
    ] = 10,
    exclusions: Annotated[Path | None, typer.Option(help="JSON file: whom of the list to leave out.")] = None,
    targeting: Annotated[
        Path | None, typer.Option(help="JSON file: tags, campaigns and business units of ServiceTitan to target.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Create a campaign: one list, one published workflow, one sending number.

    Example: outbound campaigns create "Spring tune-ups" --list 018f… --workflow 018f…
    """
    with Api.from_settings() as api:
        team_id = team_of_list(api, audience_list)
        made = api.rpc(
            "create_campaign",
            p_name=name,
            p_list_id=str(audience_list),
            p_workflow_id=str(workflow),
            p_phone_number_id=sending_number(api, team_id, number),
            p_max_lateness=max_lateness,
            p_is_continuous=continuous,
            p_priority=priority,
            p_team_id=team_id,
            p_exclusions=json_file(exclusions),
            p_targeting=json_file(targeting),
            p_retry_budget=retry_budget,
        )
    if as_json:
        print_json(made)
        return
    print_fields({"id": made["id"], "name": made["name"], "status": made["status"]})
    say(f"Nobody is contacted before it is launched: outbound campaigns launch {made['id']}")
