"""How a worker stops, and what it holds until then: nothing that began is cut off, nothing that did not is kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.support.databases import Database as Copy
from tests.support.factories import make_team
from tests.support.waiting import until
from tests.workers.memory_ledger import MemoryLedger
from tests.workers.test_campaign import stage, worker
from tests.workers.test_runner import ACCEPTED, LONG_ASLEEP, QUICK, Gate, running
from workers.db import Database
from workers.ledger import Begun, BegunAttempt, ClaimedJob, DispatchResult
from workers.runner import Runner


class SlowAnswer(MemoryLedger):
    """Claims are answered when the test lets them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.answer = asyncio.Event()

    async def claim_and_begin(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> Begun:
        begun = await super().claim_and_begin(worker, queues, limit, lease)
        await self.answer.wait()
        return begun

    async def claim_jobs(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> list[ClaimedJob]:
        claimed = await super().claim_jobs(worker, queues, limit, lease)
        await self.answer.wait()
        return claimed


async def test_what_was_begun_when_the_stop_came_is_sent_and_recorded() -> None:
    ledger = SlowAnswer()
    ledger.add("call", 3)
    async with running(ledger, pace=replace(LONG_ASLEEP, concurrency=2)) as (runner, stop, task):
        await until(lambda: ledger.statuses()["CLAIMED"] == 2, "the claim")
        stop.set()
        await until(lambda: runner.stopping, "the drain")
        ledger.answer.set()
        assert await task
    assert ledger.statuses() == {"DISPATCHED": 2, "READY": 1}


async def test_what_was_claimed_alone_when_the_stop_came_is_given_back_unbegun() -> None:
    ledger = SlowAnswer()
    ledger.cannot_begin = {ledger.add("call", 3)[0].id}
    async with running(ledger, pace=LONG_ASLEEP) as (runner, stop, task):
        await until(lambda: ledger.statuses()["CLAIMED"] == 3, "the claim")
        stop.set()
        await until(lambda: runner.stopping, "the drain")
        ledger.answer.set()
        assert await task
    assert ledger.statuses() == {"READY": 3}
    assert ledger.calls["begin_attempts"] == 0
    assert runner.metrics.value("leases_released_total", queue="call") == 3


async def test_a_stop_does_not_fail_for_what_cannot_be_given_back() -> None:
    ledger = SlowAnswer(away={"release_leases": 1})
    ledger.cannot_begin = {ledger.add("call", 1)[0].id}
    async with running(ledger, pace=LONG_ASLEEP) as (runner, stop, task):
        await until(lambda: ledger.statuses()["CLAIMED"] == 1, "the claim")
        stop.set()
        await until(lambda: runner.stopping, "the drain")
        ledger.answer.set()
        assert await task
    assert ledger.statuses() == {"CLAIMED": 1}  # its lease runs out


async def test_leases_are_kept_while_the_worker_drains() -> None:
    ledger, gate = MemoryLedger(), Gate()
    ledger.add("call", 2)
    async with running(ledger, gate, pace=replace(QUICK, lease=0.03)) as (runner, stop, task):
        await until(lambda: len(gate.begun) == 2, "the requests")
        stop.set()
        await until(lambda: runner.stopping, "the drain")
        before = ledger.calls["extend_leases"]
        await until(lambda: ledger.calls["extend_leases"] >= before + 3, "leases are extended")
        gate.open.set()
        assert await task
    assert runner.metrics.value("leases_extended_total") >= 6
    assert runner.metrics.value("leases_lost_total") == 0


async def test_a_slow_provider_costs_no_worker_its_jobs(database: Copy) -> None:
    """Real leases: a request that takes three times as long as a lease, and another worker that would like the job."""
    with database.connect() as connection:
        connection.execute("select tests.set_clock('2026-03-02 15:00+00', 1)")
        team = make_team(connection)
        connection.execute("select tests.act_as(%s)", [team.admin_email])
        connection.execute("select public.launch_campaign(tests.create_campaign(%s, 1, 10))", [team.id])
        connection.execute("select tests.act_as_superuser()")
        connection.commit()

    held: list[Any] = []

    async def slow(attempt: BegunAttempt) -> DispatchResult:
        await asyncio.sleep(3)
        with database.connect() as connection:
            held.extend(connection.execute("select status::text, lease_owner from engine.jobs").fetchall())
        return replace(ACCEPTED, provider_id=f"p-{attempt.attempt_id}")

    async with Database(database.url("outbound_worker")) as db:
        pace = replace(QUICK, lease=1.0, poll=0.1, tick=0.1)
        first, second = (Runner(db, name, {"call": slow}, pace=pace) for name in ("first", "second"))
        stop = asyncio.Event()
        work = asyncio.gather(first.run(stop), second.run(stop))
        await until(lambda: held, "the slow answer")
        stop.set()
        assert all(await work)
    [(status, owner)] = held
    assert (status, owner) in {("CLAIMED", "first"), ("CLAIMED", "second")}
    with database.connect() as connection:
        rows = connection.execute("select status::text, attempt_number from engine.attempts").fetchall()
    assert rows == [("ACCEPTED", 1)]


async def test_jobs_that_were_not_begun_are_there_for_others_at_once(database: Copy) -> None:
    """A lease is given back only where nothing can have left."""
    with database.connect() as connection:
        connection.execute("select tests.set_clock('2026-03-02 15:00+00')")
        team = make_team(connection)
        connection.execute("select tests.act_as(%s)", [team.admin_email])
        connection.execute("select public.launch_campaign(tests.create_campaign(%s, 3, 10))", [team.id])
        connection.execute("select tests.act_as_superuser()")
        connection.commit()
    async with Database(database.url("outbound_worker")) as db:
        jobs = [job.job_id for job in await db.claim_jobs("w1", ["call"], 3, timedelta(minutes=2))]
        await db.begin_attempts("w1", jobs[:1])
        assert await db.release_leases("w2", jobs) == 0
        assert [(lag.due_jobs, lag.jobs_in_progress) for lag in await db.queue_lag()] == [(0, 3), (0, 0)]
        assert await db.release_leases("w1", jobs) == 2
        assert [(lag.due_jobs, lag.jobs_in_progress) for lag in await db.queue_lag()] == [(2, 1), (0, 0)]
        again = await db.claim_jobs("w2", ["call"], 3, timedelta(minutes=2))
    assert {job.job_id for job in again} == set(jobs[1:])


async def test_a_second_signal_ends_a_worker_at_once(database: Copy) -> None:
    never = [{"kind": "latency", "seconds": 25, "phase": "after"}]
    async with stage(database, faults=never) as on:
        on.launch()
        async with worker(on) as process:
            await until(lambda: on.sandbox.counts()["calls_taken"] >= 1, "the first call")
            process.terminate()
            await asyncio.sleep(1)
            assert process.returncode is None, "the first signal waits for what is out"
            process.terminate()
            told = time.monotonic()
            assert await process.wait() == 1
            assert time.monotonic() - told < 10
        # What was out is known to be out, and will be asked about.
        assert on.rows("select count(*) > 0 from engine.attempts where status = 'OPEN'") == [(True,)]
