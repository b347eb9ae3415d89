"""A campaign on everything that is ours: real Postgres, the sandbox over HTTP, the receiver, and worker processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from cli.dev.serving import serving
from cli.stack.ports import free_port
from tests.support.databases import Database as Copy
from tests.support.factories import make_team, set_clock
from tests.support.pooler import SESSIONS, PooledDatabase
from tests.support.waiting import until
from tests.workers.wire import API_KEY, AUTH_TOKEN, WEBHOOK_SECRET
from tests.workers.worker_process import worker_process
from workers.config import Secrets, Settings
from workers.db import Database
from workers.sandbox.app import Sandbox
from workers.sandbox.faults import Fault
from workers.sandbox.settings import SandboxSettings
from workers.sandbox.wire import BreakableProtocol
from workers.webhooks.app import Receiver, create_app

CONTACTS = 12
LINES = 50
WAYS = """
    select
        e.id, j.node_id, j.visit, j.outcome::text, j.finished_at, (
            select i.payload ->> 'Body'
            from engine.events as i
            where i.type = 'inbound' and i.payload ->> 'From' = j.phone and i.applied_at = j.finished_at
        ), j.workflow_id::text, e.status::text
    from engine.jobs as j
    inner join engine.enrollments as e on j.team_id = e.team_id and j.enrollment_id = e.id
    where j.outcome is not null
    order by e.id, j.finished_at
"""
"""The visits of each enrollment: node, visit, outcome, its time, what was replied, workflow, the journey's end."""


@dataclass
class Stage:
    """What a worker meets."""

    copy: Copy
    sandbox: Sandbox
    sandbox_url: str
    receiver_url: str
    looking: psycopg.Connection[Any]
    """The tests' own eyes: who waits looks often, and to connect costs a hundred times what looking does."""

    def environment(self, **more: str) -> dict[str, str]:
        """What a worker process is told."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTBOUND_")}
        return {
            **kept,
            "OUTBOUND_DATABASE_URL": self.copy.url("outbound_worker"),
            "OUTBOUND_TRANSACTION_POOLING": str(self.copy.is_pooled),
            "OUTBOUND_WEBHOOK_PUBLIC_URL": self.receiver_url,
            "OUTBOUND_VAPI_BASE_URL": f"{self.sandbox_url}/vapi",
            "OUTBOUND_TWILIO_BASE_URL": f"{self.sandbox_url}/twilio",
            "OUTBOUND_SECRET_VAPI": API_KEY.get_secret_value(),
            "OUTBOUND_SECRET_VAPI_WEBHOOK": WEBHOOK_SECRET.get_secret_value(),
            "OUTBOUND_SECRET_TWILIO": AUTH_TOKEN.get_secret_value(),
            **more,
        }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.looking.execute(query.encode()).fetchall()

    def jobs(self) -> Counter[str]:
        return Counter(dict(self.rows("select status::text, count(*) from engine.jobs group by status")))

    def open_jobs(self) -> int:
        return self.jobs().total() - sum(self.jobs()[status] for status in ("DONE", "FAILED", "CANCELLED"))

    def enrollments(self) -> Counter[str]:
        return Counter(dict(self.rows("select status::text, count(*) from engine.enrollments group by status")))

    def is_over(self) -> bool:
        enrollments = self.enrollments()
        return enrollments.total() == CONTACTS and enrollments["ACTIVE"] == 0

    def launch(self) -> None:
        """A campaign of a call, and texts after it, through the sandbox's own account."""
        with self.copy.connect() as connection:
            team = make_team(connection)
            connection.execute("select tests.act_as(%s)", [team.admin_email])
            [campaign] = (
                connection.execute("select tests.create_campaign(%s, %s, %s)", [team.id, CONTACTS, LINES]).fetchone()
                or []
            )
            connection.execute("select tests.act_as_superuser()")
            self.name_accounts(connection, team.id)
            connection.execute("select tests.act_as(%s)", [team.admin_email])
            connection.execute("select public.launch_campaign(%s)", [campaign])
            connection.execute("select tests.act_as_superuser()")
            connection.commit()

    def name_accounts(self, connection: psycopg.Connection[Any], team_id: UUID) -> None:
        """Give what a team has at the providers the names that it has in the sandbox."""
        account = self.sandbox.stage.account
        connection.execute(
            "update public.phone_numbers set phone = %s, vapi_phone_number_id = %s where team_id = %s",
            [account.phone_numbers[0].number, account.phone_numbers[0].id, team_id],
        )
        connection.execute(
            "update public.assistants set provider_assistant_id = %s where team_id = %s",
            [account.assistants[0].id, team_id],
        )
        connection.execute(
            "update public.integrations set account_ref = %s where provider = 'twilio' and team_id = %s",
            [self.sandbox.settings.twilio_account_sid, team_id],
        )


@contextlib.asynccontextmanager
async def stage(copy: Copy, **options: Any) -> AsyncIterator[Stage]:
    with copy.connect() as connection:
        set_clock(connection, "2026-03-02 15:00+00")
        connection.commit()
    async with providers(copy, **options) as on:
        yield on


