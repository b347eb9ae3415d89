"""The workers' database layer on a real Postgres, as the role that workers log in with."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import SecretStr

from tests.support.databases import Database as Copy
from tests.support.factories import make_team, set_clock
from workers.config import Settings
from workers.db import Database
from workers.errors import ERRORS, DatabaseFaultError, DatabaseUnavailableError, OutboundError
from workers.ledger import Begun, DispatchResult, ProviderEvent, Resolution
from workers.process import settle_pace

T = TypeVar("T")

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)


@contextlib.asynccontextmanager
async def open_database(database: Copy, **options: Any) -> AsyncIterator[Database]:
    async with Database(database.url("outbound_worker"), **options) as opened:
        yield opened


@pytest.fixture
async def db(database: Copy) -> AsyncIterator[Database]:
    async with open_database(database) as opened:
        yield opened


def launch(database: Copy, contacts: int = 3) -> UUID:
    """A running campaign that begins with a call to each contact, at an hour at which one may call; its team."""
    with database.connect() as connection:
        set_clock(connection, MONDAY)
        team = make_team(connection)
        connection.execute("select tests.act_as(%s)", [team.admin_email])
        connection.execute("select public.launch_campaign(tests.create_campaign(%s, %s, 100))", [team.id, contacts])
        connection.execute("select tests.act_as_superuser()")
        connection.commit()
    return team.id


async def persist(call: Callable[[], Awaitable[T]]) -> T:
    """What callers do when the database is away: call again."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await call()
            except DatabaseUnavailableError:
                await asyncio.sleep(0.05)


def end_connections(database: Copy) -> int:
    """What a restart does to the workers' connections; how many there were."""
    with database.connect(autocommit=True) as connection:
        rows = connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and usename = 'outbound_worker'"
        ).fetchall()
    return len(rows)


async def test_a_job_goes_all_the_way(database: Copy, db: Database) -> None:
    team_id = launch(database)
    jobs = await db.claim_jobs("w1", ["call", "text"], 10, LEASE)
    assert {(job.team_id, job.queue) for job in jobs} == {(team_id, "call")}
    assert {job.lease_expires_at for job in jobs} == {MONDAY + LEASE}
    assert await db.claim_jobs("w2", ["call"], 10, LEASE) == []

    attempts = await db.begin_attempts("w1", [job.job_id for job in jobs])
    assert {attempt.job_id for attempt in attempts} == {job.job_id for job in jobs}
    assert {(attempt.provider, attempt.secret_name, attempt.attempt_number) for attempt in attempts} == {
        ("vapi", "VAPI", 1)
    }
    wanted = {"to", "phone_number_id", "assistant_id", "first_message", "customer_name", "variables"}
    assert all(set(attempt.request) == wanted for attempt in attempts)
    assert await db.begin_attempts("w1", [job.job_id for job in jobs]) == []

    held = [job.job_id for job in jobs]
    assert await db.extend_leases("w1", held, LEASE) == set(held)
    assert await db.extend_leases("w2", held, LEASE) == set()

    accepted = DispatchResult("accepted", "job", "created", provider_id="call-1")
    later = DispatchResult("try_later", "capacity", "rate_limited", "slow down", retry_after_seconds=9.5)
    refused = DispatchResult("refused", "number", "invalid_number", "no such number")
    results = [
        (attempt.attempt_id, result) for attempt, result in zip(attempts, (accepted, later, refused), strict=True)
    ]
    for _ in range(2):  # saying it twice changes nothing
        states = await db.record_dispatches("w1", results)
        assert {state.attempt_id: state.job_status for state in states} == {
            attempts[0].attempt_id: "DISPATCHED",
            attempts[1].attempt_id: "READY",
            attempts[2].attempt_id: "FAILED",
        }

    report = ProviderEvent(
        provider="vapi",
        event_key="call-1:end-of-call-report",
        type="end-of-call-report",
        payload={"type": "end-of-call-report", "endedReason": "customer-ended-call", "call": {"id": "call-1"}},
        secret_name="VAPI",
        provider_id="call-1",
        attempt_id=attempts[0].attempt_id,
        occurred_at=MONDAY,
    )
    assert await db.ingest_events([report]) == {report.event_key: "applied"}
    assert await db.ingest_events([report]) == {report.event_key: "duplicate"}


