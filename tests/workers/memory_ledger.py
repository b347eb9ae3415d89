"""The `Ledger` port in memory: the engine's promises to workers, small enough to see through.

Real time stands for campaign time. It can be made to fail: `away` counts calls that find no database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from workers.errors import DatabaseFaultError, DatabaseUnavailableError
from workers.ledger import (
    Begun,
    BegunAttempt,
    ClaimedJob,
    DispatchResult,
    DoubtfulAttempt,
    JobState,
    QueueLag,
    Resolution,
    TickLag,
)
from workers.ticks import TickPart

TEAM = uuid4()


@dataclass
class Job:
    queue: str
    id: UUID = field(default_factory=uuid4)
    status: str = "READY"
    owner: str | None = None
    lease_until: datetime | None = None
    attempts: list[UUID] = field(default_factory=list)


@dataclass
class MemoryLedger:
    jobs: dict[UUID, Job] = field(default_factory=dict)
    results: dict[UUID, DispatchResult] = field(default_factory=dict)
    doubts: list[DoubtfulAttempt] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    away: dict[str, int] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    claimed_at_once: list[int] = field(default_factory=list)
    closed_by_gate: set[UUID] = field(default_factory=set)
    poison: UUID | None = None
    cannot_begin: set[UUID] = field(default_factory=set)
    cannot_resolve: set[UUID] = field(default_factory=set)
    lose_leases: bool = False
    backlog: int = 0
    tick_answers: dict[TickPart, dict[str, Any]] = field(default_factory=dict)

    def add(self, queue: str, count: int = 1) -> list[Job]:
        added = [Job(queue) for _ in range(count)]
        self.jobs |= {job.id: job for job in added}
        return added

    def statuses(self) -> Counter[str]:
        return Counter(job.status for job in self.jobs.values())

    async def claim_and_begin(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> Begun:
        self._reach("claim_and_begin")
        claimed = self._claim(worker, queues, limit, lease)
        try:
            attempts = self._begin(worker, [job.job_id for job in claimed])
        except DatabaseFaultError:
            for job in claimed:
                self.jobs[job.job_id].status = "READY"
            raise
        return Begun(attempts, [0.0 for _ in attempts], len(claimed) - len(attempts))

    async def claim_jobs(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> list[ClaimedJob]:
        self._reach("claim_jobs")
        return self._claim(worker, queues, limit, lease)

    async def begin_attempts(self, worker: str, job_ids: Sequence[UUID]) -> list[BegunAttempt]:
        self._reach("begin_attempts")
        return self._begin(worker, job_ids)

    def _claim(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> list[ClaimedJob]:
        until = datetime.now(UTC) + lease
        found = [job for job in self.jobs.values() if job.queue in queues and job.status == "READY"][:limit]
        for job in found:
            job.status, job.owner, job.lease_until = "CLAIMED", worker, until
        if found:
            self.claimed_at_once.append(len(found))
        return [ClaimedJob(TEAM, job.id, job.queue, 0, until, until) for job in found]

    def _begin(self, worker: str, job_ids: Sequence[UUID]) -> list[BegunAttempt]:
        if self.cannot_begin & set(job_ids):
            msg = "22023 this template cannot be filled"
            raise DatabaseFaultError(msg)
        begun = []
        for job_id in job_ids:
            job = self.jobs[job_id]
            assert (job.status, job.owner) == ("CLAIMED", worker)
            if job_id in self.closed_by_gate:
                job.status = "CANCELLED"
                continue
            attempt_id = uuid4()
            job.attempts.append(attempt_id)
            begun.append(BegunAttempt(TEAM, attempt_id, job_id, len(job.attempts), "vapi", "ACME", None, {}))
        return begun

    async def extend_leases(self, worker: str, job_ids: Sequence[UUID], lease: timedelta) -> set[UUID]:
        self._reach("extend_leases")
        kept = {job_id for job_id in job_ids if self.jobs[job_id].owner == worker and not self.lose_leases}
        for job_id in kept:
            self.jobs[job_id].lease_until = datetime.now(UTC) + lease
        return kept

    async def release_leases(self, worker: str, job_ids: Sequence[UUID]) -> int:
        self._reach("release_leases")
        found = [self.jobs[one] for one in job_ids]
        given_back = [job for job in found if (job.status, job.owner) == ("CLAIMED", worker) and not job.attempts]
        for job in given_back:
            job.status, job.owner, job.lease_until = "READY", None, None
        return len(given_back)

    async def queue_lag(self) -> list[QueueLag]:
        self._reach("queue_lag")
        return [
            QueueLag(queue, sum(job.queue == queue and job.status == "READY" for job in self.jobs.values()), 0, 0, 1.5)
            for queue in ("call", "text")
        ]

    async def tick_lag(self) -> TickLag:
        self._reach("tick_lag")
        return TickLag(240.0, 1)

    async def record_dispatches(self, worker: str, results: Sequence[tuple[UUID, DispatchResult]]) -> list[JobState]:
        del worker
        self._reach("record_dispatches")
        if any(attempt_id == self.poison for attempt_id, _ in results):
            msg = "22P02 invalid input"
            raise DatabaseFaultError(msg)
        self.batches.append(len(results))
        states = []
        after = {"accepted": "DISPATCHED", "refused": "FAILED", "try_later": "LATER", "unknown": "AMBIGUOUS"}
        for attempt_id, result in results:
            self.results[attempt_id] = result
            job = next(job for job in self.jobs.values() if attempt_id in job.attempts)
            job.status = after[result.verdict]
            states.append(JobState(attempt_id, job.id, job.status))
        return states

    async def claim_ambiguous(self, worker: str, limit: int, lease: timedelta) -> list[DoubtfulAttempt]:
        del worker, lease
        self._reach("claim_ambiguous")
        taken, self.doubts = self.doubts[:limit], self.doubts[limit:]
        return taken

    async def resolve_attempts(self, worker: str, resolutions: Sequence[Resolution]) -> list[JobState]:
        del worker
        self._reach("resolve_attempts")
        if self.cannot_resolve & {one.attempt_id for one in resolutions}:
            msg = "22P05 unsupported Unicode escape sequence"
            raise DatabaseFaultError(msg)
        self.resolutions += resolutions
        return []

    async def tick(self, part: TickPart) -> dict[str, Any]:
        self._reach("tick")
        self._reach(f"tick {part}")
        return dict(self.tick_answers.get(part, {}))

    async def index_contacts(self, limit: int) -> int:
        self._reach("index_contacts")
        indexed = min(limit, self.backlog)
        self.backlog -= indexed
        return indexed

    def _reach(self, call: str) -> None:
        self.calls[call] += 1
        if self.away.get(call, 0) > 0:
            self.away[call] -= 1
            raise DatabaseUnavailableError(call)
