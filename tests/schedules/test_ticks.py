"""What the tick does with schedules that are due, with real connections at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support import races
from tests.support.databases import Database
from tests.support.factories import Team, make_team, set_clock
from tests.support.people import acting_as

Connection = psycopg.Connection[Any]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Scene:
    """A team with one list, whose schedule is due every quarter of an hour; its clock stands still at noon."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.connect(autocommit=True) as connection:
            set_clock(connection, NOON)
            self.team: Team = make_team(connection, timezone="UTC")
            made = connection.execute(
                "insert into public.audience_lists (team_id, name, source) values (%s, 'Overdue', 'servicetitan')"
                " returning id",
                [self.team.id],
            ).fetchone()
            assert made is not None
            self.list_id: UUID = made[0]
            connection.execute(
                "insert into public.integrations (team_id, provider, account_ref, secret_name, is_sandbox)"
                " values (%s, 'servicetitan', '1', 'ST', true)",
                [self.team.id],
            )
            connection.execute("select public.set_audience_schedule(%s, '*/15 * * * *')", [self.list_id])

    def pass_time(self, time: timedelta) -> None:
        """Move the clock and nothing else; setting it properly would tick as well."""
        self.one("update engine.deployment set clock_at = %s returning clock_at", NOON + time)

    def one(self, query: str, *arguments: object) -> Any:
        with self.database.connect(autocommit=True) as connection:
            row = connection.execute(query.encode(), arguments).fetchone()
        assert row is not None
        return row[0]

    def runs(self) -> int:
        return int(self.one("select count(*) from public.audience_runs"))


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def follow(connection: Connection) -> tuple[int, int]:
    row = connection.execute("select queued_count, skipped_count from engine.queue_due_schedules()").fetchone()
    assert row is not None
    return row[0], row[1]


def blocked(scene: Scene, first: Connection, second: Callable[[Connection], Any], then: Callable[[], None]) -> Any:
    """Begin the second while the first's transaction is open, wait until it is blocked, end the first."""
    answer = races.after(scene.database, second, then)
    assert first.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    if isinstance(answer, Exception):
        raise answer
    return answer


def test_two_ticks_at_once_make_one_run(scene: Scene) -> None:
    scene.pass_time(timedelta(minutes=15))
    with scene.database.connect() as one, scene.database.connect(autocommit=True) as two:
        assert follow(one) == (1, 0)
        assert follow(two) == (0, 0), "the second passes over what the first holds, without waiting"
        one.commit()
        assert follow(two) == (0, 0)
    assert scene.runs() == 1


def test_a_tick_that_dies_leaves_the_run_to_the_next(scene: Scene) -> None:
    scene.pass_time(timedelta(minutes=15))
    with scene.database.connect() as one:
        assert follow(one) == (1, 0)
        one.rollback()
    assert scene.runs() == 0
    with scene.database.connect(autocommit=True) as two:
        assert follow(two) == (1, 0)


_BY_HAND = """
    select engine.open_run(l.team_id, l.id, l.name, l.source, false, '{}', null) from public.audience_lists as l
"""


@pytest.mark.parametrize(("commits", "expected"), [(True, (0, 1)), (False, (1, 0))])
def test_a_person_and_the_tick_at_once_make_one_run(scene: Scene, commits: bool, expected: tuple[int, int]) -> None:
    scene.pass_time(timedelta(minutes=15))
    with scene.database.connect() as one:
        one.execute(_BY_HAND)
        found = blocked(scene, one, follow, one.commit if commits else one.rollback)
    assert found == expected
    assert scene.runs() == 1


def test_the_tick_and_a_person_at_once_make_one_run(scene: Scene) -> None:
    scene.pass_time(timedelta(minutes=15))
    with scene.database.connect() as one:
        assert follow(one) == (1, 0)
        with pytest.raises(psycopg.Error) as refusal:
            blocked(scene, one, lambda two: two.execute(_BY_HAND), one.commit)
    assert refusal.value.sqlstate == "OB005"
    assert scene.runs() == 1


