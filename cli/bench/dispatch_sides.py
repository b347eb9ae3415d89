"""The two sides of `dispatch`: the engine as workers and receivers drive it, and a floor of plain SQL."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from cli.bench.dispatch_scene import CALLS, Scene

Connection = psycopg.Connection[Any]
Turn = Callable[[], int]
"""One batch from claim to outcome; how many jobs it ended, 0 when none is due."""

ENDED_REASON = "voicemail"
_LEASE = timedelta(minutes=2)
_BEGIN = "select attempt_id, request from engine.claim_and_begin(%s, array['call'], %s, %s) where decision = 'pass'"
_RECORD = "select job_status::text from engine.record_dispatches(%s, %s)"
_INGEST = "select result from engine.ingest_event(%s)"
# A report as the provider sends it, short: this person's machine answered.
_MESSAGE: dict[str, Any] = {
    "type": "end-of-call-report",
    "endedReason": ENDED_REASON,
    "cost": 0.0142,
    "durationSeconds": 21.4,
    "summary": "The call went to voicemail; a short message was left.",
    "transcript": "User: Please leave a message after the tone.\nAI: Hi Pat, this is Evergreen Heating. Your furnace "
    "is due for its yearly check. Call us back at this number and we will find a time that suits you. Thank you!",
    "analysis": {
        "summary": "The call went to voicemail; a short message was left.",
        "successEvaluation": "false",
        "structuredData": {"booked": False, "opted_out": False},
    },
}


def report(provider_id: str, attempt_id: str) -> dict[str, Any]:
    """The message after a call as the receiver keeps it."""
    return _MESSAGE | {"call": {"id": provider_id, "metadata": {"attempt_id": attempt_id}}}


def engine_turn(connection: Connection, _: Scene | None, batch: int) -> Turn:
    """Worker and receiver: every call of the engine is a transaction, and the provider answers at once.

    The engine finds its campaign itself.
    """
    worker = f"bench-{uuid.uuid4().hex[:8]}"

    def turn() -> int:
        attempts = [str(row[0]) for row in connection.execute(_BEGIN, [worker, batch, _LEASE]).fetchall()]
        if not attempts:
            return 0
        calls = {attempt: str(uuid.uuid4()) for attempt in attempts}
        answers = [
            {"attempt_id": attempt, "verdict": "accepted", "scope": "job", "code": "201", "message": "",
             "provider_id": call}
            for attempt, call in calls.items()
        ]  # fmt: skip
        connection.execute(_RECORD, [worker, json.dumps(answers)]).fetchall()
        events = [
            {"provider": "vapi", "event_key": f"{call}:end-of-call-report", "type": "end-of-call-report",
             "payload": report(call, attempt), "secret_name": "VAPI", "provider_id": call, "attempt_id": attempt}
            for attempt, call in calls.items()
        ]  # fmt: skip
        results = connection.execute(_INGEST, [json.dumps(events)]).fetchall()
        return sum(result == ("applied",) for result in results)

    return turn


FLOOR_TABLES = """
    drop schema if exists floor cascade;
    create schema floor;
    create table floor.enrollments (like engine.enrollments including all);
    create table floor.jobs (like engine.jobs including all);
    create table floor.attempts (like engine.attempts including all);
    create table floor.events (like engine.events including all);
    create table floor.counters (like engine.counters including all);
    create table floor.due_counters (like engine.due_counters including all);
    create table floor.timeline_changes (like engine.timeline_changes including all);
"""
# The rows of a campaign that was just launched.
_FLOOR_SCENE = """
    insert into floor.enrollments select * from engine.enrollments where campaign_id = %(campaign)s;
    insert into floor.jobs select * from engine.jobs where campaign_id = %(campaign)s;
    insert into floor.counters select * from engine.counters where campaign_id = %(campaign)s;
    insert into floor.due_counters select * from engine.due_counters where campaign_id = %(campaign)s;
