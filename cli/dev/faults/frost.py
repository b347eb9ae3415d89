"""Workers that are stopped for a while (SIGSTOP) and then go on (SIGCONT) as if nothing had been.

When one may go on is not arbitrary. In the field campaign time is real time: when the doubt grace of five minutes is
over and another worker may send, the limit of a minute in which a begun request may leave (`workers.deadline`) is over
too. Here the clock jumps over the grace in a few hundredths of a second, which no limit in real time is short enough
for. So the limit is lowered to one that a busy machine still keeps, and what time itself guarantees in the field is
kept here:

- A worker that is stopped for long goes on only when the limit has run out for all that it had begun before. So its
  deadline alone decides whether somebody is reached twice, and the suite tries exactly that.
- One that is stopped briefly, so that it may still send what is in doubt already, goes on at its moment of campaign
  time, well within the grace, and the clock stands still until the limit has run out.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from cli.dev.faults.plan import BRIEFLY, SEND_WITHIN_SECONDS
from cli.dev.faults.standstill import Standstill
from workers.sandbox.stage import Stage

LOOK_SECONDS = 0.2
STILL_SECONDS = 15.0
"""Campaign time may stand still because of the frozen worker itself: a request of which half has arrived. Well before
the run is taken for stuck (`director.STUCK_SECONDS`)."""
MARGIN_SECONDS = 0.05
GRACE = timedelta(minutes=5)


class Freezable(Protocol):
    """A process that can be stopped."""

    pid: int
    frozen_for: timedelta

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""


@dataclass
class Freezer:
    """Lets stopped workers go on, each at its time."""

    stage: Stage
    hold: Callable[[], AbstractContextManager[None]]
    notes: list[tuple[datetime, str]] = field(default_factory=list)
    thawed: list[timedelta] = field(default_factory=list)
    """For how much campaign time each was stopped."""
    _thawing: dict[asyncio.Task[None], asyncio.Event] = field(default_factory=dict)
    _is_over: bool = False

    def stopped(self, worker: Freezable) -> None:
        """A worker has stopped: see to it that it goes on."""
        due = asyncio.Event()
        task = asyncio.create_task(self._thaw(worker, due), name=f"worker {worker.pid}")
        self._thawing[task] = due
        task.add_done_callback(self._thawing.pop)

    def frozen(self) -> list[str]:
        """Who is stopped now."""
        return sorted(task.get_name() for task in self._thawing)

    async def thaw_all(self) -> None:
        """Let everybody go on as soon as that proves something, and whoever stops from now on too."""
        self._is_over = True
        for due in self._thawing.values():
            due.set()
        await asyncio.gather(*self._thawing)

    async def close(self) -> None:
        """Leave them as they are: they are killed."""
        tasks = list(self._thawing)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _thaw(self, worker: Freezable, due: asyncio.Event) -> None:
        limit, since = time.monotonic() + SEND_WITHIN_SECONDS + MARGIN_SECONDS, self.stage.clock.now()
        lasting, has_gone_on = worker.frozen_for, False
        self.notes.append((since, f"worker {worker.pid} is stopped for {lasting}"))
        with contextlib.ExitStack() as clock_stands:

            def ring(_: datetime) -> None:
                nonlocal has_gone_on
                if lasting <= BRIEFLY:
                    clock_stands.enter_context(self.hold())
                    self._let_go(worker, since)
                    has_gone_on = True
                due.set()

            event = self.stage.agenda.schedule(since + lasting, "thaw", ring)
            if not self._is_over:
                await self._wait(due)
            event.cancelled = True
            await asyncio.sleep(max(0.0, limit - time.monotonic()))
            if not has_gone_on:
                self._let_go(worker, since)

    async def _wait(self, due: asyncio.Event) -> None:
        """Wait for its moment, for as long as campaign time moves at all."""
        standstill = Standstill()
        while not due.is_set() and standstill.look(self.stage.clock.now()) < STILL_SECONDS:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(due.wait(), LOOK_SECONDS)

    def _let_go(self, worker: Freezable, since: datetime) -> None:
        now = self.stage.clock.now()
        worker.signal(signal.SIGCONT)
        self.thawed.append(now - since)
        self.notes.append((now, f"worker {worker.pid} goes on"))
