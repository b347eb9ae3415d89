"""Old history is dropped by the month, when it is older than the deployment keeps, and stays counted."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from cli.dev import snapshot
from tests.engine import history
from tests.support import engine
from tests.support.databases import Database, Target, Targets


def partitions(connection: psycopg.Connection[Any]) -> set[str]:
    """The months of which there is history."""
    return {
        row[0]
        for row in connection.execute("select to_char(month, 'YYYY-MM') from engine.history_partitions()").fetchall()
    }


def drop(connection: psycopg.Connection[Any]) -> int:
    """Drop what is too old; how many months."""
    row = connection.execute("select engine.drop_old_history()").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def scene(admin: psycopg.Connection[Any]) -> engine.Scene:
    """A campaign of March 2027, moved to the history."""
    scene, _ = history.play_out(admin)
    history.pass_time(admin)
    assert history.archive(admin) == 4
    assert partitions(admin) == {"2027-03", "2027-04"}  # the next month's is made ahead
    return scene


def test_history_is_dropped_when_all_of_the_month_is_too_old(
    admin: psycopg.Connection[Any], scene: engine.Scene
) -> None:
    metrics = "select completed from public.get_node_metrics(%s) where node_id = 'call'"
    admin.execute("update engine.deployment set clock_at = '2029-03-31 23:59:59Z'")
    assert drop(admin) == 0
    admin.execute("update engine.deployment set clock_at = '2029-04-01 00:00:00Z'")
    assert drop(admin) == 1
    assert partitions(admin) == {"2027-04"}
    assert history.counts(admin) == {"job": (0, 0), "attempt": (0, 0), "event": (0, 0), "gate_decision": (0, 0)}
    assert admin.execute(metrics, [scene.campaign_id]).fetchone() == (4,)
    assert engine.count_mismatches(admin, scene.campaign_id) == []
    assert drop(admin) == 0
    # what is gone does not come back, and nothing else breaks
    assert history.recall(admin) == 4
    assert history.archive(admin) == 4


def test_the_deployment_says_how_long(admin: psycopg.Connection[Any], scene: engine.Scene) -> None:
    admin.execute("update engine.deployment set history_retention = '3 months', clock_at = '2027-07-01 00:00:00Z'")
    assert admin.execute("select engine.tick() -> 'history_months_dropped'").fetchone() == (1,)
    assert engine.count_mismatches(admin, scene.campaign_id) == []


@pytest.mark.parametrize("setting", ["history_retention = '20 days'", "history_grace = '1 day'"])
def test_a_setting_that_would_break_something_is_refused(admin: psycopg.Connection[Any], setting: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        admin.execute(f"update engine.deployment set {setting}".encode())


@pytest.mark.usefixtures("scene")
def test_the_tick_goes_on_while_somebody_reads(admin: psycopg.Connection[Any], database: Database) -> None:
    admin.execute("update engine.deployment set clock_at = '2030-01-01 00:00:00Z'")
    with database.connect() as reader:
        reader.execute("select from engine.job_history limit 1")
        assert admin.execute("select engine.tick() -> 'history_months_dropped'").fetchone() == (0,)
    assert drop(admin) == 1


def test_months_are_those_of_utc_and_made_once(admin: psycopg.Connection[Any]) -> None:
    admin.execute("set timezone = 'Asia/Tokyo'")
    moments = ["2027-03-31 23:59:59Z", "2027-04-01 00:00:00Z", "2027-04-30 12:00:00Z"]
    made = [
        admin.execute("select engine.ensure_partitions('job', %s::timestamptz[])", [moments]).fetchone()
        for _ in range(2)
    ]
    assert made == [(2,), (0,)]
    assert partitions(admin) == {"2027-03", "2027-04"}
    bounds = admin.execute(
        "select pg_get_expr(relpartbound, oid) from pg_class where oid = 'engine.job_history_2027_04'::regclass"
    ).fetchone()
    assert bounds == ("FOR VALUES FROM ('2027-04-01 09:00:00+09') TO ('2027-05-01 09:00:00+09')",)


def test_months_of_a_database_in_use_are_no_difference(targets: Targets) -> None:
    with targets.copy(Target.SOURCE) as database:
        server = targets.server(Target.SOURCE)
        untouched = snapshot.take(database.url(), server.pg_dump)
        with database.connect("postgres", autocommit=True) as owner:
            owner.execute("select engine.ensure_partitions('event', array[engine.now()])")
        assert snapshot.take(database.url(), server.pg_dump) == untouched
