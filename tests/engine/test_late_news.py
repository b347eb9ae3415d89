"""News that comes late, twice or in an unusual form still counts: stops, bookings, and that the provider has a call."""

from __future__ import annotations

import concurrent.futures
from datetime import UTC
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.engine import history
from tests.support import engine
from tests.support.databases import Database
from tests.support.races import race
from tests.support.waiting import wait_until_blocked

BOTH = {"call", "text"}


def test_a_stop_in_a_report_that_comes_after_the_lookup_holds(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    assert engine.look_up(admin, attempt, found=True, status="ended", endedReason="customer-did-not-answer") == ["DONE"]
    assert [job[2] for job in engine.jobs(admin, scene)] == ["DONE", "READY"]
    engine.ingest(admin, engine.call_report(attempt, opted_out=True))
    assert engine.suppressed(admin) == BOTH
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}
    engine.move_clock(admin, "5 hours")
    assert engine.claim(admin) == []


def test_a_booking_in_a_report_that_comes_after_the_lookup_calls_off_the_retry(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    engine.look_up(admin, attempt, found=True, status="ended", endedReason="customer-did-not-answer")
    engine.ingest(admin, engine.call_report(attempt, booked=True))
    assert engine.enrollments(admin, scene) == {"BOOKED": 1}
    assert [job[2] for job in engine.jobs(admin, scene)] == ["DONE", "CANCELLED"]


@pytest.mark.parametrize("verdict", ["accepted", "unknown"])
def test_a_call_that_ended_just_now_is_asked_for_until_what_was_said_is_known(
    admin: psycopg.Connection[Any], verdict: str
) -> None:
    """The call object knows of the end before the assistant's analysis knows of the stop."""
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, verdict)
    ended = {"status": "ended", "endedReason": "assistant-ended-call", "endedAt": moment(admin)}
    for _ in range(2):
        assert engine.look_up(admin, attempts[0], found=True, **ended) == ["DISPATCHED"]
        engine.move_clock(admin, "1 minute")
        assert admin.execute("select attempt_id from engine.claim_ambiguous('w1', 9, '30 seconds')").fetchall() == [
            (attempts[0],)
        ]
    said = {"analysis": {"structuredData": {"opted_out": True}}}
    assert engine.look_up(admin, attempts[0], found=True, **ended, **said) == ["DONE"]
    assert engine.suppressed(admin) == BOTH
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}


