"""Waiting: for a bell or a while, and ever longer when something is away."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress


class Bell:
    """Wakes the one loop that waits on it. A ring while nobody waits is kept, so none is missed."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the loop, or let it not fall asleep."""
        self._rung.set()

    async def wait(self, seconds: float) -> bool:
        """Sleep until the bell or that long; whether it rang."""
        rang = False
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                rang = await self._rung.wait()
        self._rung.clear()
        return rang


def backoff(first: float, last: float) -> Iterator[float]:
    """Delays in seconds: doubling from `first` to `last`, each up to a quarter shorter so that workers spread."""
    delay = first
    while True:
        yield delay * random.uniform(0.75, 1)  # noqa: S311 -- spreading, not secrecy
        delay = min(delay * 2, last)
