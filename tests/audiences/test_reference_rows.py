"""The reference rows are what the libraries know, and every zone in them is one that Postgres knows."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from phonenumbers import geocoder, timezone

from tests.support import reference_rows
from tests.support.databases import Database

Connection = psycopg.Connection[Any]


def test_area_codes_are_those_of_the_library(db: Connection) -> None:
    rows = db.execute("select area_code, country, kind, regions, timezones from reference.area_codes").fetchall()
    assert sorted(rows) == reference_rows.area_codes()


def test_calling_codes_are_those_of_the_library(db: Connection) -> None:
    rows = db.execute(
        "select calling_code, countries, lengths, trunk_prefix, timezones from reference.calling_codes"
    ).fetchall()
    assert sorted(rows) == reference_rows.calling_codes()


def test_time_zones_are_those_of_iana(db: Connection) -> None:
    rows = db.execute("select spelling, timezone from reference.timezones").fetchall()
    assert sorted(rows) == reference_rows.timezones()


def test_zones_of_an_area_code_cover_every_exchange(db: Connection) -> None:
    """An independent count: every number that could be dialled is in a zone that we know of."""
    rows = dict(
        db.execute("select area_code, timezones from reference.area_codes where kind = 'geographic'").fetchall()
    )
    assert len(rows) > 400
    for code, zones in rows.items():
        found: set[str] = set()
        for exchange in range(200, 1000):
            number = reference_rows.north_american(f"{code}{exchange}0000")
            found |= set(timezone.time_zones_for_geographical_number(number))
        assert found - {"Etc/Unknown"} <= set(zones), code


@pytest.mark.parametrize("table", ["area_codes", "calling_codes", "postal_prefixes"])
def test_every_zone_is_known_to_postgres(any_database: Database, table: str) -> None:
    with any_database.connect() as connection:
        unknown = connection.execute(
            f"""
            select distinct zone from reference.{table}, unnest(timezones) as zone
            where zone not in (select name from pg_timezone_names)
            """.encode()
        ).fetchall()
    assert unknown == []


def test_every_spelled_zone_is_known_to_postgres(any_database: Database) -> None:
    with any_database.connect() as connection:
        unknown = connection.execute(
            "select timezone from reference.timezones where timezone not in (select name from pg_timezone_names)"
        ).fetchall()
    assert unknown == []


def test_states_of_an_area_code_cover_what_the_geocoder_says_of_its_exchanges(db: Connection) -> None:
    """An independent count, as above: no exchange lies in a state whose rules we would not keep."""
    rows = dict(
        db.execute(
            "select area_code, regions from reference.area_codes where kind = 'geographic' and country = 'US'"
        ).fetchall()
    )
    checked = 0
    for code, regions in rows.items():
        found: set[str] = set()
        for exchange in range(200, 1000):
            # also of those that are not valid today: the more, the better
            said = geocoder.description_for_valid_number(reference_rows.north_american(f"{code}{exchange}0000"), "en")
            if match := re.search(r"\b([A-Z]{2})$", said):
                found.add(match[1])
        checked += len(found)
        assert found <= set(regions), code
    assert checked > 250
