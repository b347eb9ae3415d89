"""Waiting: for a bell or a while, ever longer when something is away, for signals, and for tasks to end."""

import asyncio
import random
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

CANCEL_AGAIN_SECONDS = 0.5


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


async def end(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they have ended.

    Once is not enough: `asyncio.wait_for`, in which a database call waits, loses a cancellation that comes in the
    moment in which the call's answer does (Python 3.11), and a loop that lost it goes on for ever.
    """
    left = [task for task in tasks if not task.done()]
    while left:
        for task in left:
            task.cancel()
        _, pending = await asyncio.wait(left, timeout=CANCEL_AGAIN_SECONDS)
        left = list(pending)
    await asyncio.gather(*tasks, return_exceptions=True)


def ring_on_signals(stop: asyncio.Event, hurry: asyncio.Event, signals: tuple[int, ...]) -> None:
    """Set `stop` when one of the signals comes, and `hurry` when another one does."""
    loop = asyncio.get_running_loop()

    def ring() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in signals:
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, ring)