"""


_COUNT = """
    changed as (select * from ({changes}) as k (node_id, state, outcome, due_at, amount)),
    counted as (
        insert into floor.counters as c
        select %(team)s, %(campaign)s, k.node_id, k.state, k.outcome, pg_backend_pid(), sum(k.amount)
        from changed as k
        group by 1, 2, 3, 4, 5
        on conflict (team_id, campaign_id, node_id, state, outcome, shard)
        do update set amount = c.amount + excluded.amount
    ),
    due_counted as (
        insert into floor.due_counters as d
        select %(team)s, %(campaign)s, k.due_at, k.node_id, pg_backend_pid(), sum(k.amount)
        from changed as k
        where k.state = 'READY'
        group by 1, 2, 3, 4
        on conflict (team_id, campaign_id, due_at, node_id, shard) do update set amount = d.amount + excluded.amount
    )
"""
_TIME = """
    timed as (
        insert into floor.timeline_changes as t (team_id, campaign_id, starts_at, shard, {phase})
        select %(team)s, %(campaign)s, date_trunc('minute', %(now)s::timestamptz), pg_backend_pid(), count(*)
        from {rows}
        having count(*) > 0
        on conflict (team_id, campaign_id, starts_at, shard) do update set {phase} = t.{phase} + excluded.{phase}
    )
"""


def _timing(phase: str, rows: str) -> str:
    return _TIME.replace("{phase}", phase).replace("{rows}", rows)


def _counting(statement: str, changes: str) -> bytes:
    """A statement that counts, as the engine's triggers do, what it has changed."""
    return statement.replace("{counted}", _COUNT.replace("{changes}", changes)).encode()


_FLOOR_BEGIN = _counting(
    """
    with due as (
        select id from floor.jobs
        where campaign_id = %(campaign)s and channel = 'call' and status = 'READY' and run_at <= %(now)s
        order by priority, run_at limit %(batch)s
        for update skip locked
    ),
    claimed as (
        update floor.jobs as j
        set status = 'CLAIMED', lease_owner = %(worker)s, lease_expires_at = %(now)s + interval '2 minutes'
        from due where j.team_id = %(team)s and j.id = due.id
        returning j.id, j.phone, j.node_id, j.run_at
    ),
    begun as (
        insert into floor.attempts (
            team_id, id, job_id, attempt_number, provider, worker, request, begun_at, phone, phone_number_id
        )
        select
            %(team)s, gen_random_uuid(), j.id, 1, 'vapi', %(worker)s, %(request)s, %(now)s, j.phone, %(number)s
        from claimed as j
        returning id, job_id
    ),
    {counted}
    select id, job_id from begun
""",
    """
        select node_id, 'READY', '', run_at, -1 from claimed
        union all select node_id, 'CLAIMED', '', '-infinity', 1 from claimed
    """,
)
_FLOOR_RECORD = _counting(
    """
    with answers as (
        select *
        from unnest(%(attempts)s::uuid[], %(jobs)s::uuid[], %(calls)s::text[]) as a (attempt_id, job_id, call_id)
    ),
    accepted as (
        update floor.attempts as t
        set status = 'ACCEPTED', provider_id = a.call_id, code = '201', message = '', resolved_at = %(now)s
        from answers as a where t.team_id = %(team)s and t.id = a.attempt_id
    ),
    dispatched as (
        update floor.jobs as j
        set status = 'DISPATCHED', provider_id = a.call_id, dispatched_at = %(now)s, attempt_count = 1,
            check_at = %(now)s + interval '15 minutes', lease_owner = null, lease_expires_at = null
        from answers as a where j.team_id = %(team)s and j.id = a.job_id
        returning j.node_id
    ),
    {counted},
    {timed}
    select
""".replace("{timed}", _timing("dialled", "dispatched")),
    """
        select node_id, 'CLAIMED', '', '-infinity'::timestamptz, -1 from dispatched
        union all select node_id, 'DISPATCHED', '', '-infinity', 1 from dispatched
    """,
)
_FLOOR_OUTCOME = _counting(
    """
    with told as (
        select *
        from jsonb_to_recordset(%(events)s) as e (call_id text, attempt_id uuid, job_id uuid, payload jsonb)
    ),
    stored as (
        insert into floor.events (
            provider, event_key, team_id, attempt_id, provider_id, secret_name, type, payload, received_at, applied_at,
            result
        )
        select
            'vapi', t.call_id || ':end-of-call-report', %(team)s, t.attempt_id, t.call_id, 'VAPI', 'end-of-call-report',
            t.payload, %(now)s, %(now)s, 'applied'
        from told as t
    ),
    done as (
        update floor.jobs as j
        set status = 'DONE', outcome = 'voicemail', reason_code = 'voicemail', finished_at = %(now)s, check_at = null
        from told as t where j.team_id = %(team)s and j.id = t.job_id
        returning j.*
    ),
    next as (
        insert into floor.jobs (
            team_id, id, channel, campaign_id, enrollment_id, workflow_id, node_id, contact_id, phone, integration_id,
            priority, run_at, due_at, created_at
        )
        select
            d.team_id, gen_random_uuid(), d.channel, d.campaign_id, d.enrollment_id, d.workflow_id,
            'call' || right(d.node_id, 1)::integer + 1, d.contact_id, d.phone, d.integration_id, d.priority,
            %(tomorrow)s, %(tomorrow)s, %(now)s
        from done as d where d.node_id <> %(last)s
        returning node_id
    ),
    ended as (
        update floor.enrollments as e
        set status = 'COMPLETED', reason_code = 'voicemail', ended_at = %(now)s
        from done as d where d.node_id = %(last)s and e.team_id = d.team_id and e.id = d.enrollment_id
        returning e.id
    ),
    {counted},
    {timed}
    select
""".replace("{timed}", _timing("completed", "ended")),
    """
        select node_id, 'DISPATCHED', '', '-infinity'::timestamptz, -1 from done
        union all select node_id, 'DONE', 'voicemail', '-infinity', 1 from done
        union all select node_id, 'READY', '', %(tomorrow)s, 1 from next
        union all select '', 'ACTIVE', '', '-infinity', -1 from ended
        union all select '', 'COMPLETED', '', '-infinity', 1 from ended
    """,
)


