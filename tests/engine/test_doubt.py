"""Invariant 2. No request without a committed attempt, and none while an earlier one's fate is unknown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from tests.support import engine
from workers.ledger import TOO_OLD


def test_a_job_in_doubt_is_never_handed_out(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")
    for _ in range(5):
        engine.move_clock(admin, "1 minute")
        assert engine.claim(admin) == []


def test_a_worker_that_died_while_sending_leaves_doubt_not_a_second_send(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    engine.begin(admin, engine.claim(admin))
    engine.move_clock(admin, "2 minutes")
    assert engine.claim(admin, worker="w2") == []
    assert engine.jobs(admin, scene)[0][2] == "AMBIGUOUS"


def test_a_worker_that_died_before_sending_loses_nothing(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    claimed = engine.claim(admin, worker="w1")
    engine.move_clock(admin, "2 minutes")
    assert engine.claim(admin, worker="w2") == claimed
    assert engine.begin(admin, claimed, worker="w1") == []


def test_doubt_is_settled_by_asking_and_a_no_counts_only_after_the_grace_period(
    admin: psycopg.Connection[Any],
) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")

    def ask(found: str) -> list[Any]:
        engine.move_clock(admin, "1 minute")
        doubtful = admin.execute(
            "select attempt_id, kind from engine.claim_ambiguous('w1', 10, '30 seconds')"
        ).fetchall()
        assert doubtful == [(attempts[0], "ambiguous")]
        answer = f'[{{"attempt_id": "{attempts[0]}", "found": {found}}}]'
        return admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [answer]).fetchall()

    assert ask("null") == [("AMBIGUOUS",)]
    engine.move_clock(admin, "1 minute")
    admin.execute("update engine.attempts set begun_at = engine.now() + interval '1 minute' - engine.doubt_grace()")
    assert ask("false") == [("READY",)]
    engine.move_clock(admin, "5 minutes")
    assert engine.begin(admin, engine.claim(admin)) != attempts
    assert len(engine.jobs(admin, scene)) == 1


def test_a_no_within_the_grace_period_proves_nothing(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")
    admin.execute("select engine.set_clock(engine.now() + engine.doubt_grace() - interval '1 second', 0)")
    answer = f'[{{"attempt_id": "{attempts[0]}", "found": false}}]'
    rows = admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [answer]).fetchall()
    assert rows == [("AMBIGUOUS",)]


def test_no_trace_of_what_was_taken_a_moment_ago_proves_nothing(admin: psycopg.Connection[Any]) -> None:
    """A provider's list may be behind what it has just said; only after two minutes has it forgotten."""
    engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "accepted")
    answer = f'[{{"attempt_id": "{attempts[0]}", "found": false}}]'

    def ask_after(seconds: int) -> list[Any]:
        admin.execute("select engine.set_clock(engine.now() + make_interval(secs => %s), 0)", [seconds])
        return admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [answer]).fetchall()

    assert ask_after(119) == [("DISPATCHED",)]
    assert ask_after(2) == [("FAILED",)]


@pytest.mark.parametrize("accepted_since", [False, True])
def test_a_no_that_was_asked_too_early_proves_nothing_however_late_it_is_written_down(
    admin: psycopg.Connection[Any], *, accepted_since: bool
) -> None:
    """An asker that was frozen: the request has left since, and its worker may be dead or have recorded it."""
    engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")
    engine.move_clock(admin, "1 minute")

    def ask() -> datetime:
        rows = admin.execute("select engine.now() from engine.claim_ambiguous('w2', 10, '30 seconds')").fetchall()
        asked_at: datetime = rows[0][0]
        return asked_at

    def answer_no(asked_at: datetime) -> list[Any]:
        answer = [{"attempt_id": str(attempts[0]), "found": False, "asked_at": asked_at.isoformat()}]
        return admin.execute(
            "select job_status::text from engine.resolve_attempts('w2', %s)", [Jsonb(answer)]
        ).fetchall()

    asked_at = ask()
    if accepted_since:
        engine.record(admin, attempts, "accepted")
    engine.move_clock(admin, "1 hour")
    assert answer_no(asked_at) == [("DISPATCHED" if accepted_since else "AMBIGUOUS",)]
    engine.move_clock(admin, "1 hour")
    assert answer_no(ask()) == [("FAILED" if accepted_since else "READY",)]


def test_found_when_asked_is_accepted_and_its_end_applied(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")
    answer = (
        f'[{{"attempt_id": "{attempts[0]}", "found": true, "provider_id": "call-1",'
        ' "payload": {"id": "call-1", "status": "ended", "endedReason": "customer-ended-call"}}]'
    )
    rows = admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [answer]).fetchall()
    assert rows == [("DONE",)]
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_another_attempts_message_does_not_settle_the_doubt(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=2)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts[:1])
    engine.record(admin, attempts[1:], "unknown")
    answer = [{"attempt_id": str(attempts[1]), "found": True, "provider_id": f"p-{attempts[0]}", "payload": {}}]
    rows = admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [Jsonb(answer)]).fetchall()
    assert rows == [("AMBIGUOUS",)]
    assert sorted(job[2] for job in engine.jobs(admin, scene)) == ["AMBIGUOUS", "DISPATCHED"]


