"""From the last release to this tree: its worker runs on the new schema, and a database in use is brought up to it."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.dev import parity, snapshot
from cli.dev.databases import SOURCE
from cli.dev.project import ROOT
from cli.dev.releases import last_release, unpack
from cli.stack.ports import free_port
from tests.support import engine
from tests.support.databases import Database, Target, Targets, load_helpers
from tests.support.waiting import until
from tests.upgrade import half_way
from tests.upgrade.calls import statements, understood
from tests.upgrade.half_way import HalfWay
from tests.workers.test_campaign import CONTACTS, Stage, assert_sound, providers, stage
from tests.workers.wire import API_KEY, AUTH_TOKEN, WEBHOOK_SECRET
from tests.workers.worker_process import worker_process
from workers.db import Database as WorkersDatabase
from workers.errors import DatabaseFaultError

SECRETS = [secret.get_secret_value() for secret in (API_KEY, AUTH_TOKEN, WEBHOOK_SECRET)]
RELEASE = last_release() or ""
"""Where there is none, this file is not collected."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last release's worker, its migrations, and the tests' helpers that fit them."""
    return unpack(RELEASE, tmp_path_factory.mktemp("release") / RELEASE, "workers", "supabase", "tests/pgtap/support")


@pytest.fixture
def migrated(targets: Targets) -> Iterator[Database]:
    """What this tree's migrations build, as users get it."""
    with targets.copy(Target.MIGRATIONS) as copy:
        yield copy


@pytest.fixture
def in_use(targets: Targets, release: Path) -> Iterator[tuple[Database, HalfWay]]:
    """What the release's migrations build, with work in it."""
    targets.template(Target.MIGRATIONS)  # the server with its roles
    server = targets.server(Target.MIGRATIONS)
    database = Database(server, server.build_from_migrations("in_use", release))
    try:
        with database.connect() as connection:
            connection.execute("create schema tests")
            connection.execute("grant usage on schema tests to public")
            load_helpers(connection, release / "tests" / "pgtap" / "support")
            connection.commit()
        yield database, half_way.make(database)
    finally:
        server.drop(database.name)


def entries(log: list[bytes]) -> list[dict[str, Any]]:
    """What a worker logged."""
    return [json.loads(line) for line in log]


def complaints(log: list[bytes]) -> list[dict[str, Any]]:
    """What of it nobody wants to read."""
    return [entry for entry in entries(log) if entry["level"] in ("error", "critical")]


async def play(on: Stage, release: Path | None = None) -> None:
    """Let one worker play everything to its end; it logs no error, and ends well when it is told to stop."""
    log: list[bytes] = []
    # Python leaves what it has compiled beside what it has read
    environment = on.environment(PYTHONPATH=str(release or ROOT), PYTHONDONTWRITEBYTECODE="")
    async with worker_process(environment, SECRETS, folder=release, log=log) as process:
        await until(
            lambda: on.enrollments()["ACTIVE"] == 0 or complaints(log) or process.returncode is not None,
            "the end of the campaign",
        )
        assert complaints(log) == []
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert complaints(log) == []
    assert [entry["event"] for entry in entries(log)].count("started") == 1


def differences(database: Database, targets: Targets) -> list[parity.Difference]:
    """Where the upgraded database is built otherwise than sql/ says; its rows are those of whoever uses it."""
    targets.template(Target.SOURCE)
    source = targets.server(Target.SOURCE)
    with database.connect() as connection:
        connection.execute("drop schema tests cascade")
        connection.commit()
    wanted = snapshot.take(source.admin_url(SOURCE), source.pg_dump)
    found = snapshot.take(database.url(), database.server.pg_dump)
    return parity.compare(replace(wanted, rows={}), replace(found, rows={}))


