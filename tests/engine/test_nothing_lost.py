"""Invariant 3. Nothing is lost."""

from __future__ import annotations

import random
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.support import engine


def test_every_contact_ends_whatever_the_provider_answers(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=40)
    chance = random.Random(7)
    for _ in range(400):
        engine.move_clock(admin, "10 minutes")
        for attempt in engine.begin(admin, engine.claim(admin)):
            verdict = chance.choice(["accepted", "accepted", "refused", "try_later", "unknown"])
            scope = chance.choice(["job", "capacity"]) if verdict == "try_later" else "job"
            engine.record(admin, [attempt], verdict, scope=scope, code="x")
        for attempt, provider, kind in admin.execute(
            "select attempt_id, provider, kind from engine.claim_ambiguous('w1', 100, '30 seconds')"
        ).fetchall():
            found = kind == "silent" or chance.random() < 0.5
            ended = {
                "status": "ended",
                "endedReason": chance.choice(["customer-did-not-answer", "customer-ended-call"]),
            }
            payload = ended if provider == "vapi" else {"status": "delivered"}
            answer = {"attempt_id": str(attempt), "found": found, "provider_id": f"p-{attempt}", "payload": payload}
            admin.execute("select count(*) from engine.resolve_attempts('w1', %s)", [Jsonb([answer])])
        assert engine.count_mismatches(admin, scene.campaign_id) == []
    assert "ACTIVE" not in engine.enrollments(admin, scene)
    assert sum(engine.enrollments(admin, scene).values()) == 40
    assert admin.execute("select status::text from public.campaigns").fetchone() == ("COMPLETED",)


def test_a_busy_provider_spends_no_ones_budget(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    for retries_left in (10, 0):
        admin.execute("update engine.enrollments set retries_left = %s", [retries_left])
        engine.record(admin, engine.begin(admin, engine.claim(admin)), "try_later", scope="capacity")
        assert engine.jobs(admin, scene)[0][2] == "READY"
        assert admin.execute("select retries_left from engine.enrollments").fetchone() == (retries_left,)
        engine.move_clock(admin, "1 hour")


def test_a_spent_budget_ends_the_journey_with_its_reason(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    admin.execute("update engine.enrollments set retries_left = 0")
    engine.record(admin, engine.begin(admin, engine.claim(admin)), "try_later", code="503")
    assert engine.jobs(admin, scene) == [("call", 1, "FAILED", "failed", "retries_exhausted")]
    assert engine.enrollments(admin, scene) == {"FAILED": 1}


def test_a_refused_account_pauses_and_keeps_the_list(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=5)
    attempts = engine.begin(admin, engine.claim(admin, limit=1))
    engine.record(admin, attempts, "refused", scope="account", code="401", message="bad key")
    assert engine.claim(admin) == []
    assert engine.enrollments(admin, scene) == {"ACTIVE": 5}
    assert admin.execute(
        "select status::text, paused_reason from public.integrations where provider = 'vapi'"
    ).fetchone() == ("PAUSED", "401: bad key")


def test_only_a_lease_may_reach_the_disk_after_it_was_answered(admin: psycopg.Connection[Any]) -> None:
    """What a crash of the server takes of a claim is due again; what the gate did and what began is not lost."""
    engine.set_scene(admin, people=4)
    admin.execute("set synchronous_commit = on")

    def waits_for_disk() -> str:
        row = admin.execute("show synchronous_commit").fetchone()
        assert row is not None
        return str(row[0])

    with admin.transaction():
        jobs = engine.claim(admin, limit=2)
        assert (len(jobs), waits_for_disk()) == (2, "off")
    with admin.transaction():
        assert (len(engine.begin(admin, jobs)), waits_for_disk()) == (2, "on")
    phone = admin.execute("select phone from engine.jobs where status = 'READY' order by id limit 1").fetchone()
    admin.execute(
        "insert into public.suppressions (team_id, phone, channel, reason, source)"
        " select team_id, phone, channel, 'opted_out', 'test' from engine.jobs where phone = %s and status = 'READY'",
        phone,
    )
    with admin.transaction():
        assert (len(engine.claim(admin)), waits_for_disk()) == (1, "on")
    assert waits_for_disk() == "on"
