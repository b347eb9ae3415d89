"""What the tests of the history share: campaigns that are over, and everything that is known about them."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import psycopg

from tests.support import engine

KINDS = ("job", "attempt", "event", "gate_decision")
PAST_GRACE = "3 days 1 second"
# What was told since is not part of what was moved.
_KEYS = {
    "job": ("id",),
    "attempt": ("id",),
    "event": ("provider", "event_key"),
    "gate_decision": ("job_id", "reason_code", "run_at"),
}


def play_out(connection: psycopg.Connection[Any], people: int = 4) -> tuple[engine.Scene, list[UUID]]:
    """A campaign that is over: everybody was called, and answered."""
    scene = engine.set_scene(connection, people=people)
    note_decisions(connection)
    attempts = engine.dispatch(connection, limit=people)
    engine.ingest(connection, *[engine.call_status(attempt, "in-progress") for attempt in attempts])
    engine.ingest(connection, *[engine.call_report(attempt) for attempt in attempts])
    assert engine.enrollments(connection, scene) == {"COMPLETED": people}
    return scene, attempts


def note_decisions(connection: psycopg.Connection[Any]) -> None:
    """As if the gate had held everybody up once."""
    connection.execute(
        "insert into engine.gate_decisions (team_id, job_id, reason_code, run_at, decision, asked_by, due_at)"
        " select team_id, id, 'outside_hours', run_at, 'defer', 'claim', due_at from engine.jobs"
    )


def pass_time(connection: psycopg.Connection[Any], step: str = PAST_GRACE) -> None:
    """Let campaign time pass, but nothing that time brings: that is for the test to call."""
    connection.execute("update engine.deployment set clock_at = clock_at + %s::interval", [step])


def archive(connection: psycopg.Connection[Any], limit: int = 5000) -> int:
    """Move a batch; how many enrollments it took."""
    row = connection.execute("select engine.archive_finished(%s)", [limit]).fetchone()
    assert row is not None
    return int(row[0])


def recall(connection: psycopg.Connection[Any]) -> int:
    """Bring everybody back."""
    row = connection.execute(
        "select engine.recall_enrollments(array_agg(team_id order by id), array_agg(id order by id))"
        " from engine.enrollments"
    ).fetchone()
    assert row is not None
    return int(row[0])


def hot(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """All rows of the hot tables."""
    return {kind: _rows(connection, f"engine.{kind}s", kind) for kind in KINDS}


def everything(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """All rows, wherever they are."""
    return {kind: _rows(connection, f"engine.all_{kind}s", kind) for kind in KINDS}


def counts(connection: psycopg.Connection[Any]) -> dict[str, tuple[int, int]]:
    """How many rows of each kind are in the hot table and in the history."""
    found = {}
    for kind in KINDS:
        row = connection.execute(
            f"select (select count(*) from engine.{kind}s), (select count(*) from engine.{kind}_history)".encode()
        ).fetchone()
        assert row is not None
        found[kind] = (int(row[0]), int(row[1]))
    return found


def doubled(connection: psycopg.Connection[Any]) -> list[Any]:
    """Keys that are there twice."""
    return [
        row
        for kind, key in _KEYS.items()
        for row in connection.execute(
            f"select '{kind}', {', '.join(key)} from engine.all_{kind}s as t"
            # a second delivery waits until it is known to be one
            " where to_jsonb(t) ->> 'result' is distinct from 'waiting'"
            f" group by {', '.join(key)} having count(*) > 1".encode()
        ).fetchall()
    ]


def _rows(connection: psycopg.Connection[Any], table: str, kind: str) -> list[str]:
    rows = connection.execute(f"select to_jsonb(t) from {table} as t".encode()).fetchall()
    return sorted(
        (json.dumps(row[0], sort_keys=True) for row in rows),
        key=lambda text: [json.loads(text)[key] for key in _KEYS[kind]],
    )
