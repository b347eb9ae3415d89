"""Archiving, launching and running a list at the same moment, and counts under concurrent writers."""

from __future__ import annotations

import concurrent.futures
import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support import races
from tests.support.databases import Database

Connection = psycopg.Connection[Any]
# Noon on the east coast: a launch enrolls at once.
_NOON = "2027-03-01 12:00-05"


@dataclass(frozen=True)
class Scene:
    """A list of three with a campaign that was not launched yet, committed."""

    database: Database
    team_id: UUID
    list_id: UUID
    campaign_id: UUID


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.connect(autocommit=True) as connection:
        connection.execute("select tests.set_clock(%s)", [_NOON])
        team_id, campaign_id = _one(
            connection,
            "select t, tests.create_campaign(t, 3) from tests.create_team('Acme', 'ann@acme.example') as t",
        )
        (list_id,) = _one(connection, "select id from public.audience_lists")
    return Scene(database, team_id, list_id, campaign_id)


def _one(connection: Connection, query: str, *arguments: object) -> Any:
    row = connection.execute(query.encode(), arguments).fetchone()
    assert row is not None
    return row


def archive(connection: Connection, scene: Scene) -> Any:
    return _one(connection, "select public.archive_audience_list(%s) ->> 'status'", scene.list_id)


def launch(connection: Connection, scene: Scene, at: str | None = None) -> Any:
    return _one(connection, "select public.launch_campaign(%s, %s) ->> 'to'", scene.campaign_id, at)


def open_run(connection: Connection, scene: Scene) -> Any:
    return _one(
        connection,
        "insert into public.audience_runs (team_id, list_id, list_name, source, lease_expires_at)"
        " values (%s, %s, 'People', 'csv', 'infinity') returning status::text",
        scene.team_id,
        scene.list_id,
    )


def race(
    scene: Scene, first: Callable[[Connection, Scene], Any], second: Callable[[Connection, Scene], Any]
) -> tuple[Any, Any]:
    """What two connections do to the scene at once."""
    return races.race(scene.database, lambda one: first(one, scene), lambda two: second(two, scene))


def refusal(error: Any) -> tuple[str | None, Any]:
    assert isinstance(error, psycopg.Error)
    return error.sqlstate, json.loads(error.diag.message_detail or "")


@pytest.mark.parametrize("at", [None, "2027-03-02 12:00-05"])
def test_an_archive_during_a_launch_names_the_campaign(scene: Scene, at: str | None) -> None:
    launched, refused = race(scene, lambda one, found: launch(one, found, at), archive)
    status = "SCHEDULED" if at else "ACTIVE"
    assert launched == (status,)
    sqlstate, detail = refusal(refused)
    assert sqlstate == "OB005"
    assert [(used["id"], used["status"]) for used in detail["used_by"]] == [(str(scene.campaign_id), status)]


@pytest.mark.parametrize("at", [None, "2027-03-02 12:00-05"])
def test_a_launch_during_an_archive_is_told_that_the_list_is_archived(scene: Scene, at: str | None) -> None:
    archived, refused = race(scene, archive, lambda two, found: launch(two, found, at))
    assert archived == ("ARCHIVED",)
    sqlstate, detail = refusal(refused)
    assert sqlstate == "OB007"
    assert [blocker["code"] for blocker in detail["blockers"]] == ["list_archived"]


def test_no_sql_archives_the_list_of_a_scheduled_campaign(scene: Scene) -> None:
    """So the tick, which launches it, never finds the list archived."""
    with scene.database.connect(autocommit=True) as connection:
        launch(connection, scene, "2027-03-02 12:00-05")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute("update public.audience_lists set status = 'ARCHIVED'")


def test_a_run_during_an_archive_is_refused(scene: Scene) -> None:
    archived, refused = race(scene, archive, open_run)
    assert archived == ("ARCHIVED",)
    assert refusal(refused)[0] == "OB003"


def test_an_archive_during_a_new_run_drops_it(scene: Scene) -> None:
    opened, archived = race(scene, open_run, archive)
    assert (opened, archived) == (("QUEUED",), ("ARCHIVED",))
    with scene.database.connect() as connection:
        assert _one(connection, "select status::text, failure_code from public.audience_runs") == (
            "FAILED",
            "list_archived",
        )