def test_a_late_answer_of_the_first_worker_settles_the_doubt(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.move_clock(admin, "2 minutes")
    engine.record(admin, attempts, "accepted")
    assert engine.jobs(admin, scene)[0][2] == "DISPATCHED"


def held_back(admin: psycopg.Connection[Any], attempts: list[UUID]) -> None:
    """A worker was frozen before it sent, and held the requests back when it woke."""
    engine.record(admin, attempts, TOO_OLD.verdict, scope=TOO_OLD.scope, code=TOO_OLD.code, message=TOO_OLD.message)


def test_a_request_that_was_held_back_settles_the_doubt_at_nobodys_cost(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    budget = admin.execute("select retries_left from engine.enrollments").fetchall()
    engine.move_clock(admin, "2 minutes")
    assert engine.jobs(admin, scene)[0][2] == "AMBIGUOUS"
    held_back(admin, attempts)
    assert engine.jobs(admin, scene)[0][2] == "READY"
    assert admin.execute("select status::text, code from engine.attempts").fetchall() == [("TRY_LATER", TOO_OLD.code)]
    assert admin.execute("select retries_left from engine.enrollments").fetchall() == budget
    # No provider said that it was too much, so no account goes slower.
    assert admin.execute("select count(*) from public.integrations where pace_reason is not null").fetchone() == (0,)
    assert engine.look_up(admin, attempts[0], found=False) == ["READY"]
    engine.move_clock(admin, "5 minutes")
    assert len(engine.begin(admin, engine.claim(admin, worker="w2"), worker="w2")) == 1


def test_a_request_that_was_held_back_changes_nothing_where_another_was_sent(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.move_clock(admin, "6 minutes")
    assert engine.look_up(admin, attempts[0], found=False) == ["READY"]
    engine.move_clock(admin, "5 minutes")
    others = engine.begin(admin, engine.claim(admin, worker="w2"), worker="w2")
    for status in ("CLAIMED", "DISPATCHED"):
        held_back(admin, attempts)
        assert engine.jobs(admin, scene)[0][2] == status
        assert admin.execute("select status::text from engine.attempts where id = %s", attempts).fetchone() == (
            "NOT_SENT",
        )
        engine.record(admin, others, worker="w2")


def test_another_attempt_cannot_be_stored_while_one_is_live(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    engine.begin(admin, engine.claim(admin))
    with pytest.raises(errors.UniqueViolation, match="attempts_one_live_per_job"):
        admin.execute(
            "insert into engine.attempts (team_id, job_id, attempt_number, provider, worker, request, phone,"
            " phone_number_id) select team_id, job_id, 2, provider, 'w9', request, phone, phone_number_id"
            " from engine.attempts"
        )


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "READY"),
        ({"p_secret_name": "OTHER"}, "FAILED"),
        ({"p_account_ref": "another"}, "FAILED"),
        ({"p_concurrency_limit": 3}, "READY"),
    ],
)
def test_no_trace_at_another_account_is_no_reason_to_send_again(
    admin: psycopg.Connection[Any], change: dict[str, Any], status: str
) -> None:
    scene = engine.set_scene(admin)
    [attempt] = engine.begin(admin, engine.claim(admin))
    engine.record(admin, [attempt], "unknown")
    saved = {"p_secret_name": "VAPI", "p_account_ref": None, "p_concurrency_limit": 100} | change
    admin.execute(
        "select public.upsert_integration('vapi', %(p_secret_name)s, %(p_account_ref)s, %(p_concurrency_limit)s,"
        " true, %(team)s)",
        saved | {"team": scene.team.id},
    )
    engine.move_clock(admin, "10 minutes")
    assert engine.look_up(admin, attempt, found=False) == [status]
    reason = "account_changed" if status == "FAILED" else None
    assert engine.jobs(admin, scene)[0][4] == reason
    engine.move_clock(admin, "1 hour")
    assert len(engine.begin(admin, engine.claim(admin))) == (status == "READY")


def test_what_is_found_at_another_account_is_believed(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    [attempt] = engine.begin(admin, engine.claim(admin))
    engine.record(admin, [attempt], "unknown")
    admin.execute("select public.upsert_integration('vapi', 'RENAMED', null, 10, true, %s)", [scene.team.id])
    engine.move_clock(admin, "10 minutes")
    assert engine.look_up(admin, attempt, found=True, status="in-progress") == ["DISPATCHED"]
