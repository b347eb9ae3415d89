"""What a run is played on: a database of its own, the team and its campaigns, sandbox and receiver in this process."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from cli.dev import databases, source
from cli.dev.databases import Server
from cli.dev.faults.graphs import with_assistant
from cli.dev.faults.patience import PatientClock
from cli.dev.faults.plan import Campaign, Person, Plan
from cli.dev.serving import serving
from workers.config import Secrets, Settings
from workers.db import Database
from workers.sandbox.account import Account
from workers.sandbox.app import Sandbox
from workers.sandbox.settings import SandboxSettings
from workers.sandbox.wire import BreakableProtocol
from workers.webhooks.app import Receiver, create_app

AUDIT = Path(__file__).with_name("audit.sql")
TEMPLATE = "faults"
API_KEY, AUTH_TOKEN, WEBHOOK_SECRET = "key-of-the-calls", "token-of-the-texts", "secret-of-the-messages"
PROVIDER_SECONDS = 1.0
"""Workers wait so long for a provider: the fault `latency` can outlast it."""
STALL_SECONDS = 0.6
INBOX_SECONDS = 0.5
"""Workers look so often whether the list of texts is due, which it is every five minutes of campaign time."""
LEAD_SOURCE = "form"

Row = dict[str, Any]


@contextlib.contextmanager
def fault_server() -> Iterator[Server]:
    """A server of its own, which may be crashed, with the template that each run's database is copied from."""
    with databases.scratch_server(settings={"track_commit_timestamp": "on", "jit": "off"}) as server:
        server.build_from_source(TEMPLATE)
        server.cluster.allow_login("outbound_worker")
        with server.cluster.connect(TEMPLATE) as connection:
            connection.execute(AUDIT.read_bytes())
        yield server


@dataclass
class Scene:
    """Everything of one run."""

    plan: Plan
    server: Server
    database: str
    sandbox: Sandbox
    sandbox_url: str
    receiver_url: str
    team_id: str
    campaign_ids: tuple[str, ...]
    list_ids: tuple[str, ...]
    lead_urls: dict[int, str]
    """By campaign that grows by leads: where other systems post them."""

    def environment(self) -> dict[str, str]:
        """What a worker is told."""
        return {
            "PATH": "/usr/bin:/bin",
            "OUTBOUND_DATABASE_URL": self.server.url(self.database, "outbound_worker"),
            "OUTBOUND_WEBHOOK_PUBLIC_URL": self.receiver_url,
            "OUTBOUND_VAPI_BASE_URL": f"{self.sandbox_url}/vapi",
            "OUTBOUND_TWILIO_BASE_URL": f"{self.sandbox_url}/twilio",
            "OUTBOUND_SECRET_VAPI": API_KEY,
            "OUTBOUND_SECRET_VAPI_WEBHOOK": WEBHOOK_SECRET,
            "OUTBOUND_SECRET_TWILIO": AUTH_TOKEN,
            "OUTBOUND_QUEUES": "call,text",
            "OUTBOUND_DATABASE_CONNECTIONS": "2",
            "OUTBOUND_PROVIDER_TIMEOUT_SECONDS": str(PROVIDER_SECONDS),
            "OUTBOUND_INBOX_SECONDS": str(INBOX_SECONDS),
            **self.plan.settings,
        }

    async def operate(self, query: str, *arguments: Any) -> list[Row]:
        """A statement by an operator, through the functions that the API offers."""
        return await self._run(query, arguments, as_service=True)

    async def look(self, query: str, *arguments: Any) -> list[Row]:
        """A statement by somebody who may see everything."""
        return await self._run(query, arguments, as_service=False)

    async def _run(self, query: str, arguments: tuple[Any, ...], *, as_service: bool) -> list[Row]:
        url = self.server.admin_url(self.database)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as connection:
            if as_service:
                await connection.execute(_BE_THE_SERVICE)
            cursor = await connection.execute(query.encode(), arguments)
            return await cursor.fetchall() if cursor.description else []


_BE_THE_SERVICE = """
    select
        set_config('request.jwt.claims', '{"role": "service_role"}', false),
        set_config('role', 'service_role', false)
"""


# The list of texts has been read up to the start. At the first look at a number only its last day is asked for, and the
# clock may have jumped further by then.
_READ_SO_FAR = "insert into engine.inboxes (team_id, phone_number_id, read_at, check_at) values (%s, %s, %s, %s)"


