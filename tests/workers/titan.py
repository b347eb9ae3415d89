"""A ServiceTitan tenant in the product's sandbox, and a client that speaks to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.responses import JSONResponse

from tests.workers.wire import sandbox
from workers.providers.base import Transport
from workers.providers.servicetitan import Account, Limit, ServiceTitanClient, Tenant
from workers.sandbox.app import Sandbox
from workers.sandbox.faults import Fault
from workers.sandbox.servicetitan_world import World

CLIENT_ID = SecretStr("cid.of-the-rehearsal-tenant")
CLIENT_SECRET = SecretStr("cs1.secret-of-the-rehearsal-tenant")
APP_KEY = SecretStr("ak1.key-of-the-application")
SECRETS = tuple(one.get_secret_value() for one in (CLIENT_ID, CLIENT_SECRET, APP_KEY))


class Unlimited:
    """A limiter that lets everybody through, and counts."""

    def __init__(self) -> None:
        self.asked: list[Limit] = []

    async def acquire(self, limit: Limit) -> None:
        self.asked.append(limit)


@dataclass
class Titan:
    """The sandbox, its URL, and a client whose waits move the sandbox's clock instead of ours."""

    box: Sandbox
    url: str
    client: ServiceTitanClient
    account: Account
    world: World
    waits: list[float] = field(default_factory=list)

    @property
    def tenant(self) -> Tenant:
        return self.client.tenant(self.account)

    def faults(self, *faults: Fault) -> None:
        self.box.stage.faults.replace(faults)

    def requests(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """What the log has of requests to the API."""
        return [
            entry
            for entry in self.box.stage.journal.after(0, limit=10**6)
            if entry["provider"] == "servicetitan" and method in entry["method"] and path in entry["path"]
        ]

    async def pass_time(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.box.driver.pace.mode != "manual":
            await asyncio.sleep(seconds)
            return
        assert await self.box.driver.go_to(self.box.stage.clock.now() + timedelta(seconds=seconds), 10)

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        async with httpx.AsyncClient(trust_env=False, verify=False) as http:
            answer = await http.request(method, f"{self.url}/control/servicetitan{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


def account(box: Sandbox, **changes: Any) -> Account:
    given = {
        "tenant_id": box.settings.servicetitan_tenant_id,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "app_key": APP_KEY,
    }
    return Account(**{**given, **changes})


@contextlib.asynccontextmanager
async def titan(limiter: Any = None, **settings: Any) -> AsyncIterator[Titan]:
    """A tenant of some hundreds of customers, its clock standing still unless told otherwise."""
    options = {
        "servicetitan_client_id": CLIENT_ID,
        "servicetitan_client_secret": CLIENT_SECRET,
        "servicetitan_app_key": APP_KEY,
        "servicetitan_customers": 300,
        "servicetitan_calls_per_second": 100_000,
        "servicetitan_export_page": 25,
    }
    async with sandbox(**{**options, **settings}) as (box, url):

        async def sleep(seconds: float) -> None:
            await made.pass_time(seconds)

        transport = Transport(f"{url}/servicetitan", timeout=20)
        client = ServiceTitanClient(transport, transport, limiter or Unlimited(), sleep=sleep)
        made = Titan(box, url, client, account(box), await box.servicetitan.world())
        try:
            yield made
        finally:
            await client.aclose()


TOKEN = JSONResponse({"access_token": "a-token-that-nobody-may-see", "expires_in": 900, "token_type": "Bearer"})
PLAIN = Account("7", SecretStr("cid-of-7"), SecretStr("secret-of-7"), SecretStr("key-of-7"))


def plain(url: str, **options: Any) -> Any:
    """A tenant of a server that says what the test says; waiting takes no time."""

    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0)

    transport = Transport(url, timeout=5)
    return ServiceTitanClient(transport, transport, Unlimited(), **{"sleep": sleep, **options}).tenant(PLAIN)