@contextlib.asynccontextmanager
async def providers(copy: Copy, **options: Any) -> AsyncIterator[Stage]:
    """The sandbox and the receiver for a database that is a sandbox already."""
    secrets = Secrets(
        {"VAPI": API_KEY, "VAPI_WEBHOOK": WEBHOOK_SECRET, "TWILIO": AUTH_TOKEN, "OTHER": SecretStr("not-of-this-team")}
    )
    async with contextlib.AsyncExitStack() as stack:
        worker_url, pooled = copy.url("outbound_worker"), copy.is_pooled
        database = await stack.enter_async_context(Database(worker_url, connections=8, transaction_pooling=pooled))
        late: dict[str, Any] = {}

        async def receive(scope: Any, receive: Any, send: Any) -> None:
            await late["app"](scope, receive, send)

        receiver_url = await stack.enter_async_context(serving(receive))
        settings = Settings.load(database_url=worker_url, webhook_public_url=receiver_url, transaction_pooling=pooled)
        late["app"] = create_app(Receiver(settings, secrets, database))
        box = Sandbox(
            SandboxSettings(
                vapi_api_key=API_KEY,
                twilio_auth_token=AUTH_TOKEN,
                clock_mode="auto",
                clock_speed=100_000.0,
                clock_stall_seconds=1.0,
                vapi_concurrency_limit=LINES,
                **{"webhook_url": f"{receiver_url}/webhooks/twilio/inbound", **options},
            ),
            database,
        )
        sandbox_url = await stack.enter_async_context(serving(box.app(), http=BreakableProtocol, lifespan="on"))
        looking = stack.enter_context(copy.connect(autocommit=True))
        yield Stage(copy, box, sandbox_url, receiver_url, looking)


def worker(stage: Stage, *command: str) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """A worker process of the stage."""
    secrets = [secret.get_secret_value() for secret in (API_KEY, AUTH_TOKEN, WEBHOOK_SECRET)]
    return worker_process(stage.environment(), secrets, *command)


def has_taken(stage: Stage, calls: int) -> bool:
    return bool(stage.sandbox.counts()["calls_taken"] >= calls)


def assert_sound(stage: Stage) -> None:
    """Nobody lost, nobody called or texted twice for one attempt, nothing taken without an attempt."""
    counts = stage.sandbox.counts()
    assert counts["attempts_taken_twice"] == []
    assert counts["webhooks_failed"] == 0
    attempts = {str(row[0]) for row in stage.rows("select id from engine.attempts")}
    taken = [
        entry["correlation"].get("attempt_id") or entry["correlation"].get("attempt")
        for entry in stage.sandbox.stage.journal.after(0, limit=10**9)
        if entry["kind"] == "request" and entry["taken"]
    ]
    assert len(taken) == counts["calls_taken"] + counts["texts_taken"] > 0
    assert set(taken) <= attempts
    accepted = stage.rows("select count(*), count(distinct provider_id) from engine.attempts where status = 'ACCEPTED'")
    assert accepted == [(len(taken), len(taken))]
    assert (
        stage.rows("select job_id from engine.attempts where status = 'ACCEPTED' group by job_id having count(*) > 1")
        == []
    )
    assert stage.enrollments().total() == CONTACTS


def assert_as_simulated(stage: Stage) -> None:
    """Given what came of each visit, a simulation takes everybody the way that the engine took them."""
    ways: dict[str, list[tuple[Any, ...]]] = {}
    for enrollment, *visit in stage.rows(WAYS):
        ways.setdefault(str(enrollment), []).append(tuple(visit))
    simulated = 0
    with stage.copy.connect() as connection:
        for visits in ways.values():
            script: dict[str, list[dict[str, Any]]] = {}
            for node_id, _, outcome, _, reply_text, _, _ in visits:
                script.setdefault(node_id, []).append({"outcome": outcome, "reply_text": reply_text})
            row = connection.execute(
                "select public.simulate_workflow(%s, p_outcomes => %s, p_contact => %s)",
                [visits[0][5], Jsonb(script), Jsonb({"timezone": "America/New_York"})],
            ).fetchone()
            assert row is not None
            told = [visit for visit in row[0]["visits"] if visit["type"] != "trigger"]
            assert [(v["node_id"], v["visit"], v["outcome"]) for v in told] == [visit[:3] for visit in visits]
            assert {visit["source"] for visit in told} == {"scripted"}
            assert row[0]["end"]["status"] == visits[0][6]
            simulated += len(told)
    assert simulated > CONTACTS


async def test_a_campaign_runs_to_its_end(reached_database: Copy) -> None:
    async with stage(reached_database) as on:
        on.launch()
        async with worker(on) as process:
            await until(on.is_over, "the end of the campaign")
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        assert on.open_jobs() == 0
        assert_sound(on)
        assert_as_simulated(on)
        assert on.rows("select d from public.campaigns as c, engine.compare_counters(c.id) as d") == []
        if isinstance(reached_database, PooledDatabase):
            assert reached_database.troubles() == []
            [[sessions]] = on.rows(
                "select count(*) from pg_stat_activity "
                "where usename = 'outbound_worker' and datname = current_database()"
            )
            assert sessions <= SESSIONS, "nobody went past the pooler"
        stored = str(on.rows("select payload::text from engine.events"))
        for secret in (API_KEY, AUTH_TOKEN, WEBHOOK_SECRET):
            assert secret.get_secret_value() not in stored


