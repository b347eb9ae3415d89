"""What is due is dialled at once where workers can listen, and a poll later where they can't."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.support.databases import Database as Copy
from tests.support.factories import make_team, set_clock
from tests.support.waiting import until
from tests.workers.test_runner import ACCEPTED, LONG_ASLEEP
from workers.db import Database
from workers.ledger import BegunAttempt, DispatchResult
from workers.runner import Runner


def prepare(database: Copy) -> Any:
    """A campaign at noon that is not launched yet."""
    with database.connect() as connection:
        set_clock(connection, "2026-03-02 15:00+00")
        team = make_team(connection)
        row = connection.execute("select tests.create_campaign(%s, 1, 10)", [team.id]).fetchone()
        connection.commit()
    assert row is not None
    return row[0]


def launch(database: Copy, campaign_id: Any) -> None:
    with database.connect(autocommit=True) as connection:
        connection.execute("select public.launch_campaign(%s)", [campaign_id])


@pytest.mark.parametrize("listens", [True, False], ids=["listening", "polling"])
async def test_what_is_due_is_sent(database: Copy, listens: bool) -> None:
    campaign_id = prepare(database)
    sent: list[BegunAttempt] = []

    async def send(attempt: BegunAttempt) -> DispatchResult:
        sent.append(attempt)
        return replace(ACCEPTED, provider_id=f"p-{attempt.attempt_id}")

    async with Database(database.url("outbound_worker")) as db:
        # Whoever listens would otherwise sleep for longer than this test waits.
        pace = replace(LONG_ASLEEP, poll=3600 if listens else 0.2)
        runner = Runner(db, "w", {"call": send}, pace=pace, wakes=db.listen if listens else None)
        stop = asyncio.Event()
        work = asyncio.create_task(runner.run(stop))
        # It has looked in vain: once at its start and, where it listens, once more when it heard that it does.
        await until(lambda: runner.metrics.value("claims_total", queue="call", found="no") >= 2, "looks in vain")
        launch(database, campaign_id)
        async with asyncio.timeout(20):
            await until(lambda: sent, "the call")
        stop.set()
        assert await work
    assert runner.metrics.value("results_recorded_total") == 1
