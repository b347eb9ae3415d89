"""What operators do to jobs, where it meets workers and the history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from tests.engine import history
from tests.support import engine
from tests.support.databases import Database
from tests.support.people import acting_as
from tests.support.races import race

Connection = psycopg.Connection[Any]


def call(connection: Connection, function: str, *arguments: Any) -> Any:
    given = ", ".join(["%s"] * len(arguments))
    row = connection.execute(f"select public.{function}({given})".encode(), arguments).fetchone()
    assert row is not None
    return row[0]


def only_job(connection: Connection) -> UUID:
    row = connection.execute("select id from engine.all_jobs order by created_at, id limit 1").fetchone()
    assert row is not None
    return UUID(str(row[0]))


def test_what_failed_long_ago_comes_back_from_the_history_for_another_try(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    job_id = only_job(admin)
    engine.record(admin, engine.begin(admin, engine.claim(admin)), "refused", code="bad_number")
    engine.move_clock(admin, "5 days")
    admin.execute("select engine.tick()")
    history.archive(admin)
    assert engine.jobs(admin, scene) == []
    assert call(admin, "get_job", job_id)["attempts"][0]["status"] == "REFUSED"
    assert call(admin, "get_job", job_id)["refusals"]["retry"] is None
    assert call(admin, "retry_job", job_id)["from"] == "FAILED"
    assert [job[:3] for job in engine.jobs(admin, scene)] == [("call", 1, "FAILED"), ("call", 2, "READY")]
    assert engine.enrollments(admin, scene) == {"ACTIVE": 1}
    assert engine.count_mismatches(admin, scene.campaign_id) == []
    row = admin.execute("select contact_id from engine.enrollments").fetchone()
    assert row is not None
    told = call(admin, "explain_contact", scene.campaign_id, row[0])
    kinds = [line["kind"] for line in told["timeline"] if line["kind"] in {"outcome", "reopened", "job"}]
    assert kinds == ["job", "outcome", "job", "reopened"]
    assert told["next"]["kind"] == "send"


def test_a_cancel_that_waits_for_a_begin_does_not_cancel(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    jobs = engine.claim(admin)

    def cancel(connection: Connection) -> Any:
        with acting_as(connection, scene.team.admin_id):
            return call(connection, "cancel_job", jobs[0])

    begun, refused = race(database, lambda one: engine.begin(one, jobs), cancel)
    assert len(begun) == 1
    assert refused.sqlstate == "OB002"
    assert engine.enrollments(admin, scene) == {"ACTIVE": 1}


def test_a_begin_that_waits_for_a_cancel_does_not_begin(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    jobs = engine.claim(admin)

    def cancel(connection: Connection) -> Any:
        with acting_as(connection, scene.team.admin_id):
            return call(connection, "cancel_job", jobs[0])

    done, begun = race(database, cancel, lambda two: engine.begin(two, jobs))
    assert (done["to"], begun) == ("CANCELLED", [])
    assert engine.enrollments(admin, scene) == {"CANCELLED": 1}
    assert engine.count_mismatches(admin, scene.campaign_id) == []


def test_two_retries_of_one_failure_make_one_visit(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    job_id = only_job(admin)
    engine.record(admin, engine.begin(admin, engine.claim(admin)), "refused", code="bad_number")

    def retry(connection: Connection) -> Any:
        with acting_as(connection, scene.team.admin_id):
            return call(connection, "retry_job", job_id)

    done, refused = race(database, retry, retry)
    assert done["to"] == "READY"
    assert refused.sqlstate == "OB002"
    assert [job[:3] for job in engine.jobs(admin, scene)] == [("call", 1, "FAILED"), ("call", 2, "READY")]


def test_a_retry_that_waits_for_a_failure_says_to_ask_again(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    job_id = only_job(admin)
    attempts = engine.begin(admin, engine.claim(admin))

    def retry(connection: Connection) -> Any:
        with acting_as(connection, scene.team.admin_id):
            return call(connection, "retry_job", job_id)

    _, refused = race(database, lambda one: engine.record(one, attempts, "refused", code="bad_number"), retry)
    assert (refused.sqlstate, refused.diag.message_hint) == ("OB002", "Ask again.")
    assert engine.enrollments(admin, scene) == {"FAILED": 1}
    assert retry(admin)["to"] == "READY"
    assert [job[:3] for job in engine.jobs(admin, scene)] == [("call", 1, "FAILED"), ("call", 2, "READY")]


def test_a_retry_that_meets_the_move_to_the_history_brings_back_what_it_took(
    admin: Connection, database: Database
) -> None:
    scene = engine.set_scene(admin, people=3)
    engine.record(admin, engine.begin(admin, engine.claim(admin)), "refused", code="bad_number")
    history.pass_time(admin)

    def retry(connection: Connection) -> Any:
        with acting_as(connection, scene.team.admin_id):
            return call(connection, "retry_failed_enrollments", scene.campaign_id)

    moved, told = race(database, history.archive, retry)
    assert (moved, told["retried"]) == (3, 3)
    assert engine.enrollments(admin, scene) == {"ACTIVE": 3}
    assert sorted(job[1:3] for job in engine.jobs(admin, scene)) == [(1, "FAILED")] * 3 + [(2, "READY")] * 3
    assert history.doubled(admin) == []
    assert engine.count_mismatches(admin, scene.campaign_id) == []


def test_a_job_made_due_wakes_a_worker(admin: Connection, database: Database) -> None:
    engine.set_scene(admin)
    engine.record(
        admin, engine.begin(admin, engine.claim(admin)), "try_later", code="503", scope="job", retry_after_seconds=3000
    )
    with database.connect(autocommit=True) as listening:
        listening.execute("listen outbound_jobs")
        call(admin, "retry_job", only_job(admin))
        [heard] = listening.notifies(timeout=10, stop_after=1)
    assert heard.payload == "call"
    assert call(admin, "get_job", only_job(admin))["next"]["kind"] == "send"