async def test_a_worker_that_is_killed_costs_nobody_a_second_call(database: Copy) -> None:
    """SIGKILL while requests are out; the answers are slow, so that there surely are some."""
    slow = [{"kind": "latency", "seconds": 0.4, "phase": "after"}]
    async with stage(database, faults=slow) as on:
        on.launch()
        taken = on.sandbox.counts
        async with worker(on) as first:
            await until(lambda: taken()["calls_taken"] >= 3, "the first calls")
            first.kill()
            assert await first.wait() == -signal.SIGKILL
        in_doubt = on.rows("select count(*) from engine.attempts where status = 'OPEN'")
        assert in_doubt[0][0] > 0
        on.sandbox.stage.faults.replace([])
        async with worker(on):
            await until(on.is_over, "the end of the campaign")
        assert on.open_jobs() == 0
        assert_sound(on)


async def test_faults_of_every_kind_cost_nobody_a_second_call(database: Copy) -> None:
    faults = [
        Fault(kind="drop_after", probability=0.1),
        Fault(kind="drop_before", probability=0.1),
        Fault(kind="server_error", status=500, taken=True, probability=0.1),
        Fault(kind="server_error", status=503, taken=True, probability=0.1),
        Fault(kind="rate_limited", retry_after=3, probability=0.1),
        Fault(kind="early", probability=0.2),
        Fault(kind="lost", probability=0.15),
        Fault(kind="repeated", probability=0.3),
        Fault(kind="reordered", probability=0.2),
        Fault(kind="delayed", probability=0.1),
    ]
    async with stage(database, faults=[fault.model_dump() for fault in faults]) as on:
        on.launch()
        async with worker(on):
            await until(on.is_over, "the end of the campaign")
        assert on.open_jobs() == 0
        assert_sound(on)


async def test_a_stopping_worker_finishes_what_began(database: Copy) -> None:
    slow = [{"kind": "latency", "seconds": 0.5, "phase": "after"}]
    async with stage(database, faults=slow) as on:
        on.launch()
        command = str(Path(sys.executable).with_name("outbound"))
        async with worker(on, command, "worker", "run", "--queues", "call", "--concurrency", "4") as process:
            await until(lambda: on.sandbox.counts()["calls_taken"] >= 1, "the first call")
            process.terminate()
            assert await process.wait() == 0
        assert on.rows("select count(*) from engine.attempts where status = 'OPEN'") == [(0,)]
        assert on.jobs()["CLAIMED"] == 0
        assert on.sandbox.counts()["calls_taken"] <= 8


async def test_a_restart_of_the_database_in_the_middle_loses_nothing(database: Copy) -> None:
    slow = [{"kind": "latency", "seconds": 0.3, "phase": "after"}]
    async with stage(database, faults=slow) as on:
        on.launch()
        async with worker(on) as process:
            for calls in (2, 5, 9):
                await until(partial(has_taken, on, calls), f"{calls} calls")
                on.rows(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                    " where datname = current_database() and usename = 'outbound_worker'"
                )
            await until(on.is_over, "the end of the campaign")
            process.terminate()
            assert await process.wait() == 0
        assert on.open_jobs() == 0
        counts = on.sandbox.counts()
        assert counts["attempts_taken_twice"] == []
        assert (
            on.rows("select job_id from engine.attempts where status = 'ACCEPTED' group by job_id having count(*) > 1")
            == []
        )


async def test_a_worker_without_its_settings_says_which(database: Copy) -> None:
    del database
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTBOUND_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workers", env=kept, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"OUTBOUND_DATABASE_URL is not set" in said


async def test_the_receiver_runs_as_a_process_of_its_own(database: Copy) -> None:
    async with stage(database) as on:
        port = free_port()
        environment = on.environment(OUTBOUND_PORT=str(port))
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "workers.webhooks", env=environment)
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
                async with asyncio.timeout(20):
                    while True:
                        with contextlib.suppress(httpx.ConnectError):
                            if (await http.get("/healthz")).status_code == 200:
                                break
                        await asyncio.sleep(0.2)
                message = {"type": "status-update", "status": "ringing", "call": {"id": "call-of-nobody"}}
                stranger = await http.post("/webhooks/vapi", json={"message": message})
                known = await http.post(
                    "/webhooks/vapi",
                    json={"message": message},
                    headers={"X-Vapi-Secret": WEBHOOK_SECRET.get_secret_value()},
                )
        finally:
            process.terminate()
            assert await process.wait() in (0, -signal.SIGTERM)
        assert (stranger.status_code, known.status_code) == (401, 200)
        assert on.rows("select event_key, result::text from engine.events") == [
            ("call-of-nobody:status-update:ringing", "waiting")
        ]
