"""Whom a retry takes up is found in one go: twice as many failures are twice the work, not more."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.support import engine
from tests.support.work import rows_worked

Connection = psycopg.Connection[Any]


def fail(connection: Connection, people: int) -> engine.Scene:
    """A campaign in which everybody failed, each a customer of ServiceTitan; every tenth has a number that waits."""
    scene = engine.set_scene(connection, people)
    connection.execute("set session_replication_role = replica")
    connection.execute(
        "update engine.jobs set status = 'FAILED', outcome = 'undeliverable', reason_code = '21211',"
        " finished_at = engine.now() where campaign_id = %s",
        [scene.campaign_id],
    )
    connection.execute(
        "update engine.enrollments set status = 'FAILED', reason_code = '21211', ended_at = engine.now()"
        " where campaign_id = %s",
        [scene.campaign_id],
    )
    connection.execute("reset session_replication_role")
    connection.execute(
        "update public.contacts as c set servicetitan_customer_id = n.n"
        " from (select id, row_number() over (order by id) as n from public.contacts where team_id = %s) as n"
        " where c.id = n.id",
        [scene.team.id],
    )
    connection.execute(
        "with other as (insert into public.contacts (team_id, phone, timezones, servicetitan_customer_id)"
        " select %s, '+44207' || lpad(n::text, 7, '0'), '{America/New_York}', n * 10"
        " from generate_series(1, %s / 10) as n returning id, phone, team_id)"
        " insert into engine.enrollments"
        " (team_id, campaign_id, contact_id, phone, status, reason_code, retries_left, ended_at)"
        " select o.team_id, %s, o.id, o.phone, 'SUPPRESSED', 'same_customer', 1, engine.now() from other as o",
        [scene.team.id, people, scene.campaign_id],
    )
    connection.execute("analyze engine.enrollments, engine.jobs, public.contacts")
    return scene


COUNT = "select engine.count_failed_visits(c, null) from public.campaigns as c where c.id = %s"


def work(connection: Connection, people: int) -> int:
    with connection.transaction(force_rollback=True):
        scene = fail(connection, people)
        counted = connection.execute(COUNT.encode(), [scene.campaign_id]).fetchone()
        assert counted is not None
        assert counted[0]["retried"] == people
        assert {row["reason_code"]: row["enrollments"] for row in counted[0]["by_reason"]} == {
            "21211": people - people // 10,
            "same_customer": people // 10,
        }
        return rows_worked(connection, COUNT, [scene.campaign_id])


def test_twice_as_many_failures_are_twice_the_work(admin: Connection) -> None:
    few, many = work(admin, 200), work(admin, 400)
    assert many < few * 2.2