def furnish_floor(connection: Connection, scene: Scene) -> None:
    """Tables like the engine's, with all their indexes and checks, and in them the campaign as launched."""
    connection.execute(FLOOR_TABLES)
    for statement in filter(str.strip, _FLOOR_SCENE.split(";")):
        connection.execute(statement.encode(), {"campaign": scene.campaign_id})
    connection.execute("analyze floor.jobs, floor.enrollments")


def floor_turn(connection: Connection, scene: Scene, batch: int) -> Turn:
    """The same rows in the same batches and transactions, by statements that decide nothing."""
    request = connection.execute("select request from engine.attempts limit 1").fetchone()
    fixed = {
        "team": scene.team.id, "campaign": scene.campaign_id, "batch": batch, "worker": f"floor-{uuid.uuid4().hex[:8]}",
        "request": json.dumps(request[0] if request else {}), "number": scene.phone_number_id, "last": f"call{CALLS}",
    }  # fmt: skip

    def turn() -> int:
        now = connection.execute(
            "select engine.now(), date_trunc('second', engine.now()) + interval '1 day'"
        ).fetchone()
        assert now is not None
        known = fixed | {"now": now[0], "tomorrow": now[1]}
        begun: Sequence[tuple[UUID, UUID]] = connection.execute(_FLOOR_BEGIN, known).fetchall()
        if not begun:
            return 0
        calls = [str(uuid.uuid4()) for _ in begun]
        told = {"attempts": [row[0] for row in begun], "jobs": [row[1] for row in begun], "calls": calls}
        connection.execute(_FLOOR_RECORD, known | told)
        events = [
            {"call_id": call, "attempt_id": str(attempt), "job_id": str(job), "payload": report(call, str(attempt))}
            for call, (attempt, job) in zip(calls, begun, strict=True)
        ]
        connection.execute(_FLOOR_OUTCOME, known | {"events": json.dumps(events)})
        return len(begun)

    return turn
