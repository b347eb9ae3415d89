"""Invariant 7. Counters equal a recount at every commit, under concurrency; so does all that people are shown."""

from __future__ import annotations

import concurrent.futures
import random
import threading
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.support import engine
from tests.support.databases import Database

_STATES = ("active", "completed", "booked", "opted_out", "suppressed", "failed", "cancelled")
_WORK = ("waiting", "queued", "in_progress", "completed", "failed", "skipped", "cancelled")
# What people are shown, from the rows and in one statement.
_TRUTH = """
    with jobs as (
        select *, case
            when status = 'READY' then case when run_at > engine.now() then 'waiting' else 'queued' end
            when status in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS') then 'in_progress'
            when status = 'DONE' then 'completed'
            when status = 'FAILED' then 'failed'
            when reason_code in ('too_late', 'never_open') then 'skipped'
            else 'cancelled'
        end as shown
        from engine.all_jobs where campaign_id = %(id)s
    ), people as (
        select * from engine.enrollments where campaign_id = %(id)s
    )
    select
        (select jsonb_object_agg(lower(status::text), n) from (
            select status, count(*) as n from people group by 1
        ) as s) as states,
        (select jsonb_object_agg(node_id, states) from (
            select node_id, jsonb_object_agg(shown, n) as states
            from (select node_id, shown, count(*) as n from jobs group by 1, 2) as s group by 1
        ) as s) as nodes,
        (select coalesce(jsonb_object_agg(booked_node_id, n), '{}') from (
            select booked_node_id, count(*) as n from people where booked_node_id is not null group by 1
        ) as s) as bookings,
        (select count(*) from people where reached_at is not null or booked_at is not null) as reached,
        (select count(*) from people where booked_at is not null) as booked,
        (select count(*) from people where status = 'COMPLETED' and (ended_at at time zone 'America/New_York')::date
            = (engine.now() at time zone 'America/New_York')::date) as today,
        (select count(*) from jobs where channel = 'call' and dispatched_at is not null) as dialled,
        (select count(*) from engine.compare_counters(%(id)s)) as differences
"""


