"""Who asks: the credentials of one tenant, and the tokens that they are exchanged for."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Literal

import httpx
from pydantic import SecretStr

from workers.config import Secrets
from workers.errors import ConfigurationError
from workers.providers.base import Transport, Unanswered, json_object
from workers.providers.servicetitan.errors import Invalid, ServiceTitanError, Unauthorized, Unavailable, refusal

Environment = Literal["production", "integration"]

AUTH_URLS: Final[dict[Environment, str]] = {
    "production": "https://auth.servicetitan.io",
    "integration": "https://auth-integration.servicetitan.io",
}
API_URLS: Final[dict[Environment, str]] = {
    "production": "https://api.servicetitan.io",
    "integration": "https://api-integration.servicetitan.io",
}

SHARED_APP_KEY: Final = "SERVICETITAN_APP_KEY"
"""One app key serves all tenants: it is used where an integration has none of its own."""

REFRESH_AFTER: Final = 0.8
"""The share of its life after which a token is replaced."""

SHORTEST_LIFE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Account:
    """One tenant, and what its application shows there. Printing it shows no secret."""

    tenant_id: str
    client_id: SecretStr
    client_secret: SecretStr
    app_key: SecretStr

    def secrets(self) -> tuple[str, ...]:
        """The bare values, for taking them out of what others say."""
        return tuple(one.get_secret_value() for one in (self.client_secret, self.app_key, self.client_id))


def account_of(secrets: Secrets, secret_name: str, tenant_id: str | None) -> Account:
    """The account of an integration: `<name>_CLIENT_ID`, `<name>_CLIENT_SECRET` and `<name>_APP_KEY`.

    Raises:
        ConfigurationError: a secret is missing, or the tenant id is not a number.
    """
    if not (tenant_id or "").isascii() or not (tenant_id or "").isdigit():
        msg = "the ServiceTitan integration needs its tenant id, a number, as its account reference"
        raise ConfigurationError(msg)
    own_key = secrets.find(f"{secret_name}_APP_KEY") or secrets.find(SHARED_APP_KEY)
    return Account(
        tenant_id=str(tenant_id),
        client_id=secrets.get(f"{secret_name}_CLIENT_ID", "the client id of a ServiceTitan tenant"),
        client_secret=secrets.get(f"{secret_name}_CLIENT_SECRET", "the client secret of a ServiceTitan tenant"),
        app_key=own_key or secrets.get(f"{secret_name}_APP_KEY", "the key of the ServiceTitan application"),
    )


@dataclass(slots=True)
class _Cached:
    token: SecretStr
    refresh_at: float
    ends_at: float


@dataclass(slots=True)
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    cached: _Cached | None = None


Pause = Callable[[ServiceTitanError, int], Awaitable[bool]]
"""Waits before another try and says that there will be one, or says that there will be none."""


async def at_once(_problem: ServiceTitanError, _tried: int) -> bool:
    """No patience: there will be no other try."""
    return False


class Tokens:
    """Tokens by account; replaced early, by one request at a time."""

    def __init__(self, transport: Transport, now: Callable[[], float] = time.monotonic) -> None:
        self._transport, self._now = transport, now
        self._slots: dict[Account, _Slot] = {}

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def get(self, account: Account, pause: Pause, *, refused: SecretStr | None = None) -> SecretStr:
        """A token that should be good for a while; one that was `refused` is never given again."""
        slot = self._slots.setdefault(account, _Slot())
        async with slot.lock:
            cached = slot.cached if slot.cached and slot.cached.token != refused else None
            if cached and self._now() < cached.refresh_at:
                return cached.token
            try:
                # While the old one is still good, nobody need wait for a new one.
                slot.cached = await self._fetch(account, at_once if cached and self._now() < cached.ends_at else pause)
            except ServiceTitanError as problem:
                if cached and problem.can_retry and self._now() < cached.ends_at:
                    return cached.token
                slot.cached = None
                raise
            return slot.cached.token

    async def _fetch(self, account: Account, pause: Pause) -> _Cached:
        """Ask for a token; asking twice does no harm."""
        form = {
            "grant_type": "client_credentials",
            "client_id": account.client_id.get_secret_value(),
            "client_secret": account.client_secret.get_secret_value(),
        }
        tries = 0
        while True:
            asked_at = self._now()
            answer = await self._transport.send("POST", "/connect/token", data=form)
            if isinstance(answer, Unanswered):
                problem: ServiceTitanError = Unavailable(f"No token could be had: {answer.message}")
            elif answer.is_success:
                return _read(answer, asked_at)
            else:
                problem = _denied(answer, account)
            tries += 1
            if not problem.can_retry or not await pause(problem, tries):
                raise problem


def _read(answer: httpx.Response, asked_at: float) -> _Cached:
    body = json_object(answer) or {}
    token, life = body.get("access_token"), body.get("expires_in")
    if not isinstance(token, str) or not token:
        msg = "The token endpoint answered without a token."
        raise Unavailable(msg, status=answer.status_code)
    seconds = float(life) if isinstance(life, int | float) and life > 0 else SHORTEST_LIFE
    return _Cached(SecretStr(token), asked_at + seconds * REFRESH_AFTER, asked_at + seconds)


def _denied(answer: httpx.Response, account: Account) -> ServiceTitanError:
    """OAuth refuses credentials with 400 `invalid_client`: here that is what 401 says."""
    problem = refusal(answer, is_safe=True, secrets=account.secrets())
    if isinstance(problem, Invalid):
        return Unauthorized(problem.title, status=problem.status, trace_id=problem.trace_id)
    return problem
