"""Moves virtual time.

Three modes. *auto*: the clock stands still while anybody is at work, then jumps to whatever happens next (a discrete
event simulation), no faster than `speed` virtual seconds a second, so that a view can be watched. *real*: the clock
runs by itself, at `rate`. *manual*: it stands where it was put, and goes where it is sent.

Time never moves backwards, and no event is skipped: a jump ends where the next event is due.
"""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from workers.sandbox.campaign_time import CampaignClock, ClockReading, PendingWork
from workers.sandbox.settings import ClockMode
from workers.sandbox.stage import Stage

log = logging.getLogger("workers.sandbox.driver")

STEP_SECONDS = 0.05
IDLE_SECONDS = 0.2
GLANCE_SECONDS = 0.01
BRIEFLY_SECONDS = 0.04
# How often the engine is asked whether its work is done: soon at first, then less and less.
FIRST_ASK_SECONDS, LAST_ASK_SECONDS = 0.01, 0.08
# In auto mode nobody else should move the clock; whether somebody did is looked at so often.
REREAD_SECONDS = 0.25
TICK = timedelta(milliseconds=1)
# A clock that was left alone for long does not save up speed for more than this.
LARGEST_BUDGET_SECONDS = 0.25


@dataclass
class Pace:
    """How fast the driver goes.

    `settle`: calls are going on, jobs are due, nobody takes them: they wait for a free line, so let the calls end.
    `stall`: jobs are due, no call is going on, nobody takes them: whoever should is dead, so let the leases run out.
    `grain`: what lies so close together, events here and moments of the engine, happens in one step.
    """

    mode: ClockMode
    speed: float
    rate: float
    grain: timedelta
    settle: float
    stall: float


