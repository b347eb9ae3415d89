"""What is over leaves the hot tables for the history: nothing is lost or counted twice, and late news counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.engine import history
from tests.support import engine
from tests.support.databases import Database
from tests.support.races import after

BOTH = {"call", "text"}


def test_what_has_ended_moves_when_the_grace_is_over(admin: psycopg.Connection[Any]) -> None:
    scene, _ = history.play_out(admin)
    before = history.everything(admin)
    history.pass_time(admin, "2 days 23 hours")
    assert history.archive(admin) == 0
    history.pass_time(admin, "2 hours")
    assert history.archive(admin) == 4
    assert history.counts(admin) == {"job": (0, 4), "attempt": (0, 4), "event": (0, 8), "gate_decision": (0, 4)}
    assert history.everything(admin) == before
    assert engine.count_mismatches(admin, scene.campaign_id) == []
    assert history.archive(admin) == 0


def test_a_batch_takes_no_more_than_it_was_told(admin: psycopg.Connection[Any]) -> None:
    history.play_out(admin, people=5)
    history.pass_time(admin)
    assert [history.archive(admin, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_the_tick_moves(admin: psycopg.Connection[Any]) -> None:
    history.play_out(admin)
    history.pass_time(admin)
    row = admin.execute("select engine.tick() -> 'enrollments_archived'").fetchone()
    assert row == (4,)
    assert history.counts(admin)["job"] == (0, 4)


def test_what_comes_back_is_as_it_was(admin: psycopg.Connection[Any]) -> None:
    scene, _ = history.play_out(admin)
    before = history.hot(admin)
    history.pass_time(admin)
    history.archive(admin)
    assert history.recall(admin) == 4
    assert history.recall(admin) == 0
    assert history.hot(admin) == before
    assert history.counts(admin) == {"job": (4, 0), "attempt": (4, 0), "event": (8, 0), "gate_decision": (4, 0)}
    assert engine.count_mismatches(admin, scene.campaign_id) == []


def test_an_active_enrollment_stays_with_all_its_visits(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    engine.ingest(admin, engine.call_report(engine.dispatch(admin)[0], "customer-did-not-answer"))
    history.pass_time(admin, "9 days")
    assert history.archive(admin) == 0
    assert history.counts(admin)["job"] == (2, 0)


def test_a_job_in_flight_keeps_its_enrollment(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    # said stop by text while the call is under way: the journey is over, the call is not
    engine.ingest(admin, engine.inbound_text(scene.team.id, engine.only_phone(admin), "STOP"))
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}
    history.pass_time(admin)
    assert history.archive(admin) == 0
    engine.ingest(admin, engine.call_report(attempt))
    assert history.archive(admin) == 1


def test_who_was_never_contacted_is_looked_at_once(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, launch=False)
    admin.execute("update public.contacts set timezones = '{}'")
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    assert engine.enrollments(admin, scene) == {"SUPPRESSED": 1}
    history.pass_time(admin)
    assert [history.archive(admin), history.archive(admin)] == [1, 0]


def test_an_archived_enrollment_cannot_be_opened_without_its_history(admin: psycopg.Connection[Any]) -> None:
    history.play_out(admin, people=1)
    history.pass_time(admin)
    history.archive(admin)
    admin.execute("alter table engine.enrollments disable trigger enrollments_take_legal_steps")
    with pytest.raises(psycopg.errors.CheckViolation, match="enrollments_archived_have_ended"):
        admin.execute("update engine.enrollments set status = 'ACTIVE', ended_at = null")


def test_a_stop_in_a_report_that_is_weeks_late_holds(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    engine.look_up(admin, attempt, found=True, status="ended", endedReason="customer-ended-call")
    history.pass_time(admin, "20 days")
    assert history.archive(admin) == 1
    assert engine.ingest(admin, engine.call_report(attempt, opted_out=True)) == ["waiting"]
    admin.execute("select engine.tick()")
    assert engine.suppressed(admin) == BOTH
    assert engine.count_mismatches(admin, scene.campaign_id) == []
    # the same tick has moved it again, the report with it
    assert history.counts(admin) == {"job": (0, 1), "attempt": (0, 1), "event": (0, 2), "gate_decision": (0, 0)}
    assert history.doubled(admin) == []


def test_news_by_the_provider_s_id_alone_finds_the_history(admin: psycopg.Connection[Any]) -> None:
    _, (attempt,) = history.play_out(admin, people=1)
    history.pass_time(admin)
    history.archive(admin)
    late = engine.tool_call(attempt, "stop_calling") | {"attempt_id": None}
    assert engine.ingest(admin, late) == ["waiting"]
    admin.execute("select engine.tick()")
    assert engine.suppressed(admin) == BOTH


def test_a_report_that_is_delivered_again_after_the_move_is_not_applied_again(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    report = engine.call_report(engine.dispatch(admin)[0], opted_out=True)
    engine.ingest(admin, report)
    history.pass_time(admin)
    assert history.archive(admin) == 1
    # she has changed her mind since
    admin.execute("delete from public.suppressions")
    engine.ingest(admin, report)
    admin.execute("select engine.tick()")
    assert engine.suppressed(admin) == set()
    assert history.doubled(admin) == []
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}


def test_a_text_that_is_delivered_again_after_the_move_is_a_duplicate(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    start = engine.inbound_text(scene.team.id, engine.only_phone(admin), "START", "SM7")
    assert engine.ingest(admin, start) == ["applied"]
    history.pass_time(admin)
    history.archive(admin)
    assert history.counts(admin)["event"] == (0, 1)
    assert engine.ingest(admin, start) == ["duplicate"]


def test_an_event_of_nobody_s_is_sought_once(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    stranger = engine.call_report(UUID(int=7))
    assert engine.ingest(admin, stranger) == ["waiting"]
    sought = []
    for _ in range(2):
        history.pass_time(admin, "1 hour")
        admin.execute("select engine.tick()")
        sought.append(admin.execute("select sought_at from engine.events").fetchone())
    assert sought[0] == sought[1] != (None,)


def test_news_that_meets_the_move_waits_and_counts(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    attempt = engine.dispatch(admin)[0]
    engine.look_up(admin, attempt, found=True, status="ended", endedReason="customer-ended-call")
    history.pass_time(admin)
    with database.connect() as mover:
        assert history.archive(mover) == 1
        report = engine.call_report(attempt, opted_out=True)
        after(database, lambda connection: engine.ingest(connection, report), mover.commit)
    admin.execute("select engine.tick()")
    assert engine.suppressed(admin) == BOTH
    assert history.doubled(admin) == []
    assert engine.count_mismatches(admin, scene.campaign_id) == []


def test_a_move_waits_for_nobody(admin: psycopg.Connection[Any], database: Database) -> None:
    _, attempts = history.play_out(admin, people=4)
    history.pass_time(admin)
    admin.execute("set lock_timeout = '1s'")
    with database.connect() as one, database.connect() as other:
        one.execute(
            "select from engine.jobs where id = (select job_id from engine.attempts where id = %s) for update",
            attempts[:1],
        )
        other.execute("select from engine.enrollments order by id limit 1 for update")
        assert history.archive(admin) in {2, 3}
        one.rollback()
        other.rollback()
    assert history.archive(admin) in {1, 2}
    assert history.counts(admin)["job"] == (0, 4)


def test_two_movers_do_not_meet(admin: psycopg.Connection[Any], database: Database) -> None:
    history.play_out(admin)
    history.pass_time(admin)
    with database.connect() as mover:
        assert history.archive(mover, 2) == 2
        assert history.archive(admin) == 0
        mover.commit()
    assert history.archive(admin) == 2


def test_ids_that_were_given_to_others_are_known_from_the_history_too(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin, people=2)
    answered, doubted = engine.begin(admin, engine.claim(admin))
    engine.record(admin, [answered])
    engine.record(admin, [doubted], "unknown")
    engine.ingest(admin, engine.call_report(answered))
    history.pass_time(admin)
    assert history.archive(admin) == 1
    # one person, as if two campaigns had called her
    admin.execute("update engine.attempt_history as h set phone = a.phone from engine.attempts as a")
    taken = "select attempt_id, taken_ids from engine.claim_ambiguous('w1', 10, '30 seconds')"
    assert admin.execute(taken).fetchall() == [(doubted, [f"p-{answered}"])]


def test_contacts_of_long_ago_count(admin: psycopg.Connection[Any]) -> None:
    scene, _ = history.play_out(admin, people=2)
    history.pass_time(admin, "29 days")
    assert history.archive(admin) == 2
    candidates = "array(select (row_number() over (), p.id, p.phone, null)::engine.candidate from public.contacts as p)"
    excluded = f"select reason from engine.find_exclusions(%s, %s, {candidates})".encode()
    assert admin.execute(excluded, [scene.team.id, '{"contacted_within": "P28D"}']).fetchall() == []
    reasons = admin.execute(excluded, [scene.team.id, '{"contacted_within": "P30D"}']).fetchall()
    assert reasons == [("excluded_recently_contacted",)] * 2
    assert admin.execute("select count(*) from engine.contacts_made").fetchone() == (2,)
    assert admin.execute("select count(*) from engine.contacts_lately").fetchone() == (0,)


def test_a_question_about_the_last_weeks_reads_their_months(admin: psycopg.Connection[Any]) -> None:
    admin.execute(
        "select engine.ensure_partitions('attempt', array(select m from generate_series("
        " timestamptz '2026-01-01', '2027-12-01', '1 month') as m))"
    )
    plan = admin.execute(
        "explain select from engine.contacts_made where team_id = gen_random_uuid() and phone = '+1'"
        " and begun_at >= (select timestamptz '2027-11-20')"
    ).fetchall()
    assert sum("Index" in line[0] for line in plan) > 20
    done = admin.execute(
        "explain (analyze, timing off) select from engine.contacts_made where team_id = gen_random_uuid()"
        " and phone = '+1' and begun_at >= (select timestamptz '2027-11-20')"
    ).fetchall()
    looked = [line[0] for line in done if "attempt_history_2" in line[0] and "never executed" not in line[0]]
    assert [name for name in looked if "2027_11" not in name and "2027_12" not in name] == []
