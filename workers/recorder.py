"""Writing down what became of requests: in batches, and for as long as it takes.

A result that was not recorded is not lost (the ledger asks the provider when the lease runs out), but it is late. So
results are kept in memory while the database is away and written when it is back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from workers.errors import DatabaseFaultError, DatabaseUnavailableError, OutboundError
from workers.ledger import BegunAttempt, DispatchResult, Ledger
from workers.logs import get_logger
from workers.metrics import Metrics
from workers.waiting import Bell, backoff

log = get_logger(__name__)

LARGEST_BATCH = 500

Outcome = tuple[BegunAttempt, DispatchResult]


class Recorder:
    """Takes results and records them; whatever piles up while a batch is written makes the next batch."""

    def __init__(self, ledger: Ledger, worker: str, metrics: Metrics, settled: Callable[[BegunAttempt], None]) -> None:
        self._ledger = ledger
        self._worker = worker
        self._metrics = metrics
        self._settled = settled
        self._pending: list[Outcome] = []
        self._bell = Bell()
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, attempt: BegunAttempt, result: DispatchResult) -> None:
        """Take a result over."""
        self._pending.append((attempt, result))
        self._idle.clear()
        self._bell.ring()

    async def drained(self) -> None:
        """Wait until everything that was put is recorded."""
        await self._idle.wait()

    async def run(self) -> None:
        """Record, until cancelled."""
        while True:
            await self._bell.wait(60)
            while self._pending:
                batch = self._pending[:LARGEST_BATCH]
                await self._insist(partial(self._record, batch))
                del self._pending[: len(batch)]
                for attempt, _ in batch:
                    self._settled(attempt)
            self._idle.set()

    async def _insist(self, write: Callable[[], Awaitable[None]]) -> None:
        delays = backoff(0.1, 5)
        while True:
            try:
                return await write()
            except DatabaseUnavailableError as error:
                delay = next(delays)
                log.warning("recording_waits", results=len(self._pending), error=str(error), retry_in_seconds=delay)
                await asyncio.sleep(delay)

    async def _record(self, batch: list[Outcome]) -> None:
        """Write a batch. One result that the database refuses must not hold up the others: then each goes alone."""
        try:
            states = await self._ledger.record_dispatches(
                self._worker, [(attempt.attempt_id, result) for attempt, result in batch]
            )
        except (OutboundError, DatabaseFaultError) as error:
            if len(batch) > 1:
                for outcome in batch:
                    await self._record([outcome])
                return
            [(attempt, result)] = batch
            self._metrics.count("results_rejected_total")
            log.exception(
                "result_rejected",
                team_id=attempt.team_id,
                job_id=attempt.job_id,
                attempt_id=attempt.attempt_id,
                verdict=result.verdict,
                error=str(error),
            )
            return
        self._metrics.count("results_recorded_total", len(batch))
        log.debug("results_recorded", results=len(batch), states=[state.job_status for state in states])
