"""Workers find rows by their keys, whatever statistics say: docs/scaling.md."""

from __future__ import annotations

from typing import Any

import psycopg

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