async def test_the_last_releases_worker_and_receiver_run_on_the_new_schema(migrated: Database, release: Path) -> None:
    port, log = free_port(), list[bytes]()
    url = f"http://127.0.0.1:{port}"
    async with stage(migrated, webhook_url=f"{url}/webhooks/twilio/inbound") as new:
        on = replace(new, receiver_url=url)  # what workers tell the providers
        on.launch()
        environment = on.environment(PYTHONPATH=str(release), OUTBOUND_PORT=str(port))
        receiver = (sys.executable, "-m", "workers.webhooks")
        async with worker_process(environment, SECRETS, *receiver, folder=release, log=log):
            await until(lambda: _answers(url), "the release's receiver")
            await play(on, release)
        assert complaints([line for line in log if line.startswith(b"{")]) == []
        assert on.open_jobs() == 0
        assert_sound(on)
        assert on.sandbox.counts()["texts_taken"] > 0
        assert on.sandbox.counts()["webhooks_answered"] > CONTACTS
    assert half_way.miscounted(migrated) == []
    assert list((release / "workers" / "__pycache__").glob("process.*")), "it was the release's own code that ran"


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False


async def test_a_database_with_work_in_it_is_upgraded(
    in_use: tuple[Database, HalfWay], release: Path, targets: Targets
) -> None:
    database, begun = in_use
    before = half_way.facts(database)
    said = list(statements(release / "workers" / "db"))
    meant = understood(database.url("outbound_worker"), said)
    assert len(meant) > 40
    targets.server(Target.MIGRATIONS).push(database.name)
    assert understood(database.url("outbound_worker"), said) == meant
    assert half_way.facts(database) == before
    assert half_way.miscounted(database) == []
    assert differences(database, targets) == []

    async with providers(database) as on:
        with database.connect() as connection:
            on.name_accounts(connection, begun.team.id)
            engine.ingest(connection, engine.call_report(begun.talking))
            connection.commit()
        await play(on)
        assert on.open_jobs() == 0
        assert on.sandbox.counts()["attempts_taken_twice"] == []
        told = on.sandbox.stage.journal.after(0, limit=10**9)
        requests = json.dumps([entry for entry in told if entry["kind"] == "request" and entry["taken"]], default=str)
        assert not [attempt for attempt in begun.begun if str(attempt) in requests], "nobody was called again for it"
        assert begun.stopped not in requests
        assert (
            on.rows("select job_id from engine.attempts where status = 'ACCEPTED' group by job_id having count(*) > 1")
            == []
        )
    assert half_way.miscounted(database) == []


async def test_a_worker_that_is_newer_than_the_database_waits_for_its_migrations(
    in_use: tuple[Database, HalfWay], targets: Targets
) -> None:
    """Half of it would work: it would call people, while nobody takes leases back or looks for stops."""
    database, begun = in_use
    log: list[bytes] = []
    async with providers(database) as on:
        with database.connect() as connection:
            on.name_accounts(connection, begun.team.id)
            engine.ingest(connection, engine.call_report(begun.talking))
            connection.commit()
        is_older = await lacks_something(database)
        async with worker_process(on.environment(PYTHONPATH=str(ROOT)), SECRETS, log=log) as process:
            if is_older:  # else this is the release, or nothing that workers call came since
                before = on.jobs()
                await until(
                    lambda: (
                        [one["event"] for one in entries(log)].count("database_not_ready") > 2
                        or process.returncode is not None
                    ),
                    "a worker that says what it waits for",
                )
                assert {(one["event"], one["level"]) for one in entries(log)} == {("database_not_ready", "warning")}
                assert "pushed (docs/deploy.md, Upgrading)" in entries(log)[-1]["error"]
                assert on.jobs() == before
                assert on.sandbox.counts()["log_entries"] == 0
                targets.server(Target.MIGRATIONS).push(database.name)
            await until(
                lambda: on.enrollments()["ACTIVE"] == 0 or complaints(log) or process.returncode is not None,
                "the end of the campaign, begun by itself",
            )
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        assert complaints(log) == []
        assert on.sandbox.counts()["attempts_taken_twice"] == []


async def lacks_something(database: Database) -> bool:
    """Whether workers of this tree would wait; if not, the database understands all that they say."""
    async with WorkersDatabase(database.url("outbound_worker")) as ours:
        try:
            await ours.demand_release()
        except DatabaseFaultError:
            return True
    understood(database.url("outbound_worker"), list(statements(ROOT / "workers" / "db")))
    return False
