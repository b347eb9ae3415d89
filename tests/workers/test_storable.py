"""What strangers say gets into Postgres, whatever is in it."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.support import engine
from tests.support.databases import Database as Copy
from workers.db import Database
from workers.errors import DatabaseFaultError
from workers.ledger import DispatchResult, DoubtfulAttempt, ProviderEvent, Resolution
from workers.storable import DEEPEST, UnstorableError, storable

ODD = "a\x00b\ud83dc 😀"
"""A NUL, and half of a character; what is whole stays."""
MENDED = "a\ufffdb\ufffdc 😀"


@pytest.fixture
def admin(database: Copy) -> Iterator[psycopg.Connection[Any]]:
    with database.connect(autocommit=True) as connection:
        yield connection


@pytest.fixture
async def db(database: Copy) -> AsyncIterator[Database]:
    async with Database(database.url("outbound_worker")) as opened:
        yield opened


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def test_text_is_mended_wherever_it_is() -> None:
    assert storable({ODD: [ODD, (ODD, 1, 1.5, None, True)]}) == {MENDED: [MENDED, [MENDED, 1, 1.5, None, True]]}
    assert storable(nested(DEEPEST)) == nested(DEEPEST)


@pytest.mark.parametrize("value", [math.nan, math.inf, nested(DEEPEST + 1)], ids=["NaN", "infinity", "too deep"])
def test_what_nothing_can_stand_for_is_refused(value: Any) -> None:
    with pytest.raises(UnstorableError):
        storable({"value": value})


async def doubts(admin: psycopg.Connection[Any], db: Database, people: int) -> list[DoubtfulAttempt]:
    """Calls whose fate is unknown, claimed to be asked about."""
    engine.set_scene(admin, people)
    engine.record(admin, engine.begin(admin, engine.claim(admin)), "unknown", scope="job", code="read_timeout")
    engine.move_clock(admin, "5 minutes")
    return await db.claim_ambiguous("w1", people, timedelta(minutes=2))


async def test_an_odd_transcript_settles_its_doubt_and_those_beside_it(
    admin: psycopg.Connection[Any], db: Database
) -> None:
    found = [
        Resolution(doubt.attempt_id, True, f"call-{n}", {"id": f"call-{n}", "status": "queued", "transcript": ODD})
        for n, doubt in enumerate(await doubts(admin, db, 2))
    ]
    assert [state.job_status for state in await db.resolve_attempts("w1", found)] == ["DISPATCHED"] * 2
    stored = admin.execute("select payload ->> 'transcript' from engine.events").fetchall()
    assert stored == [(MENDED,)] * 2


async def test_an_answer_that_cannot_be_stored_is_a_fault_of_its_own(
    admin: psycopg.Connection[Any], db: Database
) -> None:
    [doubt] = await doubts(admin, db, 1)
    with pytest.raises(DatabaseFaultError, match="out of range"):
        await db.resolve_attempts("w1", [Resolution(doubt.attempt_id, True, "call-1", {"cost": math.nan})])


async def test_an_odd_refusal_is_recorded(admin: psycopg.Connection[Any], db: Database) -> None:
    engine.set_scene(admin)
    [attempt] = engine.begin(admin, engine.claim(admin))
    [state] = await db.record_dispatches("w1", [(attempt, DispatchResult("refused", "job", "bad_request", ODD))])
    assert state.job_status == "FAILED"


async def test_an_odd_text_is_stored(admin: psycopg.Connection[Any], db: Database) -> None:
    scene = engine.set_scene(admin)
    told = engine.inbound_text(scene.team.id, engine.only_phone(admin), ODD)
    event = ProviderEvent("twilio", "SM1:inbound", "inbound", told["payload"], "TWILIO", "SM1")
    assert list(await db.ingest_events([event])) == ["SM1:inbound"]
    assert admin.execute("select payload ->> 'Body' from engine.events").fetchall() == [(MENDED,)]


async def test_an_odd_row_of_servicetitans_is_stored(admin: psycopg.Connection[Any], db: Database) -> None:
    team = engine.set_scene(admin).team
    run = uuid4()
    admin.execute(
        "insert into public.audience_runs (team_id, id, list_name, source, status, started_at, lease_expires_at)"
        " values (%s, %s, 'Everybody', 'servicetitan', 'RUNNING', now(), 'infinity')",
        [team.id, run],
    )
    rows = [{"id": 7, "name": ODD, "active": True}]
    assert await db.store_feed(team.id, run, "customers", rows, None, ODD) == MENDED
    assert admin.execute("select name from engine.servicetitan_customers").fetchall() == [(MENDED,)]
