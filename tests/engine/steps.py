"""Steps of a campaign as operators take them, and what is looked at before and after."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.support import engine, factories
from tests.support.engine import Scene

Connection = psycopg.Connection[Any]


def step(connection: Connection, verb: str, scene: Scene, *, dry_run: bool = False) -> Any:
    """Take a step of the campaign's life; what the RPC answers."""
    row = connection.execute(
        f"select public.{verb}_campaign(%s, p_dry_run => %s)".encode(), [scene.campaign_id, dry_run]
    ).fetchone()
    assert row is not None
    return row[0]


def status(connection: Connection) -> str:
    row = connection.execute("select status::text from public.campaigns").fetchone()
    assert row is not None
    return str(row[0])


def rows(connection: Connection, query: str) -> list[Any]:
    return connection.execute(query.encode()).fetchall()


def everything(connection: Connection) -> dict[str, str]:
    """What is in every table of ours, with the transactions that wrote it."""
    tables = rows(
        connection,
        "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'engine')",
    )
    return {
        name: rows(connection, f"select md5(string_agg(t.xmin || t::text, '|' order by t::text)) from {name} as t")[0][
            0
        ]
        for (name,) in tables
    }


def add_member(connection: Connection, scene: Scene) -> None:
    """One more contact in the campaign's list."""
    connection.execute(
        "with p as (insert into public.contacts (team_id, phone, timezones) values (%s, %s, '{America/New_York}')"
        " returning team_id, id)"
        " insert into public.audience_members (team_id, list_id, contact_id)"
        " select p.team_id, c.list_id, p.id from p inner join public.campaigns as c on c.team_id = p.team_id",
        [scene.team.id, factories.fictitious_phone(connection, 77)],
    )


def states(connection: Connection) -> dict[str, int]:
    """Enrollments by state and reason."""
    return dict(
        rows(connection, "select concat_ws(' ', status, reason_code), count(*) from engine.enrollments group by 1")
    )


def assert_nothing_is_lost(connection: Connection, scene: Scene) -> None:
    """Counters are right, and every active enrollment has one open job that somebody can do something about."""
    assert engine.count_mismatches(connection, scene.campaign_id) == []
    lost = rows(
        connection,
        "select e.id from engine.enrollments as e inner join public.campaigns as c on c.id = e.campaign_id"
        " left join engine.jobs as j on j.enrollment_id = e.id"
        " and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')"
        " where (e.status = 'ACTIVE') <> (j.id is not null)"
        " or (c.status = 'CANCELLED' and j.status = 'READY')",
    )
    assert lost == []
