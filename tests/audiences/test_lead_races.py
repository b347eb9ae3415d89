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


def test_members_who_came_before_the_campaign_enrolled_continuously_are_waited_for(
    scene: tuple[Database, UUID, UUID],
) -> None:
    """Whoever adds them found no campaign to enroll them in, and the launch can't see them."""
    database, list_id, campaign_id = scene
    with database.connect(autocommit=True) as operator, database.connect() as adding:
        operator.execute("update public.campaigns set is_continuous = false")
        assert lead(adding, list_id)["campaigns"] == []
        operator.execute("update public.campaigns set is_continuous = true")
        with pytest.raises(psycopg.Error) as refusal:
            launch(operator, campaign_id)
        assert refusal.value.sqlstate == "OB007"
        assert "list_being_filled" in str(refusal.value.diag.message_detail)
        adding.commit()
        assert launch(operator, campaign_id) == ("ACTIVE",)
    assert enrolled(database) == 1


def test_a_scheduled_launch_is_left_to_the_next_tick_while_members_are_added(
    scene: tuple[Database, UUID, UUID],
) -> None:
    database, list_id, campaign_id = scene
    with database.connect(autocommit=True) as operator, database.connect() as adding:
        operator.execute("select public.launch_campaign(%s, engine.now() + interval '1 minute')", [campaign_id])
        operator.execute("update public.campaigns set is_continuous = false")
        lead(adding, list_id)
        operator.execute("update public.campaigns set is_continuous = true")
        engine.move_clock(operator, "2 minutes")
        due = "select engine.launch_scheduled_campaigns()"
        assert operator.execute(due.encode()).fetchone() == (0,)
        adding.commit()
        assert operator.execute(due.encode()).fetchone() == (1,)
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
