"""Moves at any moment, among workers, late news and kills: nothing is lost, nothing is there twice."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cli.dev.databases import SOURCE, build, scratch_server
from tests.engine import history
from tests.support import engine
from tests.support.databases import Database, install_test_tools

PEOPLE = 120


def no_grace(connection: psycopg.Connection[Any]) -> None:
    """Move at once, so that moves meet what is still being told."""
    connection.execute("alter table engine.deployment drop constraint deployment_grace_is_more_than_a_day")
    connection.execute("update engine.deployment set history_grace = '-1 second'")


def test_moves_among_workers_lose_and_double_nothing(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin, people=PEOPLE, concurrency=1000)
    no_grace(admin)
    # with nothing to move yet, as months before: it makes the partitions
    assert history.archive(admin) == 0
    done = threading.Event()
    wrong: list[Any] = []
    begun: list[UUID] = []
    reported: list[dict[str, Any]] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        name = f"w{seed}"
        with database.connect("outbound_worker", autocommit=True) as connection:
            for _ in range(50):
                for attempt in engine.begin(connection, engine.claim(connection, worker=name, limit=5), worker=name):
                    begun.append(attempt)
                    engine.record(connection, [attempt], worker=name)
                    report = engine.call_report(attempt)
                    reported.append(report)
                    engine.ingest(connection, report)
                    # told again, perhaps of somebody who has been moved meanwhile
                    engine.ingest(connection, chance.choice(reported))

    def watch() -> int:
        looked = 0
        with database.connect(autocommit=True) as connection:
            while not done.is_set():
                wrong.extend(engine.count_mismatches(connection, scene.campaign_id))
                wrong.extend(history.doubled(connection))
                looked += 1
        return looked

    def move(seed: int) -> int:
        chance = random.Random(seed)
        moved = 0
        with database.connect(autocommit=True) as connection:
            while not done.is_set():
                moved += history.archive(connection, chance.randint(1, 7))
                if chance.random() < 0.2:
                    connection.execute("select engine.tick()")
        return moved

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        watching, moving = pool.submit(watch), [pool.submit(move, seed) for seed in range(2)]
        workers = [pool.submit(work, seed) for seed in range(3)]
        try:
            for worker in workers:
                worker.result()
        finally:
            done.set()
        assert watching.result() > 10
        assert sum(mover.result() for mover in moving) > 0
    for _ in range(3):
        admin.execute("select engine.tick()")
    assert wrong == []
    assert history.doubled(admin) == []
    assert history.counts(admin)["job"] == (0, PEOPLE)
    assert {row[0] for row in admin.execute("select id from engine.attempt_history").fetchall()} == set(begun)
    told = {row[0] for row in admin.execute("select event_key from engine.event_history").fetchall()}
    assert told == {report["event_key"] for report in reported}
    assert engine.count_mismatches(admin, scene.campaign_id) == []


def test_a_mover_killed_at_any_moment_leaves_everything_in_one_place() -> None:
    chance = random.Random(11)
    with scratch_server() as server:
        build(server, SOURCE)
        install_test_tools(server.admin_url(SOURCE))
        database = Database(server, SOURCE)
        with database.connect(autocommit=True) as admin:
            scene, _ = history.play_out(admin, people=100)
            history.pass_time(admin)
            before = history.everything(admin)
        for round_number in range(6):
            _kill_while_moving(database, chance.uniform(0.0, 0.1))
            with _connect_again(database) as admin:
                assert history.everything(admin) == before, round_number
                assert engine.count_mismatches(admin, scene.campaign_id) == []
                moved = admin.execute(
                    "select count(*) from engine.enrollments where (archived_at is not null) <> exists ("
                    " select from engine.job_history as h where h.enrollment_id = enrollments.id)"
                ).fetchone()
                assert moved == (0,)
                admin.execute(
                    "select engine.recall_enrollments(array_agg(team_id), array_agg(id)) from engine.enrollments"
                )


def _kill_while_moving(database: Database, seconds: float) -> None:
    """Kill the mover's server process without warning, a moment after it began; Postgres then restarts itself."""
    with database.connect(autocommit=True) as witness, database.connect(autocommit=True) as mover:
        pid = mover.info.backend_pid
        killer = threading.Timer(seconds, lambda: os.kill(pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(psycopg.OperationalError):
            _forever(lambda: history.archive(mover, 10))
        killer.join()
        # Postgres has noticed when it takes everybody else down too
        with pytest.raises(psycopg.OperationalError):
            _forever(lambda: witness.execute("select 1"))


def _forever(work: Callable[[], object]) -> None:
    while True:
        work()


@contextlib.contextmanager
def _connect_again(database: Database) -> Any:
    """A connection, once the server has recovered."""
    deadline = time.monotonic() + 30
    while True:
        try:
            connection = psycopg.connect(database.url(), autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            with contextlib.closing(connection):
                yield connection
            return
