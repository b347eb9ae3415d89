"""A mark and the number that it is about come in two feeds; stored at one moment, they see each other."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.support import factories, races
from tests.support.databases import Database

Connection = psycopg.Connection[Any]

_CUSTOMER = {"id": 1, "name": "Dana", "do_not_service": True}
_CONTACT = {"id": 2, "customer_id": 1, "type": "Phone", "value": "2125550121"}


@pytest.mark.parametrize("first", ["customers", "contacts"])
def test_whichever_feed_is_stored_first_the_number_is_stopped(database: Database, first: str) -> None:
    with database.connect(autocommit=True) as connection:
        factories.set_clock(connection, "2027-03-01 12:00-05")
        team = factories.make_team(connection)

    def store(feed: str) -> Any:
        records = json.dumps([_CUSTOMER if feed == "customers" else _CONTACT])
        query = "select engine.store_servicetitan(%s, %s, %s, null, null)"
        return lambda connection: connection.execute(query, [team.id, feed, records])

    races.race(database, store(first), store("contacts" if first == "customers" else "customers"))
    with database.connect() as connection:
        rows = connection.execute("select phone, channel::text, reason from public.suppressions order by 2").fetchall()
    assert rows == [("+12125550121", channel, "do_not_service") for channel in ("call", "text")]