def test_an_archive_does_not_wait_for_who_begins_a_run(scene: Scene) -> None:
    """A run is locked before its list; waiting the other way round could deadlock."""
    with scene.database.connect(autocommit=True) as connection:
        open_run(connection, scene)
        (run_id,) = _one(connection, "select id from public.audience_runs")
    with scene.database.connect() as worker, scene.database.connect(autocommit=True) as operator:
        worker.execute("select engine.start_run(%s, %s)", [scene.team_id, run_id])
        with pytest.raises(psycopg.Error) as refused:
            archive(operator, scene)
        worker.commit()
        sqlstate, detail = refusal(refused.value)
        assert (sqlstate, detail["used_by"][0]["id"]) == ("OB005", str(run_id))


def test_a_launch_and_an_import_of_the_list_do_not_wait_for_each_other(scene: Scene) -> None:
    """The launch holds the list so weakly that its count of members can change."""
    with scene.database.connect() as one, scene.database.connect(autocommit=True) as two:
        launch(one, scene, "2027-03-02 12:00-05")
        two.execute("set lock_timeout = '5s'")
        two.execute("update public.audience_lists set member_count = member_count where id = %s", [scene.list_id])
        one.commit()


def test_campaign_counts_equal_a_recount_at_every_moment_under_concurrent_writers(scene: Scene) -> None:
    done = threading.Event()
    mismatches: list[Any] = []
    with scene.database.connect(autocommit=True) as connection:
        for _ in range(3):
            connection.execute("select tests.create_list(%s, 1)", [scene.team_id])
        lists = [row[0] for row in connection.execute("select id from public.audience_lists").fetchall()]
        usual = _one(connection, "select workflow_id, phone_number_id from public.campaigns limit 1")

    def write(seed: int) -> None:
        chance = random.Random(seed)
        with scene.database.connect() as connection:
            for _ in range(120):
                _change_campaigns(connection, chance, scene.team_id, usual, lists)
                if chance.random() < 0.2:
                    connection.rollback()
                elif chance.random() < 0.6:
                    connection.commit()

    def watch() -> int:
        looked = 0
        with scene.database.connect(autocommit=True) as connection:
            while not done.is_set():
                mismatches.extend(
                    connection.execute(
                        "select l.id, l.campaign_count, count(c.id) from public.audience_lists as l"
                        " left join public.campaigns as c on l.team_id = c.team_id and l.id = c.list_id"
                        " group by l.id, l.campaign_count having l.campaign_count <> count(c.id)"
                    ).fetchall()
                )
                looked += 1
        return looked

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        watching = pool.submit(watch)
        writers = [pool.submit(write, seed) for seed in range(3)]
        try:
            for writer in writers:
                writer.result()
        finally:
            done.set()
        assert watching.result() > 10
    assert mismatches == []


def _change_campaigns(
    connection: Connection, chance: random.Random, team_id: UUID, usual: tuple[UUID, UUID], lists: list[UUID]
) -> None:
    """Make, move or delete some. Transactions that take lists in different orders may deadlock: one of them loses."""
    try:
        with connection.transaction():
            if chance.random() < 0.5:
                connection.execute(
                    "insert into public.campaigns (team_id, name, list_id, workflow_id, phone_number_id)"
                    " select %s, 'C', list_id, %s, %s from unnest(%s::uuid[]) as list_id",
                    [team_id, *usual, chance.choices(lists, k=chance.randint(1, 4))],
                )
            elif chance.random() < 0.5:
                connection.execute(
                    "update public.campaigns set list_id = %s where id in (select id from public.campaigns"
                    " where status = 'CREATED' order by random() limit 3 for update skip locked)",
                    [chance.choice(lists)],
                )
            else:
                connection.execute(
                    "delete from public.campaigns where id in (select id from public.campaigns"
                    " where name = 'C' order by random() limit 2 for update skip locked)"
                )
    except psycopg.errors.DeadlockDetected:
        pass
