"""Invariant 8. One clock."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.support import engine, factories
from tests.support.databases import Database


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