async def test_jobs_are_claimed_and_begun_in_one_call(database: Copy, db: Database) -> None:
    team_id = launch(database, 3)
    with database.connect(autocommit=True) as connection:
        connection.execute(
            "insert into public.suppressions (team_id, phone, channel, reason, source)"
            " select team_id, phone, 'call', 'do_not_contact', 'test' from engine.jobs order by id limit 1"
        )
    begun = await db.claim_and_begin("w1", ["call", "text"], 10, LEASE)
    assert [(attempt.team_id, attempt.provider, attempt.attempt_number) for attempt in begun.attempts] == [
        (team_id, "vapi", 1)
    ] * 2
    assert begun.put_off == 1
    assert len(begun.late_seconds) == 2
    assert min(begun.late_seconds) >= 0
    held = [attempt.job_id for attempt in begun.attempts]
    assert await db.extend_leases("w1", held, LEASE) == set(held)
    assert await db.release_leases("w1", held) == 0
    assert await db.claim_and_begin("w2", ["call"], 10, LEASE) == Begun([], [])
    with pytest.raises(OutboundError):
        await db.claim_and_begin("w1", ["call"], 0, LEASE)


async def test_an_attempt_in_doubt_is_claimed_and_resolved(database: Copy, db: Database) -> None:
    launch(database, 2)
    jobs = await db.claim_jobs("w1", ["call"], 2, LEASE)
    attempts = await db.begin_attempts("w1", [job.job_id for job in jobs])
    unknown = DispatchResult("unknown", "job", "read_timeout")
    states = await db.record_dispatches("w1", [(attempt.attempt_id, unknown) for attempt in attempts])
    assert {state.job_status for state in states} == {"AMBIGUOUS"}
    assert await db.claim_ambiguous("w1", 10, LEASE) == []

    await db.set(MONDAY + timedelta(minutes=5), 0)
    doubts = await db.claim_ambiguous("w1", 10, LEASE)
    assert {(doubt.kind, doubt.provider, doubt.provider_id, doubt.begun_at, doubt.asked_at) for doubt in doubts} == {
        ("ambiguous", "vapi", None, MONDAY, MONDAY + timedelta(minutes=5))
    }
    assert all(doubt.request["to"].startswith("+1") for doubt in doubts)
    answers = [
        Resolution(
            doubts[0].attempt_id, found=True, provider_id="call-7", payload={"id": "call-7", "status": "queued"}
        ),
        Resolution(doubts[1].attempt_id, found=False, asked_at=MONDAY + timedelta(minutes=4)),
    ]
    states = await db.resolve_attempts("w1", answers)
    assert {state.job_status for state in states} == {"DISPATCHED", "AMBIGUOUS"}  # it was asked within the grace
    answers[1] = Resolution(doubts[1].attempt_id, found=False, asked_at=doubts[1].asked_at)
    states = await db.resolve_attempts("w1", answers)
    assert {state.attempt_id: state.job_status for state in states} == {
        doubts[0].attempt_id: "DISPATCHED",
        doubts[1].attempt_id: "READY",
    }


async def test_the_clock_of_a_sandbox_is_read_and_set(database: Copy, db: Database) -> None:
    launch(database, 3)
    reading = await db.read()
    assert (reading.at, reading.rate, reading.environment) == (MONDAY, 0, "sandbox")
    pending = await db.pending()
    assert (pending.due_jobs, pending.open_jobs) == (3, 3)
    await db.set(MONDAY + timedelta(hours=1), 0)
    assert (await db.read()).at == MONDAY + timedelta(hours=1)


