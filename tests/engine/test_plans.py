"""Workers find rows by their keys, whatever statistics say: docs/scaling.md."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support import engine
from tests.support.databases import Database

_READ_WHOLE = """
    select relname, seq_scan
    from pg_stat_xact_user_tables
    where relid in (
        'engine.jobs'::regclass, 'engine.attempts'::regclass, 'engine.events'::regclass, 'engine.enrollments'::regclass,
        'public.contacts'::regclass, 'public.audience_members'::regclass, 'public.suppressions'::regclass
    ) and seq_scan > 0
    order by relname
"""
_READ_BY_INDEX = """
    select relname, idx_tup_fetch
    from pg_stat_xact_user_tables
    where relid in (
        'engine.jobs'::regclass, 'engine.attempts'::regclass, 'engine.events'::regclass, 'engine.enrollments'::regclass
    )
    order by relname
"""
# Jobs like one that there is, each due at a second of its own from tomorrow on. Nothing of theirs is looked at here,
# so neither is what they refer to made, nor are they counted.
_WAITING = """
    insert into engine.jobs (
        team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, contact_id, phone, integration_id, priority,
        run_at, due_at
    )
    select
        j.team_id, j.channel, j.campaign_id, gen_random_uuid(), j.workflow_id, j.node_id, j.contact_id, j.phone,
        j.integration_id, j.priority, n.run_at, n.run_at
    from (select * from engine.jobs order by id limit 1) as j
    cross join lateral (
        select date_trunc('second', engine.now()) + interval '1 day' + n * interval '1 second' as run_at
        from generate_series(1, %s) as n
    ) as n
"""
_DUE = 4
_PAGES = """
    select coalesce(sum(idx_blks_hit + idx_blks_read), 0)::integer
    from pg_statio_user_indexes
    where indexrelname = 'jobs_to_claim'
"""
_ANALYSE = "analyze engine.jobs, engine.attempts, engine.events, engine.enrollments, public.suppressions"


def test_what_was_empty_when_it_was_looked_at_is_not_read_whole_later(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin, people=60, concurrency=1000, launch=False)
    admin.execute(_ANALYSE)
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    with database.connect() as worker:  # one transaction, whose reads the server counts
        for _ in range(8):  # so often that plans which are kept are
            attempts = engine.dispatch(worker, limit=5)
            assert len(attempts) == 5
            engine.ingest(worker, *(engine.call_report(attempt, "customer-did-not-answer") for attempt in attempts))
        assert worker.execute(_READ_WHOLE.encode()).fetchall() == []


def test_what_a_batch_costs_does_not_grow_with_what_is_open_beside_it(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    """An index that is read from end to end is no better than the table."""
    people, batches = 400, 8
    engine.set_scene(admin, people=people, concurrency=1000)
    admin.execute(_ANALYSE)
    with database.connect() as worker:
        for _ in range(batches):
            attempts = engine.dispatch(worker, limit=5)
            engine.ingest(worker, *(engine.call_report(attempt, "customer-did-not-answer") for attempt in attempts))
        found = worker.execute(_READ_BY_INDEX.encode()).fetchall()
    assert len(found) == 4
    # One look at all of them for each batch would be more than all its looks by key together.
    assert {table: read for table, read in found if read > batches * people / 2} == {}


def test_what_events_cost_does_not_grow_with_the_attempts_behind_them(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    """Plans that were made when the ledger was empty take any of its indexes for the shortest."""
    batch = (
        250  # more than a page of the primary key's index holds: that of the sending numbers has one, and looks shorter
    )
    engine.set_scene(admin, people=2 * batch, concurrency=1000, launch=False)
    admin.execute(_ANALYSE)
    admin.execute("select public.launch_campaign((select id from public.campaigns))")
    with database.connect() as worker:
        for _ in range(2):
            attempts = engine.dispatch(worker, limit=batch)
            before = _attempts_read(worker)
            engine.ingest(worker, *(engine.call_report(attempt, "customer-did-not-answer") for attempt in attempts))
            assert 0 < _attempts_read(worker) - before < 20 * batch


def _attempts_read(worker: psycopg.Connection[Any]) -> int:
    found = dict(worker.execute(_READ_BY_INDEX.encode()).fetchall())
    return int(found["attempts"])


@pytest.mark.parametrize("is_analysed", [False, True])
def test_what_a_claim_reads_does_not_grow_with_what_waits_for_tomorrow(
    admin: psycopg.Connection[Any], database: Database, *, is_analysed: bool
) -> None:
    """Polls come every second, from every worker; what waits overnight may be a million."""
    engine.set_scene(admin, people=6 * _DUE, concurrency=1000)
    admin.execute("update engine.jobs set run_at = run_at + interval '3 days'")
    pages = {}
    with database.connect(autocommit=True) as worker:
        for waiting in (100, 10_000):
            with admin.transaction():
                admin.execute("set local session_replication_role = replica")
                admin.execute(_WAITING.encode(), [waiting])
            if is_analysed:
                admin.execute(_ANALYSE)
            for _ in range(2):  # entries of what was claimed before are looked at once more, and then known to be dead
                assert len(_claim_what_is_due(admin, worker)) == _DUE
            before = _pages_of_the_claims_index(worker)
            assert len(_claim_what_is_due(admin, worker)) == _DUE
            pages[waiting] = _pages_of_the_claims_index(worker) - before
    assert 0 < pages[10_000] < pages[100] + 20, pages  # ten thousand entries are a hundred pages


def _claim_what_is_due(admin: psycopg.Connection[Any], worker: psycopg.Connection[Any]) -> list[UUID]:
    """Let a few of the scene's own jobs fall due, and claim as many as there are."""
    admin.execute(
        "update engine.jobs set run_at = date_trunc('second', engine.now()) where id in ("
        " select j.id from engine.jobs as j inner join engine.enrollments as e on j.enrollment_id = e.id"
        " where j.status = 'READY' order by j.id limit %s)",
        [_DUE],
    )
    return engine.claim(worker, limit=100)


def _pages_of_the_claims_index(worker: psycopg.Connection[Any]) -> int:
    worker.execute("select pg_stat_force_next_flush()")
    [pages] = worker.execute(_PAGES).fetchone() or []
    return int(pages)


def test_of_one_campaign_the_more_urgent_go_first_and_those_that_wait_hide_nobody(
    admin: psycopg.Connection[Any],
) -> None:
    engine.set_scene(admin, people=9, concurrency=1000)
    jobs = [row[0] for row in admin.execute("select id from engine.jobs order by phone").fetchall()]
    tomorrow, urgent = jobs[:3], jobs[3:6]
    admin.execute(
        "update engine.jobs set priority = 0, run_at = run_at + interval '1 day' where id = any(%s)", [tomorrow]
    )
    admin.execute("update engine.jobs set priority = 1 where id = any(%s)", [urgent])
    assert set(engine.claim(admin, limit=2)) < set(urgent)
    assert set(engine.claim(admin, limit=2)) & set(urgent)
    assert len(engine.claim(admin, limit=9)) == 2
    assert engine.claim(admin, limit=9) == []
    engine.move_clock(admin, "24 hours")  # and the leases are over
    assert set(engine.claim(admin, limit=3)) == set(tomorrow)
