"""A job that the database cannot begin, and those that wait beside it."""

from __future__ import annotations

from dataclasses import replace

from tests.support.waiting import until
from tests.workers.memory_ledger import MemoryLedger
from tests.workers.test_runner import QUICK, running


async def test_one_job_that_cannot_begin_does_not_hold_up_the_others() -> None:
    ledger = MemoryLedger()
    jobs = ledger.add("call", 9)
    ledger.cannot_begin = {jobs[1].id}
    async with running(ledger) as (runner, stop, task):
        await until(lambda: len(ledger.results) == 8, "the others")
        assert jobs[1].status == "CLAIMED"
        stop.set()
        assert await task
    # It is tried again when its lease has run out, and until then it is in nobody's way.
    assert ledger.statuses() == {"DISPATCHED": 8, "CLAIMED": 1}
    assert runner.metrics.value("jobs_stuck_total", queue="call") == 1
    assert all(len(job.attempts) == 1 for job in jobs if job is not jobs[1])


async def test_a_job_that_cannot_begin_leaves_the_only_line_to_the_next() -> None:
    ledger = MemoryLedger()
    jobs = ledger.add("call", 3)
    ledger.cannot_begin = {jobs[0].id}
    async with running(ledger, pace=replace(QUICK, concurrency=1)):
        await until(lambda: len(ledger.results) == 2, "the others")


async def test_when_nothing_can_begin_everything_is_given_back() -> None:
    ledger = MemoryLedger()
    ledger.cannot_begin = {job.id for job in ledger.add("call", 3)}
    async with running(ledger) as (runner, _stop, _task):
        await until(lambda: runner.metrics.value("database_failures_total") >= 2, "two failures")
    assert ledger.statuses() == {"READY": 3}


async def test_a_beginning_alone_that_was_not_answered_is_given_back_if_it_was_not_committed() -> None:
    ledger = MemoryLedger(away={"begin_attempts": 10**9})
    ledger.cannot_begin = {ledger.add("call", 3)[0].id}
    async with running(ledger) as (runner, _stop, _task):
        await until(lambda: runner.metrics.value("leases_released_total", queue="call") >= 3, "given back")
    assert ledger.statuses() == {"READY": 3}