@contextlib.asynccontextmanager
async def staged(server: Server, plan: Plan, template: str = TEMPLATE) -> AsyncIterator[Scene]:
    """A scene with its campaigns created, not launched; the clock stands at the plan's start."""
    name = await asyncio.to_thread(server.copy, template, f"faults_{plan.seed}")
    try:
        async with contextlib.AsyncExitStack() as stack:
            worker_url = server.url(name, "outbound_worker")
            team_id, made = await asyncio.to_thread(_furnish, server.admin_url(name), plan)
            database = await stack.enter_async_context(Database(worker_url, connections=2))
            late = _Late()
            receiver_url = await stack.enter_async_context(serving(late))
            settings = Settings.load(database_url=worker_url, webhook_public_url=receiver_url)
            secrets = {"VAPI": API_KEY, "VAPI_WEBHOOK": WEBHOOK_SECRET, "TWILIO": AUTH_TOKEN}
            late.app = create_app(Receiver(settings, Secrets({k: SecretStr(v) for k, v in secrets.items()}), database))
            clock = await stack.enter_async_context(PatientClock.over(database, server.admin_url(name)))
            sandbox = Sandbox(_sandbox_settings(plan, receiver_url), clock)
            app = sandbox.app()
            sandbox_url = await stack.enter_async_context(serving(app, http=BreakableProtocol, lifespan="on"))
            yield Scene(
                plan, server, name, sandbox, sandbox_url, receiver_url, team_id,
                tuple(one.campaign_id for one in made),
                tuple(one.list_id for one in made),
                {place: receiver_url + one.lead_path for place, one in enumerate(made) if one.lead_path},
            )  # fmt: skip
    finally:
        await asyncio.to_thread(server.drop, name)


def _sandbox_settings(plan: Plan, receiver_url: str) -> SandboxSettings:
    return SandboxSettings.model_validate(
        {
            "vapi_api_key": API_KEY,
            "twilio_auth_token": AUTH_TOKEN,
            "webhook_url": f"{receiver_url}/webhooks/twilio/inbound",
            "seed": str(plan.seed),
            "faults": list(plan.faults),
            "clock_mode": "manual",
            "clock_speed": 1e9,
            "clock_stall_seconds": STALL_SECONDS,
            "clock_settle_seconds": 0.1,
            "vapi_concurrency_limit": plan.provider_lines,
            "servicetitan_customers": 0,
            **plan.sandbox,
        }
    )


@dataclass(frozen=True)
class _Made:
    campaign_id: str
    list_id: str
    lead_path: str | None


def row_of(person: Person) -> dict[str, str]:
    """Somebody as a row of a file, or as a lead."""
    return {"phone": person.phone, "first name": person.name, "zip": person.place.postal_code or ""}


def _furnish(url: str, plan: Plan) -> tuple[str, tuple[_Made, ...]]:
    """Make the team and its campaigns, as an operator would."""
    account = Account.default(None)
    line, voice = account.phone_numbers[0], account.assistants[0]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select engine.become_sandbox()")
        connection.execute("select engine.set_clock(%s, 0)", [plan.start])
        connection.execute(_BE_THE_SERVICE.encode())

        def ask(query: str, *arguments: Any) -> Any:
            row = connection.execute(query.encode(), arguments).fetchone()
            assert row is not None
            return row[0]

        team = ask("select id from public.create_team('Faults', %s, p_is_sandbox => true)", plan.team_zone)
        ask(
            "select public.update_team_settings(p_frequency_limit => %s, p_frequency_window => %s, p_team_id => %s)",
            plan.caps.contacts,
            None if plan.caps.contacts is None else f"PT{plan.caps.window // timedelta(hours=1)}H",
            team,
        )
        for provider, account_ref in (("vapi", None), ("twilio", SandboxSettings().twilio_account_sid)):
            ask(
                "select id from public.upsert_integration(%s, %s, %s, %s, true, %s)",
                provider, provider.upper(), account_ref, plan.lines, team,
            )  # fmt: skip
        number = ask(
            "select id from public.upsert_phone_number(%s, 'Line', %s, true, true, %s, %s, %s)",
            line.number,
            line.id,
            team,
            plan.caps.per_minute,
            plan.caps.per_day,
        )
        assistant = ask("select id from public.upsert_assistant(%s, %s, p_team_id => %s)", voice.name, voice.id, team)
        campaigns = tuple(_create(ask, plan, one, team, number, assistant) for one in plan.campaigns)
        connection.execute("reset role")
        connection.execute(_READ_SO_FAR, [team, number, plan.start, plan.start])
    return str(team), campaigns


def _create(ask: Any, plan: Plan, campaign: Campaign, team: Any, number: Any, assistant: Any) -> _Made:
    takes_leads = campaign.grows == "leads"
    rows = [row_of(plan.people[index]) for index in campaign.people]
    audience = ask(
        "select public.create_audience_list(%s, %s, p_rows => %s, p_team_id => %s) ->> 'id'",
        campaign.name, "speed_to_lead" if takes_leads else "csv", None if takes_leads else json.dumps(rows), team,
    )  # fmt: skip
    endpoint = "select public.create_lead_endpoint(%s, %s) ->> 'path'"
    path = ask(endpoint, audience, LEAD_SOURCE) if takes_leads else None
    graph = json.dumps(with_assistant(campaign.graph, str(assistant)))
    workflow = ask("select public.create_workflow(%s, %s, %s) ->> 'id'", campaign.name, graph, team)
    ask("select public.publish_workflow(%s)", workflow)
    campaign_id = str(
        ask(
            "select (public.create_campaign(%s, %s, %s, %s, %s, %s, p_priority => %s, p_team_id => %s)).id",
            campaign.name,
            audience,
            workflow,
            number,
            campaign.max_lateness,
            campaign.grows is not None,
            campaign.priority,
            team,
        )
    )
    return _Made(campaign_id, str(audience), path)


class _Late:
    """An app that is made after its address is known."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


__all__ = ["Scene", "fault_server", "source", "staged"]
