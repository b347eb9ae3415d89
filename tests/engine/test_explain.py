"""explain_contact tells what happened: compared with the rows of campaigns in which everything is left to chance."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support import engine, factories
from tests.support.people import acting_as

ENDS_OF_CALLS = ["customer-did-not-answer", "customer-busy", "voicemail", "customer-ended-call"]
REPLIES = ["yes please", "who is this?", "STOP"]

Connection = psycopg.Connection[Any]


def explain(connection: Connection, scene: engine.Scene, contact_id: UUID) -> dict[str, Any]:
    row = connection.execute("select public.explain_contact(%s, %s)", [scene.campaign_id, contact_id]).fetchone()
    assert row is not None
    answer: dict[str, Any] = row[0]
    return answer


def contacts(connection: Connection) -> list[UUID]:
    return [row[0] for row in connection.execute("select contact_id from engine.enrollments order by phone").fetchall()]


def lines(answer: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    return [line for line in answer["timeline"] if line["kind"] in kinds]


def answer_at_random(connection: Connection, chance: random.Random, scene: engine.Scene) -> None:
    """What is due is sent; some requests are turned away, and the others come to something or nothing."""
    for attempt in engine.begin(connection, engine.claim(connection)):
        row = connection.execute(
            "select j.channel::text, j.phone from engine.attempts a join engine.jobs j on j.id = a.job_id"
            " where a.id = %s",
            [attempt],
        ).fetchone()
        assert row is not None
        fate = chance.random()
        if fate < 0.2:
            engine.record(connection, [attempt], "try_later", code="429", message="slow down")
            continue
        engine.record(connection, [attempt])
        if fate < 0.3:
            continue
        if row[0] == "call":
            engine.ingest(connection, engine.call_status(attempt, "in-progress"))
            engine.ingest(
                connection, engine.call_report(attempt, chance.choice(ENDS_OF_CALLS), booked=chance.random() < 0.2)
            )
        else:
            engine.ingest(connection, engine.text_status(attempt, chance.choice(["delivered", "undelivered"])))
            if chance.random() < 0.6:
                text = engine.inbound_text(scene.team.id, row[1], chance.choice(REPLIES), sid=f"SM{attempt}")
                engine.ingest(connection, text)


@pytest.mark.parametrize("seed", [1, 3])
def test_every_step_is_told_as_it_was_taken(admin: Connection, seed: int) -> None:
    chance = random.Random(seed)
    scene = engine.set_scene(admin, 12)
    for _ in range(14):
        answer_at_random(admin, chance, scene)
        engine.move_clock(admin, chance.choice(["20 seconds", "3 hours", "9 hours"]))
        admin.execute("select engine.tick()")
    told = {"retry": 0, "edge": 0, "end": 0}
    for contact_id in contacts(admin):
        answer = explain(admin, scene, contact_id)
        enrollment_id = answer["enrollment"]["id"]
        assert [line["at"] for line in answer["timeline"]] == sorted(line["at"] for line in answer["timeline"])
        # Every row has its line.
        for table, kind in (("attempts", "attempt"), ("gate_decisions", "gate")):
            row = admin.execute(
                f"select count(*) from engine.all_{table} x join engine.all_jobs j on j.id = x.job_id"
                " where j.enrollment_id = %s",
                [enrollment_id],
            ).fetchone()
            assert row is not None
            assert len(lines(answer, kind)) == row[0], (kind, answer["timeline"])
        made = lines(answer, "job")
        over = lines(answer, "outcome", "cancelled")
        # Where a job led is where the next one is, and nothing follows an end.
        for n, line in enumerate(over):
            follower = made[n + 1] if n + 1 < len(made) else None
            if line["kind"] == "cancelled":
                assert follower is None
                continue
            step = line["next"]
            told[step["kind"]] += 1
            taken = [edge["edge_id"] for edge in line["edges"] if edge["taken"]]
            assert taken == ([step["edge_id"]] if step["kind"] == "edge" else [])
            if step["kind"] == "end":
                assert follower is None, answer["timeline"]
            else:
                assert follower is not None
                target = line["node_id"] if step["kind"] == "retry" else step["target"]
                assert (follower["node_id"], follower["at"]) == (target, line["at"])
        assert (answer["next"] is None) == (answer["enrollment"]["status"] != "ACTIVE")
        assert answer["summary"].endswith(".")
    assert all(told.values()), told


def test_what_moved_a_call_is_told_and_the_gate_is_asked_for_what_comes(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    [contact_id] = contacts(admin)
    assert (
        explain(admin, scene, contact_id)["next"]["message"] == "Would be called now, as soon as there is a free line."
    )
    jobs = engine.claim(admin)
    admin.execute("update public.campaigns set status = 'PAUSED'")
    assert engine.begin(admin, jobs) == []
    answer = explain(admin, scene, contact_id)
    assert answer["next"]["kind"] == "wait"
    assert answer["summary"] == "Neither called nor texted. Waits to be called: The campaign was not active."
    admin.execute("update public.campaigns set status = 'ACTIVE'")
    admin.execute("update public.contacts set timezones = '{America/New_York,Pacific/Honolulu}'")
    engine.move_clock(admin, "1 minute")
    engine.claim(admin)
    answer = explain(admin, scene, contact_id)
    assert [(line["decision"], line["reason_code"], line["asked_by"]) for line in lines(answer, "gate")] == [
        ("hold", "campaign_not_active", "begin"),
        ("defer", "outside_hours", "claim"),
    ]
    # What the job was due at before the gate moved it.
    assert lines(answer, "job")[0]["due_at"] == "2027-03-01T17:00:00+00:00"
    assert answer["next"]["at"] == "2027-03-01T18:00:00+00:00"
    engine.move_clock(admin, "1 hour")
    [attempt] = engine.begin(admin, engine.claim(admin))
    assert explain(admin, scene, contact_id)["next"]["kind"] == "sending"
    engine.record(admin, [attempt], "unknown", code="timeout")
    answer = explain(admin, scene, contact_id)
    assert answer["next"]["kind"] == "ask"
    assert lines(answer, "answer")[0]["status"] == "AMBIGUOUS"
    assert engine.look_up(admin, attempt, found=True) == ["DISPATCHED"]
    answer = explain(admin, scene, contact_id)
    assert answer["next"]["kind"] == "report"
    assert answer["summary"].startswith("Called once. The call is out")


def test_a_journey_that_a_stop_ended_goes_on_nowhere_whatever_comes_after(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    [contact_id] = contacts(admin)
    [attempt] = engine.dispatch(admin)
    engine.ingest(admin, engine.inbound_text(scene.team.id, engine.only_phone(admin), "STOP"))
    engine.move_clock(admin, "1 minute")
    engine.ingest(admin, engine.call_report(attempt, "customer-did-not-answer"))
    answer = explain(admin, scene, contact_id)
    [line] = lines(answer, "outcome")
    assert (line["next"]["kind"], [edge["taken"] for edge in line["edges"]]) == ("end", [False, False])
    assert "The journey was over by then" in line["message"]
    assert len(lines(answer, "consent")) == len(lines(answer, "suppression")) == 2
    assert answer["reason_code"] == "suppressed_opted_out"


def test_a_reply_is_told_with_the_text_that_it_answers(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    [contact_id] = contacts(admin)
    for _ in range(2):
        [attempt] = engine.dispatch(admin)
        engine.ingest(admin, engine.call_report(attempt, "customer-did-not-answer"))
        engine.move_clock(admin, "4 hours")
    [attempt] = engine.dispatch(admin)
    engine.ingest(admin, engine.inbound_text(scene.team.id, engine.only_phone(admin), "Yes, do come"))
    answer = explain(admin, scene, contact_id)
    [reply] = [line for line in lines(answer, "event") if line["meaning"] == "reply"]
    assert reply["attempt_id"] == str(attempt)
    assert "Yes, do come" in reply["message"]
    last = lines(answer, "outcome")[-1]
    assert [(edge["edge_id"], edge["taken"]) for edge in last["edges"]] == [("e4", True)]
    spent = lines(answer, "outcome")[1]["message"]
    assert "The retries of the node (1) are used up." in spent


def test_a_viewer_of_another_team_learns_nothing(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    [contact_id] = contacts(admin)
    rival = factories.make_team(admin, "Rival")
    with acting_as(admin, rival.admin_id), pytest.raises(psycopg.Error) as refused:
        explain(admin, scene, contact_id)
    assert refused.value.sqlstate == "OB004"


def test_every_reason_of_the_gate_has_a_sentence(admin: Connection) -> None:
    rows = admin.execute(
        r"""
        select distinct m[2]
        from unnest(array[
            'check_eligibility', 'judge_jobs', 'contact_limits', 'frequency_limits', 'number_room'
        ]) as f (name)
        join pg_proc p on p.proname = f.name and p.pronamespace = 'engine'::regnamespace
        cross join regexp_matches(
            p.prosrc, '(array\[''(?:close|hold|defer)'', |select |then |else |, )''([a-z]+_[a-z_]+)''', 'g'
        ) as m
        where m[2] <> 'suppressed_'
        union
        select 'suppressed_' || m[1]
        from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''(\w+)''::text', 'g') as m
        where c.conname = 'suppressions_reason_is_known'
        union select o::text from unnest(enum_range(null::public.job_outcome)) as o
        """
    ).fetchall()
    codes = {row[0] for row in rows}
    assert {"outside_hours", "daily_limit", "campaign_not_active", "too_late", "suppressed_litigator"} <= codes
    assert {"frequency_cap", "frequency_priority", "number_rate", "number_daily_limit", "account_paced"} <= codes
    known = {row[0] for row in admin.execute("select code from reference.reasons").fetchall()}
    assert codes - known == set()
