"""Invariant 5. Opting out wins (so do pause and cancel): only what had begun can still arrive."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import psycopg

from tests.support import engine
from tests.support.databases import Database
from tests.support.waiting import wait_until_blocked


def test_an_opt_out_that_waits_for_a_begin_lets_only_that_one_go(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin)
    phone = admin.execute("select phone from engine.enrollments").fetchone()
    assert phone is not None
    claimed = engine.claim(admin)
    with database.connect("outbound_worker") as beginning, database.connect(autocommit=True) as stopping:
        begun = engine.begin(beginning, claimed)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            stop = pool.submit(engine.ingest, stopping, engine.inbound_text(scene.team.id, phone[0], "STOP"))
            wait_until_blocked(admin, stopping.info.backend_pid)
            beginning.commit()
            assert stop.result() == ["applied"]
    engine.record(admin, begun)
    engine.ingest(admin, engine.call_report(begun[0], "customer-did-not-answer"))
    # The call that had begun is counted; its retry is not made.
    assert engine.jobs(admin, scene) == [("call", 1, "DONE", "no_answer", "customer-did-not-answer")]
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}


def test_a_begin_that_meets_an_opt_out_does_not_begin(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    phone = admin.execute("select phone from engine.enrollments").fetchone()
    assert phone is not None
    claimed = engine.claim(admin)
    with database.connect() as stopping, database.connect("outbound_worker", autocommit=True) as beginning:
        engine.ingest(stopping, engine.inbound_text(scene.team.id, phone[0], "please stop calling me!"))
        assert engine.begin(beginning, claimed) == [], "it does not wait either"
        stopping.commit()
        assert engine.begin(beginning, claimed) == []
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}
    assert engine.jobs(admin, scene)[0][2] == "CANCELLED"


def test_a_begin_that_meets_a_pause_does_not_begin(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    claimed = engine.claim(admin)
    with database.connect() as pausing, database.connect("outbound_worker", autocommit=True) as beginning:
        pausing.execute("update public.campaigns set status = 'PAUSED'")
        assert engine.begin(beginning, claimed) == [], "it does not wait either"
        pausing.commit()
        assert engine.begin(beginning, claimed) == []
    assert engine.jobs(admin, scene)[0][2] == "READY"
    assert engine.claim(admin) == []


def test_opting_in_again_lifts_the_opt_out_and_nothing_else(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    phone = engine.only_phone(admin)
    admin.execute(
        "insert into public.suppressions (team_id, phone, channel, reason, source)"
        " values (%s, %s, 'text', 'do_not_contact', 'test')",
        [scene.team.id, phone],
    )
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "STOP", "SM1"))
    engine.move_clock(admin, "3 minutes")
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "START", "SM2"))
    rows = admin.execute("select channel::text, reason from public.suppressions order by 1, 2").fetchall()
    assert rows == [("call", "opted_out"), ("text", "do_not_contact")]
    actions = admin.execute("select channel::text, action from public.consent_events order by id").fetchall()
    assert sorted(actions) == [("call", "opt_out"), ("text", "opt_in"), ("text", "opt_out")]


def cancel_work(admin: psycopg.Connection[Any]) -> None:
    """Everybody was enrolled for a job of ServiceTitan's that is cancelled by now; nobody was stopped for it yet."""
    admin.execute(
        "insert into engine.servicetitan_work (team_id, kind, id, was_cancelled, cancelled_at)"
        " select id, 'job', 7, false, engine.now() from public.teams"
    )
    admin.execute(
        "insert into engine.enrollment_work (team_id, enrollment_id, kind, servicetitan_id, campaign_id, matched_at)"
        " select team_id, id, 'job', 7, campaign_id, engine.now() from engine.enrollments"
    )


def stop_cancelled(connection: psycopg.Connection[Any], team: Any) -> Any:
    """How many are stopped because of what ServiceTitan cancelled."""
    return connection.execute("select engine.stop_cancelled(%s)", [team]).fetchone()


def test_a_cancelled_job_that_waits_for_a_begin_lets_only_that_one_go(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin)
    claimed = engine.claim(admin)
    with database.connect("outbound_worker") as beginning, database.connect(autocommit=True) as stopping:
        begun = engine.begin(beginning, claimed)
        cancel_work(admin)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            stop = pool.submit(stop_cancelled, stopping, scene.team.id)
            wait_until_blocked(admin, stopping.info.backend_pid)
            beginning.commit()
            assert stop.result() == (1,)
    engine.record(admin, begun)
    engine.ingest(admin, engine.call_report(begun[0], "customer-did-not-answer"))
    # The call that had begun is counted; its retry is not made.
    assert engine.jobs(admin, scene) == [("call", 1, "DONE", "no_answer", "customer-did-not-answer")]
    assert engine.enrollments(admin, scene) == {"CANCELLED": 1}


def test_a_cancelled_job_that_waits_for_an_end_calls_off_what_comes_next(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin)
    begun = engine.begin(admin, engine.claim(admin))
    engine.record(admin, begun)
    cancel_work(admin)
    with database.connect() as ending, database.connect(autocommit=True) as stopping:
        engine.ingest(ending, engine.call_report(begun[0], "customer-did-not-answer"))  # makes the retry
        with concurrent.futures.ThreadPoolExecutor() as pool:
            stop = pool.submit(stop_cancelled, stopping, scene.team.id)
            wait_until_blocked(admin, stopping.info.backend_pid)
            ending.commit()
            assert stop.result() == (1,)
    assert [job[2] for job in engine.jobs(admin, scene)] == ["DONE", "CANCELLED"]
    assert engine.enrollments(admin, scene) == {"CANCELLED": 1}


def test_a_begin_that_meets_a_cancelled_job_does_not_begin(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    claimed = engine.claim(admin)
    cancel_work(admin)
    with database.connect() as stopping, database.connect("outbound_worker", autocommit=True) as beginning:
        assert stop_cancelled(stopping, scene.team.id) == (1,)
        assert engine.begin(beginning, claimed) == [], "it does not wait either"
        stopping.commit()
        assert engine.begin(beginning, claimed) == []
    assert engine.jobs(admin, scene)[0][2] == "CANCELLED"
