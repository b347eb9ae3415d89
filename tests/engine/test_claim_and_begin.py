"""Jobs that are claimed and begun in one transaction: what two steps would have done, and nothing in between."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from tests.support import engine, races
from tests.support.databases import Database

Connection = psycopg.Connection[Any]
_BOTH_STEPS = (
    "select * from engine.begin_attempts('w1', array(select job_id from engine.claim_jobs('w1', '{call}', 9)))"
)
_ONE_STEP = (
    "select team_id, attempt_id, job_id, attempt_number, provider, secret_name, account_ref, request"
    " from engine.claim_and_begin('w1', '{call}', 9)"
)
_WRITTEN = """
    select
        to_jsonb(j) as job, to_jsonb(a) - array['id', 'begun_at'] as attempt
    from engine.jobs as j
    left join engine.attempts as a on a.job_id = j.id
    order by j.id
"""


def begun(connection: Connection, **options: Any) -> list[UUID]:
    """The jobs that were begun."""
    return [job for decision, job, _ in engine.claim_and_begin(connection, **options) if decision == "pass"]


def last_reasons(connection: Connection) -> list[tuple[str, str, str]]:
    """Decision, reason and who asked, of every decision."""
    return connection.execute(
        "select decision, reason_code, asked_by from engine.gate_decisions order by job_id, decided_at"
    ).fetchall()


def test_it_writes_and_asks_what_two_steps_do(admin: Connection, database: Database) -> None:
    engine.set_scene(admin, 4)
    asked, written = [], []
    for steps in (_BOTH_STEPS, _ONE_STEP):
        with database.connect() as worker:
            rows = worker.execute(steps.encode()).fetchall()
            asked.append({row[2]: (row[0], *row[3:]) for row in rows})
            written.append(worker.execute(_WRITTEN.encode()).fetchall())
            worker.rollback()
    assert len(asked[0]) == 4
    assert asked[0] == asked[1]
    assert written[0] == written[1]


def test_of_what_did_not_commit_nothing_is_left(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin, 3)
    with database.connect("outbound_worker") as dying:
        assert len(engine.claim_and_begin(dying)) == 3
        dying.rollback()
    assert [job[2] for job in engine.jobs(admin, scene)] == ["READY"] * 3
    assert admin.execute("select count(*) from engine.attempts").fetchone() == (0,)
    assert len(begun(admin)) == 3
    assert engine.claim_and_begin(admin, worker="w2") == []
    assert engine.count_mismatches(admin, scene.campaign_id) == []


def test_a_contact_who_is_held_is_put_off_and_keeps_nobody_else_waiting(admin: Connection, database: Database) -> None:
    engine.set_scene(admin, 5)
    with database.connect() as holding:
        [held] = holding.execute(
            "select j.id from engine.jobs as j inner join public.contacts as p on p.id = j.contact_id"
            " order by j.id limit 1 for no key update of p"
        ).fetchone() or [None]
        found = engine.claim_and_begin(admin)
        assert [job for decision, job, _ in found if decision == "defer"] == [held]
        assert len(found) == 5
        assert engine.claim_and_begin(admin) == [], "asked again in a moment, not at once"
    assert last_reasons(admin) == [("defer", "held_elsewhere", "claim")]
    engine.move_clock(admin, "10 seconds")
    assert begun(admin) == [held]


def test_a_campaign_that_is_held_keeps_no_other_team_waiting(admin: Connection, database: Database) -> None:
    first, second = engine.set_scene(admin, 2), engine.set_scene(admin, 3)
    with database.connect() as holding:
        holding.execute("select from public.campaigns where id = %s for update", [first.campaign_id])
        assert len(begun(admin)) == 3
        assert [job[2] for job in engine.jobs(admin, first)] == ["READY"] * 2
        assert [job[2] for job in engine.jobs(admin, second)] == ["CLAIMED"] * 3


def test_a_stop_under_way_is_not_waited_for_and_not_overtaken(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    phone = engine.only_phone(admin)
    with database.connect() as stopping:
        # as a stop does before it has got as far as to lock the job
        stopping.execute("select pg_advisory_xact_lock(engine.phone_lock(%s, %s))", [scene.team.id, phone])
        stopping.execute(
            "insert into public.suppressions (team_id, phone, channel, reason, source)"
            " values (%s, %s, 'call', 'opted_out', 'test')",
            [scene.team.id, phone],
        )
        assert [decision for decision, _, _ in engine.claim_and_begin(admin)] == ["defer"]
        stopping.commit()
    engine.move_clock(admin, "10 seconds")
    assert [decision for decision, _, _ in engine.claim_and_begin(admin)] == ["close"]
    assert [reason for _, reason, _ in last_reasons(admin)] == ["stop_in_progress", "suppressed_opted_out"]
    assert engine.jobs(admin, scene)[0][2] == "CANCELLED"


def test_an_opt_out_waits_for_it_and_lets_only_that_call_go(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    stop = engine.inbound_text(scene.team.id, engine.only_phone(admin), "STOP")
    found, answer = races.race(database, engine.claim_and_begin, lambda other: engine.ingest(other, stop))
    assert [decision for decision, _, _ in found] == ["pass"]
    assert answer == ["applied"]
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}
    assert engine.jobs(admin, scene)[0][2] == "CLAIMED", "it had begun, and finishes"


def test_a_pause_is_not_waited_for_and_not_overtaken(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    with database.connect() as pausing:
        pausing.execute("select public.pause_campaign(%s)", [scene.campaign_id])
        assert begun(admin) == []
        pausing.commit()
    engine.move_clock(admin, "10 seconds")
    assert engine.claim_and_begin(admin) == []
    assert engine.jobs(admin, scene)[0][2] == "READY"


def test_what_the_gate_holds_back_is_told_and_left_as_it_is(admin: Connection) -> None:
    """Who was paused after the job was found, for one; here, a live account under a clock that can be set."""
    engine.set_scene(admin)
    admin.execute("update public.integrations set is_sandbox = false")
    admin.execute("update engine.jobs set phone = '+12125552368'")  # which is not reserved for fiction
    before = admin.execute("select to_jsonb(j), j.xmin::text from engine.jobs as j").fetchall()
    assert [decision for decision, _, _ in engine.claim_and_begin(admin)] == ["hold"]
    assert admin.execute("select to_jsonb(j), j.xmin::text from engine.jobs as j").fetchall() == before
    assert last_reasons(admin) == []


def test_two_workers_do_not_both_take_a_numbers_last_slots(admin: Connection, database: Database) -> None:
    """One for calls and one for texts hold different accounts, and share the number."""
    engine.set_scene(admin, 4)
    admin.execute("update public.phone_numbers set daily_limit = 3")
    admin.execute(
        "update engine.jobs as j set channel = 'text', integration_id = i.id from public.integrations as i"
        " where i.team_id = j.team_id and i.provider = 'twilio'"
        " and j.id in (select id from engine.jobs order by id limit 2)"
    )
    first, second = races.race(
        database,
        lambda worker: begun(worker, queues=["call"]),
        lambda worker: begun(worker, worker="w2", queues=["text"]),
    )
    assert (len(first), len(second)) == (2, 1)


def test_two_workers_do_not_both_take_an_accounts_last_lines(admin: Connection, database: Database) -> None:
    engine.set_scene(admin, 4, concurrency=3)
    first, second = races.race(
        database, lambda worker: begun(worker, limit=2), lambda worker: begun(worker, worker="w2", limit=2)
    )
    assert (len(first), len(second)) == (2, 1)