class Driver:
    """Drives a campaign clock, and plays the sandbox's agenda by it."""

    def __init__(
        self,
        stage: Stage,
        campaign: CampaignClock,
        *,
        requests: Callable[[], int],
        taken: Callable[[], int],
        calls: Callable[[], int],
    ) -> None:
        settings = stage.settings
        self._stage = stage
        self._campaign = campaign
        self._requests = requests
        self._taken = taken
        self._calls = calls
        self._budget_at = time.monotonic()
        self._budget = 0.0
        self._seen: tuple[object, ...] = ()
        self._left_waiting: tuple[object, ...] = ()
        self._full_at: int | None = None
        self._seen_at = time.monotonic()
        self._reading: ClockReading | None = None
        self._read_at = 0.0
        self._ask_after = FIRST_ASK_SECONDS
        self._target: datetime | None = None
        self._arrived = asyncio.Event()
        self._holds = 0
        self.pending = PendingWork(0, 0, None)
        self.environment = "sandbox"
        self.problem: str | None = None
        self.stalled = False
        self.waited: defaultdict[str, float] = defaultdict(float)
        self.pace = Pace(
            mode=settings.clock_mode or "auto",
            speed=settings.clock_speed,
            rate=1.0,
            grain=timedelta(seconds=settings.clock_grain_seconds),
            settle=settings.clock_settle_seconds,
            stall=settings.clock_stall_seconds,
        )

    async def run(self) -> None:
        """Drive until cancelled. A clock that can't be reached is tried again: a database may restart."""
        await self._begin()
        while True:
            try:
                await self.step()
            except Exception as problem:
                if self.problem is None:
                    log.warning("the campaign clock cannot be reached", exc_info=problem)
                self.problem = f"{type(problem).__name__}: {problem}"
                await asyncio.sleep(IDLE_SECONDS)
            else:
                self.problem = None

    async def step(self) -> None:
        """Look once at what is going on, and do what that calls for."""
        reading = await self._glance()
        if self.pace.mode == "real" or reading.environment != "sandbox":
            await self._step_real(reading)
        elif self.pace.mode == "manual" and self._target is None:
            self._play_due(self._stage.clock.now())
            await asyncio.sleep(STEP_SECONDS)
        else:
            await self._step_jumping(reading)

    async def change(self, mode: ClockMode, *, speed: float | None = None, rate: float | None = None) -> None:
        """Go on in another way."""
        self.pace.mode = mode
        self.pace.speed = self.pace.speed if speed is None else speed
        self.pace.rate = self.pace.rate if rate is None else rate
        self._target = None
        await self._begin()

    async def go_to(self, moment: datetime, wait_seconds: float) -> bool:
        """In manual mode: go to a moment, by way of every event before it. Returns whether it was reached in time."""
        self._target = moment
        self._arrived.clear()
        try:
            await asyncio.wait_for(self._arrived.wait(), wait_seconds)
        except TimeoutError:
            return False
        return True

    def busy_with(self) -> dict[str, int]:
        """What a clock that jumps waits for: requests that are being answered, webhooks on their way, who holds it."""
        return {"requests": self._requests(), "webhooks": self._stage.courier.in_flight, "holds": self._holds}

    def is_busy(self) -> bool:
        """Whether there is any of that."""
        return any(self.busy_with().values())

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """A clock that jumps stands still meanwhile: for what an operator, or a fault, does at one moment."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1

    async def _begin(self) -> None:
        """Freeze the clock, or let it run, as the mode has it."""
        try:
            reading = await self._read()
            if reading.environment == "sandbox":
                rate = self.pace.rate if self.pace.mode == "real" else 0.0
                await self._set(self._stage.clock.now(), rate)
        except Exception as problem:  # noqa: BLE001 - as in run(): tried again by the first step that needs it
            self.problem = f"{type(problem).__name__}: {problem}"

    async def _glance(self) -> ClockReading:
        """The last reading, where it still must be true: a clock that stands still, read a moment ago."""
        last = self._reading
        if last is not None and last.rate == 0 and time.monotonic() - self._read_at < REREAD_SECONDS:
            return last
        return await self._read()

    async def _read(self) -> ClockReading:
        reading = await self._campaign.read()
        self._reading, self._read_at = reading, time.monotonic()
        self.environment = reading.environment
        self._stage.clock.sync(reading.at, reading.rate)
        return reading

    async def _set(self, at: datetime, rate: float) -> None:
        self._reading = None  # whatever happens now, the last reading is past
        await self._campaign.set(at, rate)
        self._reading = ClockReading(at, rate, self.environment)
        self._stage.clock.sync(at, rate)

    def _play_due(self, now: datetime) -> int:
        """Play what is due, each event at the moment it was planned for."""
        played = 0
        while (event := self._stage.agenda.pop_due(now)) is not None:
            event.action(event.at)
            played += 1
        return played

    async def _step_real(self, reading: ClockReading) -> None:
        self._play_due(self._stage.clock.now())
        upcoming = self._stage.agenda.next_at()
        wait = IDLE_SECONDS
        if upcoming is not None and reading.rate > 0:
            ahead = (upcoming - self._stage.clock.now()).total_seconds() / reading.rate
            wait = min(max(ahead, 0.0), IDLE_SECONDS)
        await asyncio.sleep(max(wait, 0.001))

    async def _step_jumping(self, reading: ClockReading) -> None:
        now = self._stage.clock.now()
        if reading.rate != 0 or reading.at < now:
            await self._set(now, 0.0)  # somebody let it run, or set it back
        self._earn()
        if self._play_due(now) or self.is_busy():
            await self._wait_for_others()
            return
        self.pending = await self._campaign.pending()
        upcoming = self._stage.agenda.next_at()
        if self.is_busy() or (upcoming is not None and upcoming <= now):
            return  # something began while we asked
        if self._somebody_is_at_work():
            await self._spend("workers", asyncio.sleep(self._ask_after))
            self._ask_after = min(self._ask_after * 1.5, LAST_ASK_SECONDS)
            return
        self._ask_after = FIRST_ASK_SECONDS
        if self._target is not None and now >= self._target:
            self._target = None
            self._arrived.set()
            return
        target = self._next_moment(now, upcoming)
        if target is None:
            await self._spend("nothing", asyncio.sleep(IDLE_SECONDS))
            return
        await self._advance(now, target)

    async def _wait_for_others(self) -> None:
        """Give webhooks the time to be answered, and requests the time to be handled."""
        if self._stage.courier.in_flight:
            await self._spend("webhooks", self._stage.courier.rest(STEP_SECONDS))
        else:
            await self._spend("requests", asyncio.sleep(GLANCE_SECONDS if self._requests() or self._holds else 0))

    async def _spend(self, on: str, waiting: Awaitable[object]) -> None:
        """Wait, and remember what for: whoever wonders why a rehearsal is slow is told."""
        began = time.monotonic()
        await waiting
        self.waited[on] += time.monotonic() - began

    def _somebody_is_at_work(self) -> bool:
        """Whether due work is to be waited for: until nothing has moved for as long as the pace allows."""
        self.stalled = False
        due = self.pending.next_due_at
        if self.pending.due_jobs == 0 and not (due is not None and due <= self._stage.clock.now()):
            self._full_at = None
            return False
        state = (self.pending.due_jobs, self.pending.open_jobs, self._taken())
        if state == self._left_waiting:
            return False
        seen = (self.pending, self._stage.journal.last_seq)
        moment = time.monotonic()
        if seen != self._seen:
            self._seen, self._seen_at = seen, moment
        calls = self._calls()
        if moment - self._seen_at < self._patience(calls):
            return True
        # While calls are going on, what is left waits for one to end: no need to find that out at each of their steps.
        self._left_waiting = state if calls else ()
        self._full_at = calls or None
        self._seen = ()
        self.stalled = calls == 0
        return False

    def _patience(self, calls: int) -> float:
        """How long due work may lie untouched: shorter when as many calls go on as when it lay untouched before."""
        if calls == 0:
            return self.pace.stall
        full = self._full_at is not None and calls >= self._full_at
        return min(BRIEFLY_SECONDS, self.pace.settle) if full else self.pace.settle

    def _next_moment(self, now: datetime, upcoming: datetime | None) -> datetime | None:
        """When something happens next: an event here, work in the engine, or the end of a journey."""
        due = self.pending.next_due_at
        ahead = [moment for moment in (due, upcoming, self._target) if moment is not None and moment > now]
        if not ahead:
            return None
        # What lies close together is done in one step, none of it early and none later than the grain. But what the
        # engine does by itself and what arrives here keep their order: a reply just before its deadline is in time.
        first = min(ahead)
        last = first + self.pace.grain
        if self._target is not None:
            last = min(last, max(self._target, first))
        if upcoming is not None and first == upcoming:
            return self._stage.agenda.last_before(last if due is None or due <= now else min(last, due)) or first
        if first != due:
            return first
        return last if upcoming is None else max(first, min(last, upcoming - TICK))

    async def _advance(self, now: datetime, target: datetime) -> None:
        """Move towards a moment, as far as the speed allows in one step."""
        free = self._target is not None  # who asks for a moment wants it now
        allowed = (target - now) if free else min(target - now, timedelta(seconds=self._budget))
        if allowed > timedelta(0):
            await self._set(now + allowed, 0.0)
            self._budget -= allowed.total_seconds()
        if now + allowed < target:
            await self._spend("speed", asyncio.sleep(STEP_SECONDS))
            return
        self._play_due(target)
        await self._wait_for_others()

    def _earn(self) -> None:
        """Speed is saved up while others work, a little."""
        moment = time.monotonic()
        earned = (moment - self._budget_at) * self.pace.speed
        self._budget = min(max(self._budget, 0.0) + earned, LARGEST_BUDGET_SECONDS * self.pace.speed)
        self._budget_at = moment
