"""`outbound servicetitan …`: whether a tenant's account works, and what it has by name."""

from __future__ import annotations

import asyncio
import os
import time
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.errors import CommandError
from cli.output import JsonOption, print_json, print_table, say
from cli.rehearsal import sandbox_account
from cli.settings import stack_state
from cli.stack.parts import SERVICETITAN_SECRET
from workers.config import SECRET_PREFIX, Secrets
from workers.errors import ConfigurationError
from workers.providers.servicetitan import (
    API_URLS,
    AUTH_URLS,
    Account,
    Check,
    Environment,
    LocalLimiter,
    ServiceTitanClient,
    account_of,
)

_LOOK_SECONDS = 0.5

app = typer.Typer(no_args_is_help=True, help="ServiceTitan: whether an account works.")


@app.callback()
def servicetitan() -> None:
    """ServiceTitan: whether an account works.

    Example: outbound servicetitan check
    """


@app.command()
def check(
    secret: Annotated[
        str | None,
        typer.Option(
            help=f"Name of the integration's secret: it is read from {SECRET_PREFIX}<NAME>_CLIENT_ID, _CLIENT_SECRET "
            "and _APP_KEY. Default: the local stack's sandbox."
        ),
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="The tenant's id. Default: the sandbox's.")] = None,
    integration: Annotated[
        bool, typer.Option("--integration", help="Ask ServiceTitan's integration environment, not production.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at credentials, app key, tenant and scopes: one small request for each area. Exit status 1 if one fails.

    Example: outbound servicetitan check --secret ACME_ST --tenant 123456789
    """
    try:
        if secret is None:
            account, api_url, auth_url = _rehearsal(tenant)
        else:
            account = account_of(Secrets.from_environment(), secret, tenant)
            api_url, auth_url = _addresses("integration" if integration else "production")
    except ConfigurationError as wrong:
        raise CommandError(f"The account cannot be checked: {wrong}.") from None
    found = asyncio.run(_look(account, api_url, auth_url))
    if as_json:
        print_json([{"name": one.name, "status": one.status, "message": one.message} for one in found])
    else:
        print_table(("what", "status", "detail"), [(one.name, one.status, one.message) for one in found])
    if not all(one.ok for one in found):
        raise typer.Exit(1)


class Kind(StrEnum):
    """What there is to choose from."""

    tag_types = "tag_types"
    business_units = "business_units"
    job_types = "job_types"
    hold_reasons = "hold_reasons"
    campaigns = "campaigns"
    membership_types = "membership_types"
    report_categories = "report_categories"
    reports = "reports"


@app.command()
def catalogue(
    kind: Annotated[Kind, typer.Argument(help="What to list.")],
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask ServiceTitan again, and wait for it.")] = False,
    team: Annotated[UUID | None, typer.Option("--team", help="Id of the team.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List tags, business units and what else definitions name by id, as they were last read from ServiceTitan.

    Example: outbound servicetitan catalogue business_units --refresh
    """
    arguments: dict[str, Any] = {"p_kind": kind.value, "p_team_id": str(team) if team else None}
    with Api.from_settings() as api:
        found = api.rpc("get_servicetitan_catalogue", p_refresh=refresh, **arguments)
        while found["is_refreshing"] and (refresh or found["as_of"] is None):
            time.sleep(_LOOK_SECONDS)
            found = api.rpc("get_servicetitan_catalogue", **arguments)
    if as_json:
        print_json(found)
        return
    print_table(
        ["id", "name", "active"],
        [(item["id"], item["name"], "yes" if item["is_active"] else "no") for item in found["items"]],
        right=["id"],
    )
    if found["failure_message"]:
        say(f"The last refresh failed: {found['failure_message']}")
    say(f"As of {found['as_of'] or 'never'}.")


def _addresses(environment: Environment) -> tuple[str, str]:
    """The API's and the token endpoint's; the workers' settings win."""
    return (
        os.environ.get("OUTBOUND_SERVICETITAN_BASE_URL") or API_URLS[environment],
        os.environ.get("OUTBOUND_SERVICETITAN_AUTH_URL") or AUTH_URLS[environment],
    )


def _rehearsal(tenant: str | None) -> tuple[Account, str, str]:
    """The local stack's tenant and where it is."""
    state = stack_state() or {}
    urls = (state.get("connection") or {}).get("sandbox_urls")
    if urls is None:
        raise CommandError(
            "There is no account to check: no local stack is up, and --secret names none.",
            hint="Start the stack with `outbound stack up`, or name an integration's secret with --secret.",
        )
    secrets = Secrets.from_environment({f"{SECRET_PREFIX}{name}": value for name, value in state["secrets"].items()})
    account = account_of(
        secrets, SERVICETITAN_SECRET, tenant or sandbox_account(urls["control"])["servicetitan_tenant_id"]
    )
    return account, urls["servicetitan"], urls["servicetitan"]


async def _look(account: Account, api_url: str, auth_url: str) -> list[Check]:
    client = ServiceTitanClient.connect(api_url, auth_url, LocalLimiter())
    try:
        return await client.tenant(account).check()
    finally:
        await client.aclose()
