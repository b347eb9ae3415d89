"""One long transaction over a campaign or a person holds up what depends on it, and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support import engine
from tests.support.databases import Database

Connection = psycopg.Connection[Any]


@pytest.fixture
def impatient(admin: Connection) -> Connection:
    """A worker's connection; begin_attempts sets a patience of its own, so a wait would raise."""
    admin.execute("set statement_timeout = '60s'")
    return admin


def put_off(connection: Connection) -> list[UUID]:
    """Jobs whose last decision was that somebody held what they depend on."""
    return [
        row[0]
        for row in connection.execute(
            "select j.id from engine.jobs as j inner join engine.gate_decisions as d on d.job_id = j.id"
            " where d.reason_code = 'held_elsewhere' and j.status = 'READY'"
            " and j.run_at > engine.now() and j.run_at <= engine.now() + interval '10 seconds' order by j.id"
        ).fetchall()
    ]


def test_a_contact_who_is_held_keeps_nobody_else_waiting(impatient: Connection, database: Database) -> None:
    engine.set_scene(impatient, 5)
    claimed = engine.claim(impatient)
    with database.connect() as holding:
        [held] = holding.execute(
            "select j.id from engine.jobs as j inner join public.contacts as p on p.id = j.contact_id"
            " order by j.id limit 1 for no key update of p"
        ).fetchone() or [None]
        assert len(engine.begin(impatient, claimed)) == 4
        assert put_off(impatient) == [held]
        assert engine.claim(impatient) == [], "asked again in a moment, not at once"
    engine.move_clock(impatient, "10 seconds")
    assert len(engine.begin(impatient, engine.claim(impatient))) == 1


def test_a_campaign_that_is_held_keeps_no_other_team_waiting(impatient: Connection, database: Database) -> None:
    first, second = engine.set_scene(impatient, 2), engine.set_scene(impatient, 3)
    claimed = engine.claim(impatient)
    assert len(claimed) == 5
    with database.connect() as holding:
        holding.execute("select from public.campaigns where id = %s for update", [first.campaign_id])
        assert len(engine.begin(impatient, claimed)) == 3
        assert len(put_off(impatient)) == 2
        assert [job[2] for job in engine.jobs(impatient, second)] == ["CLAIMED"] * 3
    engine.move_clock(impatient, "10 seconds")
    assert len(engine.begin(impatient, engine.claim(impatient))) == 2


def test_a_job_that_is_held_with_its_campaign_is_not_waited_for(impatient: Connection, database: Database) -> None:
    """A cancel holds both: what it closes is left to it."""
    scene = engine.set_scene(impatient, 2)
    claimed = engine.claim(impatient)
    with database.connect() as cancelling:
        cancelling.execute("select public.cancel_campaign(%s)", [scene.campaign_id])
        assert engine.begin(impatient, claimed) == []
        cancelling.rollback()
    assert len(engine.begin(impatient, claimed)) == 2, "it was taken back, and the leases still hold"


def test_what_changed_before_a_beginning_is_seen(impatient: Connection, database: Database) -> None:
    scene = engine.set_scene(impatient, 2)
    claimed = engine.claim(impatient)
    with database.connect() as other:
        other.execute("select public.pause_campaign(%s)", [scene.campaign_id])
        other.commit()
    assert engine.begin(impatient, claimed) == []
