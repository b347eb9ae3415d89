"""What the doctor makes of a deployment's facts, and of what a worker is told."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from cli.dev.serving import serving
from cli.doctor import workers
from cli.doctor.database import judge, schema
from cli.doctor.findings import Finding, Status
from cli.stack.migrations import Migration, migrations
from tests.support.databases import Database
from tests.support.pooler import WAYS, reached
from tests.workers.wire import sandbox
from workers import __version__
from workers.config import Secrets, Settings
from workers.errors import ConfigurationError
from workers.sandbox.faults import Fault

NOW = datetime(2027, 3, 1, 15, tzinfo=UTC)
SOUND: dict[str, Any] = {
    "at": NOW.isoformat(),
    "environment": "production",
    "postgres": 15,
    "migrations": [one.version for one in migrations()],
    "tick": {
        "driven_by": "pg_cron", "has_cron": True, "last_run_at": (NOW - timedelta(seconds=40)).isoformat(),
        "last_status": "succeeded", "last_message": "SELECT 1", "overdue_seconds": None,
        "failed_jobs": [], "failing": [],
    },
    "worker_role": {"can_log_in": True, "is_privileged": False, "may_make_temporary": False},
    "queues": [{"queue": "call", "due_jobs": 3, "jobs_in_progress": 2, "jobs_in_doubt": 0, "lag_seconds": 4.0}],
    "held": [],
    "integrations": [
        {
            "provider": "vapi", "team": "Acme", "secret_name": "ACME_VAPI", "account_ref": None, "health": "ok",
            "message": "In use.", "webhooks": {"taken": 20, "heard_of": 19},
        }
    ],
}  # fmt: skip


HELD = {
    "team": "Acme", "campaign_id": "1", "campaign": "Spring",
    "blockers": [{"code": "a", "message": "The number may not call."}, {"code": "b", "message": "Ava is off."}],
}  # fmt: skip


def _failing(step: str, code: str, subject: str = "") -> dict[str, Any]:
    return {
        "step": step, "subject": subject, "since": NOW.isoformat(), "at": NOW.isoformat(), "count": 3,
        "code": code, "message": "boom",
    }  # fmt: skip


def judged(*changes: tuple[str, Any], now: datetime = NOW) -> dict[str, Finding]:
    """What is not ok of the facts with changes, each a path and a value."""
    facts = copy.deepcopy(SOUND)
    for path, value in changes:
        *way, last = path.split(".")
        place: Any = facts
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[last] = value
    return {one.name: one for one in judge(facts, now) if one.status is not Status.ok}


def test_nothing_is_wrong_with_a_sound_deployment() -> None:
    assert judged() == {}


@pytest.mark.parametrize(
    ("changes", "name", "status", "says"),
    [
        ([("environment", "sandbox")], "environment", "warning", "nobody real is called"),
        ([("tick.overdue_seconds", 400)], "tick", "wrong", "400 s ago"),
        ([("tick.last_status", "failed"), ("tick.last_message", "boom")], "tick", "wrong", "boom"),
        (
            [("tick.failed_jobs", [{"job": "outbound-launches", "message": "boom"}])],
            "tick", "wrong", "outbound-launches: boom",
        ),
        (
            [("tick.failing", [_failing("expire_leases", "XX000")])],
            "tick: expire_leases", "wrong", "boom (XX000; 3 times",
        ),
        (
            [("tick.failing", [_failing("launch_campaign", "OB007", "0187")])],
            "tick: launch_campaign of 0187", "warning", "boom (OB007",
        ),
        ([("tick.last_run_at", None)], "tick", "wrong", "never"),
        ([("tick.last_run_at", (NOW - timedelta(minutes=6)).isoformat())], "tick", "wrong", "every minute"),
        ([("tick.driven_by", "workers")], "tick", "warning", "not every job"),
        ([("worker_role.can_log_in", False)], "worker role", "wrong", "cannot log in"),
        ([("worker_role.is_privileged", True)], "worker role", "wrong", "more rights"),
        ([("worker_role.may_make_temporary", True)], "worker role", "wrong", "temporary"),
        ([("queues.0.lag_seconds", 61.0)], "queue call", "warning", "for 61 s"),
        ([("held", [HELD])], "campaign Spring of Acme", "warning", "The number may not call. Ava is off."),
        ([("integrations.0.health", "paused")], "vapi of Acme", "wrong", "In use."),
        ([("integrations.0.health", "slowed")], "vapi of Acme", "warning", "In use."),
        ([("integrations", [])], "accounts", "warning", "No team has an account"),
        (
            [("integrations.0.webhooks", {"taken": 5, "heard_of": 0})],
            "webhooks: vapi of Acme", "wrong", "heard of none",
        ),
    ],
)  # fmt: skip
def test_each_fault_is_named_alone_and_can_be_mended(
    changes: list[tuple[str, Any]], name: str, status: str, says: str
) -> None:
    found = judged(*changes)
    assert set(found) == {name}
    assert (found[name].status, says in found[name].message) == (status, True)
    assert found[name].cure


@pytest.mark.parametrize(
    ("facts", "status", "says"),
    [
        ({"migrations": ["1", "2"]}, "ok", "It is that of"),
        ({"migrations": ["1"]}, "wrong", "it lacks 2_next"),
        ({"migrations": []}, "wrong", "it lacks 1_initial, 2_next"),
        ({"migrations": ["1", "2", "3"]}, "warning", "had 3 as well"),
        ({"migrations": ["1", "3"]}, "wrong", "it lacks 2_next"),
        ({"migrations": None}, "skipped", "no record of migrations in the database"),
        # the first release's database does not tell
        ({}, "wrong", "it lacks migrations"),
    ],
)  # fmt: skip
def test_a_database_of_another_release_is_noticed(facts: dict[str, Any], status: str, says: str) -> None:
    known = [Migration("1", "initial", Path("1_initial.sql")), Migration("2", "next", Path("2_next.sql"))]
    found = schema(facts, known)
    assert (found.status, says in found.message, __version__ in found.message) == (status, True, True)
    assert bool(found.cure) is (status in ("wrong", "warning"))
    assert schema({"migrations": ["1"]}, []).status is Status.skipped


def test_of_an_older_database_nothing_else_is_judged() -> None:
    """The first release's facts had another shape."""
    facts = copy.deepcopy(SOUND)
    del facts["migrations"], facts["held"], facts["tick"]["failing"], facts["tick"]["failed_jobs"]
    del facts["worker_role"]["may_make_temporary"]
    told = {one.name: one.status.value for one in judge(facts, NOW)}
    assert told == {"clocks": "ok", "environment": "ok", "schema": "wrong"}


