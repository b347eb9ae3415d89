"""The engine as workers drive it, in plain calls: for tests that decide what the provider answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from tests.support import factories
from tests.support.databases import Database

MONDAY_NOON = "2027-03-01 12:00:00-05"
"""A moment at which everyone in the tests' zone may be reached."""


@dataclass(frozen=True)
class Scene:
    """A sandbox team and its campaign."""

    team: factories.Team
    campaign_id: UUID


def set_scene(
    connection: psycopg.Connection[Any],
    people: int = 1,
    *,
    concurrency: int = 100,
    launch: bool = True,
    call: dict[str, Any] | None = None,
) -> Scene:
    """A campaign over fictitious people at noon on a Monday, launched unless told otherwise.

    `call` is more data of the node that calls, such as its batching.
    """
    factories.set_clock(connection, MONDAY_NOON)
    team = factories.make_team(connection)
    row = connection.execute(
        "select tests.create_campaign(%s, %s, %s, p_call => %s)", [team.id, people, concurrency, json.dumps(call or {})]
    ).fetchone()
    assert row is not None
    if launch:
        connection.execute("select public.launch_campaign(%s)", [row[0]])
    return Scene(team, row[0])


def move_clock(connection: psycopg.Connection[Any], step: str) -> None:
    """Let campaign time pass, and with it what time alone changes."""
    connection.execute("select engine.set_clock(engine.now() + %s::interval, 0)", [step])


def claim(
    connection: psycopg.Connection[Any],
    *,
    worker: str = "w1",
    limit: int = 100,
    queues: Sequence[str] = ("call", "text"),
) -> list[UUID]:
    """Lease due jobs."""
    rows = connection.execute(
        "select job_id from engine.claim_jobs(%s, %s, %s, '60 seconds')", [worker, list(queues), limit]
    ).fetchall()
    return [row[0] for row in rows]


def begin(connection: psycopg.Connection[Any], jobs: Sequence[UUID], *, worker: str = "w1") -> list[UUID]:
    """Begin attempts; returns their ids."""
    rows = connection.execute("select attempt_id from engine.begin_attempts(%s, %s)", [worker, list(jobs)]).fetchall()
    return [row[0] for row in rows]


def claim_and_begin(
    connection: psycopg.Connection[Any],
    *,
    worker: str = "w1",
    limit: int = 100,
    queues: Sequence[str] = ("call", "text"),
) -> list[tuple[str, UUID, UUID | None]]:
    """Claim due jobs and begin their attempts at once; of each the decision, the job and the attempt."""
    return connection.execute(
        "select decision, job_id, attempt_id from engine.claim_and_begin(%s, %s, %s, '60 seconds')",
        [worker, list(queues), limit],
    ).fetchall()


def record(
    connection: psycopg.Connection[Any],
    attempts: Sequence[UUID],
    verdict: str = "accepted",
    *,
    worker: str = "w1",
    **more: Any,
) -> None:
    """Record one answer for attempts; accepted ones get the provider id `p-<attempt>`."""
    results = [
        {"attempt_id": str(attempt), "verdict": verdict}
        | ({"provider_id": f"p-{attempt}"} if verdict == "accepted" else {})
        | more
        for attempt in attempts
    ]
    connection.execute("select count(*) from engine.record_dispatches(%s, %s)", [worker, json.dumps(results)])


def dispatch(connection: psycopg.Connection[Any], *, limit: int = 100) -> list[UUID]:
    """Claim, begin and have accepted whatever is due; returns the attempts."""
    attempts = [attempt for _, _, attempt in claim_and_begin(connection, limit=limit) if attempt is not None]
    record(connection, attempts)
    return attempts


def call_report(attempt: UUID, ended_reason: str = "customer-ended-call", **structured: Any) -> dict[str, Any]:
    """The report after a call, as the receiver hands it over."""
    return {
        "provider": "vapi",
        "event_key": f"p-{attempt}:end-of-call-report",
        "provider_id": f"p-{attempt}",
        "attempt_id": str(attempt),
        "type": "end-of-call-report",
        "payload": {"endedReason": ended_reason, "analysis": {"structuredData": structured}},
    }


