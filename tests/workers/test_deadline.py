"""No request leaves so late that another worker may have sent it: a worker that was frozen calls nobody twice."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cli.dev.serving import serving
from tests.support.databases import Database as Copy
from tests.support.waiting import until
from tests.workers.memory_ledger import MemoryLedger
from tests.workers.test_campaign import Stage, assert_sound, stage, worker
from tests.workers.test_runner import QUICK, Gate, running
from tests.workers.wire import API_KEY, AUTH_TOKEN, WEBHOOK_SECRET, Script
from tests.workers.worker_process import worker_process
from workers.config import Settings
from workers.deadline import Deadline
from workers.ledger import TOO_OLD, Begun
from workers.providers.base import Transport, Unanswered

WITHIN = 1.5


def test_time_that_the_system_slept_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    deadline = Deadline.after(60)
    assert not deadline.has_passed()
    monkeypatch.setattr(time, "clock_gettime", lambda clock: before + 61 if clock == time.CLOCK_BOOTTIME else before)
    assert deadline.has_passed()


def test_a_wall_clock_that_leapt_counts_and_one_that_was_set_back_gives_no_more_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = time.time()
    deadline = Deadline.after(60)
    monkeypatch.setattr(time, "time", lambda: now + 61)
    assert deadline.has_passed()
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    assert not deadline.has_passed()
    assert Deadline(deadline.awake - 61, deadline.wall).has_passed()


def test_where_no_clock_counts_sleep_the_monotonic_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    deadline = Deadline.after(60)
    assert deadline.awake == pytest.approx(time.monotonic() + 60, abs=1)


def test_the_grace_is_longer_than_any_request_can_take(db: psycopg.Connection[Any]) -> None:
    """The latest that a request leaves, the longest that the client holds on, and a minute and a half for the way."""
    [grace] = db.execute("select engine.doubt_grace()").fetchone() or []
    longest: dict[str, float] = {}
    for name in ("send_within_seconds", "connect_timeout_seconds", "provider_timeout_seconds"):
        [longest[name]] = [limit.le for limit in Settings.model_fields[name].metadata if hasattr(limit, "le")]
    transport = Transport(
        "http://127.0.0.1:9",
        connect_timeout=longest["connect_timeout_seconds"],
        timeout=longest["provider_timeout_seconds"],
    )
    assert timedelta(seconds=longest["send_within_seconds"] + transport.longest + 90) <= grace


class SlowBegin(MemoryLedger):
    """Commits attempts, and answers when it is too late."""

    async def claim_and_begin(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> Begun:
        begun = await super().claim_and_begin(worker, queues, limit, lease)
        await asyncio.sleep(0.2)
        return begun


async def test_what_was_begun_too_long_ago_is_not_sent() -> None:
    ledger, gate = SlowBegin(), Gate()
    gate.open.set()
    ledger.add("call", 3)
    async with running(ledger, gate, pace=replace(QUICK, send_within=0.1)) as (runner, _stop, _task):
        await until(lambda: len(ledger.results) == 3)
        assert runner.metrics.value("dispatches_total", queue="call", verdict="try_later") == 3
    assert gate.begun == []
    assert set(ledger.results.values()) == {TOO_OLD}


async def test_what_was_begun_just_now_is_sent_and_carries_its_deadline() -> None:
    ledger, gate = SlowBegin(), Gate()
    gate.open.set()
    ledger.add("call", 1)
    async with running(ledger, gate):
        await until(lambda: len(ledger.results) == 1)
    [attempt] = gate.begun
    assert attempt.send_by is not None
    assert 58 < attempt.send_by.wall - time.time() < 60


@contextlib.asynccontextmanager
async def provider(seconds: float) -> AsyncIterator[tuple[Script, Transport]]:
    """One that takes its time, over a single line."""

    async def answer(_: Request) -> Response:
        await asyncio.sleep(seconds)
        return JSONResponse({}, 201)

    script = Script(answer)
    async with serving(script.app()) as url:
        transport = Transport(url, connections=1)
        try:
            yield script, transport
        finally:
            await transport.aclose()


async def test_a_deadline_that_passes_while_a_request_waits_for_its_line_holds_it_back() -> None:
    async with provider(0.4) as (script, transport):
        first, second = await asyncio.gather(
            transport.send("POST", "/call", json={"n": 1}, send_by=Deadline.after(0.2)),
            transport.send("POST", "/call", json={"n": 2}, send_by=Deadline.after(0.2)),
        )
        third = await transport.send("POST", "/call", json={"n": 3}, send_by=Deadline.after(5))
    assert not isinstance(first, Unanswered)
    assert isinstance(second, Unanswered)
    assert second.result() == TOO_OLD
    assert not isinstance(third, Unanswered)
    assert script.bodies == [b'{"n":1}', b'{"n":3}']


async def test_a_deadline_that_passes_between_head_and_body_leaves_no_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[bool] = []

    def second_look(_: Deadline) -> bool:
        looks.append(True)
        return len(looks) == 2

    async with provider(0) as (script, transport):
        monkeypatch.setattr(Deadline, "has_passed", second_look)
        answer = await transport.send("POST", "/call", json={"n": 1}, send_by=Deadline.after(60))
        assert isinstance(answer, Unanswered)
        assert answer.result() == TOO_OLD
        after = await transport.send("POST", "/call", json={"n": 2}, send_by=Deadline.after(60))
        assert not isinstance(after, Unanswered)
    assert script.bodies == [b'{"n":2}']


def continue_(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGCONT)


def ids(attempts: Iterable[str]) -> str:
    return "array[" + ", ".join(f"'{attempt}'" for attempt in attempts) + "]::uuid[]"


def taken(on: Stage) -> set[str]:
    """The attempts whose requests the provider took."""
    entries = on.sandbox.stage.journal.after(0, limit=10**9)
    return {
        str(entry["correlation"].get("attempt_id"))
        for entry in entries
        if entry["kind"] == "request" and entry["taken"]
    }


def begins(on: Stage) -> bool:
    """Whether attempts that a worker begins wait to be written."""
    return on.rows(
        "select count(*) > 0 from pg_stat_activity where datname = current_database()"
        " and usename = 'outbound_worker' and query like '%claim_and_begin%' and wait_event_type = 'Lock'"
    ) == [(True,)]


def freezes(process: asyncio.subprocess.Process, on: Stage) -> bool:
    """Freeze the worker if it waits; a wait that just then ran into its limit leaves it running."""
    if not begins(on):
        return False
    process.send_signal(signal.SIGSTOP)
    if begins(on):
        return True
    process.send_signal(signal.SIGCONT)
    return False


async def test_a_worker_that_was_frozen_while_it_began_calls_nobody_a_second_time(database: Copy) -> None:
    """SIGSTOP while attempts are being committed; SIGCONT when another worker has long called everybody."""
    secrets = [secret.get_secret_value() for secret in (API_KEY, AUTH_TOKEN, WEBHOOK_SECRET)]
    async with stage(database) as on, contextlib.AsyncExitStack() as stack:
        on.launch()
        environment = on.environment(OUTBOUND_SEND_WITHIN_SECONDS=str(WITHIN))
        with on.copy.connect() as blocker:
            blocker.execute("lock table engine.attempts in share mode")
            process = await stack.enter_async_context(worker_process(environment, secrets))
            stack.callback(continue_, process)
            await until(lambda: freezes(process, on), "a worker that is frozen while it begins")
            stopped = time.monotonic()
        await until(lambda: on.rows("select count(*) > 0 from engine.attempts") == [(True,)], "their commit")
        frozen = {str(row[0]) for row in on.rows("select id from engine.attempts")}
        async with worker(on):
            await until(on.is_over, "the end of the campaign")
        assert on.rows("select distinct status::text from engine.attempts where id = any(" + ids(frozen) + ")") == [
            ("NOT_SENT",)
        ]
        await asyncio.sleep(max(0, stopped + WITHIN + 0.1 - time.monotonic()))
        calls = on.sandbox.counts()["calls_taken"]

        process.send_signal(signal.SIGCONT)
        process.terminate()
        assert await process.wait() == 0  # what it had begun is recorded, whatever it did about it
        assert on.sandbox.counts()["calls_taken"] == calls
        assert not frozen & taken(on)
        assert_sound(on)
