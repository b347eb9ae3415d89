"""ServiceTitan's limits for all workers together: a `Limiter` that asks the database for each request's slot."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Final, Protocol

from workers.providers.servicetitan import Limit

WORTH_TELLING: Final = 2.0
"""Seconds; shorter waits are nobody's business."""

waiting: ContextVar[Callable[[str, float], None] | None] = ContextVar("waiting", default=None)
"""Who wants to know what the work in hand waits for."""


class Slots(Protocol):
    """The shared rate limit."""

    async def take_slots(self, key: str, per_second: float, burst: int, wanted: int) -> tuple[int, float]:
        """How many of the wanted requests may go out now, and seconds until more may."""
        ...


class SharedLimiter:
    """One for a process; the count is in the database."""

    def __init__(self, slots: Slots, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._slots, self._sleep = slots, sleep

    async def acquire(self, limit: Limit) -> None:
        """Return when one more call fits, and count it."""
        # A bucket lets its burst through on top of its rate, so the burst is a part of what is allowed.
        burst = max(1, limit.calls // 5)
        rate = limit.calls / limit.seconds if limit.calls == 1 else (limit.calls - burst) / limit.seconds
        while True:
            granted, wait = await self._slots.take_slots(limit.key, rate, burst, 1)
            if granted:
                return
            tell = waiting.get()
            if tell and wait >= WORTH_TELLING:
                tell("ServiceTitan's limit for this kind of request", wait)
            await self._sleep(max(wait, 0.01))
