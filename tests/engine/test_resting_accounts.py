"""An account that rested goes on: what waited for it is spread before the account is held."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.support import engine
from tests.support.databases import Database
from tests.support.races import after

Connection = psycopg.Connection[Any]


def test_who_tells_what_a_provider_answered_and_who_resumes_its_account_wait_for_nobody_twice(
    admin: Connection, database: Database
) -> None:
    """A worker with news holds jobs when it comes to the account: a resume that held the account would never end."""
    scene = engine.set_scene(admin, 4, call={"batching": {"size": 1, "interval": "PT10M"}})
    admin.execute("update public.integrations set status = 'PAUSED', paused_reason = '402', paused_at = engine.now()")
    engine.move_clock(admin, "30 minutes")
    with database.connect() as telling:
        telling.execute("select from engine.jobs order by id for update")

        def tell() -> None:
            telling.execute("set local lock_timeout = '20s'")
            telling.execute(
                "select engine.lower_pace(array[team_id], array[id], '{429}', '{60}') from public.integrations"
                " where provider = 'vapi'"
            )
            telling.commit()

        answer = after(
            database,
            lambda connection: connection.execute(
                "select public.resume_integration('vapi', %s) ->> 'health'", [scene.team.id]
            ).fetchone(),
            tell,
        )
    assert answer == ("ok",)
    assert len(engine.claim(admin)) == 1, "one a batch"
