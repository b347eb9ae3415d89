"""A team whose providers are the sandbox: what the demo and `outbound teams create --sandbox` set up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from cli.api import Api
from cli.errors import CommandError
from cli.stack.parts import SERVICETITAN_SECRET, TWILIO_SECRET, VAPI_SECRET


@dataclass(frozen=True)
class SandboxTeam:
    """A team that is ready to rehearse: its id, and the ids of its sending number and its assistant."""

    team_id: str
    phone_number_id: str
    assistant_id: str


def sandbox_account(control_url: str) -> dict[str, Any]:
    """What the sandbox's accounts hold."""
    try:
        account: dict[str, Any] = (
            httpx.get(f"{control_url}/account", timeout=10, trust_env=False).raise_for_status().json()
        )
    except httpx.HTTPError as error:
        raise CommandError(
            f"The sandbox at {control_url} does not answer ({type(error).__name__}).",
            hint="See what is wrong with: outbound stack status",
        ) from error
    return account


def create_sandbox_team(api: Api, control_url: str, name: str, timezone: str) -> SandboxTeam:
    """Make a team and connect it to the accounts that the sandbox has; `api` is a service's."""
    account = sandbox_account(control_url)
    team_id = api.rpc("create_team", p_name=name, p_timezone=timezone, p_is_sandbox=True)["id"]
    team = {"p_team_id": team_id, "p_is_sandbox": True}
    api.rpc("upsert_integration", p_provider="vapi", p_secret_name=VAPI_SECRET, **team)
    api.rpc(
        "upsert_integration",
        p_provider="twilio",
        p_secret_name=TWILIO_SECRET,
        p_account_ref=account["twilio_account_sid"],
        **team,
    )
    api.rpc(
        "upsert_integration",
        p_provider="servicetitan",
        p_secret_name=SERVICETITAN_SECRET,
        p_account_ref=account["servicetitan_tenant_id"],
        **team,
    )
    line, voice = account["phone_numbers"][0], account["assistants"][0]
    number = api.rpc(
        "upsert_phone_number",
        p_phone=line["number"],
        p_label="Main line",
        p_vapi_phone_number_id=line["id"],
        p_is_verified_for_calls=True,
        p_is_verified_for_texts=True,
        p_team_id=team_id,
    )
    assistant = api.rpc(
        "upsert_assistant", p_name=voice["name"], p_provider_assistant_id=voice["id"], p_team_id=team_id
    )
    return SandboxTeam(team_id, number["id"], assistant["id"])
