"""Invariant 8. One clock."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.support import engine, factories
from tests.support.databases import Database
from tests.support.waiting import wait_until_blocked

Begin = Callable[[psycopg.Connection[Any]], int]


def test_a_production_databases_clock_cannot_be_set(database: Database) -> None:
    with database.connect(autocommit=True) as connection:
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("select engine.set_clock('2030-01-01', 0)")
        assert refused.value.sqlstate == "OB002"
        with pytest.raises(errors.CheckViolation, match="deployment_clock_is_set_in_sandbox_only"):
            connection.execute("update engine.deployment set clock_at = now(), clock_set_at = now()")


def test_a_database_with_teams_cannot_become_a_sandbox(database: Database) -> None:
    with database.connect(autocommit=True) as connection:
        factories.make_team(connection)
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("select engine.become_sandbox()")
        assert refused.value.sqlstate == "OB002"


def test_the_sandboxs_clock_never_goes_back(admin: psycopg.Connection[Any]) -> None:
    factories.set_clock(admin, engine.MONDAY_NOON)
    admin.execute("select engine.set_clock('2020-01-01', 0)")
    assert admin.execute("select engine.now() = %s::timestamptz", [engine.MONDAY_NOON]).fetchone() == (True,)


@pytest.fixture(params=["claimed and begun at once", "in two steps"])
def begin(request: pytest.FixtureRequest, admin: psycopg.Connection[Any]) -> Begin:
    """Both ways to begin what is due, ten seconds before nobody may be called any more."""
    engine.set_scene(admin)
    admin.execute("select engine.set_clock('2027-03-01 20:58:50-05', 0)")
    if request.param == "in two steps":
        claimed = engine.claim(admin)
        return lambda connection: len(engine.begin(connection, claimed))
    return lambda connection: sum(attempt is not None for _, _, attempt in engine.claim_and_begin(connection))


def test_the_clock_stands_still_while_attempts_begin(
    admin: psycopg.Connection[Any], database: Database, begin: Begin
) -> None:
    """Else who passed the gate at one moment is begun at another, at which she may not be called."""
    with database.connect("outbound_worker") as beginning, database.connect(autocommit=True) as setting:
        assert begin(beginning) == 1
        with concurrent.futures.ThreadPoolExecutor() as pool:
            moving = pool.submit(engine.move_clock, setting, "30 seconds")
            wait_until_blocked(admin, setting.info.backend_pid)
            beginning.commit()
            moving.result()
    assert admin.execute("select begun_at < engine.now() from engine.attempts").fetchall() == [(True,)]


def test_what_begins_while_the_clock_is_being_set_is_judged_by_the_new_moment(
    admin: psycopg.Connection[Any], database: Database, begin: Begin
) -> None:
    with database.connect() as setting, database.connect("outbound_worker", autocommit=True) as beginning:
        engine.move_clock(setting, "30 seconds")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            begun = pool.submit(begin, beginning)
            wait_until_blocked(admin, beginning.info.backend_pid)
            setting.commit()
            assert begun.result() == 0
    assert admin.execute("select count(*) from engine.attempts").fetchone() == (0,)


def test_nothing_but_the_clock_reads_the_machines_time(admin: psycopg.Connection[Any]) -> None:
    readers = admin.execute(
        r"""
        select p.oid::regprocedure::text
        from pg_proc as p
        where p.pronamespace in ('public'::regnamespace, 'engine'::regnamespace)
            and regexp_replace(p.prosrc, '--[^\n]*', '', 'g')
            ~* any(array[
                '(^|[^.])\m(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(',
                '\mcurrent_(timestamp|date|time)\M', '\mlocaltime'
            ])
        """
    ).fetchall()
    # The clock itself, what sets it, and new ids, whose order is about storage and not about campaign time.
    assert {name for (name,) in readers} == {
        "engine.now()",
        "engine.new_id()",
        "engine.new_ids(bigint)",
        "engine.set_clock(timestamp with time zone,double precision)",
        "engine.take_slots(text,double precision,integer,integer)",
        # The doctor compares the server's clock with its own.
        "public.get_deployment_facts()",
        # When pg_cron last ran is told by the server's clock.
        "engine.wake_cron()",
        # Leases of tasks count real seconds: see there.
        "engine.claim_tasks(text,text[],integer,interval)",
        "engine.checkpoint_task(text,uuid,jsonb,interval)",
        "engine.expire_tasks()",
    }
