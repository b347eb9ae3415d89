"""The `Inbox` port in memory, and a receiver on loopback that stores in it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from cli.dev.serving import serving
from workers.config import Secrets, Settings
from workers.errors import DatabaseFaultError, DatabaseUnavailableError
from workers.ledger import ProviderEvent
from workers.metrics import Metrics
from workers.webhooks.app import Receiver, create_app

PUBLIC_URL = "https://hooks.example.com/outbound"
ACCOUNT = "AC" + "1" * 32
SHARED_ACCOUNT = "AC" + "2" * 32
TOKEN = "auth-token-of-acme"
WEBHOOK = "shared-secret-of-acme"
OTHER_WEBHOOK = "shared-secret-of-bolt"
LEAD_TOKEN = "token-of-the-web-form"
NOW = 1_772_463_600.0

SECRETS = Secrets(
    {
        "ACME_VAPI": SecretStr("api-key-of-acme"),
        "ACME_VAPI_WEBHOOK": SecretStr(WEBHOOK),
        "BOLT_VAPI_WEBHOOK": SecretStr(OTHER_WEBHOOK),
        "ACME_TWILIO": SecretStr(TOKEN),
        "BOLT_TWILIO": SecretStr("auth-token-of-bolt"),
    }
)


@dataclass
class MemoryInbox:
    events: dict[str, ProviderEvent] = field(default_factory=dict)
    away: int = 0
    broken: bool = False
    asked: list[str] = field(default_factory=list)
    leads: list[dict[str, Any]] = field(default_factory=list)

    async def ingest_events(self, events: Sequence[ProviderEvent]) -> dict[str, str]:
        self._reach()
        results = {}
        for event in events:
            results[event.event_key] = "duplicate" if event.event_key in self.events else "applied"
            self.events.setdefault(event.event_key, event)
        return results

    async def find_secret_names(self, provider: str, account_ref: str) -> list[str]:
        self._reach()
        assert provider == "twilio"
        self.asked.append(account_ref)
        known = {ACCOUNT: ["ACME_TWILIO"], SHARED_ACCOUNT: ["CONE_TWILIO", "BOLT_TWILIO", "ACME_TWILIO"]}
        return known.get(account_ref, [])

    async def receive_lead(self, token_hash: str, lead: dict[str, Any]) -> dict[str, Any] | None:
        self._reach()
        if token_hash != hashlib.sha256(LEAD_TOKEN.encode()).hexdigest():
            return None
        self.leads.append(lead)
        problem = {"code": "phone_missing", "severity": "error", "path": "p_lead.phone", "message": "No.", "value": "x"}
        return {
            "lead_id": "l1",
            "list_id": "a1",
            "source": "web",
            "status": "ACCEPTED" if "phone" in lead else "REJECTED",
            "is_duplicate": self.leads.count(lead) > 1,
            "problems": [] if "phone" in lead else [problem],
        }

    def _reach(self) -> None:
        if self.broken:
            msg = "42883 no such function"
            raise DatabaseFaultError(msg)
        if self.away:
            self.away -= 1
            msg = "PoolTimeout"
            raise DatabaseUnavailableError(msg)


@dataclass
class Listening:
    """A receiver that is being served."""

    http: httpx.AsyncClient
    inbox: MemoryInbox
    metrics: Metrics

    def counted(self, provider: str, result: str) -> float:
        return self.metrics.value("webhooks_total", provider=provider, result=result)

    async def vapi(self, message: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        proof = {"Authorization": f"Bearer {WEBHOOK}"} if headers is None else headers
        return await self.http.post("/webhooks/vapi", json={"message": message}, headers=proof)

    async def twilio(
        self, path: str, form: dict[str, str], *, url: str | None = None, token: str = TOKEN
    ) -> httpx.Response:
        """Post a form, signed for our public URL unless another is given."""
        signature = sign((url or f"{PUBLIC_URL}{path}"), form, token)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return await self.http.post(path, content=urlencode(form), headers=headers)


def sign(url: str, form: dict[str, str], token: str) -> str:
    """As Twilio's documentation says: the URL, then each parameter's name and value, sorted by name."""
    words = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), words.encode(), hashlib.sha1).digest()).decode()


@contextlib.asynccontextmanager
async def listening(*, patience: float = 5, **changes: Any) -> AsyncIterator[Listening]:
    settings = Settings.load(
        database_url="postgresql://outbound_worker:pw-of-the-role@127.0.0.1/x", webhook_public_url=PUBLIC_URL, **changes
    )
    inbox, metrics = MemoryInbox(), Metrics()
    receiver = Receiver(settings, SECRETS, inbox, metrics=metrics, now=lambda: NOW, patience=patience)
    async with serving(create_app(receiver)) as url, httpx.AsyncClient(base_url=url) as http:
        yield Listening(http, inbox, metrics)
