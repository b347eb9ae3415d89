"""An opt-out during a call, by a tool or in the report's data: told once, twice, late or in another order, it holds."""

from __future__ import annotations

import itertools
from typing import Any

import psycopg
import pytest

from tests.support import engine

Connection = psycopg.Connection[Any]
BOTH = {"call", "text"}


def ledger(admin: Connection) -> list[tuple[str, str, str]]:
    return admin.execute(
        "select distinct channel::text, action, reason from public.consent_events order by 1, 2"
    ).fetchall()


def assert_stopped(admin: Connection, scene: engine.Scene) -> None:
    assert engine.suppressed(admin) == BOTH
    assert ledger(admin) == [("call", "opt_out", "opted_out"), ("text", "opt_out", "opted_out")]
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}
    assert {job[2] for job in engine.jobs(admin, scene)} <= {"DONE", "CANCELLED"}
    engine.move_clock(admin, "2 days")
    assert engine.claim(admin) == []
    assert engine.count_mismatches(admin, scene.campaign_id) == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_tool_and_two_reports_in_any_order(admin: Connection, order: tuple[int, ...]) -> None:
    scene = engine.set_scene(admin)
    [attempt] = engine.dispatch(admin)
    told = [
        engine.tool_call(attempt, "opt_out"),
        engine.call_report(attempt, "customer-ended-call", optedOut=True),
        engine.call_status(attempt, "ended"),
    ]
    for at in order:
        engine.ingest(admin, told[at])
        assert engine.ingest(admin, told[at]) == ["duplicate"]
    assert_stopped(admin, scene)


def test_a_tool_stops_the_retry_that_the_report_made(admin: Connection) -> None:
    """The tool's message was late: by then the call counts as unanswered and its retry waits."""
    scene = engine.set_scene(admin)
    [attempt] = engine.dispatch(admin)
    engine.ingest(admin, engine.call_report(attempt, "customer-did-not-answer"))
    assert [job[2] for job in engine.jobs(admin, scene)] == ["DONE", "READY"]
    engine.ingest(admin, engine.tool_call(attempt, "do_not_call"))
    assert_stopped(admin, scene)


def test_a_report_that_says_nothing_of_it_does_not_take_the_tools_stop_back(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    [attempt] = engine.dispatch(admin)
    engine.ingest(admin, engine.tool_call(attempt, "opt_out"), engine.call_report(attempt, "customer-did-not-answer"))
    assert_stopped(admin, scene)


def test_a_booking_in_the_same_call_does_not_let_us_call_again(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    [attempt] = engine.dispatch(admin)
    engine.ingest(admin, engine.call_report(attempt, booked=True, opted_out="yes"))
    assert_stopped(admin, scene)


def test_an_opt_out_before_the_calls_acceptance_is_known_holds(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.ingest(admin, engine.tool_call(attempts[0], "stop_calling"))
    engine.record(admin, attempts)
    engine.ingest(admin, engine.call_report(attempts[0]))
    assert_stopped(admin, scene)


def test_a_text_that_stops_and_one_that_starts_at_once_is_a_stop(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    phone = engine.only_phone(admin)
    engine.ingest(
        admin,
        engine.inbound_text(scene.team.id, phone, "STOP", "SM1"),
        engine.inbound_text(scene.team.id, phone, "START", "SM2"),
    )
    assert engine.suppressed(admin) == BOTH


def test_a_start_that_may_have_been_sent_before_the_stop_lifts_nothing(admin: Connection) -> None:
    """Texts carry no time: one that comes right after a stop may have been held up. Said again later, it counts."""
    scene = engine.set_scene(admin)
    phone = engine.only_phone(admin)
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "STOP", "SM1"))
    engine.move_clock(admin, "1 minute 59 seconds")
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "START", "SM2"))
    assert engine.suppressed(admin) == BOTH
    query = "select source, words from public.consent_events where action = 'opt_in'"
    assert admin.execute(query.encode()).fetchall() == [
        ("inbound text (too soon after a stop, lifted nothing)", "START")
    ]
    engine.move_clock(admin, "2 seconds")
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "START", "SM3"))
    assert engine.suppressed(admin) == {"call"}


def test_an_admin_who_records_an_opt_in_waits_for_nothing(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    phone = engine.only_phone(admin)
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "STOP", "SM1"))
    admin.execute("select public.opt_in(%s, p_note => 'Rang us', p_team_id => %s)", [phone, scene.team.id])
    assert engine.suppressed(admin) == set()


def test_start_lifts_texts_and_only_what_she_said_herself(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    [attempt] = engine.dispatch(admin)
    engine.ingest(admin, engine.call_report(attempt, opted_out=True))
    phone = engine.only_phone(admin)
    admin.execute("select public.opt_out(%s, 'text', 'do_not_contact', p_team_id => %s)", [phone, scene.team.id])
    engine.move_clock(admin, "3 minutes")
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "start", "SM1"))
    left = admin.execute("select channel::text, reason from public.suppressions order by 1").fetchall()
    assert left == [("call", "opted_out"), ("text", "do_not_contact")]


def test_a_teams_own_words_stop_her_for_that_team_alone(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    phone = engine.only_phone(admin)
    admin.execute("select public.set_team_phrases('[\"we moved away\"]', %s)", [scene.team.id])
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "Hi, we moved away last year", "SM1"))
    assert_stopped(admin, scene)
