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
