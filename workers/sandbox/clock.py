"""Virtual time: what moment it is in the sandbox, and what will happen at which.

Everything that a provider does later (a call ends, a reply arrives) is an event on the agenda, at a moment of virtual
time. Who moves that time, and how fast, is the driver's business (`driver.py`).
"""

import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from workers.sandbox.campaign_time import ClockReading, PendingWork

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class VirtualClock:
    """The sandbox's own idea of the campaign clock, right between two readings of it and never moving backwards."""

    _at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _rate: float = 1.0
    _read_at: float = field(default_factory=time.monotonic)
    _latest: datetime = EPOCH

    @property
    def rate(self) -> float:
        """How many virtual seconds pass in a real one; 0 is frozen."""
        return self._rate

    def now(self) -> datetime:
        """The moment it is: at least as late as any moment that was told before."""
        moment = self._at + timedelta(seconds=(time.monotonic() - self._read_at) * self._rate)
        self._latest = max(self._latest, moment)
        return self._latest

    def sync(self, at: datetime, rate: float) -> None:
        """Take over a reading of the campaign clock."""
        self._at, self._rate, self._read_at = at, rate, time.monotonic()


class MemoryClock:
    """A campaign clock without a database: the sandbox alone, or a test."""

    def __init__(self, at: datetime | None = None, rate: float = 1.0) -> None:
        self._clock = VirtualClock(at or datetime.now(UTC), rate)

    async def read(self) -> ClockReading:
        """What the clock shows."""
        return ClockReading(self._clock.now(), self._clock.rate, "sandbox")

    async def set(self, at: datetime, rate: float) -> None:
        """Set the clock; like the database's, it can't be set back."""
        self._clock.sync(max(at, self._clock.now()), rate)

    async def pending(self) -> PendingWork:
        """Nobody's work is known here."""
        return PendingWork(0, 0, None)


@dataclass(order=True)
class Event:
    """Something that the sandbox will do at a moment of virtual time."""

    at: datetime
    order: int
    subject: str = field(compare=False)
    action: Callable[[datetime], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)


class Agenda:
    """The events to come, earliest first; events of one moment in the order in which they were planned."""

    def __init__(self) -> None:
        self._heap: list[Event] = []
        self._order = itertools.count()

    def __len__(self) -> int:
        return sum(not event.cancelled for event in self._heap)

    def schedule(self, at: datetime, subject: str, action: Callable[[datetime], None]) -> Event:
        """Plan an event; `subject` is the call or message that it is about."""
        event = Event(at, next(self._order), subject, action)
        heapq.heappush(self._heap, event)
        return event

    def next_at(self) -> datetime | None:
        """When the next event is due."""
        self._drop_cancelled()
        return self._heap[0].at if self._heap else None

    def last_before(self, until: datetime) -> datetime | None:
        """The latest moment not after `until` at which something is due."""
        moments = [event.at for event in self._heap if event.at <= until and not event.cancelled]
        return max(moments, default=None)

    def pop_due(self, now: datetime) -> Event | None:
        """Take the next event that is due, if one is."""
        self._drop_cancelled()
        if self._heap and self._heap[0].at <= now:
            return heapq.heappop(self._heap)
        return None

    def take(self, subject: str) -> list[Event]:
        """Take all events of one subject off the agenda, in order."""
        taken = sorted(event for event in self._heap if event.subject == subject and not event.cancelled)
        for event in taken:
            event.cancelled = True
        return taken

    def clear(self) -> None:
        """Forget everything that was planned."""
        self._heap.clear()

    def _drop_cancelled(self) -> None:
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)
