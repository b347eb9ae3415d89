"""A launch that takes long, and what goes on meanwhile."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from tests.engine import steps
from tests.support import engine, races
from tests.support.databases import Database

Connection = psycopg.Connection[Any]


def test_leases_expire_and_others_launch_while_a_launch_is_under_way(admin: Connection, database: Database) -> None:
    running = engine.set_scene(admin, 3)
    assert len(engine.claim(admin)) == 3
    scheduled = [engine.set_scene(admin, 2, launch=False) for _ in range(2)]
    for scene in scheduled:
        admin.execute("select public.launch_campaign(%s, engine.now() + interval '1 minute')", [scene.campaign_id])
    # the clock alone: setting it properly ticks as well
    admin.execute(
        "update engine.deployment set clock_at = clock_at + interval '2 minutes', clock_set_at = statement_timestamp()"
    )
    admin.execute("set statement_timeout = '60s'")  # what waited for the launch would raise
    with database.connect() as holding:
        # the first launch has its campaign, workflow and list, and waits for a contact whom somebody holds
        holding.execute(
            "select from public.contacts where team_id = %s order by id limit 1 for update", [scheduled[0].team.id]
        )

        def meanwhile() -> None:
            assert steps.rows(admin, "select engine.tick_work() -> 'leases_expired'") == [(3,)]
            assert [job[2] for job in engine.jobs(admin, running)] == ["READY"] * 3
            assert steps.rows(admin, "select engine.tick_launches()") == [({"campaigns_launched": 1},)]
            assert steps.rows(admin, "select engine.tick_upkeep() ? 'failed'") == [(False,)]
            holding.rollback()

        launched = races.after(database, lambda one: steps.rows(one, "select engine.tick_launches()"), meanwhile)
    assert launched == [({"campaigns_launched": 1},)], "it went on to its end, and left the other campaign alone"
    assert steps.rows(admin, "select distinct status::text from public.campaigns") == [("ACTIVE",)]
    assert steps.rows(admin, "select count(*) from engine.tick_failures") == [(0,)]


def test_what_pg_cron_calls_may_take_longer_than_a_hosted_project_allows(admin: Connection) -> None:
    if admin.execute("select to_regclass('cron.job')").fetchone() == (None,):
        return  # workers call it there, whose role has the same patience
    found = admin.execute("select command from cron.job where schedule = '* * * * *' order by jobname").fetchall()
    assert len(found) == 3
    for (command,) in found:
        [part] = re.findall(r"engine\.tick_\w+", command)
        slow = (
            f"create or replace function {part}() returns jsonb language sql as 'select to_jsonb(pg_sleep(0.3)::text)'"
        )
        admin.execute(slow.encode())
        admin.execute("set statement_timeout = '100ms'")
        admin.execute(command.encode())
        assert admin.execute("show statement_timeout").fetchone() == ("10min",)
