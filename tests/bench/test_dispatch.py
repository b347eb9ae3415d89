"""What `dispatch` and `lead` stand on: both sides do the same work, and whoever did less is found out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cli.bench import dispatch, rivals
from cli.bench.dispatch_scene import CALLS, Scene, set_scene
from cli.bench.dispatch_sides import furnish_floor
from cli.bench.lead import daytime_zone
from cli.bench.place import Database, Place
from cli.errors import CommandError
from tests.support.databases import Database as Copied

PEOPLE = 30
WRITTEN = {
    "jobs": "node_id, visit, status, outcome, reason_code, attempt_count, provider_id is null, run_at = due_at",
    "attempts": "attempt_number, provider, status, worker is null, provider_id is null, phone_number_id",
    "events": "provider, type, result, secret_name, payload - 'call', team_id, attempt_id is null",
    "enrollments": "status, reason_code, booked_at, retries_left",
}


@pytest.fixture(scope="module")
def finished(module_database: Copied) -> tuple[Database, Scene]:
    """A campaign that the engine has worked off, and the floor has not: to be copied."""
    place = Database(module_database.server, module_database.name)
    with place.connect("supabase_admin") as admin:
        admin.execute("select engine.become_sandbox()")
    scene = set_scene(place, PEOPLE)
    with place.connect("supabase_admin") as admin:
        furnish_floor(admin, scene)
    work_off(place, scene, "engine")
    return place, scene


@pytest.fixture
def engine_done(finished: tuple[Database, Scene]) -> Iterator[tuple[Database, Scene]]:
    """A copy of it."""
    template, scene = finished
    copy = template.server.copy(template.name, f"{template.name}_{uuid.uuid4().hex[:8]}")
    yield Database(template.server, copy), scene
    template.server.drop(copy)


def work_off(place: Database, scene: Scene, side: str) -> None:
    """Every call of the campaign."""
    jobs, seconds, _ = dispatch.work_off(place, scene, side)
    assert jobs == PEOPLE * CALLS
    assert seconds > 0


def rows_of(place: Database, schema: str) -> dict[str, list[Any]]:
    """How many rows there are of each kind, and what the counters say."""
    with place.connect("supabase_admin") as admin:
        kinds = {
            table: admin.execute(f"select {columns}, count(*) from {schema}.{table} group by {columns}".encode())
            for table, columns in WRITTEN.items()
        }
        counted = admin.execute(
            f"select node_id, state, outcome, sum(amount) from {schema}.counters group by 1, 2, 3"
            " having sum(amount) <> 0".encode()
        )
        return {table: sorted(map(str, found.fetchall())) for table, found in {**kinds, "counters": counted}.items()}


def test_the_floor_writes_the_rows_that_the_engine_writes(engine_done: tuple[Database, Scene]) -> None:
    place, scene = engine_done
    written = rows_of(place, "engine")
    work_off(place, scene, "floor")
    assert rows_of(place, "floor") == written
    assert all(written.values())


@pytest.mark.parametrize(
    "less",
    [
        "update engine.events set result = 'ignored' where ctid = (select min(ctid) from engine.events)",
        "update engine.jobs set outcome = 'busy' where ctid = (select min(ctid) from engine.jobs)",
        "delete from engine.counters where state = 'DONE'",
    ],
)
def test_whoever_did_less_is_found_out(engine_done: tuple[Database, Scene], less: str) -> None:
    place, scene = engine_done
    dispatch.demand_everything_ended(place, scene, "engine")
    with place.connect("supabase_admin") as admin:
        admin.execute(less.encode())
    with pytest.raises(CommandError):
        dispatch.demand_everything_ended(place, scene, "engine")


def test_a_peer_that_is_not_there_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rivals.PYTHON, "/nonexistent/python")
    assert not rivals.installed("pgqueuer")
    with Place() as place, pytest.raises(CommandError, match="no interpreter"):
        rivals.drain(place, "pgqueuer", 1)


def test_the_peers_packages_are_pinned() -> None:
    lines = [line for line in rivals.PACKAGES.read_text().splitlines() if line and not line.startswith("#")]
    assert all("==" in line for line in lines)
    assert {"pgqueuer", "procrastinate", "dbos"} <= {line.split("==")[0] for line in lines}


@pytest.mark.parametrize("hour", range(24))
def test_leads_are_posted_where_it_is_day(hour: int) -> None:
    now = datetime(2027, 3, 1, tzinfo=UTC) + timedelta(hours=hour, minutes=59)
    zone = ZoneInfo(daytime_zone(now))
    assert now.astimezone(zone).hour >= 8
    assert (now + timedelta(hours=1)).astimezone(zone).hour < 20
