"""Invariant 7. Counters equal a recount at every commit, under concurrency."""

from __future__ import annotations

import concurrent.futures
import random
import threading
from typing import Any

import psycopg

from tests.support import engine
from tests.support.databases import Database


def test_counters_equal_a_recount_at_every_moment_under_concurrent_workers(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin, people=120, concurrency=1000)
    done = threading.Event()
    mismatches: list[Any] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        with database.connect("outbound_worker", autocommit=True) as connection:
            for _ in range(60):
                name = f"w{seed}"
                for attempt in engine.begin(connection, engine.claim(connection, worker=name, limit=5), worker=name):
                    engine.record(connection, [attempt], worker=name)
                    reason = chance.choice(["customer-did-not-answer", "customer-ended-call", "voicemail"])
                    if chance.random() < 0.9:
                        engine.ingest(connection, engine.call_report(attempt, reason, booked=chance.random() < 0.2))

    def watch() -> int:
        looked = 0
        with database.connect(autocommit=True) as connection:
            while not done.is_set():
                mismatches.extend(engine.count_mismatches(connection, scene.campaign_id))
                looked += 1
        return looked

    def fold() -> None:
        with database.connect("outbound_worker", autocommit=True) as connection:
            while not done.is_set():
                connection.execute("select engine.tick()")

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        watching, folding = pool.submit(watch), pool.submit(fold)
        workers = [pool.submit(work, seed) for seed in range(3)]
        try:
            for worker in workers:
                worker.result()
        finally:
            done.set()
        assert watching.result() > 10
        folding.result()
    assert mismatches == []
    metrics = admin.execute(
        "select enrolled, active + completed + booked + opted_out + suppressed + failed + cancelled,"
        " active, waiting + queued + in_progress from public.get_instant_metrics(array[%s::uuid])",
        [scene.campaign_id],
    ).fetchone()
    assert metrics is not None
    assert metrics[0] == metrics[1] == 120
    assert metrics[2] == metrics[3]


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
