"""Invariant 4. Events once each, in any order, early or late."""

from __future__ import annotations

import concurrent.futures
import itertools
from typing import Any

import psycopg
import pytest

from tests.support import engine
from tests.support.databases import Database
from tests.support.waiting import wait_until_blocked


def test_every_order_of_a_calls_events_ends_the_same(admin: psycopg.Connection[Any]) -> None:
    orders = list(itertools.permutations(range(4)))
    scene = engine.set_scene(admin, people=len(orders))
    attempts = engine.dispatch(admin)
    for attempt, order in zip(attempts, orders, strict=True):
        events = [
            engine.call_status(attempt, "ringing"),
            engine.call_status(attempt, "in-progress"),
            engine.call_status(attempt, "ended"),
            engine.call_report(attempt, booked=False),
        ]
        for position in order:
            engine.ingest(admin, events[position])
            assert engine.ingest(admin, events[position]) == ["duplicate"]
    assert engine.enrollments(admin, scene) == {"COMPLETED": len(orders)}
    assert {job[2:4] for job in engine.jobs(admin, scene)} == {("DONE", "answered")}


def test_an_event_before_the_acceptance_is_applied(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    assert engine.ingest(admin, engine.call_report(attempts[0])) == ["applied"]
    engine.record(admin, attempts)
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_an_event_that_knows_only_the_providers_id_waits_for_the_acceptance(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    anonymous = engine.call_report(attempts[0]) | {"attempt_id": None}
    assert engine.ingest(admin, anonymous) == ["waiting"]
    assert engine.enrollments(admin, scene) == {"ACTIVE": 1}
    engine.record(admin, attempts)
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_an_event_with_our_id_but_another_call_is_not_believed(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.dispatch(admin)
    foreign = engine.call_report(attempts[0]) | {"provider_id": "someone-else", "event_key": "someone-else:report"}
    assert engine.ingest(admin, foreign) == ["waiting"]
    assert engine.enrollments(admin, scene) == {"ACTIVE": 1}


def test_a_secret_vouches_only_for_the_accounts_that_have_it(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.dispatch(admin)
    report = engine.call_report(attempts[0])
    assert engine.ingest(admin, report | {"secret_name": "ANOTHER_TEAMS"}) == ["waiting"]
    assert engine.enrollments(admin, scene) == {"ACTIVE": 1}
    assert engine.ingest(admin, report | {"secret_name": "VAPI", "event_key": "genuine"}) == ["applied"]
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_two_deliveries_at_once_are_applied_once(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.dispatch(admin)
    event = engine.call_report(attempts[0], "customer-did-not-answer")
    with database.connect("outbound_worker") as first, database.connect("outbound_worker", autocommit=True) as second:
        engine.ingest(first, event)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            delivering = pool.submit(engine.ingest, second, event)
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            assert delivering.result() == ["duplicate"]
    assert [job[:3] for job in engine.jobs(admin, scene)] == [("call", 1, "DONE"), ("call", 2, "READY")]


def test_the_answer_and_the_event_at_once_end_the_same(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    with database.connect("outbound_worker") as first, database.connect("outbound_worker", autocommit=True) as second:
        engine.record(first, attempts)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            delivering = pool.submit(engine.ingest, second, engine.call_report(attempts[0]))
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            assert delivering.result() == ["applied"]
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_a_terminal_state_never_goes_back(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.dispatch(admin)
    engine.ingest(admin, engine.call_report(attempts[0], "voicemail"))
    engine.ingest(admin, engine.call_report(attempts[0], booked=True) | {"event_key": "another"})
    assert engine.jobs(admin, scene) == [("call", 1, "DONE", "voicemail", "voicemail")]
    with pytest.raises(psycopg.Error) as refused:
        admin.execute("update engine.jobs set status = 'READY', finished_at = null")
    assert refused.value.sqlstate == "OB002"


def test_delivery_reports_out_of_order_do_not_go_back(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    engine.ingest(admin, engine.call_report(engine.dispatch(admin)[0], booked=True))
    text = engine.dispatch(admin)[0]
    for status in ("delivered", "sent", "queued"):
        engine.ingest(admin, engine.text_status(text, status))
    assert engine.jobs(admin, scene)[1] == ("thanks", 1, "DONE", "delivered", "delivered")
    assert engine.enrollments(admin, scene) == {"BOOKED": 1}