def test_while_a_list_is_archived_the_tick_waits_for_nobody(scene: Scene) -> None:
    scene.pass_time(timedelta(minutes=15))
    with scene.database.connect() as one, scene.database.connect(autocommit=True) as two:
        one.execute("update public.audience_lists set status = 'ARCHIVED'")
        assert follow(two) == (0, 0)
        one.commit()
        assert follow(two) == (0, 0)
    assert scene.one("select (is_enabled, next_run_at)::text from public.audience_schedules") == "(f,)"


def test_whoever_turns_a_schedule_on_waits_for_whoever_archives_its_list(scene: Scene) -> None:
    scene.one("select public.toggle_audience_schedule(%s, false)", scene.list_id)
    with scene.database.connect() as one:
        one.execute("update public.audience_lists set status = 'ARCHIVED'")
        with pytest.raises(psycopg.Error) as refusal:
            blocked(
                scene,
                one,
                lambda two: two.execute("select public.toggle_audience_schedule(%s, true)", [scene.list_id]),
                one.commit,
            )
    assert refusal.value.sqlstate == "OB003"


def test_whoever_archives_waits_for_whoever_turns_it_on(scene: Scene) -> None:
    scene.one("select public.toggle_audience_schedule(%s, false)", scene.list_id)
    with scene.database.connect() as one:
        one.execute("select public.toggle_audience_schedule(%s, true)", [scene.list_id])
        archive = "update public.audience_lists set status = 'ARCHIVED'"
        blocked(scene, one, lambda two: two.execute(archive), one.commit)
    assert scene.one("select is_enabled from public.audience_schedules") is False


def test_a_downtime_of_days_makes_one_run_for_each_list(scene: Scene) -> None:
    scene.pass_time(timedelta(days=3, minutes=7))
    with scene.database.connect("outbound_worker", autocommit=True) as worker:
        ticks = [worker.execute("select engine.tick()").fetchone() for _ in range(3)]
    assert [tick[0]["runs_queued"] for tick in ticks if tick] == [1, 0, 0]
    assert scene.one("select next_run_at from public.audience_schedules") == NOON + timedelta(days=3, minutes=15)


def test_every_time_of_a_day_is_followed_once(scene: Scene) -> None:
    """A tick a minute over the night in which the clocks go forward, with each run done before the next."""
    scene.one("select public.set_audience_schedule(%s, '*/30 1-4 * * *', 'America/New_York')", scene.list_id)
    begin = datetime(2026, 3, 8, 5, 30, tzinfo=UTC)
    queued = []
    with scene.database.connect(autocommit=True) as connection:
        for minute in range(240):
            at = begin + timedelta(minutes=minute)
            connection.execute("update engine.deployment set clock_at = %s", [at])
            if follow(connection) == (1, 0):
                queued.append(at.strftime("%H:%M"))
            connection.execute("delete from public.audience_runs")
    # the first catches up on the days since noon of the 2nd
    assert queued == ["05:30", "06:00", "06:30", "07:00", "07:30", "08:00", "08:30"]


def test_hundreds_due_at_once_are_one_tick(scene: Scene) -> None:
    with scene.database.connect(autocommit=True) as connection:
        connection.execute(
            "insert into public.audience_lists (team_id, name, source)"
            " select %s, 'List ' || n, 'servicetitan' from generate_series(1, 300) as g (n)",
            [scene.team.id],
        )
        connection.execute(
            "insert into public.audience_schedules (team_id, list_id, expression, timezone, next_run_at)"
            " select team_id, id, '*/15 * * * *', 'UTC', %s from public.audience_lists where name <> 'Overdue'",
            [NOON],
        )
        scene.pass_time(timedelta(minutes=15))
        assert follow(connection) == (301, 0)


def test_the_one_who_looks_sees_all_of_it(scene: Scene) -> None:
    """What a frontend reads: the schedule through row-level security, and through the RPC."""
    with scene.database.connect(autocommit=True) as connection, acting_as(connection, scene.team.admin_id):
        row = connection.execute("select expression, is_enabled, next_run_at from public.audience_schedules").fetchone()
        assert row == ("*/15 * * * *", True, NOON + timedelta(minutes=15))
        page = connection.execute("select public.list_audience_schedules()").fetchone()
        assert page is not None
        [item] = page[0]["items"]
        assert (item["chip"], item["summary"]) == ("on", "Every 15 minutes")
