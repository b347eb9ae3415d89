"""What the sandbox needs to know of the campaign's clock, whoever keeps it.

The engine keeps its clock in the database. The sandbox shares it, so that "a reply after 40 minutes" and "a retry
after four hours" are moments of one time. This module says what it needs; `workers.db` has the statements.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class ClockReading:
    """A reading of the clock: `rate` virtual seconds pass in a real one."""

    at: datetime
    rate: float
    environment: str


@dataclass(frozen=True)
class PendingWork:
    """What the engine has to do.

    `due_jobs` counts jobs that a worker could take now and jobs that are in a worker's hands under a living lease: as
    long as it is not zero, somebody is or should be at work. `open_jobs` counts all that have no end yet.
    `next_due_at` is the next moment at which the engine has something to do: a job falls due, a lease expires, a
    silent attempt is looked into, a schedule runs. Null when it waits for nothing but webhooks.
    """

    due_jobs: int
    open_jobs: int
    next_due_at: datetime | None


class CampaignClock(Protocol):
    """The clock that campaigns run on."""

    async def read(self) -> ClockReading:
        """What it shows."""
        ...

    async def set(self, at: datetime, rate: float) -> None:
        """Set it; refused outside a sandbox."""
        ...

    async def pending(self) -> PendingWork:
        """What the engine has to do, and when next."""
        ...
