"""`outbound teams`: the tenants."""

from __future__ import annotations

import dataclasses
from typing import Annotated
from uuid import UUID

import typer

from cli import settings, team_accounts, team_settings
from cli.api import Api
from cli.errors import CommandError
from cli.output import JsonOption, print_fields, print_json, print_table
from cli.rehearsal import create_sandbox_team

app = typer.Typer(no_args_is_help=True)
app.add_typer(team_settings.settings, name="settings")
app.command("health")(team_settings.health)
app.command("resume")(team_settings.resume)
app.command("connect")(team_accounts.connect)
app.command("number")(team_accounts.number)
app.command("assistant")(team_accounts.assistant)


@app.callback()
def teams() -> None:
    """The tenants: home-service companies and their people.

    Example: outbound teams create "Evergreen Heating" --sandbox
    """


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="The company's name.")],
    timezone: Annotated[str, typer.Option(help="Its IANA time zone.")] = "America/New_York",
    sandbox: Annotated[
        bool,
        typer.Option("--sandbox", help="Connect it to the local stack's sandbox: a number, an assistant, accounts."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Create a team. Only the service key may.

    Example: outbound teams create "Evergreen Heating" --timezone America/Denver --sandbox
    """
    with Api.from_settings() as api:
        if sandbox:
            made = dataclasses.asdict(create_sandbox_team(api, _control_url(), name, timezone))
        else:
            made = {"team_id": api.rpc("create_team", p_name=name, p_timezone=timezone)["id"]}
    if as_json:
        print_json(made)
        return
    print_fields({key.removesuffix("_id").replace("_", " "): value for key, value in made.items()})


@app.command("list")
def list_teams(as_json: JsonOption = False) -> None:
    """List the teams that the caller may see.

    Example: outbound teams list
    """
    with Api.from_settings() as api:
        found = api.select("teams", select="id,name,timezone,country,is_sandbox", order="name")
    if as_json:
        print_json(found)
        return
    print_table(
        ["name", "time zone", "sandbox", "id"],
        [(team["name"], team["timezone"], "yes" if team["is_sandbox"] else "", team["id"]) for team in found],
    )


@app.command("add")
def add(
    team_id: Annotated[UUID, typer.Argument(help="Id of the team.")],
    user_id: Annotated[UUID, typer.Argument(help="Id of the person, as `outbound stack user list` shows it.")],
    role: Annotated[str, typer.Option(help="viewer, operator or admin.")] = "operator",
    as_json: JsonOption = False,
) -> None:
    """Add a person to a team, or change the role.

    Example: outbound teams add 0193e0a4-… 5f0c7d0e-… --role admin
    """
    with Api.from_settings() as api:
        member = api.rpc("set_team_member", p_user_id=str(user_id), p_role=role, p_team_id=str(team_id))
    if as_json:
        print_json(member)
        return
    print_fields({"team": member["team_id"], "person": member["user_id"], "role": member["role"]})


def _control_url() -> str:
    connection = (settings.stack_state() or {}).get("connection") or {}
    urls = connection.get("sandbox_urls")
    if not urls:
        raise CommandError("There is no sandbox: no local stack is up.", hint="Start one with: outbound stack up")
    return str(urls["control"])
