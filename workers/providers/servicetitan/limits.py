"""Keeping within ServiceTitan's limits: a limiter that callers share, and the one for a single process."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

CALLS_A_SECOND: Final = 60
"""Of one app for one tenant, however many workers it has."""

REPORT_SECONDS: Final = 60.0
"""One call of the same report in so many seconds."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many `calls` in any stretch of so many `seconds`, of all that share the `key`."""

    key: str
    calls: int
    seconds: float


class Limiter(Protocol):
    """Whoever calls asks here first. One for all workers lives in the database; `LocalLimiter` serves one process."""

    async def acquire(self, limit: Limit) -> None:
        """Return when one more call fits, and count it."""
        ...


class LocalLimiter:
    """A bucket for each key, in this process; first come, first served.

    Calls are spread over the time, but for a sixth of them that may come at once. Two bursts that a slow line pushes
    together would be one too large.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now, self._sleep = now, sleep
        self._full_at: dict[str, float] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def acquire(self, limit: Limit) -> None:
        """Return when one more call fits, and count it."""
        burst = max(1, limit.calls // 6)
        interval = limit.seconds / max(1, limit.calls - burst)
        async with self._turns.setdefault(limit.key, asyncio.Lock()):
            # The bucket is full again at that moment; each call takes a piece that flows back in `interval`.
            full_at = self._full_at.get(limit.key, 0.0)
            while (wait := full_at - (burst - 1) * interval - self._now()) > 0:
                await self._sleep(wait)
            self._full_at[limit.key] = max(full_at, self._now()) + interval


def tenant_limit(tenant_id: str) -> Limit:
    """What all calls for a tenant share."""
    # A little fewer: ServiceTitan counts when a call arrives, and calls that leave apart can arrive together.
    return Limit(f"servicetitan/{tenant_id}", CALLS_A_SECOND - 10, 1.0)


def report_limit(tenant_id: str, category: str, report_id: int) -> Limit:
    """What all calls of one report for a tenant share."""
    return Limit(f"servicetitan/{tenant_id}/report/{category}/{report_id}", 1, REPORT_SECONDS)