def test_a_call_whose_analysis_never_comes_is_what_its_end_says(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    ended = {"status": "ended", "endedReason": "assistant-ended-call", "endedAt": moment(admin)}
    assert engine.look_up(admin, attempt, found=True, **ended) == ["DISPATCHED"]
    engine.move_clock(admin, "10 minutes")
    assert engine.look_up(admin, attempt, found=True, **ended) == ["DONE"]


@pytest.mark.parametrize(
    ("reason", "at"), [("customer-did-not-answer", None), ("assistant-ended-call", "soon"), ("assistant-ended-call", 7)]
)
def test_a_call_in_which_nobody_spoke_or_that_ended_at_no_moment_is_waited_for_no_longer(
    admin: psycopg.Connection[Any], reason: str, at: Any
) -> None:
    engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    ended = {"status": "ended", "endedReason": reason, "endedAt": at or moment(admin)}
    assert engine.look_up(admin, attempt, found=True, **ended) == ["DONE"]


def moment(connection: psycopg.Connection[Any]) -> str:
    """Campaign time as the provider writes it."""
    row = connection.execute("select engine.now()").fetchone()
    assert row is not None
    return str(row[0].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"))


def booked_after_failing(connection: psycopg.Connection[Any], scene: engine.Scene) -> bool:
    """Whether the one person has booked, though her journey failed; it is counted so, and nobody tries it again."""
    rows = connection.execute("select booked_at is not null from engine.enrollments").fetchall()
    assert engine.enrollments(connection, scene) == {"FAILED": 1}
    assert engine.count_mismatches(connection, scene.campaign_id) == []
    told = connection.execute(
        "select public.retry_failed_enrollments(%s) ->> 'retried'", [scene.campaign_id]
    ).fetchone()
    assert told == ("0",)
    refusals = connection.execute("select public.get_job(id) #>> '{refusals,retry}' from engine.all_jobs").fetchall()
    assert refusals == [("The person has booked since.",)]
    return rows == [(True,)]


@pytest.mark.parametrize("is_archived", [False, True])
def test_a_booking_that_comes_after_the_journey_failed_keeps_it_from_a_retry(
    admin: psycopg.Connection[Any], is_archived: bool
) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    engine.look_up(
        admin, attempt, found=True, status="ended", endedReason="call.in-progress.error-vapifault-worker-died"
    )
    assert engine.enrollments(admin, scene) == {"FAILED": 1}
    if is_archived:
        history.pass_time(admin)
        assert history.archive(admin) == 1
    engine.ingest(admin, engine.call_report(attempt, booked=True))
    engine.move_clock(admin, "1 minute")
    assert booked_after_failing(admin, scene)
    engine.move_clock(admin, "1 hour")
    assert engine.claim(admin) == []


def test_a_retry_that_waits_for_a_late_booking_leaves_her_alone(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    engine.look_up(
        admin, attempt, found=True, status="ended", endedReason="call.in-progress.error-vapifault-worker-died"
    )

    def retry(connection: psycopg.Connection[Any]) -> Any:
        return connection.execute("select public.retry_failed_enrollments(%s)", [scene.campaign_id]).fetchone()

    race(database, lambda one: engine.ingest(one, engine.call_report(attempt, booked=True)), retry)
    assert booked_after_failing(admin, scene)
    assert [job[2] for job in engine.jobs(admin, scene)] == ["FAILED"]


@pytest.mark.parametrize("news", ["event", "answer"])
def test_proof_that_the_provider_has_it_beats_no_trace(admin: psycopg.Connection[Any], news: str) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")
    engine.move_clock(admin, "5 minutes")
    assert engine.look_up(admin, attempts[0], found=False) == ["READY"]
    if news == "event":
        engine.ingest(admin, engine.call_status(attempts[0], "in-progress"))
    else:
        engine.record(admin, attempts, "accepted")
    assert engine.jobs(admin, scene)[0][2] == "DISPATCHED"
    engine.move_clock(admin, "5 minutes")
    assert engine.claim(admin) == []
    engine.ingest(admin, engine.call_report(attempts[0], booked=True))
    assert engine.jobs(admin, scene)[0][:4] == ("call", 1, "DONE", "booked")


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("stop_calling", "toolCallList"),
        ("remove_from_list", "toolCallList"),
        ("unsubscribe", "toolCallList"),
        ("doNotCall", "toolCallList"),
        ("opt_out", "toolWithToolCallList"),
    ],
)
def test_a_stop_by_tool_holds_at_once(admin: psycopg.Connection[Any], name: str, shape: str) -> None:
    engine.set_scene(admin)
    engine.ingest(admin, engine.tool_call(engine.dispatch(admin)[0], name, shape))
    assert engine.suppressed(admin) == BOTH


@pytest.mark.parametrize("name", ["check_schedule", "get_appointment_slots", "transfer", "end_call"])
def test_other_tools_mean_nothing(admin: psycopg.Connection[Any], name: str) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    engine.ingest(admin, engine.tool_call(attempt, name))
    engine.ingest(admin, engine.call_report(attempt))
    assert engine.suppressed(admin) == set()
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_a_booking_by_tool_counts_although_the_line_broke(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    engine.ingest(admin, engine.tool_call(attempt, "book_appointment"))
    engine.ingest(admin, engine.call_report(attempt, "call.in-progress.error-vapifault-worker-died"))
    assert engine.jobs(admin, scene)[0][3] == "booked"


def test_a_booking_by_tool_that_comes_while_the_report_waits_counts(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    with database.connect("outbound_worker") as first, database.connect("outbound_worker", autocommit=True) as second:
        engine.ingest(first, engine.tool_call(attempt, "book_appointment"))
        with concurrent.futures.ThreadPoolExecutor() as pool:
            reporting = pool.submit(engine.ingest, second, engine.call_report(attempt))
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            reporting.result()
    assert engine.jobs(admin, scene)[0][3] == "booked"


@pytest.mark.parametrize("sender", ["72345", "Verizon"])
def test_a_sender_that_is_nobody_we_call_is_ignored(admin: psycopg.Connection[Any], sender: str) -> None:
    scene = engine.set_scene(admin)
    assert engine.ingest(admin, engine.inbound_text(scene.team.id, sender, "STOP")) == ["ignored"]


@pytest.mark.parametrize("prefix", ["", "whatsapp:"])
def test_a_stop_to_any_number_of_the_account_holds(admin: psycopg.Connection[Any], prefix: str) -> None:
    scene = engine.set_scene(admin)
    stop = engine.inbound_text(scene.team.id, prefix + engine.only_phone(admin), "STOP")
    stop["payload"]["To"] = "+12125550111"
    assert engine.ingest(admin, stop) == ["applied"]
    assert engine.suppressed(admin) == BOTH


def test_a_stop_that_waits_for_a_report_meets_the_retry_that_it_made(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    with database.connect("outbound_worker") as first, database.connect("outbound_worker", autocommit=True) as second:
        engine.ingest(first, engine.call_report(attempt, "customer-did-not-answer"))
        with concurrent.futures.ThreadPoolExecutor() as pool:
            stopping = pool.submit(
                engine.ingest, second, engine.inbound_text(scene.team.id, engine.only_phone(admin), "STOP")
            )
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            stopping.result()
    assert [job[2] for job in engine.jobs(admin, scene)] == ["DONE", "CANCELLED"]
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}


def test_a_reply_before_the_acceptance_is_a_reply(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    for _ in range(2):
        engine.ingest(admin, engine.call_report(engine.dispatch(admin)[0], "customer-did-not-answer"))
        engine.move_clock(admin, "4 hours 1 minute")
    attempts = engine.begin(admin, engine.claim(admin))
    assert engine.ingest(admin, engine.inbound_text(scene.team.id, engine.only_phone(admin), "Yes!")) == ["waiting"]
    engine.record(admin, attempts)
    engine.move_clock(admin, "1 minute")
    assert engine.jobs(admin, scene)[2][:4] == ("text", 1, "DONE", "replied")


def test_an_event_that_crosses_the_acceptance_is_applied_by_the_tick(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    with database.connect("outbound_worker") as recording:
        engine.record(recording, attempts)
        anonymous = engine.tool_call(attempts[0], "opt_out") | {"attempt_id": None}
        assert engine.ingest(admin, anonymous) == ["waiting"]
        recording.commit()
    engine.move_clock(admin, "1 minute")
    assert engine.suppressed(admin) == BOTH


def test_one_answer_for_two_look_alikes_settles_one(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin, people=3)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")
    ids = ["same", "same", "other"]
    answers = [
        {"attempt_id": str(attempt), "found": True, "provider_id": provider_id, "payload": {"status": "queued"}}
        for attempt, provider_id in zip(attempts, ids, strict=True)
    ]
    rows = admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [Jsonb(answers)]).fetchall()
    assert sorted(row[0] for row in rows) == ["AMBIGUOUS", "DISPATCHED", "DISPATCHED"]
