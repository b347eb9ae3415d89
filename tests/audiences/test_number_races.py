"""Two numbers of one customer that come, or are tried again, at the same moment: the campaign calls one of them."""

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
def scene(database: Database) -> tuple[Database, UUID]:
    """A list for leads and a continuous campaign that runs over it: (database, list)."""
    with database.connect(autocommit=True) as connection:
        scene = engine.set_scene(connection, launch=False)
        [list_id] = connection.execute(
            "select (public.create_audience_list('Web', 'speed_to_lead', p_team_id => %s) ->> 'id')::uuid",
            [scene.team.id],
        ).fetchone() or [None]
        connection.execute(
            "update public.campaigns set list_id = %s, is_continuous = true where id = %s", [list_id, scene.campaign_id]
        )
        connection.execute("select public.launch_campaign(%s)", [scene.campaign_id])
        # Three contacts whom the team knows for one customer.
        connection.execute(
            "insert into public.contacts (team_id, phone, timezones, servicetitan_customer_id)"
            " select %s, '+1212555012' || n, '{America/New_York}', 77 from generate_series(1, 3) as n",
            [scene.team.id],
        )
        assert list_id is not None
        return database, list_id


def lead(connection: Connection, list_id: UUID, phone: str) -> Any:
    """Bring a lead in; how its enrollment stands."""
    row = connection.execute(
        "select public.ingest_lead(%s, jsonb_build_object('phone', %s::text)) #>> '{campaigns,0,status}'",
        [list_id, phone],
    ).fetchone()
    return row and row[0]


def test_of_two_leads_with_two_numbers_of_a_customer_one_is_called(scene: tuple[Database, UUID]) -> None:
    database, list_id = scene
    assert race(
        database, lambda one: lead(one, list_id, "+12125550121"), lambda two: lead(two, list_id, "+12125550122")
    ) == ("ACTIVE", "SUPPRESSED")
    with database.connect() as connection:
        rows = connection.execute("select phone from engine.jobs").fetchall()
    assert rows == [("+12125550121",)]


def retry(connection: Connection) -> Any:
    """Try again what failed; how many that were."""
    row = connection.execute(
        "select public.retry_failed_enrollments(id) ->> 'retried' from public.campaigns"
    ).fetchone()
    return row and row[0]


@pytest.mark.parametrize("is_retry_first", [True, False])
def test_of_a_retry_and_a_lead_one_takes_the_place_of_a_dead_number(
    scene: tuple[Database, UUID], is_retry_first: bool
) -> None:
    """The second number was left out for the first, which proves dead; then a third comes while a retry begins."""
    database, list_id = scene
    with database.connect(autocommit=True) as connection:
        assert (lead(connection, list_id, "+12125550121"), lead(connection, list_id, "+12125550122")) == (
            "ACTIVE",
            "SUPPRESSED",
        )
        begun = engine.begin(connection, engine.claim(connection))
        engine.record(connection, begun, "refused", scope="number", code="invalid-number")
    if is_retry_first:
        assert race(database, retry, lambda two: lead(two, list_id, "+12125550123")) == ("1", "SUPPRESSED")
        tried = "+12125550122"
    else:
        assert race(database, lambda one: lead(one, list_id, "+12125550123"), retry) == ("ACTIVE", "0")
        tried = "+12125550123"
    with database.connect() as connection:
        rows = connection.execute("select phone from engine.jobs where status = 'READY'").fetchall()
    assert rows == [(tried,)]