def tool_call(attempt: UUID, name: str, shape: str = "toolCallList") -> dict[str, Any]:
    """An assistant's tool during a call, in one of the shapes that the provider sends."""
    call = {"id": "t1", "name": name} if shape == "toolCallList" else {"name": name, "toolCall": {"id": "t1"}}
    return {
        "provider": "vapi",
        "event_key": f"p-{attempt}:tool-calls:{name}",
        "provider_id": f"p-{attempt}",
        "attempt_id": str(attempt),
        "type": "tool-calls",
        "payload": {shape: [call]},
    }


def look_up(connection: psycopg.Connection[Any], attempt: UUID, *, found: bool | None, **payload: Any) -> list[str]:
    """Record what the provider said when it was asked about an attempt; the job's status."""
    answer = [{"attempt_id": str(attempt), "found": found, "provider_id": f"p-{attempt}", "payload": payload}]
    rows = connection.execute(
        "select job_status::text from engine.resolve_attempts('w1', %s)", [json.dumps(answer)]
    ).fetchall()
    return [row[0] for row in rows]


def only_phone(connection: psycopg.Connection[Any]) -> str:
    """The number of the scene's one person."""
    row = connection.execute("select phone from engine.enrollments").fetchone()
    assert row is not None
    return str(row[0])


def suppressed(connection: psycopg.Connection[Any]) -> set[str]:
    """The channels on which somebody is suppressed."""
    return {row[0] for row in connection.execute("select channel::text from public.suppressions").fetchall()}


def call_status(attempt: UUID, status: str) -> dict[str, Any]:
    """A call's status update."""
    return {
        "provider": "vapi",
        "event_key": f"p-{attempt}:status-update:{status}",
        "provider_id": f"p-{attempt}",
        "attempt_id": str(attempt),
        "type": "status-update",
        "payload": {"status": status},
    }


def text_status(attempt: UUID, status: str, **fields: str) -> dict[str, Any]:
    """A status callback of a text."""
    return {
        "provider": "twilio",
        "event_key": f"p-{attempt}:{status}",
        "provider_id": f"p-{attempt}",
        "attempt_id": str(attempt),
        "type": "status",
        "payload": {"MessageStatus": status} | fields,
    }


def inbound_text(team_id: UUID, phone: str, body: str, sid: str = "SM1") -> dict[str, Any]:
    """A text that a person sent to the team's number."""
    account = "AC" + team_id.hex
    payload = {"MessageSid": sid, "AccountSid": account, "From": phone, "To": "+12125550100", "Body": body}
    return {
        "provider": "twilio",
        "event_key": f"inbound:{sid}",
        "provider_id": sid,
        "type": "inbound",
        "payload": payload,
    }


def ingest(connection: psycopg.Connection[Any], *events: dict[str, Any]) -> list[str]:
    """Hand events to the inbox; returns what became of each."""
    rows = connection.execute("select result from engine.ingest_event(%s)", [json.dumps(list(events))]).fetchall()
    return [row[0] for row in rows]


def jobs(connection: psycopg.Connection[Any], scene: Scene) -> list[tuple[str, int, str, str | None, str | None]]:
    """All jobs of the campaign: (node, visit, status, outcome, reason), in the order in which they were made."""
    return connection.execute(
        "select node_id, visit, status::text, outcome::text, reason_code from engine.jobs where campaign_id = %s"
        " order by created_at, id",
        [scene.campaign_id],
    ).fetchall()


def enrollments(connection: psycopg.Connection[Any], scene: Scene) -> dict[str, int]:
    """How many enrollments of the campaign are in which state."""
    rows = connection.execute(
        "select status::text, count(*) from engine.enrollments where campaign_id = %s group by 1", [scene.campaign_id]
    ).fetchall()
    return dict(rows)


def count_mismatches(connection: psycopg.Connection[Any], campaign_id: UUID) -> list[Any]:
    """Where the counters differ from the truth, both read in one statement and so in one snapshot."""
    return connection.execute(
        """
        with counted as (
            select node_id, state, outcome, due_at::text, amount from engine.counted(array[%(id)s::uuid])
        ), recounted as (
            select node_id, state, outcome, due_at::text, amount from engine.recount(%(id)s)
        )
        (select 'counted', * from counted except all select 'counted', * from recounted)
        union all
        (select 'recounted', * from recounted except all select 'recounted', * from counted)
        """,
        {"id": campaign_id},
    ).fetchall()


__all__ = ["Database", "Scene"]
