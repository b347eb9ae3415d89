"""One request to ServiceTitan: authorised, within the limits, repeated only where repeating does no harm."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from workers.deadline import Deadline
from workers.ledger import TOO_OLD
from workers.providers.base import Transport, Unanswered
from workers.providers.servicetitan.auth import Account, Tokens
from workers.providers.servicetitan.errors import (
    Ambiguous,
    RateLimited,
    ServiceTitanError,
    Unauthorized,
    Unavailable,
    refusal,
)
from workers.providers.servicetitan.feeds import Area
from workers.providers.servicetitan.limits import Limit, Limiter, tenant_limit

OnWait = Callable[[str, float], None]
"""Told why and for how many seconds something waits: for progress bars and logs."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a request that may be repeated is tried: so often, and waiting so many seconds in all."""

    tries: int = 8
    seconds: float = 120.0
    first: float = 0.5
    longest: float = 30.0

    def wait(self, problem: ServiceTitanError, tried: int) -> float:
        """Seconds before another try: what was asked for, else ever longer, and spread so that callers part."""
        asked = problem.retry_after if isinstance(problem, RateLimited) else None
        if asked is not None:
            return asked + random.uniform(0, self.first)  # noqa: S311 -- spreading, not secrecy
        grown = min(self.first * 2.0 ** (tried - 1), self.longest)
        return grown * random.uniform(0.5, 1)  # noqa: S311 -- spreading, not secrecy


ORDINARY: Final = Patience()
FOR_REPORTS: Final = Patience(tries=12, seconds=1800.0, first=30.0, longest=90.0)
NOTICEABLE: Final = 0.5
"""Seconds after which somebody who waits for a turn is told."""
NONE: Final = Patience(tries=1, seconds=0.0)


@dataclass(slots=True)
class _Waiting:
    """What is left of a request's patience."""

    patience: Patience
    sleep: Callable[[float], Awaitable[None]]
    on_wait: OnWait | None
    spent: float = 0.0

    async def pause(self, problem: ServiceTitanError, tried: int) -> bool:
        """Wait before another try; false when there should be none."""
        wait = self.patience.wait(problem, tried)
        if tried >= self.patience.tries or self.spent + wait > self.patience.seconds:
            return False
        if self.on_wait:
            self.on_wait(problem.title, wait)
        self.spent += wait
        await self.sleep(wait)
        return True


@dataclass(slots=True)
class Wire:
    """What all accounts share: connections, tokens, the limiter, and how waiting is done."""

    api: Transport
    tokens: Tokens
    limiter: Limiter
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], float] = time.monotonic
    on_wait: OnWait | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `is_safe` means that making it twice is the same as making it once.

    After `send_by` it does not leave any more: whoever was asked to make it may have been given up by then.
    """

    method: str
    area: Area
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    is_safe: bool = True
    patience: Patience = ORDINARY
    limits: tuple[Limit, ...] = ()
    send_by: Deadline | None = None


async def send(wire: Wire, account: Account, ask: Ask) -> httpx.Response:
    """The 2xx answer to a request.

    An answer that says 429 is a clear no, so even an unsafe request is repeated after it. A connection that could
    never be opened is one too. A token that is refused is replaced once.

    Raises:
        ServiceTitanError: the refusal, or what kept the answer away when patience ran out.
    """
    waiting = _Waiting(ask.patience, wire.sleep, wire.on_wait)
    token = await wire.tokens.get(account, waiting.pause)
    tries, replaced = 0, False
    while True:
        for limit in ask.limits:
            await _take_turn(wire, limit)
        await wire.limiter.acquire(tenant_limit(account.tenant_id))
        answer = await _once(wire, account, ask, token.get_secret_value())
        if isinstance(answer, httpx.Response):
            return answer
        if isinstance(answer, Unauthorized) and not replaced:
            replaced = True
            token = await wire.tokens.get(account, waiting.pause, refused=token)
            continue
        tries += 1
        is_too_late = ask.send_by is not None and ask.send_by.has_passed()
        if is_too_late or not answer.can_retry or not await waiting.pause(answer, tries):
            raise answer
        # Waiting may have outlived the token.
        token, replaced = await wire.tokens.get(account, waiting.pause), False


async def _take_turn(wire: Wire, limit: Limit) -> None:
    """Wait for a limit that may take long, and say so."""
    turn = asyncio.ensure_future(wire.limiter.acquire(limit))
    try:
        done, _ = await asyncio.wait({turn}, timeout=NOTICEABLE)
        if not done and wire.on_wait:
            wire.on_wait("one call in so many seconds is allowed", limit.seconds)
        await turn
    finally:
        turn.cancel()


async def _once(wire: Wire, account: Account, ask: Ask, token: str) -> httpx.Response | ServiceTitanError:
    answer = await wire.api.send(
        ask.method,
        f"/{ask.area}/v2/tenant/{account.tenant_id}{ask.path}",
        params=dict(ask.query),
        headers={"Authorization": f"Bearer {token}", "ST-App-Key": account.app_key.get_secret_value()},
        send_by=ask.send_by,
        **({} if ask.body is None else {"json": ask.body}),
    )
    if isinstance(answer, Unanswered):
        lost = answer.sent and not ask.is_safe
        asked = answer.code != TOO_OLD.code
        said = f"ServiceTitan did not answer: {answer.message}" if asked else f"It was too late: {answer.message}."
        return Ambiguous(said) if lost else Unavailable(said)
    if answer.is_success:
        return answer
    return refusal(answer, is_safe=ask.is_safe, secrets=(*account.secrets(), token))
