"""Makes what tests need, through the same SQL helpers (schema `tests`) that the SQL suite uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg


@dataclass(frozen=True)
class Team:
    """A sandbox team and the person who administers it."""

    id: UUID
    admin_id: UUID
    admin_email: str


def make_team(
    connection: psycopg.Connection[Any],
    name: str = "Acme Plumbing",
    admin_email: str | None = None,
    timezone: str = "America/New_York",
) -> Team:
    """A team with an admin, who is made as well."""
    email = admin_email or f"admin@{name.lower().replace(' ', '-')}.example"
    team_id = _id(connection, "select tests.create_team(%s, %s, %s)", name, email, timezone)
    return Team(team_id, _id(connection, "select tests.user_id(%s)", email), email)


def make_member(connection: psycopg.Connection[Any], team_id: UUID, email: str, role: str = "operator") -> UUID:
    """A person in a team; returns the person's id."""
    return _id(connection, "select tests.add_member(%s, %s, %s::public.team_role)", team_id, email, role)


def set_clock(connection: psycopg.Connection[Any], at: datetime | str, rate: float = 0) -> None:
    """Make a sandbox of the database, which must have no teams yet, and set its clock; rate 0 stops it there."""
    connection.execute("select tests.set_clock(%s::timestamptz, %s::double precision)", [at, rate])


def fictitious_phone(connection: psycopg.Connection[Any], ordinal: int) -> str:
    """A number that only sandbox teams may hold; another one for each ordinal."""
    return str(_value(connection, "select tests.fictitious_phone(%s)", ordinal))


def _id(connection: psycopg.Connection[Any], query: str, *arguments: object) -> UUID:
    value = _value(connection, query, *arguments)
    assert isinstance(value, UUID)
    return value


def _value(connection: psycopg.Connection[Any], query: str, *arguments: object) -> Any:
    row = connection.execute(query.encode(), arguments).fetchone()
    assert row is not None
    return row[0]