async def test_the_clock_of_a_production_database_is_not(db: Database) -> None:
    assert (await db.read()).environment == "production"
    with pytest.raises(OutboundError) as refused:
        await db.set(MONDAY, 0)
    assert (refused.value.code, refused.value.name) == ("OB002", "invalid transition")
    assert refused.value.detail["entity"] == "deployment"
    assert refused.value.hint


async def test_who_drives_the_tick_is_known(any_database: Copy) -> None:
    async with open_database(any_database) as db:
        assert await db.cron_drives_tick() is (any_database.server.cluster.binaries.kind == "system")
        assert "leases_expired" in await db.tick("work")
        assert "campaigns_launched" in await db.tick("launches")
        assert "counters_folded" in await db.tick("upkeep")
        if any_database.server.cluster.binaries.kind == "system":
            with any_database.connect(autocommit=True) as connection:
                connection.execute("update cron.job set active = false where jobname = 'outbound-launches'")
            assert await db.cron_drives_tick() is False, "somebody must launch"


async def test_a_tick_that_pg_cron_overlooked_is_put_again_until_it_runs(any_database: Copy) -> None:
    jobs = "select xmin::text, jobid, jobname, schedule, command, active from cron.job order by jobid"
    async with open_database(any_database) as db:
        if any_database.server.cluster.binaries.kind == "embedded":
            assert await db.wake_cron() is False
            return
        with any_database.connect(autocommit=True) as connection:
            before = connection.execute(jobs).fetchall()
            assert await db.wake_cron() is True
            after = connection.execute(jobs).fetchall()
            assert [row[1:] for row in after] == [row[1:] for row in before], "the jobs are what they were"
            assert {row[2] for row in set(after) - set(before)} == {"outbound-tick"}, "written, so that pg_cron is told"
            connection.execute("update cron.job set active = false where jobname = 'outbound-tick'")
            assert await db.wake_cron() is False, "somebody wants it to stand still"
            connection.execute("update cron.job set active = true where jobname = 'outbound-tick'")
            connection.execute(
                "insert into cron.job_run_details (jobid, runid, status, start_time, end_time)"
                " select jobid, 1, 'succeeded', now() - interval '4 minutes', now() from cron.job"
                " where jobname = 'outbound-tick'"
            )
            assert await db.wake_cron() is True, "it stands still again"
            connection.execute("update cron.job_run_details set start_time = now()")
            assert await db.wake_cron() is False


async def test_a_worker_that_starts_wakes_pg_cron_whoever_ticks(any_database: Copy) -> None:
    written = "select xmin::text from cron.job where jobname = 'outbound-tick'"
    has_cron = any_database.server.cluster.binaries.kind == "system"
    with any_database.connect(autocommit=True) as connection:
        set_clock(connection, MONDAY)  # a sandbox, in which workers tick
        before = connection.execute(written).fetchall() if has_cron else []
        async with open_database(any_database) as db:
            settings = Settings(
                database_url=SecretStr(any_database.url("outbound_worker")), webhook_public_url="https://x.example"
            )
            assert (await settle_pace(settings, db)).tick is not None
        after = connection.execute(written).fetchall() if has_cron else []
        assert (before != after) is has_cron


async def test_an_accounts_secret_names_are_found(database: Copy, db: Database) -> None:
    team_id = launch(database, 1)
    assert await db.find_secret_names("twilio", f"AC{team_id.hex}") == ["TWILIO"]
    assert await db.find_secret_names("twilio", "AC" + "0" * 32) == []


async def called(heard: AsyncIterator[str]) -> bool:
    """Whether the queue of calls is heard of; a jump of the clock says only that something may have happened."""
    async for payload in heard:
        if payload == "call":
            return True
    return False


async def test_due_work_wakes_who_listens(database: Copy, db: Database) -> None:
    heard = db.listen()
    async with asyncio.timeout(20):
        assert await anext(heard) == ""
        launch(database, 2)
        assert await called(heard)


