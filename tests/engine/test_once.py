"""Invariant 1. Once in a campaign, once at a node, one open attempt of a job."""

from __future__ import annotations

import concurrent.futures
import itertools
import threading
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.support import engine
from tests.support.databases import Database
from tests.support.waiting import wait_until_blocked


def test_a_contact_is_enrolled_once_however_often_the_list_is_enrolled(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=5)
    admin.execute("select engine.enroll_members(%s, %s)", [scene.team.id, scene.campaign_id])
    assert engine.enrollments(admin, scene) == {"ACTIVE": 5}
    assert len(engine.jobs(admin, scene)) == 5


@pytest.mark.parametrize(
    "enroll",
    [
        "select engine.enroll_members(c.team_id, c.id) from public.campaigns as c",
        "select engine.enroll_contacts(c, array(select p.id from public.contacts as p)) from public.campaigns as c",
    ],
    ids=["a launch", "new members"],
)
def test_two_enrollments_at_once_make_one_of_each_contact(
    admin: psycopg.Connection[Any], database: Database, enroll: str
) -> None:
    scene = engine.set_scene(admin, people=5, launch=False)
    admin.execute("update public.campaigns set status = 'ACTIVE', started_at = engine.now()")
    with database.connect() as first, database.connect(autocommit=True) as second:
        assert first.execute(enroll.encode()).fetchone() == (5,)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            enrolling = pool.submit(second.execute, enroll.encode())
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            assert enrolling.result().fetchone() == (0,)
    assert engine.enrollments(admin, scene) == {"ACTIVE": 5}
    assert len(engine.jobs(admin, scene)) == 5


def test_a_second_job_of_a_visit_cannot_be_stored(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    with pytest.raises(errors.UniqueViolation):
        admin.execute(
            """
            insert into engine.jobs (
                team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
                integration_id, run_at, due_at, status, reason_code, finished_at
            )
            select
                team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
                integration_id, run_at, due_at, 'CANCELLED', 'test', engine.now()
            from engine.jobs
            """
        )


def test_an_enrollment_has_one_open_job(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    with pytest.raises(errors.UniqueViolation, match="jobs_one_open_per_enrollment"):
        admin.execute(
            """
            insert into engine.jobs (
                team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
                integration_id, run_at, due_at
            )
            select
                team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, 2, contact_id, phone,
                integration_id, run_at, due_at
            from engine.jobs
            """
        )


def test_a_job_is_leased_to_one_worker(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin, people=3)
    first = engine.claim(admin, worker="w1")
    assert len(first) == 3
    assert engine.claim(admin, worker="w2") == []


def test_beginning_twice_begins_once(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    claimed = engine.claim(admin)
    assert len(engine.begin(admin, claimed)) == 1
    assert engine.begin(admin, claimed) == []


def test_only_the_worker_that_holds_the_lease_begins(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    claimed = engine.claim(admin, worker="w1")
    assert engine.begin(admin, claimed, worker="w2") == []


def test_workers_claiming_at_once_share_the_jobs_without_overlap(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    engine.set_scene(admin, people=60, concurrency=1000)
    start = threading.Barrier(4)

    def take(name: str) -> list[Any]:
        with database.connect("outbound_worker", autocommit=True) as connection:
            start.wait()
            taken: list[Any] = []
            while batch := engine.claim(connection, worker=name, limit=7):
                taken += batch
            return taken

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        taken = list(itertools.chain(*pool.map(take, ["a", "b", "c", "d"])))
    # A worker that finds the rest of the queue locked stops early, so some may be left: for the next claim.
    taken += engine.claim(admin, worker="e", limit=1000)
    assert len(taken) == 60
    assert len(set(taken)) == 60


def test_two_workers_together_stay_within_the_accounts_lines(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    engine.set_scene(admin, people=20, concurrency=5)
    with database.connect("outbound_worker") as first, database.connect("outbound_worker", autocommit=True) as second:
        assert len(engine.claim(first, worker="w1", limit=4)) == 4
        with concurrent.futures.ThreadPoolExecutor() as pool:
            claiming = pool.submit(engine.claim, second, worker="w2", limit=4)
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            assert len(claiming.result()) == 1
