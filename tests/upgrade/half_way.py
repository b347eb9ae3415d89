"""A database with work in it, as an upgrade finds it: every kind of job, stops, and a history.

Everything here is said to the schema of the release before, so in the words that its workers had: what other tests
share follows this tree's schema.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from tests.support import engine, factories
from tests.support.databases import Database

PEOPLE = 12


@dataclass(frozen=True)
class HalfWay:
    """A campaign in which everything is going on."""

    team: factories.Team
    campaign_id: UUID
    begun: list[UUID]
    """The attempts that were made before the upgrade."""
    talking: UUID
    """The attempt of a call that is going on."""
    stopped: str
    """The number that nobody may call any more."""


def make(database: Database) -> HalfWay:
    """An earlier campaign, which is history, and one that runs."""
    with database.connect() as connection:
        factories.set_clock(connection, engine.MONDAY_NOON)
        _play_out(connection)
        connection.execute("select engine.set_clock(engine.now() + interval '3 days 1 second', 0)")
        connection.execute("select engine.tick()")
        [kept] = connection.execute(
            "select (select count(*) from engine.jobs), (select count(*) from engine.job_history)"
        ).fetchall()
        assert kept == (0, 4)
        found = _run(connection)
        connection.commit()
    return found


def _launch(connection: psycopg.Connection[Any], name: str, people: int) -> tuple[factories.Team, UUID]:
    """A team whose campaign calls people, launched."""
    team = factories.make_team(connection, name)
    row = connection.execute("select tests.create_campaign(%s, %s, 50)", [team.id, people]).fetchone()
    assert row is not None
    connection.execute("select public.launch_campaign(%s)", [row[0]])
    connection.execute("select engine.tick()")
    return team, row[0]


def _play_out(connection: psycopg.Connection[Any]) -> None:
    """A campaign that is over: everybody was called, and answered."""
    _, campaign_id = _launch(connection, "Acme Plumbing", 4)
    begun = _begin(connection, _claim(connection, 4))
    _record(connection, begun, "accepted")
    _ingest(connection, *[engine.call_report(attempt) for attempt in begun])
    assert statuses(connection, campaign_id) == {"DONE": 4}


def _run(connection: psycopg.Connection[Any]) -> HalfWay:
    team, campaign_id = _launch(connection, "Borough Heating", PEOPLE)
    begun = _begin(connection, _claim(connection, 8)[:6])
    _record(connection, begun[:4], "accepted")
    _record(connection, begun[4:5], "unknown")
    _ingest(connection, engine.call_report(begun[0]), engine.call_report(begun[1], "customer-did-not-answer"))
    _ingest(connection, engine.call_status(begun[2], "in-progress"))
    stopped = _stop_one(connection, team)
    assert statuses(connection, campaign_id) == {
        # two that were told of, one of which is tried again later; two calls, and one that may have been made;
        # three that a worker held, one of them as it was dialling; the rest, less the one that was stopped
        "DONE": 2, "DISPATCHED": 2, "AMBIGUOUS": 1, "CLAIMED": 3, "READY": 4, "CANCELLED": 1,
    }  # fmt: skip
    return HalfWay(team, campaign_id, begun, begun[2], stopped)


def _claim(connection: psycopg.Connection[Any], limit: int) -> list[UUID]:
    rows = connection.execute(
        "select job_id from engine.claim_jobs('w1', array['call', 'text'], %s, interval '1 minute')", [limit]
    )
    return [row[0] for row in rows.fetchall()]


def _begin(connection: psycopg.Connection[Any], jobs: list[UUID]) -> list[UUID]:
    rows = connection.execute("select attempt_id from engine.begin_attempts('w1', %s)", [jobs])
    return [row[0] for row in rows.fetchall()]


def _record(connection: psycopg.Connection[Any], attempts: list[UUID], verdict: str) -> None:
    results = [{"attempt_id": str(one), "verdict": verdict, "provider_id": f"p-{one}"} for one in attempts]
    connection.execute("select count(*) from engine.record_dispatches('w1', %s)", [Jsonb(results)])


def _ingest(connection: psycopg.Connection[Any], *events: dict[str, Any]) -> None:
    connection.execute("select count(*) from engine.ingest_event(%s)", [Jsonb(list(events))])


def _stop_one(connection: psycopg.Connection[Any], team: factories.Team) -> str:
    row = connection.execute(
        "select phone from engine.jobs where team_id = %s and status = 'READY' order by id limit 1", [team.id]
    ).fetchone()
    assert row is not None
    connection.execute("select tests.act_as(%s)", [team.admin_email])
    connection.execute("select public.opt_out(%s)", [row[0]])
    connection.execute("select tests.act_as_superuser()")
    return str(row[0])


def statuses(connection: psycopg.Connection[Any], campaign_id: UUID) -> Counter[str]:
    """How many jobs of a campaign are in which state."""
    rows = connection.execute(
        "select status::text, count(*) from engine.jobs where campaign_id = %s group by 1", [campaign_id]
    )
    return Counter(dict(rows.fetchall()))


def facts(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """What no upgrade may lose or change, in the ledger and in the history."""
    queries = (
        "select id, enrollment_id, node_id, visit, status::text, outcome::text, reason_code from engine.all_jobs",
        "select id, job_id, status::text, provider_id from engine.all_attempts",
        "select provider, event_key, result::text from engine.all_events",
        "select id, campaign_id, status::text, phone from engine.enrollments",
        "select team_id, phone, channel::text, reason from public.suppressions",
        "select team_id, list_id, contact_id from public.audience_members",
        "select id, status::text, started_at, ended_at from public.campaigns",
        "select id, status::text, version from public.workflows",
    )
    with database.connect() as connection:
        return {query: sorted(connection.execute(query.encode()).fetchall(), key=str) for query in queries}


def miscounted(database: Database) -> list[tuple[Any, ...]]:
    """Where the counters of any campaign differ from a recount."""
    with database.connect() as connection:
        return connection.execute(
            "select c.id, d from public.campaigns as c, engine.compare_counters(c.id) as d"
        ).fetchall()