def test_a_little_is_no_fault() -> None:
    assert judged(("integrations.0.webhooks", {"taken": 4, "heard_of": 0}), ("tick.overdue_seconds", 70)) == {}
    assert judged(("tick.driven_by", "workers"), ("tick.has_cron", False)) == {}
    assert judged(now=NOW + timedelta(seconds=29)) == {}
    assert judged(now=NOW - timedelta(seconds=31))["clocks"].status is Status.wrong


def settings(url: str, hooks: str = "https://hooks.example.com", **others: Any) -> Settings:
    return Settings.load(database_url=url, webhook_public_url=hooks, **others)


async def test_a_worker_connection_is_tried(database: Database) -> None:
    right = database.url("outbound_worker")
    assert (await workers.connection(settings(right))).status is Status.ok
    assert "polling" in (await workers.connection(settings(right, transaction_pooling=True))).message
    found = await workers.connection(settings(database.url("supabase_admin")))
    assert (found.status, "more than a worker should" in found.message) == (Status.wrong, True)
    found = await workers.connection(settings("postgresql://outbound_worker:s3cret-w0rd@127.0.0.1:1/postgres"))
    assert found.status is Status.wrong
    assert "s3cret-w0rd" not in found.message


@pytest.mark.parametrize("way", WAYS)
async def test_a_connection_that_hears_nothing_is_noticed(database: Database, way: str) -> None:
    with reached(database, way) as found:
        url = found.url("outbound_worker")
        unset = await workers.connection(settings(url))
        assert unset.status is (Status.wrong if found.is_pooled else Status.ok)
        assert ("this is a transaction pooler" in unset.message) is found.is_pooled
        assert (await workers.connection(settings(url, transaction_pooling=True))).status is Status.ok


async def test_secrets_that_are_missing_are_named() -> None:
    given = Secrets.from_environment({"OUTBOUND_SECRET_ACME_VAPI": "k"})
    found = [one async for one in workers.accounts(SOUND["integrations"], settings("postgresql://x"), given)]
    assert [(one.status, "OUTBOUND_SECRET_ACME_VAPI_WEBHOOK" in one.message) for one in found] == [(Status.wrong, True)]


async def test_vapi_is_asked_for_what_calls_name() -> None:
    async with sandbox() as (box, url):
        assistant, number = box.stage.account.assistants[0], box.stage.account.phone_numbers[0]
        account = SOUND["integrations"][0] | {
            "named": [
                {"kind": "assistant", "name": "Ava", "id": assistant.id},
                {"kind": "phone-number", "name": number.number, "id": number.id},
            ]
        }
        key = box.settings.vapi_api_key.get_secret_value()
        given = Secrets.from_environment(
            {"OUTBOUND_SECRET_ACME_VAPI": key, "OUTBOUND_SECRET_ACME_VAPI_WEBHOOK": "w" * 40}
        )
        stated = settings("postgresql://x", vapi_base_url=f"{url}/vapi")

        async def asked() -> Finding:
            return [one async for one in workers.accounts([account], stated, given)][-1]

        assert (await asked()).status is Status.ok
        account["named"][0]["id"] = "gone"
        found = await asked()
        assert (found.status, "does not have assistant Ava (gone)." in found.message) == (Status.wrong, True)
        box.stage.faults.replace([Fault(kind="server_error", status=500, methods=("GET",), path="/assistant")])
        assert (await asked()).status is Status.skipped


async def test_something_else_at_the_public_address_is_noticed() -> None:
    async with serving(Starlette()) as url:
        found = await workers.receiver(settings("postgresql://x", url))
    assert (found.status, "is something else" in found.message) == (Status.wrong, True)
    found = await workers.receiver(settings("postgresql://x", url))
    assert (found.status, "does not answer" in found.message) == (Status.wrong, True)


def test_without_a_workers_environment_that_is_said() -> None:
    with pytest.raises(ConfigurationError) as missing:
        Settings.load()
    assert workers.unknown(missing.value).status is Status.skipped
