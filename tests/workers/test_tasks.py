"""The task loop against the real queue: resumed after a crash, kept while busy, stopped when lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from tests.support.databases import Database as Copy
from tests.support.factories import make_team, set_clock
from tests.support.waiting import until
from workers.db import Database
from workers.ledger import TaskResult
from workers.tasks import TaskContext, TaskRunner

PATIENCE = 20.0


def queue_task(copy: Copy) -> None:
    """A team with a ServiceTitan account, and one task of it."""
    with copy.connect() as connection:
        set_clock(connection, "2027-03-01 12:00-05", rate=1)
        team = make_team(connection)
        connection.execute(
            "insert into public.integrations (team_id, provider, account_ref, secret_name, is_sandbox)"
            " values (%s, 'servicetitan', '4711', 'ST', true)",
            [team.id],
        )
        connection.execute("select engine.add_task(%s, 'preview', engine.new_id())", [team.id])
        connection.commit()


def tasks(copy: Copy) -> list[tuple[Any, ...]]:
    with copy.connect() as connection:
        return connection.execute(
            "select status::text, attempt_count, progress, failure_code from engine.tasks"
        ).fetchall()


@contextlib.asynccontextmanager
async def serving(copy: Copy, handler: Any, name: str = "w1", **options: Any) -> AsyncIterator[asyncio.Event]:
    """A runner at work, stopped at the end."""
    stop = asyncio.Event()
    async with Database(copy.url("outbound_worker")) as database:
        runner = TaskRunner(database, name, {"preview": handler}, poll=0.05, wakes=database.listen, **options)
        running = asyncio.create_task(runner.run(stop))
        try:
            yield stop
        finally:
            stop.set()
            await running


async def test_a_task_is_resumed_where_it_stood(database: Copy) -> None:
    queue_task(database)
    seen: list[dict[str, Any]] = []

    async def handle(context: TaskContext) -> TaskResult:
        seen.append(dict(context.progress))
        if not context.progress:
            await context.checkpoint({"page": 2})
            raise RuntimeError
        return TaskResult("done")

    async with serving(database, handle):
        await until(lambda: tasks(database)[0][:2] == ("READY", 1))
        assert tasks(database) == [("READY", 1, {"page": 2}, "worker_fault")]
        with database.connect(autocommit=True) as connection:
            connection.execute("select engine.set_clock(engine.now() + interval '1 minute', 1)")
        await until(lambda: tasks(database)[0][0] == "DONE")
    assert seen == [{}, {"page": 2}]


async def test_a_busy_handler_keeps_its_task_and_one_that_lost_it_stops(database: Copy) -> None:
    queue_task(database)
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def handle(_: TaskContext) -> TaskResult:
        begun.set()
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            stopped.set()
        return TaskResult("done")

    def lease() -> Any:
        with database.connect() as connection:
            return connection.execute("select lease_expires_at from engine.tasks").fetchall()

    async with serving(database, handle, lease=1.5):
        await asyncio.wait_for(begun.wait(), PATIENCE)
        first = lease()
        await until(lambda: lease() > first)
        assert not stopped.is_set()
        with database.connect(autocommit=True) as connection:
            connection.execute("update engine.tasks set lease_owner = 'another'")
        await asyncio.wait_for(stopped.wait(), PATIENCE)
    assert tasks(database)[0][0] == "CLAIMED"


async def test_a_stop_leaves_what_is_not_done_to_others(database: Copy) -> None:
    queue_task(database)
    begun = asyncio.Event()

    async def never(_: TaskContext) -> TaskResult:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def at_once(_: TaskContext) -> TaskResult:
        return TaskResult("failed", "not_found", "There is no such thing.")

    async with serving(database, never, drain=0.1) as stop:
        await asyncio.wait_for(begun.wait(), PATIENCE)
        stop.set()
    assert tasks(database)[0][:2] == ("CLAIMED", 1)
    with database.connect(autocommit=True) as connection:
        connection.execute("select engine.set_clock(engine.now() + interval '10 minutes', 1)")
        assert tasks(database)[0][:2] == ("CLAIMED", 1), "a lease counts real seconds"
        connection.execute("update engine.tasks set lease_expires_at = now() - interval '1 second'")
        connection.execute("select engine.tick()")
    async with serving(database, at_once, "w2"):
        await until(lambda: tasks(database)[0][0] == "FAILED")
    assert tasks(database) == [("FAILED", 2, {}, "not_found")]
