"""What a team sends with: accounts of providers, numbers and assistants; parts of `outbound teams`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.output import JsonOption, print_fields, print_json

TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]


class Provider(StrEnum):
    """Whose accounts there are."""

    vapi = "vapi"
    twilio = "twilio"
    servicetitan = "servicetitan"


class Channel(StrEnum):
    """What an assistant does."""

    call = "call"
    text = "text"


def connect(
    provider: Annotated[Provider, typer.Argument(help="Whose account it is.")],
    secret: Annotated[str, typer.Option(help="Name of its secret: OUTBOUND_SECRET_<NAME> in Vault or environment.")],
    account: Annotated[
        str | None, typer.Option(help="Twilio's account SID or ServiceTitan's tenant id; Vapi needs none.")
    ] = None,
    concurrency: Annotated[int, typer.Option(help="Requests in flight at once, over all workers.")] = 10,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Connect an account of a provider, or change how; a pause of it is lifted. Only the service key may.

    Example: outbound teams connect twilio --secret ACME_TWILIO --account AC0123456789abcdef0123456789abcdef
    """
    _save(
        as_json,
        "upsert_integration",
        p_provider=provider.value,
        p_secret_name=secret,
        p_account_ref=account,
        p_concurrency_limit=concurrency,
        p_team_id=team and str(team),
    )


def number(
    phone: Annotated[str, typer.Argument(help="The number, in any form.")],
    label: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    vapi_id: Annotated[str | None, typer.Option(help="Its id at Vapi; calls need it. [default: as it is]")] = None,
    calls: Annotated[
        bool | None, typer.Option("--calls/--no-calls", help="Whether it is verified for calls. [default: as it is]")
    ] = None,
    texts: Annotated[
        bool | None, typer.Option("--texts/--no-texts", help="Whether it is verified for texts. [default: as it is]")
    ] = None,
    rate: Annotated[int | None, typer.Option(help="At most so many requests a minute. [default: no cap]")] = None,
    daily: Annotated[int | None, typer.Option(help="At most so many requests a day. [default: no cap]")] = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register a number that the team sends from, or change it: label and caps are set each time. Only an admin may.

    What a running campaign needs is refused to be taken away; pause it first.

    Example: outbound teams number "(212) 555-0100" --vapi-id 5f0c7d0e-… --calls --texts --daily 500
    """
    _save(
        as_json,
        "upsert_phone_number",
        p_phone=phone,
        p_label=label,
        p_vapi_phone_number_id=vapi_id,
        p_is_verified_for_calls=calls,
        p_is_verified_for_texts=texts,
        p_rate_per_minute=rate,
        p_daily_limit=daily,
        p_team_id=team and str(team),
    )


def assistant(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    provider_id: Annotated[str, typer.Option("--id", help="Its id at Vapi.")],
    channel: Annotated[Channel, typer.Option(help="Whether it calls or texts.")] = Channel.call,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Whether campaigns may use it. [default: as it is]")
    ] = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register an assistant that speaks for the team, or change it. Only an admin may.

    Example: outbound teams assistant "Ava, tune-ups" --id 0b1c6c1e-…
    """
    _save(
        as_json,
        "upsert_assistant",
        p_name=name,
        p_provider_assistant_id=provider_id,
        p_channel=channel.value,
        p_is_active=active,
        p_team_id=team and str(team),
    )


def _save(as_json: bool, function: str, **arguments: Any) -> None:
    with Api.from_settings() as api:
        saved: dict[str, Any] = api.rpc(function, **arguments)
    if as_json:
        print_json(saved)
        return
    print_fields({name.replace("_", " "): value for name, value in saved.items() if value is not None})
