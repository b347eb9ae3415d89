"""The campaign's clock as a run moves it: never while a request that was begun may still be on its way.

In the field a begun request leaves within a minute of real time (`workers.deadline`), long before another worker may
send in its place. Here one step of the clock can pass the lease and the grace at once, and a worker on a busy machine
takes its time between the commit of an attempt and its request. The freezer keeps what time guarantees for workers that
are stopped (`frost`); this keeps it for those that are slow.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime

import psycopg

from cli.dev.faults.plan import SEND_WITHIN_SECONDS
from workers.sandbox.campaign_time import CampaignClock, ClockReading, PendingWork

LOOK_SECONDS = 0.01
# Noted in the transaction that began it, so before the worker could send; the limit counts from before that.
_ON_THE_WAY = """
    select exists (
        select
        from (
            select s.subject from faults.steps as s
            where s.kind = 'attempt' and s.noted_at > clock_timestamp() - make_interval(secs => %s)
            offset 0 -- only these are ids
        ) as s
        inner join engine.attempts as a on s.subject::uuid = a.id
        where a.status = 'OPEN'
    )
"""


class PatientClock:
    """A campaign's clock that waits, before it is moved, for what may be on its way: at most for the limit."""

    def __init__(self, clock: CampaignClock, url: str) -> None:
        self._clock = clock
        self._url = url
        self._connection: psycopg.AsyncConnection | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def over(cls, clock: CampaignClock, url: str) -> AsyncIterator[PatientClock]:
        """One over another clock; `url` is of somebody who may see everything."""
        patient = cls(clock, url)
        try:
            yield patient
        finally:
            if patient._connection is not None:
                await patient._connection.close()

    async def read(self) -> ClockReading:
        """What it shows."""
        return await self._clock.read()

    async def pending(self) -> PendingWork:
        """What the engine has to do, and when next."""
        return await self._clock.pending()

    async def set(self, at: datetime, rate: float) -> None:
        """Set it, when nothing is on its way."""
        while True:
            if not await self._is_on_the_way():
                await self._clock.set(at, rate)
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _is_on_the_way(self) -> bool:
        if self._connection is None or self._connection.closed:  # Postgres may have crashed
            self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        row = await (await self._connection.execute(_ON_THE_WAY, [SEND_WITHIN_SECONDS])).fetchone()
        return row == (True,)