async def test_a_listener_comes_back_after_a_restart_and_says_so(database: Copy, db: Database) -> None:
    heard = db.listen()
    async with asyncio.timeout(20):
        assert await anext(heard) == ""
        assert end_connections(database) >= 1
        assert await anext(heard) == ""
        launch(database, 1)
        assert await called(heard)


async def test_calls_work_again_after_a_restart(database: Copy) -> None:
    async with open_database(database, connections=3) as db:
        await asyncio.gather(*(db.read() for _ in range(9)))
        assert end_connections(database) >= 1
        for _ in range(3):
            assert (await persist(db.read)).environment == "production"
        assert len(await asyncio.gather(*(persist(db.read) for _ in range(9)))) == 9


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    async with Database("postgresql://outbound_worker@127.0.0.1:1/none") as db:
        db._pool.timeout = 0.2
        with pytest.raises(DatabaseUnavailableError):
            await db.tick("work")


async def test_a_function_that_is_not_there_is_a_fault(database: Copy, db: Database) -> None:
    with database.connect(autocommit=True) as connection:
        connection.execute("alter function engine.pending_work() rename to pending_work_of_yesterday")
    with pytest.raises(DatabaseFaultError, match="42883"):
        await db.pending()
    assert (await db.read()).environment == "production"


async def test_a_statement_may_take_longer_than_the_database_lets_others_take(database: Copy) -> None:
    """As on a hosted project; one that takes longer still would again, so it is no passing trouble."""
    with database.connect(autocommit=True) as connection:
        connection.execute(f"alter database {database.name} set statement_timeout = '50ms'".encode())
    async with open_database(database, connections=1) as db:
        assert await db._rows("select pg_sleep(0.2), current_setting('statement_timeout') as limit") == [
            {"pg_sleep": "", "limit": "10min"}
        ]
        await db._rows("select set_config('statement_timeout', '50ms', false)")
        with pytest.raises(DatabaseFaultError, match="57014"):
            await db._rows("select pg_sleep(60)")


async def test_bad_arguments_are_refused_with_a_code(db: Database) -> None:
    with pytest.raises(OutboundError) as refused:
        await db.claim_jobs("w1", ["call"], 0, LEASE)
    assert refused.value.code == "OB001"


async def test_a_database_that_lacks_what_workers_call_is_refused(database: Copy, db: Database) -> None:
    await db.demand_release()
    with database.connect(autocommit=True) as connection:
        connection.execute("drop function engine.tick_work()")
        with pytest.raises(DatabaseFaultError, match=r"lacks: engine\.tick_work\. Nothing is begun"):
            await db.demand_release()
        connection.execute("drop table engine.import_rows cascade")
        with pytest.raises(DatabaseFaultError, match=r"lacks: engine\.import_rows and 1 more\."):
            await db.demand_release()
        connection.execute("drop schema engine cascade")
        with pytest.raises(DatabaseFaultError, match="begin_attempts and"):
            await db.demand_release()


async def test_behind_a_transaction_pooler_nothing_is_prepared(database: Copy) -> None:
    async with open_database(database, connections=1, transaction_pooling=True) as db:
        for _ in range(12):
            await db.read()
        async with db._pool.connection() as connection:
            prepared = await (await connection.execute("select count(*) as n from pg_prepared_statements")).fetchone()
    assert prepared == {"n": 0}


def test_the_worker_reads_no_table(worker_conn: psycopg.Connection[Any]) -> None:
    for table in ("engine.jobs", "engine.attempts", "engine.events", "public.contacts", "public.integrations"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker_conn.execute(f"select from {table}".encode())


def test_the_map_of_errors_is_the_registry(module_database: Copy) -> None:
    with module_database.connect() as connection:
        rows = connection.execute("select sqlstate, name from reference.errors").fetchall()
    assert dict(rows) == dict(ERRORS)


async def test_unknown_attempts_in_results_are_passed_over(db: Database) -> None:
    assert (
        await db.record_dispatches("w1", [(uuid4(), DispatchResult("accepted", "job", "created", provider_id="x"))])
        == []
    )
