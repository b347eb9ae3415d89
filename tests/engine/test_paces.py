"""Back-pressure: an account whose provider says that it is too much goes on more slowly, and recovers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from tests.support import engine

Connection = psycopg.Connection[Any]


def report_all(connection: Connection, attempts: list[UUID], ended_reason: str) -> None:
    """The calls end."""
    for attempt in attempts:
        engine.ingest(connection, engine.call_report(attempt, ended_reason))


def decisions(connection: Connection) -> set[str]:
    """The reasons that the gate has given."""
    return {row[0] for row in connection.execute("select reason_code from engine.gate_decisions").fetchall()}


def integration(connection: Connection, provider: str = "vapi") -> dict[str, Any]:
    """An account as it is."""
    row = connection.execute(
        "select engine.pace_now(i), i.pace_reason, i.status::text from public.integrations as i where provider = %s",
        [provider],
    ).fetchone()
    assert row is not None
    return {"pace": row[0], "reason": row[1], "status": row[2]}


def test_too_much_halves_the_pace_which_recovers(admin: Connection) -> None:
    scene = engine.set_scene(admin, people=100)
    attempts = engine.begin(admin, engine.claim(admin, limit=20))
    engine.record(admin, attempts[:16])
    engine.record(admin, attempts[16:], "try_later", scope="capacity", code="429", message="slow down")
    assert integration(admin) == {"pace": 8, "reason": "429: slow down", "status": "ACTIVE"}
    assert engine.claim(admin) == [], "twenty have gone out in this minute"
    sent = []
    for _ in range(4):
        engine.move_clock(admin, "61 seconds")
        sent.append(len(engine.dispatch(admin)))
    assert sent == [16, 32, 36, 0], "twice as many with each minute, nobody given up"
    assert engine.enrollments(admin, scene) == {"ACTIVE": 100}
    engine.move_clock(admin, "7 minutes")
    assert integration(admin)["pace"] is None
    retries = admin.execute("select distinct retries_left from engine.enrollments").fetchall()
    assert retries == [(10,)]


def test_nothing_goes_out_before_the_provider_said(admin: Connection) -> None:
    engine.set_scene(admin, people=5)
    attempts = engine.begin(admin, engine.claim(admin, limit=1))
    engine.record(admin, attempts, "try_later", scope="capacity", code="429", retry_after_seconds=120)
    engine.move_clock(admin, "119 seconds")
    assert engine.claim(admin) == []
    assert admin.execute(
        "select due_jobs, next_due_at - engine.now() = '1 second' from engine.pending_work()"
    ).fetchone() == (0, True)
    engine.move_clock(admin, "1 second")
    assert len(engine.claim(admin)) == 1


def test_what_is_leased_when_the_pace_falls_is_put_off(admin: Connection) -> None:
    engine.set_scene(admin, people=20)
    held = engine.claim(admin, worker="w1", limit=10)
    engine.record(
        admin,
        engine.begin(admin, engine.claim(admin, worker="w2", limit=1), worker="w2"),
        "try_later",
        worker="w2",
        scope="capacity",
        code="429",
        retry_after_seconds=30,
    )
    assert engine.begin(admin, held, worker="w1") == []
    assert decisions(admin) == {"account_paced"}


def test_the_answers_of_a_burst_slow_down_once(admin: Connection) -> None:
    engine.set_scene(admin, people=100)
    attempts = engine.begin(admin, engine.claim(admin, limit=80))
    engine.record(admin, attempts[:40])
    for attempt in attempts[40:]:
        engine.record(admin, [attempt], "try_later", scope="capacity", code="429")
    assert integration(admin)["pace"] == 20


def test_the_other_account_keeps_its_pace(admin: Connection) -> None:
    engine.set_scene(admin, people=2)
    engine.record(admin, engine.begin(admin, engine.claim(admin, limit=1)), "try_later", scope="capacity", code="429")
    assert integration(admin, "twilio")["pace"] is None


def test_calls_that_found_no_line_slow_down(admin: Connection) -> None:
    engine.set_scene(admin, people=10)
    attempts = engine.dispatch(admin, limit=4)
    report_all(admin, attempts, "call.start.error-subscription-concurrency-limit-reached")
    assert integration(admin) == {
        "pace": 2,
        "reason": "call.start.error-subscription-concurrency-limit-reached",
        "status": "ACTIVE",
    }
