"""What holds for a team and how its accounts are: parts of `outbound teams`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.output import JsonOption, console, print_fields, print_json, print_table

settings = typer.Typer(no_args_is_help=True)

TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]

_STYLES = {"ok": "green", "slowed": "yellow", "paused": "red"}


@settings.callback()
def team_settings() -> None:
    """What holds for a team, whatever the campaign.

    Example: outbound teams settings show
    """


@settings.command("show")
def show(team: TeamOption = None, as_json: JsonOption = False) -> None:
    """Show the team's settings.

    Example: outbound teams settings show
    """
    with Api.from_settings() as api:
        _print_settings(api.rpc("get_team_settings", p_team_id=team and str(team)), as_json)


@settings.command("set")
def change(
    name: Annotated[str | None, typer.Option(help="The company's name.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Its IANA time zone.")] = None,
    country: Annotated[str | None, typer.Option(help="Default region of phone numbers: two capital letters.")] = None,
    frequency_limit: Annotated[
        int | None,
        typer.Option(help="So many calls and texts to one number within the window, in all campaigns; 0: no cap."),
    ] = None,
    frequency_window: Annotated[
        str | None, typer.Option(help="The window, as an ISO 8601 duration such as P7D.")
    ] = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change settings of the team; what is not said stays as it is. Only an admin may.

    Example: outbound teams settings set --frequency-limit 3 --frequency-window P7D
    """
    with Api.from_settings() as api:
        changed = api.rpc(
            "update_team_settings",
            p_name=name,
            p_timezone=timezone,
            p_country=country,
            p_frequency_limit=frequency_limit,
            p_frequency_window=frequency_window,
            p_team_id=team and str(team),
        )
    _print_settings(changed, as_json)


def health(team: TeamOption = None, as_json: JsonOption = False) -> None:
    """Show how the team's accounts at providers are: in use, slowed down, or paused, and why.

    Example: outbound teams health
    """
    with Api.from_settings() as api:
        found = api.rpc("get_integration_health", p_team_id=team and str(team))
    if as_json:
        print_json(found)
        return
    print_table(
        ("provider", "health", "a minute", "in flight", "last taken", "last refusal"),
        [
            (
                one["provider"],
                one["health"],
                one["pace_per_minute"],
                one["in_flight"],
                _moment(one["last_taken_at"]),
                _refusal(one["last_refusal"]),
            )
            for one in found
        ],
        right=("a minute", "in flight"),
        styles=_STYLES,
    )
    for one in found:
        if one["health"] != "ok":
            console.print(f"{one['provider']}: {one['message']}", markup=False)


def resume(
    provider: Annotated[str, typer.Argument(help="vapi, twilio or servicetitan.")],
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a paused or slowed account be used again, once its cause is mended. Only an admin may.

    Example: outbound teams resume vapi
    """
    with Api.from_settings() as api:
        found = api.rpc("resume_integration", p_provider=provider.lower(), p_team_id=team and str(team))
    if as_json:
        print_json(found)
        return
    print_fields({"provider": found["provider"], "health": found["health"], "message": found["message"]})


def _print_settings(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    limit = found["frequency_limit"]
    print_fields(
        {
            "team": found["name"],
            "id": found["id"],
            "time zone": found["timezone"],
            "country": found["country"],
            "sandbox": "yes" if found["is_sandbox"] else "no",
            "contacts of one number": f"at most {limit} in {found['frequency_window']}" if limit else "no cap",
        }
    )


def _moment(value: str | None) -> str:
    return value[:16].replace("T", " ") if value else ""


def _refusal(said: dict[str, Any] | None) -> str:
    if not said:
        return ""
    return " ".join(part for part in (_moment(said["at"]), said["code"], said["message"]) if part)
