"""A booking is credited to the node that made it, once, with the ServiceTitan ids that it carries."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.support import engine

_CREDITED = """
    select e.status::text, e.booked_node_id, e.booked_job_id = a.job_id, e.booking, e.reached_at is not null
    from engine.enrollments as e, engine.attempts as a where a.id = %s
"""


def credited(connection: psycopg.Connection[Any], attempt: Any) -> Any:
    """The journey's end, the node and whether the attempt's job is credited, the ids, and whether she was reached."""
    return connection.execute(_CREDITED, [attempt]).fetchone()


def booked_by_node(connection: psycopg.Connection[Any], scene: engine.Scene) -> dict[str, int]:
    """Bookings as the analytics page shows them, where there are any."""
    rows = connection.execute("select node_id, booked from public.get_node_metrics(%s)", [scene.campaign_id]).fetchall()
    assert connection.execute("select * from engine.compare_counters(%s)", [scene.campaign_id]).fetchall() == []
    return {node: count for node, count in rows if count}


def test_a_report_credits_its_node_and_carries_ids(db: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(db)
    (attempt,) = engine.dispatch(db)
    report = engine.call_report(attempt, booked=True, jobId="7001", appointment={"id": 7002, "start": "tomorrow"})
    engine.ingest(db, report)
    assert credited(db, attempt)[1:] == ("call", True, {"job_id": 7001, "appointment_id": 7002}, True)
    assert booked_by_node(db, scene) == {"call": 1}
    engine.ingest(db, report, engine.tool_call(attempt, "book_appointment"))
    assert booked_by_node(db, scene) == {"call": 1}


def test_a_tools_arguments_carry_ids_as_objects_and_as_text(db: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(db)
    (attempt,) = engine.dispatch(db)
    tool = engine.tool_call(attempt, "book_appointment")
    tool["payload"]["toolCallList"] = [
        {"name": "book_appointment", "parameters": {"servicetitan_job_id": 7001}},
        {"function": {"name": "book_appointment", "arguments": '{"booking": {"id": "7003"}}'}},
        {"function": {"name": "book_appointment", "arguments": "no JSON"}},
        {"name": "book_appointment", "parameters": {"appointmentId": "tomorrow", "jobs": [1]}},
    ]
    engine.ingest(db, tool)
    assert credited(db, attempt)[1:] == (None, None, None, False), "the call goes on"
    engine.ingest(db, engine.call_report(attempt))
    assert credited(db, attempt)[1:] == ("call", True, {"job_id": 7001, "booking_id": 7003}, True)
    assert booked_by_node(db, scene) == {"call": 1}


def test_a_booking_that_is_told_late_is_credited_to_its_call(db: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(db)
    (attempt,) = engine.dispatch(db)
    engine.ingest(db, engine.call_report(attempt, "voicemail"))
    assert booked_by_node(db, scene) == {}
    engine.ingest(db, engine.tool_call(attempt, "book_appointment"))
    assert credited(db, attempt)[1:3] == ("call", True)
    assert booked_by_node(db, scene) == {"call": 1}


def test_a_booking_of_a_journey_that_was_stopped_is_known(db: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(db)
    (attempt,) = engine.dispatch(db)
    db.execute("select engine.stop_numbers(array[(%s, %s, null, 'opted_out', 'test', null)::engine.stop])",
               [scene.team.id, engine.only_phone(db)])  # fmt: skip
    engine.ingest(db, engine.call_report(attempt, booked=True))
    assert credited(db, attempt)[:3] == ("OPTED_OUT", "call", True)
    assert booked_by_node(db, scene) == {"call": 1}
    (rate,) = db.execute(
        "select booking_rate from public.get_instant_metrics(array[%s::uuid])", [scene.campaign_id]
    ).fetchone() or (None,)
    assert rate == 1
