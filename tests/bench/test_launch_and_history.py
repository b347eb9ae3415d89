"""What `launch` and `history` measure is what they say, on small sizes."""

from __future__ import annotations

import pytest

from cli.bench import history, history_scene, launch, launch_scene
from cli.bench.place import Database
from cli.errors import CommandError
from tests.support.databases import Database as Copied


@pytest.fixture
def empty(database: Copied) -> Database:
    """A sandbox."""
    place = Database(database.server, database.name)
    with place.connect("supabase_admin") as admin:
        admin.execute("select engine.become_sandbox()")
    return place


def test_a_launch_leaves_out_three_of_a_hundred(empty: Database) -> None:
    scene = launch_scene.set_scene(empty, 300)
    launch._launch(empty, scene, scene.list_id)
    with empty.connect("supabase_admin") as admin:
        reasons = admin.execute("select reason_code, count(*) from engine.enrollments group by 1 order by 1").fetchall()
        assert launch._demand_counts(empty, scene, 300)["jobs"] == 291
        assert reasons == [
            ("excluded_in_list", 3), ("suppressed_opted_out", 3), ("timezone_unknown", 3), (None, 291),
        ]  # fmt: skip
        for script in launch._BARE.values():
            assert launch._insert(empty, script) > 0
        admin.execute("delete from engine.jobs where id = (select id from engine.jobs limit 1)")
    with pytest.raises(CommandError):
        launch._demand_counts(empty, scene, 300)
    launch_scene.forget_campaign(empty)
    launch._launch(empty, scene, scene.tenth_id)
    with empty.connect("supabase_admin") as admin:
        assert admin.execute("select count(*) from engine.enrollments").fetchone() == (30,)


def test_a_past_is_what_the_tick_would_have_left(empty: Database) -> None:
    site = history_scene.make_site(empty, 200, 40)
    assert history_scene.add_past(site, 200) == 200 * history_scene.CAMPAIGNS * history_scene.VISITS
    with empty.connect("supabase_admin") as admin:
        hot, past = (
            admin.execute(f"select count(*) from engine.{table}".encode()).fetchone()
            for table in ("jobs", "job_history")
        )
        assert hot is not None
        assert past is not None
        assert 0 < hot[0] < 100
        assert hot[0] + past[0] == 4_000
        assert admin.execute("select count(*) from engine.all_attempts").fetchone() == (4_000,)
        astray = admin.execute(
            "select count(*) from engine.all_jobs as j inner join engine.enrollments as e on j.enrollment_id = e.id"
            " where (e.archived_at is null) <> exists (select from engine.jobs as h where h.id = j.id)"
        ).fetchone()
        assert astray == (0,)
        # all that is left has ended, and the next tick has nothing to move
        assert admin.execute("select engine.archive_finished()").fetchone() == (0,)
    assert len(history._call_everybody({"with": site}, 40)["with"].seconds) == 1
    assert history._tick(site) > 0
    with empty.connect("supabase_admin") as admin:
        today = admin.execute(
            "select j.node_id, j.status::text, count(*) from engine.jobs as j"
            " inner join public.campaigns as c on j.campaign_id = c.id and c.name = 'Now' group by 1, 2 order by 1"
        ).fetchall()
    assert today == [("call1", "DONE", 40), ("call2", "READY", 40)]
    with pytest.raises(CommandError):
        history._call_everybody({"with": site}, 41)
