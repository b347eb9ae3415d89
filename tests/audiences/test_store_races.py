"""Imports of one team that know the same people at the same moment: nobody twice, nobody lost, no deadlock."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.support import races
from tests.support.databases import Database
from tests.support.factories import Team, make_team

Connection = psycopg.Connection[Any]
PEOPLE = [f"+1212555{line:04}" for line in range(100, 110)]


@pytest.fixture
def team(database: Database) -> Team:
    with database.connect(autocommit=True) as connection:
        return make_team(connection, "Acme")


def new_list(connection: Connection, team: Team, name: str) -> UUID:
    row = connection.execute("select engine.new_list(%s, %s, 'csv', '{}')", [team.id, name]).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def store(connection: Connection, team: Team, list_id: UUID, phones: list[str], first_name: str) -> int:
    """Store checked rows as the end of a run does; how many members are new."""
    run_id = uuid4()
    connection.cursor().executemany(
        "insert into engine.checked_rows (team_id, run_id, row_number, phone, first_name, timezones, regions, verdict)"
        " values (%s, %s, %s, %s, %s, '{}', '{}', 'accepted')",
        [(team.id, run_id, number, phone, first_name) for number, phone in enumerate(phones, 1)],
    )
    row = connection.execute("select engine.store_run(%s, %s, %s)", [team.id, run_id, list_id]).fetchone()
    assert row is not None
    added: int = row[0]
    return added


def contacts(database: Database) -> list[tuple[str, str]]:
    with database.connect() as connection:
        return connection.execute("select phone, first_name from public.contacts order by phone").fetchall()


def test_numbers_that_another_import_adds_meanwhile_are_found(database: Database, team: Team) -> None:
    with database.connect(autocommit=True) as connection:
        one, two = (new_list(connection, team, name) for name in ("one", "two"))
    added = races.race(
        database,
        lambda first: store(first, team, one, PEOPLE[:6], "Ann"),
        lambda second: store(second, team, two, PEOPLE[3:][::-1], "Bob"),
    )
    assert added == (6, 7)
    # what the later one says wins
    assert contacts(database) == [(phone, "Ann" if place < 3 else "Bob") for place, phone in enumerate(PEOPLE)]
    with database.connect() as connection:
        counts = connection.execute("select name, member_count from public.audience_lists order by name").fetchall()
    assert counts == [("one", 6), ("two", 7)]


def test_a_number_that_comes_while_another_is_waited_for_is_found(database: Database, team: Team) -> None:
    """The later import waits for a contact that both know; meanwhile the earlier one has added another one."""
    with database.connect(autocommit=True) as connection:
        known, one, two = (new_list(connection, team, name) for name in ("known", "one", "two"))
        store(connection, team, known, PEOPLE[:1], "Eve")
    races.race(
        database,
        lambda first: store(first, team, one, PEOPLE[:2], "Ann"),
        lambda second: store(second, team, two, PEOPLE[:2], "Bob"),
    )
    assert contacts(database) == [(phone, "Bob") for phone in PEOPLE[:2]]


def test_numbers_of_an_import_that_is_taken_back_are_free(database: Database, team: Team) -> None:
    with database.connect(autocommit=True) as connection:
        one, two = (new_list(connection, team, name) for name in ("one", "two"))
    with database.connect() as first:
        store(first, team, one, PEOPLE, "Ann")
        added = races.after(database, lambda second: store(second, team, two, PEOPLE, "Bob"), first.rollback)
    assert added == len(PEOPLE)
    assert contacts(database) == [(phone, "Bob") for phone in PEOPLE]


def test_a_member_whom_somebody_else_adds_meanwhile_is_no_new_one(database: Database, team: Team) -> None:
    with database.connect(autocommit=True) as connection:
        one = new_list(connection, team, "one")
        other = new_list(connection, team, "other")
        store(connection, team, other, PEOPLE, "Ann")
    added = races.race(
        database,
        lambda first: store(first, team, one, PEOPLE[:4], "Ann"),
        lambda second: store(second, team, one, PEOPLE, "Ann"),
    )
    assert added == (4, 6)


def test_ids_of_new_contacts_go_up_with_their_numbers(database: Database, team: Team) -> None:
    """Both keys of a large import then grow at their right edge; and they are UUIDs of version 7 of this moment."""
    with database.connect(autocommit=True) as connection:
        store(connection, team, new_list(connection, team, "one"), PEOPLE[::-1], "Ann")
        rows = connection.execute(
            "select id, abs(extract(epoch from clock_timestamp()) * 1000"
            " - ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint) < 60000"
            " from public.contacts order by phone"
        ).fetchall()
    ids = [found for found, _ in rows]
    assert ids == sorted(ids)
    assert {(found.version, found.variant) for found in ids} == {(7, "specified in RFC 4122")}
    assert all(is_now for _, is_now in rows)
