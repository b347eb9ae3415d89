from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.support.waiting import until
from tests.workers.memory_ledger import TEAM, MemoryLedger
from workers.errors import DatabaseUnavailableError
from workers.ledger import BegunAttempt, DispatchResult, DoubtfulAttempt, Handler, Resolution
from workers.metrics import Metrics
from workers.runner import CONTACTS_AT_ONCE, Pace, Runner
from workers.ticks import TICK_PARTS, TickPart

ACCEPTED = DispatchResult("accepted", "job", "created", provider_id="c1")
QUICK = Pace(concurrency=5, lease=60, poll=0.01, reconcile=0.01, tick=None, drain=5)
LONG_ASLEEP = replace(QUICK, poll=60, reconcile=60)


async def accept(_: BegunAttempt) -> DispatchResult:
    return ACCEPTED


class Gate:
    """A handler whose requests come back when the test lets them."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.begun: list[BegunAttempt] = []
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self, attempt: BegunAttempt) -> DispatchResult:
        self.begun.append(attempt)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.open.wait()
        self.at_once -= 1
        return ACCEPTED


@contextlib.asynccontextmanager
async def running(
    ledger: MemoryLedger,
    handler: Handler = accept,
    pace: Pace = QUICK,
    queues: tuple[str, ...] = ("call",),
    **more: Any,
) -> AsyncIterator[tuple[Runner, asyncio.Event, asyncio.Task[bool]]]:
    runner = Runner(ledger, "worker-1", dict.fromkeys(queues, handler), pace=pace, **more)
    stop = asyncio.Event()
    task = asyncio.create_task(runner.run(stop))
    try:
        yield runner, stop, task
    finally:
        stop.set()
        await asyncio.gather(task, return_exceptions=True)


async def test_every_job_is_begun_once_sent_once_and_recorded() -> None:
    ledger = MemoryLedger()
    ledger.add("call", 57)
    ledger.add("text", 23)
    async with running(ledger, queues=("call", "text")) as (runner, stop, task):
        await until(lambda: len(ledger.results) == 80)
        stop.set()
        assert await task
    assert ledger.statuses() == {"DISPATCHED": 80}
    assert all(len(job.attempts) == 1 for job in ledger.jobs.values())
    assert runner.metrics.value("dispatches_total", queue="call", verdict="accepted") == 57
    assert runner.metrics.value("results_recorded_total") == 80


async def test_a_queue_that_is_not_served_is_left_alone() -> None:
    ledger = MemoryLedger()
    ledger.add("text", 3)
    ledger.add("call", 1)
    async with running(ledger) as (_, _stop, _task):
        await until(lambda: ledger.statuses()["DISPATCHED"] == 1)
    assert ledger.statuses() == {"DISPATCHED": 1, "READY": 3}


async def test_no_more_is_begun_than_is_sent_at_once() -> None:
    ledger, gate = MemoryLedger(), Gate()
    ledger.add("call", 40)
    async with running(ledger, gate) as (runner, _stop, _task):
        await until(lambda: len(gate.begun) == 5)
        await asyncio.sleep(0.05)
        assert ledger.statuses() == {"CLAIMED": 5, "READY": 35}
        assert runner.in_flight == 5
        gate.open.set()
        await until(lambda: len(ledger.results) == 40)
    assert gate.most_at_once == 5
    assert max(ledger.claimed_at_once) <= 5


async def test_what_the_gate_closes_is_not_sent() -> None:
    ledger, gate = MemoryLedger(), Gate()
    stopped, wanted = ledger.add("call", 2)
    ledger.closed_by_gate = {stopped.id}
    gate.open.set()
    async with running(ledger, gate):
        await until(lambda: len(ledger.results) == 1)
    assert [attempt.job_id for attempt in gate.begun] == [wanted.id]


async def test_results_are_recorded_in_batches() -> None:
    ledger, gate = MemoryLedger(), Gate()
    ledger.add("call", 5)
    async with running(ledger, gate):
        await until(lambda: len(gate.begun) == 5)
        gate.open.set()
        await until(lambda: len(ledger.results) == 5)
    assert ledger.batches == [5]


async def test_a_notification_wakes_its_queue_at_once() -> None:
    ledger = MemoryLedger()
    rung: asyncio.Queue[str] = asyncio.Queue()

    async def wakes() -> AsyncIterator[str]:
        while True:
            yield await rung.get()

    async with running(ledger, pace=LONG_ASLEEP, wakes=wakes):
        await until(lambda: ledger.calls["claim_and_begin"] == 1)
        ledger.add("call")
        await rung.put("fax")
        await rung.put("call")
        await until(lambda: len(ledger.results) == 1)
        ledger.add("call")
        await rung.put("")  # the listener was away: anything may have happened
        await until(lambda: len(ledger.results) == 2)


async def test_without_notifications_polling_is_enough() -> None:
    ledger = MemoryLedger()
    async with running(ledger):
        await until(lambda: ledger.calls["claim_and_begin"] > 2)
        ledger.add("call")
        await until(lambda: len(ledger.results) == 1)


async def test_a_freed_line_is_filled_at_once() -> None:
    ledger, gate = MemoryLedger(), Gate()
    ledger.add("call", 6)
    async with running(ledger, gate, pace=LONG_ASLEEP):
        await until(lambda: len(gate.begun) == 5)
        gate.open.set()
        await until(lambda: len(ledger.results) == 6)


async def test_stopping_finishes_what_began_and_claims_nothing_more() -> None:
    ledger, gate = MemoryLedger(), Gate()
    ledger.add("call", 20)
    async with running(ledger, gate) as (runner, stop, task):
        await until(lambda: len(gate.begun) == 5)
        stop.set()
        await until(lambda: runner.stopping)
        await asyncio.sleep(0.05)
        assert not task.done()
        gate.open.set()
        assert await task
    assert ledger.statuses() == {"DISPATCHED": 5, "READY": 15}


async def test_stopping_waits_for_a_database_that_is_away() -> None:
    ledger, gate = MemoryLedger(), Gate()
    ledger.add("call", 3)
    async with running(ledger, gate) as (_, stop, task):
        await until(lambda: len(gate.begun) == 3)
        ledger.away["record_dispatches"] = 2
        gate.open.set()
        stop.set()
        assert await task
    assert len(ledger.results) == 3


async def test_a_drain_that_takes_too_long_ends_and_says_so() -> None:
    ledger, gate = MemoryLedger(), Gate()
    ledger.add("call", 3)
    async with running(ledger, gate, pace=replace(QUICK, drain=0.05)) as (_, stop, task):
        await until(lambda: len(gate.begun) == 3)
        stop.set()
        assert await task is False
    # Nothing is known of these requests, and nothing is claimed to be: the ledger will ask.
    assert ledger.results == {}
    assert ledger.statuses() == {"CLAIMED": 3}


async def test_results_outlive_a_database_restart() -> None:
    ledger, gate = MemoryLedger(), Gate()
    ledger.add("call", 5)
    async with running(ledger, gate) as (runner, _stop, _task):
        await until(lambda: len(gate.begun) == 5)
        ledger.away = {"record_dispatches": 3, "claim_and_begin": 2}
        gate.open.set()
        await until(lambda: len(ledger.results) == 5)
        await until(lambda: runner.unrecorded == 0)
        ledger.add("call")
        await until(lambda: len(ledger.results) == 6)
    assert all(len(job.attempts) == 1 for job in ledger.jobs.values())


async def test_an_attempt_whose_beginning_was_not_answered_is_not_sent() -> None:
    class Unanswered(MemoryLedger):
        async def claim_and_begin(self, *arguments: Any) -> Any:
            await super().claim_and_begin(*arguments)
            msg = "committed, and the connection is gone"
            raise DatabaseUnavailableError(msg)

    ledger, gate = Unanswered(), Gate()
    ledger.add("call", 2)
    async with running(ledger, gate) as (runner, _stop, _task):
        await until(lambda: runner.metrics.value("database_failures_total") >= 2, "two failures")
    assert gate.begun == []
    # The worker does not know of them: their leases run out, and the provider is asked.
    assert ledger.statuses() == {"CLAIMED": 2}
    assert ledger.calls["release_leases"] == ledger.calls["extend_leases"] == 0


async def test_what_the_gate_puts_off_does_not_hide_what_is_due_behind_it() -> None:
    ledger = MemoryLedger()
    jobs = ledger.add("call", 23)
    ledger.closed_by_gate = {job.id for job in jobs[:21]}
    async with running(ledger, pace=LONG_ASLEEP) as (runner, _stop, _task):
        await until(lambda: len(ledger.results) == 2, "those behind, without waiting for the next poll")
    assert runner.metrics.value("jobs_not_begun_total", queue="call") == 21


async def test_one_result_that_is_refused_does_not_hold_up_the_others() -> None:
    ledger, gate = MemoryLedger(), Gate()
    ledger.add("call", 4)
    async with running(ledger, gate) as (runner, stop, task):
        await until(lambda: len(gate.begun) == 4)
        ledger.poison = gate.begun[1].attempt_id
        gate.open.set()
        await until(lambda: runner.metrics.value("results_rejected_total") == 1)
        stop.set()
        assert await task
    assert len(ledger.results) == 3


async def test_a_handler_that_breaks_leaves_the_fate_open() -> None:
    async def broken(_: BegunAttempt) -> DispatchResult:
        msg = "to"
        raise KeyError(msg)

    ledger = MemoryLedger()
    ledger.add("call", 2)
    async with running(ledger, broken):
        await until(lambda: len(ledger.results) == 2)
    assert {result.verdict for result in ledger.results.values()} == {"unknown"}
    assert {result.code for result in ledger.results.values()} == {"worker_fault"}


async def test_leases_of_slow_requests_are_extended_and_lost_ones_noticed() -> None:
    ledger, gate = MemoryLedger(), Gate()
    [job] = ledger.add("call")
    async with running(ledger, gate, pace=replace(QUICK, lease=0.03)) as (runner, _stop, _task):
        await until(lambda: ledger.calls["extend_leases"] >= 2)
        assert runner.metrics.value("leases_lost_total") == 0
        ledger.lose_leases = True
        await until(lambda: runner.metrics.value("leases_lost_total") > 0)
        gate.open.set()
        await until(lambda: len(ledger.results) == 1)
        await until(lambda: runner.unrecorded == 0)
        asked = ledger.calls["extend_leases"]
        await asyncio.sleep(0.05)
        assert ledger.calls["extend_leases"] == asked
    assert len(job.attempts) == 1


MOMENT = datetime(2027, 6, 7, 14, tzinfo=UTC)


def doubt(kind: str = "ambiguous") -> DoubtfulAttempt:
    return DoubtfulAttempt(TEAM, uuid4(), uuid4(), "vapi", "ACME", None, kind, None, MOMENT, {}, asked_at=MOMENT)


async def test_attempts_in_doubt_are_asked_about_and_resolved() -> None:
    ledger = MemoryLedger()
    ledger.doubts = [doubt() for _ in range(45)]
    broken = ledger.doubts[7].attempt_id

    async def ask(attempt: DoubtfulAttempt) -> Resolution:
        if attempt.attempt_id == broken:
            msg = "asker"
            raise RuntimeError(msg)
        return Resolution(attempt.attempt_id, found=True, provider_id="c9", payload={"id": "c9"})

    async with running(ledger, ask=ask):
        await until(lambda: len(ledger.resolutions) == 45)
    assert {one.found for one in ledger.resolutions if one.attempt_id != broken} == {True}
    assert [one.found for one in ledger.resolutions if one.attempt_id == broken] == [None]
    assert {one.asked_at for one in ledger.resolutions} == {MOMENT}


async def test_the_tick_runs_where_it_is_asked_for_and_survives_failures() -> None:
    ledger = MemoryLedger(away={"tick": 1}, tick_answers={"work": {"failed": ["expire_leases"]}})
    metrics = Metrics()
    async with running(ledger, pace=replace(QUICK, tick=0.01), metrics=metrics):
        await until(lambda: all(ledger.calls[f"tick {part}"] >= 3 for part in TICK_PARTS))
    assert metrics.value("tick_failures_total", step="expire_leases") >= 3
    silent = MemoryLedger()
    async with running(silent):
        await until(lambda: silent.calls["claim_and_begin"] > 3)
    assert silent.calls["tick"] == 0


class Launching(MemoryLedger):
    """Is busy with a launch for as long as the test lasts."""

    async def tick(self, part: TickPart) -> dict[str, Any]:
        answer = await super().tick(part)
        if part == "launches":
            await asyncio.sleep(3600)
        return answer


async def test_a_long_launch_holds_up_no_leases_and_takes_no_second_connection() -> None:
    ledger = Launching()
    async with running(ledger, pace=replace(QUICK, tick=0.01)):
        await until(lambda: ledger.calls["tick launches"] == 1)
        seen = ledger.calls["tick work"]
        await until(lambda: ledger.calls["tick work"] > seen + 2)
        assert ledger.calls["tick upkeep"] == 0


async def test_the_index_of_the_search_is_brought_up_to_date_slice_after_slice() -> None:
    ledger = MemoryLedger(away={"index_contacts": 1}, backlog=3 * CONTACTS_AT_ONCE + 1)
    async with running(ledger, pace=replace(LONG_ASLEEP, index=60)):
        await until(lambda: ledger.backlog == 0)
        await asyncio.sleep(0)
    assert ledger.calls["index_contacts"] == 5  # one that failed, three full ones, and what was left


async def test_indexing_leaves_the_database_to_requests_that_are_out() -> None:
    gate, ledger = Gate(), MemoryLedger()
    ledger.add("call")
    async with running(ledger, gate, pace=replace(LONG_ASLEEP, index=0.2)):
        await until(lambda: gate.begun)
        ledger.backlog = 10 * CONTACTS_AT_ONCE
        await until(lambda: ledger.backlog < 10 * CONTACTS_AT_ONCE)
        assert ledger.backlog == 9 * CONTACTS_AT_ONCE
        gate.open.set()


async def test_a_defect_in_a_loop_is_not_hidden() -> None:
    class Broken(MemoryLedger):
        async def claim_and_begin(self, *_: Any, **__: Any) -> Any:
            msg = "a defect"
            raise TypeError(msg)

    runner = Runner(Broken(), "worker-1", {"call": accept}, pace=QUICK)
    with pytest.raises(TypeError, match="a defect"):
        await runner.run(asyncio.Event())


class Deaf(MemoryLedger):
    """Loses one cancellation, as `asyncio.wait_for` does when the answer comes in the same moment."""

    async def tick(self, part: TickPart) -> dict[str, Any]:
        self.calls[f"tick {part}"] += 1
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        return {}


async def test_a_worker_ends_although_a_cancellation_was_lost() -> None:
    ledger = Deaf()
    async with running(ledger, pace=replace(QUICK, tick=60)) as (_, stop, task):
        await until(lambda: ledger.calls["tick work"] == 1)
        stop.set()
        async with asyncio.timeout(10):
            assert await task