def shown(connection: psycopg.Connection[Any], campaign_id: Any) -> list[str]:
    """Where any of the RPCs differs from the rows, all read in one snapshot."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("set transaction isolation level repeatable read")

        def ask(query: str) -> list[dict[str, Any]]:
            return cursor.execute(query.encode(), {"id": campaign_id}).fetchall()

        (truth,) = ask(_TRUTH)
        (metrics,) = ask("select * from public.get_instant_metrics(array[%(id)s::uuid])")
        nodes = ask("select * from public.get_node_metrics(%(id)s)")
        (audience,) = ask("select * from public.get_audience_stats(array[%(id)s::uuid])")
        (series,) = ask(
            "select sum(enrolled) as enrolled, sum(booked) as booked, sum(dialled) as dialled, sum(failed) as failed"
            " from tests.series(array[%(id)s::uuid], '2027-02-28', '2027-03-12', 'hour')"
        )
    work = {word: sum(node[word] for node in nodes) for word in _WORK}
    zones = [sum(zone[word] for zone in audience["by_zone"].values()) for word in ("size", "reached", "booked")]
    pairs = {
        "counters": (truth["differences"], 0),
        "states": ({word: metrics[word] for word in _STATES if metrics[word]}, truth["states"]),
        "enrolled": (metrics["enrolled"], sum(metrics[word] for word in _STATES)),
        "today": (metrics["completed_today"], truth["today"]),
        "nodes": (
            {
                node["node_id"]: {word: node[word] for word in _WORK if node[word]}
                for node in nodes
                if node["scheduled"]
            },
            truth["nodes"],
        ),
        "scheduled": ([node["scheduled"] for node in nodes], [sum(node[word] for word in _WORK) for node in nodes]),
        "bookings": ({node["node_id"]: node["booked"] for node in nodes if node["booked"]}, truth["bookings"]),
        "channels": ({word: sum(of[word] for of in metrics["channels"].values()) for word in _WORK}, work),
        "audience": ([audience[word] for word in ("size", "reached", "booked")], zones),
        "reached": ((audience["reached"], audience["booked"]), (truth["reached"], truth["booked"])),
        "size": (audience["size"], metrics["enrolled"]),
        "series": (
            (series["enrolled"], series["booked"], series["dialled"], series["failed"]),
            (metrics["enrolled"], truth["booked"], truth["dialled"], metrics["failed"]),
        ),
    }
    return [f"{name}: {found} is not {true}" for name, (found, true) in pairs.items() if found != true]


def work(database: Database, seed: int) -> None:
    """Call people as a worker does; some book late, some opt out during the call."""
    chance, name = random.Random(seed), f"w{seed}"
    with database.connect("outbound_worker", autocommit=True) as connection:
        for _ in range(40):
            for attempt in engine.begin(connection, engine.claim(connection, worker=name, limit=5), worker=name):
                engine.record(connection, [attempt], worker=name)
                reason = chance.choice(["customer-did-not-answer", "customer-ended-call", "voicemail"])
                if chance.random() < 0.9:
                    engine.ingest(connection, engine.call_report(attempt, reason, booked=chance.random() < 0.2))
                if chance.random() < 0.15:
                    tool = chance.choice(["book_appointment", "book_appointment", "opt_out"])
                    engine.ingest(connection, engine.tool_call(attempt, tool))


def test_counters_equal_a_recount_at_every_moment_under_concurrent_workers(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin, people=120, concurrency=1000)
    done = threading.Event()
    wrong: list[Any] = []

    def watch() -> int:
        looked = 0
        with database.connect(autocommit=True) as connection:
            while not done.is_set():
                wrong.extend(shown(connection, scene.campaign_id))
                looked += 1
        return looked

    def fold() -> None:
        with database.connect("outbound_worker", autocommit=True) as connection:
            while not done.is_set():
                connection.execute("select engine.tick()")

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        watching, folding = pool.submit(watch), pool.submit(fold)
        workers = [pool.submit(work, database, seed) for seed in range(3)]
        try:
            for worker in workers:
                worker.result()
        finally:
            done.set()
        assert watching.result() > 3
        folding.result()
    assert wrong == []


def test_counters_equal_a_recount_whatever_time_brings(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin, people=30, concurrency=1000)
    work(database, 7)
    # What was to come has come, and what is long over is moved away: nobody is counted twice.
    for step in ("5 hours", "1 day", "1 day", "3 days"):
        engine.move_clock(admin, step)
        engine.ingest(admin, *[engine.call_report(a, "voicemail") for a in engine.dispatch(admin)])
        assert shown(admin, scene.campaign_id) == []
    moved = admin.execute("select team_id, id from engine.enrollments where archived_at is not null").fetchall()
    assert moved
    # Some come back, as for news that is late, and go again.
    admin.execute("select engine.recall_enrollments(%s, %s)", [[row[0] for row in moved], [row[1] for row in moved]])
    assert shown(admin, scene.campaign_id) == []
    admin.execute("select engine.tick()")
    assert shown(admin, scene.campaign_id) == []


def test_waiting_turns_into_queued_without_a_write(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=2)
    engine.ingest(admin, *[engine.call_report(a, "customer-did-not-answer") for a in engine.dispatch(admin)])

    def metrics() -> Any:
        return admin.execute(
            "select waiting, queued from public.get_instant_metrics(array[%s::uuid])", [scene.campaign_id]
        ).fetchone()

    assert metrics() == (2, 0)
    admin.execute("update engine.deployment set clock_at = clock_at + interval '5 hours'")
    assert metrics() == (0, 2)
    assert engine.count_mismatches(admin, scene.campaign_id) == []
    assert shown(admin, scene.campaign_id) == []
