"""Two who add the same assistant or number at the same moment: what the second leaves out stays as the first said."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.support import engine
from tests.support.databases import Database
from tests.support.races import race

Connection = psycopg.Connection[Any]


def answered(connection: Connection, query: str) -> tuple[Any, ...]:
    """The one row that a query has."""
    [row] = connection.execute(query.encode()).fetchall()
    return tuple(row)


def test_an_assistant_that_is_just_added_stays_switched_off(database: Database) -> None:
    with database.connect(autocommit=True) as connection:
        engine.set_scene(connection, launch=False)
    told = "select name, is_active"
    added, renamed = race(
        database,
        lambda one: answered(one, f"{told} from public.upsert_assistant('Ava', 'new', p_is_active => false)"),
        lambda two: answered(two, f"{told} from public.upsert_assistant('Eva', 'new')"),
    )
    assert (added, renamed) == (("Ava", False), ("Eva", False))


def test_a_number_that_is_just_added_stays_verified(database: Database) -> None:
    with database.connect(autocommit=True) as connection:
        engine.set_scene(connection, launch=False)
    told = "select label, vapi_phone_number_id, is_verified_for_calls, is_verified_for_texts"
    added, labelled = race(
        database,
        lambda one: answered(
            one, f"{told} from public.upsert_phone_number('212 555 0199', 'Front desk', 'vapi-199', true, true)"
        ),
        lambda two: answered(two, f"{told} from public.upsert_phone_number('212 555 0199', 'Office')"),
    )
    assert (added, labelled) == (("Front desk", "vapi-199", True, True), ("Office", "vapi-199", True, True))
