"""Pause, resume and cancel, and workers at the same moment: one of the two comes first, and the other sees it.

A dry run says what the real call then does, and writes nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.engine.steps import add_member, assert_nothing_is_lost, everything, rows, states, status, step
from tests.support import engine, races
from tests.support.databases import Database
from tests.support.engine import Scene

Connection = psycopg.Connection[Any]
VERBS = ("pause", "resume", "cancel")


# -- Two connections.


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_a_begin_that_meets_it_does_not_begin(admin: Connection, database: Database, verb: str) -> None:
    scene = engine.set_scene(admin, people=3)
    claimed = engine.claim(admin)
    with database.connect() as one:
        answer = step(one, verb, scene)
        assert engine.begin(admin, claimed) == [], "and is not kept waiting"
        one.commit()
    assert (answer["queued"], answer["in_progress"]) == (3, 0)
    engine.move_clock(admin, "1 minute")
    assert engine.begin(admin, claimed) == engine.claim(admin) == []
    assert rows(admin, "select from engine.attempts") == []
    assert_nothing_is_lost(admin, scene)
    assert engine.enrollments(admin, scene) == ({"ACTIVE": 3} if verb == "pause" else {"CANCELLED": 3})


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_what_waits_for_a_begin_counts_it_and_leaves_it(admin: Connection, database: Database, verb: str) -> None:
    scene = engine.set_scene(admin, people=3)
    claimed = engine.claim(admin)
    begun, answer = races.race(database, lambda one: engine.begin(one, claimed[:2]), lambda two: step(two, verb, scene))
    assert (answer["queued"], answer["in_progress"]) == (1, 2)
    assert engine.begin(admin, claimed) == []
    engine.record(admin, begun)
    engine.ingest(
        admin, engine.call_report(begun[0], "customer-did-not-answer"), engine.call_report(begun[1], booked=True)
    )
    outcomes = dict(rows(admin, "select outcome::text, count(*) from engine.jobs where status = 'DONE' group by 1"))
    assert outcomes == {"no_answer": 1, "booked": 1}, "what had begun is counted"
    assert_nothing_is_lost(admin, scene)
    if verb == "cancel":
        assert engine.enrollments(admin, scene) == {"CANCELLED": 2, "BOOKED": 1}
        assert len(engine.jobs(admin, scene)) == 3, "and makes no next job"
    else:
        assert engine.enrollments(admin, scene) == {"ACTIVE": 3}
        assert engine.claim(admin) == []


def test_a_pause_does_not_wait_for_who_enrolls_members(admin: Connection, database: Database) -> None:
    """An import may hold the campaign for minutes; whom it enrolls is held back like everyone else."""
    scene = engine.set_scene(admin, launch=False)
    admin.execute("update public.campaigns set is_continuous = true")
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    with database.connect() as filling:
        add_member(filling, scene)
        assert len(engine.dispatch(admin)) == 1, "workers go on meanwhile"
        admin.execute("set lock_timeout = '10s'")
        assert step(admin, "pause", scene)["to"] == "PAUSED"
        filling.commit()
    assert engine.enrollments(admin, scene) == {"ACTIVE": 2}
    assert engine.claim(admin) == []
    assert step(admin, "resume", scene)["due"] == 1
    assert len(engine.claim(admin)) == 1
    assert_nothing_is_lost(admin, scene)


def test_a_cancel_waits_for_who_enrolls_members_and_closes_theirs(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin, launch=False)
    admin.execute("update public.campaigns set is_continuous = true")
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    _, answer = races.race(database, lambda one: add_member(one, scene), lambda two: step(two, "cancel", scene))
    assert answer["cancelled"] == 2
    assert engine.enrollments(admin, scene) == {"CANCELLED": 2}
    assert_nothing_is_lost(admin, scene)


LEGAL = {("ACTIVE", "pause"), ("ACTIVE", "cancel"), ("PAUSED", "resume"), ("PAUSED", "cancel")}
LEADS_TO = {"pause": "PAUSED", "resume": "ACTIVE", "cancel": "CANCELLED"}


@pytest.mark.parametrize("second", VERBS)
@pytest.mark.parametrize("first", VERBS)
def test_of_two_operators_the_second_sees_what_the_first_did(
    admin: Connection, database: Database, first: str, second: str
) -> None:
    scene = engine.set_scene(admin, people=3)
    if first == "resume":
        step(admin, "pause", scene)
    _, answer = races.race(database, lambda one: step(one, first, scene), lambda two: step(two, second, scene))
    reached = LEADS_TO[first]
    if (reached, second) in LEGAL:
        assert (answer["from"], answer["to"]) == (reached, LEADS_TO[second])
        reached = LEADS_TO[second]
    else:
        assert isinstance(answer, psycopg.Error)
        assert answer.sqlstate == "OB002"
    assert status(admin) == reached
    assert_nothing_is_lost(admin, scene)


def test_a_cancel_sees_the_next_job_of_a_call_that_ends_meanwhile(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    [attempt] = engine.dispatch(admin)
    _, answer = races.race(
        database,
        lambda one: engine.ingest(one, engine.call_report(attempt, "customer-did-not-answer")),
        lambda two: step(two, "cancel", scene),
    )
    assert (answer["waiting"], answer["cancelled"], answer["in_progress"]) == (1, 1, 0)
    assert_nothing_is_lost(admin, scene)
    assert states(admin) == {"CANCELLED campaign_cancelled": 1}


@pytest.mark.parametrize("end", ["try_later", "refused", "no trace"])
def test_what_was_under_way_and_not_sent_is_closed_in_a_cancelled_campaign(admin: Connection, end: str) -> None:
    """Nobody would ever claim it."""
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    assert step(admin, "cancel", scene)["in_progress"] == 1
    if end == "try_later":
        engine.record(admin, attempts, "try_later", scope="capacity")
    elif end == "refused":
        engine.record(admin, attempts, "refused", scope="account")
    else:
        engine.record(admin, attempts, "unknown")
        engine.move_clock(admin, "1 hour")
        engine.look_up(admin, attempts[0], found=False)
    assert_nothing_is_lost(admin, scene)
    assert states(admin) == {"CANCELLED campaign_cancelled": 1}


# -- Resume and completion.


def test_what_ends_in_a_pause_is_completed_after_it(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    [attempt] = engine.dispatch(admin)
    step(admin, "pause", scene)
    engine.ingest(admin, engine.call_report(attempt, "customer-ended-call"))
    admin.execute("select engine.tick()")
    assert status(admin) == "PAUSED"
    step(admin, "resume", scene)
    admin.execute("select engine.tick()")
    assert status(admin) == "COMPLETED"


def test_a_completion_skips_the_campaign_that_a_resume_holds(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    [attempt] = engine.dispatch(admin)
    step(admin, "pause", scene)
    engine.ingest(admin, engine.call_report(attempt, "customer-ended-call"))
    with database.connect() as one:
        step(one, "resume", scene)
        assert rows(admin, "select engine.complete_campaigns()") == [(0,)]
        one.commit()
    assert rows(admin, "select engine.complete_campaigns()") == [(1,)]


def test_a_pause_that_waits_for_a_completion_is_refused(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    engine.ingest(admin, engine.call_report(engine.dispatch(admin)[0], "customer-ended-call"))
    _, answer = races.race(
        database, lambda one: one.execute("select engine.complete_campaigns()"), lambda two: step(two, "pause", scene)
    )
    assert isinstance(answer, psycopg.Error)
    assert (answer.sqlstate, status(admin)) == ("OB002", "COMPLETED")


def test_a_workflow_is_not_archived_under_a_resume(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    step(admin, "pause", scene)
    [(workflow,)] = rows(admin, "select workflow_id from public.campaigns")
    _, answer = races.race(
        database,
        lambda one: step(one, "resume", scene),
        lambda two: two.execute("select public.archive_workflow(%s)", [workflow]),
    )
    assert isinstance(answer, psycopg.Error)
    assert answer.sqlstate == "OB005"


# -- Retries.


def fail(connection: Connection) -> None:
    """Whoever is due is refused."""
    engine.record(connection, engine.begin(connection, engine.claim(connection)), "refused", code="invalid-number")


def retry(connection: Connection, scene: Scene, *, dry_run: bool = False) -> Any:
    row = connection.execute(
        "select public.retry_failed_enrollments(%s, p_dry_run => %s)", [scene.campaign_id, dry_run]
    ).fetchone()
    assert row is not None
    return row[0]


def test_of_two_retries_at_once_the_second_finds_nothing(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin, people=3)
    fail(admin)
    admin.execute("select engine.tick()")
    assert status(admin) == "COMPLETED"
    first, second = races.race(database, lambda one: retry(one, scene), lambda two: retry(two, scene))
    assert (first["retried"], second["retried"]) == (3, 0)
    assert (first["from"], second["from"]) == ("COMPLETED", "ACTIVE")
    assert_nothing_is_lost(admin, scene)
    assert engine.enrollments(admin, scene) == {"ACTIVE": 3}


def test_a_campaign_is_not_completed_over_a_retry(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin, people=3)
    fail(admin)
    with database.connect() as one:
        retry(one, scene)
        assert rows(admin, "select engine.complete_campaigns()") == [(0,)]
        one.commit()
    assert rows(admin, "select engine.complete_campaigns()") == [(0,)]
    assert status(admin) == "ACTIVE"


def test_a_retry_is_spread_by_the_batches_of_the_node(admin: Connection) -> None:
    scene = engine.set_scene(admin, people=9, call={"batching": {"size": 9, "interval": "PT10M"}})
    fail(admin)
    admin.execute("set session_replication_role = replica")
    admin.execute(
        "update public.workflow_nodes set config = jsonb_set(config, '{batching,size}', '2') where config ? 'batching'"
    )
    admin.execute("reset session_replication_role")
    engine.move_clock(admin, "1 hour")
    before = everything(admin)
    planned = retry(admin, scene, dry_run=True)
    assert everything(admin) == before, "a dry run writes nothing"
    done = retry(admin, scene)
    assert planned | {"dry_run": False, "message": None} == done | {"message": None}
    batches = rows(admin, "select count(*) from engine.jobs where status = 'READY' group by run_at order by run_at")
    assert batches == [(2,), (2,), (2,), (2,), (1,)]
    assert_nothing_is_lost(admin, scene)


# -- Dry runs.

Act = Callable[[Connection, Scene, random.Random], None]


def _work(connection: Connection, scene: Scene, chance: random.Random) -> None:  # noqa: ARG001
    claimed = engine.claim(connection, limit=chance.randint(1, 8))
    begun = engine.begin(connection, claimed[: chance.randint(0, len(claimed))])
    taken = begun[: chance.randint(0, len(begun))]
    engine.record(connection, taken)
    for attempt in taken[: chance.randint(0, len(taken))]:
        reason = chance.choice(["customer-did-not-answer", "customer-ended-call", "voicemail"])
        engine.ingest(connection, engine.call_report(attempt, reason, booked=chance.random() < 0.3))


def _pass_time(connection: Connection, scene: Scene, chance: random.Random) -> None:  # noqa: ARG001
    engine.move_clock(connection, chance.choice(["10 minutes", "3 hours", "1 day", "50 hours"]))
    connection.execute("select engine.tick()")


def _switch(connection: Connection, scene: Scene, chance: random.Random) -> None:
    verb = {"ACTIVE": "pause", "PAUSED": "resume"}.get(status(connection))
    if verb and chance.random() < 0.5:
        _compare(connection, verb, scene)


def _compare(connection: Connection, verb: str, scene: Scene) -> None:
    before = everything(connection)
    planned = step(connection, verb, scene, dry_run=True)
    assert everything(connection) == before, "a dry run writes nothing"
    was = states(connection)
    done = step(connection, verb, scene)
    assert planned | {"dry_run": False, "message": None} == done | {"message": None}
    assert planned["message"].replace("would be", "is") == done["message"]
    now = states(connection)
    for number, state in (("too_late", "FAILED too_late"), ("cancelled", "CANCELLED campaign_cancelled")):
        if number in done:
            assert now.get(state, 0) - was.get(state, 0) == done[number], "and the numbers are what happened"
    if verb != "resume":
        assert done["queued"] + done["waiting"] + done["in_progress"] == was.get("ACTIVE", 0)
    else:
        assert done["due"] + done["waiting"] + done["in_progress"] == now.get("ACTIVE", 0)
    assert_nothing_is_lost(connection, scene)


@pytest.mark.parametrize("seed", range(6))
def test_a_dry_run_says_what_the_real_call_does(admin: Connection, seed: int) -> None:
    chance = random.Random(seed)
    batching = {"batching": {"size": 3, "interval": "PT15M"}} if seed % 2 else {}
    scene = engine.set_scene(admin, people=25, concurrency=chance.choice([4, 100]), call=batching)
    acts: list[Act] = [_work, _work, _switch, _pass_time]
    for _ in range(25):
        chance.choice(acts)(admin, scene, chance)
        assert_nothing_is_lost(admin, scene)
    # whatever came before, each of the three is compared
    if status(admin) == "ACTIVE":
        _compare(admin, "pause", scene)
    if status(admin) == "PAUSED":
        engine.move_clock(admin, "2 hours")
        _compare(admin, "resume", scene)
        _compare(admin, "cancel", scene)


@pytest.mark.parametrize("seed", range(4))
def test_after_a_resume_no_batch_is_exceeded_and_nobody_goes_early(admin: Connection, seed: int) -> None:
    """Over several pauses, with people in two time zones who share the batches."""
    chance = random.Random(seed)
    size = chance.randint(1, 4)
    call = {"batching": {"size": size, "interval": "PT15M"}}
    scene = engine.set_scene(admin, people=40, launch=False, call=call)
    admin.execute(
        "update public.contacts set timezones = '{America/Los_Angeles}', regions = '{}'"
        " where id in (select id from public.contacts order by phone limit 15)"
    )
    admin.execute("update public.campaigns set max_lateness = '30 days'")
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    for _ in range(4):
        step(admin, "pause", scene)
        before = dict(rows(admin, "select id, run_at from engine.jobs where status = 'READY'"))
        engine.move_clock(admin, chance.choice(["7 minutes", "40 minutes", "5 hours", "30 hours"]))
        step(admin, "resume", scene)
        after = dict(rows(admin, "select id, run_at from engine.jobs where status = 'READY'"))
        assert all(after[job] >= before[job] for job in before)
        batches = rows(
            admin,
            "select count(*) from engine.jobs where status = 'READY' group by date_bin('15 minutes', run_at, 'epoch')",
        )
        assert max(batches) <= (size,)
        [closed] = rows(
            admin,
            "select count(*) from engine.jobs as j inner join public.contacts as p on p.id = j.contact_id"
            " where j.status = 'READY' and not engine.open_hours('call', null, 'America/New_York', p.timezones,"
            " p.regions, j.run_at - interval '1 day', j.run_at + interval '1 day') @> j.run_at",
        )
        assert closed == (0,), "each within her own hours"
        engine.dispatch(admin, limit=3)
