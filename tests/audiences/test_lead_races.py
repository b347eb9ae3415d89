"""Leads that come at the same moment as a launch, or twice at once: nobody is forgotten, and nobody is there twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support import engine
from tests.support.databases import Database
from tests.support.races import race

Connection = psycopg.Connection[Any]


@pytest.fixture
def scene(database: Database) -> tuple[Database, UUID, UUID]:
    """A list for leads and a continuous campaign over it, not launched: (database, list, campaign)."""
    with database.connect(autocommit=True) as connection:
        scene = engine.set_scene(connection, launch=False)
        [list_id] = connection.execute(
            "select (public.create_audience_list('Web', 'speed_to_lead', p_team_id => %s) ->> 'id')::uuid",
            [scene.team.id],
        ).fetchone() or [None]
        connection.execute(
            "update public.campaigns set list_id = %s, is_continuous = true where id = %s", [list_id, scene.campaign_id]
        )
        assert list_id is not None
        return database, list_id, scene.campaign_id


def lead(connection: Connection, list_id: UUID, phone: str = "2125550123") -> Any:
    """Bring a lead in; what RPCs answer."""
    row = connection.execute(
        "select public.ingest_lead(%s, jsonb_build_object('phone', %s::text, 'id', 1))", [list_id, phone]
    ).fetchone()
    return row and row[0]


def launch(connection: Connection, campaign_id: UUID) -> Any:
    return connection.execute("select public.launch_campaign(%s) ->> 'to'", [campaign_id]).fetchone()


def enrolled(database: Database) -> int:
    with database.connect() as connection:
        row = connection.execute("select count(*) from engine.enrollments").fetchone()
        assert row is not None
        return int(row[0])


def test_a_lead_during_a_launch_is_enrolled(scene: tuple[Database, UUID, UUID]) -> None:
    database, list_id, campaign_id = scene
    launched, taken = race(database, lambda one: launch(one, campaign_id), lambda two: lead(two, list_id))
    assert launched == ("ACTIVE",)
    assert [campaign["campaign_id"] for campaign in taken["campaigns"]] == [str(campaign_id)]
    assert enrolled(database) == 1


def test_a_launch_during_a_lead_enrolls_it(scene: tuple[Database, UUID, UUID]) -> None:
    database, list_id, campaign_id = scene
    taken, launched = race(database, lambda one: lead(one, list_id), lambda two: launch(two, campaign_id))
    assert (taken["campaigns"], launched) == ([], ("ACTIVE",))
    assert enrolled(database) == 1


def test_the_same_lead_twice_at_once_is_one(scene: tuple[Database, UUID, UUID]) -> None:
    database, list_id, campaign_id = scene
    with database.connect(autocommit=True) as connection:
        launch(connection, campaign_id)
    first, second = race(database, lambda one: lead(one, list_id), lambda two: lead(two, list_id))
    assert (first["is_duplicate"], second["is_duplicate"]) == (False, True)
    assert first["lead_id"] == second["lead_id"]
    assert first["campaigns"] == second["campaigns"]
    assert enrolled(database) == 1
