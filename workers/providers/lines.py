"""Lines to a provider: each a connection with a client of its own, for one exchange at a time.

httpx keeps many connections in one client. But when a task is cancelled at certain moments (while its request gets a
connection, has just got one, or is closed after another error), httpcore 1.0 loses track: the connection stays open
with half a request in it, and its place in the pool is taken until the process ends. A worker that was frozen wakes up
to just that, with every timeout over at once. So the places are counted here, and an exchange that does not come to its
end takes its client along.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final

import httpx

KEEP_SECONDS: Final = 2.0
"""A connection is not kept for as long as servers keep them: a request on one that the server is just closing fails in
a way that leaves its fate open."""


class Lines:
    """So many lines at most; `make` gives a client for another."""

    def __init__(self, count: int, longest_wait: float, make: Callable[[], httpx.AsyncClient]) -> None:
        self._places = asyncio.Semaphore(count)
        self._longest_wait = longest_wait
        self._make = make
        self._free: deque[tuple[httpx.AsyncClient, float]] = deque()
        """Whoever was used last is last; with the moment of that."""
        self._closing: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[httpx.AsyncClient]:
        """Have a line to oneself once there is one; `httpx.PoolTimeout` when there is none in time."""
        try:
            async with asyncio.timeout(self._longest_wait):
                await self._places.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout(f"no line was free within {self._longest_wait:g} s") from None
        try:
            client = self._free.pop()[0] if self._free else self._make()
            try:
                yield client
            except BaseException:
                self._close(client)
                raise
            self._free.append((client, time.monotonic()))
            self._close_idle()
        finally:
            self._places.release()

    async def aclose(self) -> None:
        """Close those that are free, and wait for what is just closing."""
        while self._free:
            self._close(self._free.pop()[0])
        await asyncio.gather(*self._closing)

    def _close_idle(self) -> None:
        while self._free[0][1] < time.monotonic() - KEEP_SECONDS:
            self._close(self._free.popleft()[0])

    def _close(self, client: httpx.AsyncClient) -> None:
        """In a task of its own: whoever had the line may be cancelled a second time."""
        task = asyncio.create_task(_end(client))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _end(client: httpx.AsyncClient) -> None:
    with contextlib.suppress(Exception):  # there is nothing to be done about a connection that can't even be closed
        await client.aclose()
