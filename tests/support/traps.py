"""Workers that die, or stand still, at a chosen step: each call of the database and each request is one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from tests.workers.titan import Titan
from workers.db import Database
from workers.providers.base import Transport
from workers.providers.servicetitan import ServiceTitanClient
from workers.shared_limiter import SharedLimiter
from workers.tasks import TaskHandler, TaskRunner
from workers.waiting import end

T = TypeVar("T")
PATIENCE = 30.0


@dataclass
class Trap:
    """Where a worker stops: at a step, before it or when it is done and the worker does not know yet.

    Whoever comes through has done one hold, and begins nothing more.
    """

    place: int
    side: str
    passed: list[str] = field(default_factory=list)
    sprung: asyncio.Event = field(default_factory=asyncio.Event)
    escaped: asyncio.Event = field(default_factory=asyncio.Event)
    thawed: asyncio.Event = field(default_factory=asyncio.Event)

    async def step(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        if self.passed[-1:] == ["end_task"] and not self.sprung.is_set():
            self.escaped.set()
            await asyncio.Event().wait()
        self.passed.append(name)
        is_here = len(self.passed) - 1 == self.place
        if is_here and self.side == "before":
            await self._stand()
        done = await work()
        if is_here and self.side == "after":
            await self._stand()
        return done

    async def _stand(self) -> None:
        self.sprung.set()
        await self.thawed.wait()

    def __str__(self) -> str:
        return f"{self.side} step {self.place}, {self.passed[self.place]}"


class TrappedDatabase:
    """The database of a worker, each call of which is a step."""

    def __init__(self, database: Database, trap: Trap) -> None:
        self._database, self._trap = database, trap

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._database, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            return await self._trap.step(name, lambda: method(*arguments, **named))

        return call


class TrappedWire(httpx.AsyncHTTPTransport):
    """The network of a worker, each request of which is a step."""

    def __init__(self, trap: Trap) -> None:
        super().__init__()
        self._trap = trap

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async def ask() -> httpx.Response:
            answer = await super(TrappedWire, self).handle_async_request(request)
            await answer.aread()
            return answer

        return await self._trap.step(f"{request.method} {request.url.path.rsplit('/', 1)[-1]}", ask)


@dataclass
class Fallen:
    """A worker that stands at its trap, with the one hold that it has in hand."""

    trap: Trap
    running: asyncio.Task[bool]
    client: ServiceTitanClient
    stop: asyncio.Event

    async def die(self) -> None:
        """As if its process were gone: nothing of it is done any more, and nothing is said."""
        await end([self.running])
        await self.client.aclose()

    async def go_on(self) -> None:
        """What was frozen goes on as if nothing had been, until it has come to its end."""
        self.stop.set()
        self.trap.thawed.set()
        await asyncio.wait_for(self.running, PATIENCE)
        await self.client.aclose()


Handlers = Callable[[Any, ServiceTitanClient], dict[str, TaskHandler]]
"""The handlers of a worker, made of its database and its client."""


async def fall(titan: Titan, database: Database, handlers: Handlers, trap: Trap) -> Fallen | None:
    """A worker of its own that works until it stands at its trap; none when its task was done before it came there."""
    url = f"{titan.url}/servicetitan"
    trapped: Any = TrappedDatabase(database, trap)
    client = ServiceTitanClient(
        Transport(url, timeout=20, wire=lambda: TrappedWire(trap)),
        Transport(url, timeout=20, wire=lambda: TrappedWire(trap)),
        SharedLimiter(trapped),
        sleep=lambda _: asyncio.sleep(0.01),
    )
    stop = asyncio.Event()
    runner = TaskRunner(
        trapped, f"fallen {trap.side} {trap.place}", handlers(trapped, client), concurrency=1, poll=0.05, drain=PATIENCE
    )
    fallen = Fallen(trap, asyncio.create_task(runner.run(stop)), client, stop)
    comes = [asyncio.create_task(event.wait()) for event in (trap.sprung, trap.escaped)]
    done, _ = await asyncio.wait([*comes, fallen.running], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    await end(comes)
    assert done - {fallen.running}, f"came to nothing after {trap.passed[:50]}"
    if trap.sprung.is_set():
        return fallen
    await fallen.die()
    return None
