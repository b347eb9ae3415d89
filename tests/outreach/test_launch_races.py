"""Two operators press launch, or retry, at the same moment: one job for each customer."""

from __future__ import annotations

import concurrent.futures
import threading
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support import engine, races
from tests.support.databases import Database

Connection = psycopg.Connection[Any]
_NOON = "2027-03-01 12:00-05"


@pytest.fixture
def lists(database: Database) -> list[UUID]:
    """Two lists of the same twenty customers, of whom each has one appointment."""
    with database.connect(autocommit=True) as connection:
        connection.execute("select tests.set_clock(%s)", [_NOON])
        [team] = _one(connection, "select tests.create_team('Acme', 'ann@acme.example')")
        connection.execute("select tests.connect_providers(%s), tests.connect_holds(%s)", [team, team])
        made = [_one(connection, "select tests.create_list(%s, 20)", team)[0] for _ in range(2)]
        for one in made:
            connection.execute("select tests.give_appointments(%s)", [one])
    return made


def _one(connection: Connection, query: str, *arguments: object) -> Any:
    row = connection.execute(query.encode(), arguments).fetchone()
    assert row is not None
    return row


def launch(connection: Connection, list_id: UUID, kind: str) -> Any:
    if kind == "reschedule":
        return _one(connection, "select tests.reschedule(%s)", list_id)[0]
    return _one(
        connection,
        "select public.launch_outreach(%s, %s, 'call', (select id from public.phone_numbers),"
        " (select id from public.assistants))",
        list_id,
        kind,
    )[0]


def work(database: Database) -> tuple[int, int, int]:
    """Items, customers of them, and what was queued for them: holds and jobs."""
    with database.connect() as connection:
        row: tuple[int, int, int] = _one(
            connection,
            "select (select count(*) from public.outreach_items), (select count(distinct contact_id) from"
            " public.outreach_items), (select count(*) from engine.jobs) + (select count(*) from engine.tasks)",
        )
        return row


@pytest.mark.parametrize("kind", ["reschedule", "maintenance"])
@pytest.mark.parametrize("which", [0, 1], ids=["the same list", "another list"])
def test_two_operators_at_once_make_one_job_for_each_customer(
    database: Database, lists: list[UUID], kind: str, which: int
) -> None:
    first, second = races.race(
        database, lambda one: launch(one, lists[0], kind), lambda two: launch(two, lists[which], kind)
    )
    assert first["counts"]["items"] == 20
    assert (second["counts"]["items"], second["counts"]["duplicates"]) == (0, 20)
    assert {row["outreach_id"] for row in second["duplicates"]} == {first["outreach_id"]}
    assert work(database) == (20, 20, 20)


@pytest.mark.parametrize("is_retry_first", [True, False])
def test_of_a_retry_and_a_launch_one_takes_the_place_of_a_dead_number(database: Database, is_retry_first: bool) -> None:
    """An outreach finds three numbers dead; another list has other numbers of the same customers for the same jobs."""
    with database.connect(autocommit=True) as connection:
        connection.execute("select tests.set_clock(%s)", [_NOON])
        [team] = _one(connection, "select tests.create_team('Acme', 'ann@acme.example')")
        connection.execute("select tests.connect_providers(%s)", [team])
        lists = [_one(connection, "select tests.create_list(%s, 3, %s)", team, skip)[0] for skip in (0, 2000)]
        for one in lists:
            connection.execute("select tests.give_appointments(%s)", [one])
        connection.execute(
            "update public.contacts as c set servicetitan_customer_id = m.servicetitan_customer_id"
            " from public.audience_members as m where m.contact_id = c.id"
        )
        campaign = launch(connection, lists[0], "maintenance")["campaign_id"]
        begun = engine.begin(connection, engine.claim(connection))
        engine.record(connection, begun, "refused", scope="number", code="invalid-number")

    def retry(one: Connection) -> int:
        return int(_one(one, "select public.retry_failed_enrollments(%s) ->> 'retried'", campaign)[0])

    def follow(one: Connection) -> int:
        return int(launch(one, lists[1], "maintenance")["counts"]["items"])

    first, second = (retry, follow) if is_retry_first else (follow, retry)
    assert races.race(database, first, second) == (3, 0)


def test_many_operators_and_lists_deadlock_nowhere(database: Database, lists: list[UUID]) -> None:
    """Each list is launched by three at once; whatever the order, no customer is done twice."""
    gate = threading.Barrier(6)

    def press(list_id: UUID) -> int:
        with database.connect(autocommit=True) as connection:
            gate.wait()
            return int(launch(connection, list_id, "reschedule")["counts"]["items"])

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        new = list(pool.map(press, lists * 3))
    assert sum(new) == 20
    assert work(database) == (20, 20, 20)


def test_two_retries_at_once_queue_each_hold_once(database: Database, lists: list[UUID]) -> None:
    with database.connect(autocommit=True) as connection:
        outreach = launch(connection, lists[0], "reschedule")["outreach_id"]
        connection.execute(
            "select engine.end_task('w', task_id, 'failed', 'unknown', 'No word.')"
            " from engine.claim_tasks('w', '{hold}', 50)"
        )
        connection.execute("select engine.tick()")
        assert _one(connection, "select status::text from public.campaigns") == ("COMPLETED",)

    def retry(connection: Connection) -> Any:
        return _one(connection, "select public.retry_outreach_items(%s)", outreach)[0]

    first, second = races.race(database, retry, retry)
    assert (first["retried"], second["retried"]) == (20, 0)
    with database.connect() as connection:
        assert _one(connection, "select status::text, retry_count from public.campaigns") == ("ACTIVE", 1)
        assert _one(connection, "select count(*) from engine.tasks where status = 'READY'") == (20,)


def test_a_campaign_is_not_completed_over_a_retry_under_way(database: Database, lists: list[UUID]) -> None:
    """The tick skips the campaign that a retry holds, and leaves it open when that has committed."""
    with database.connect(autocommit=True) as connection:
        outreach = launch(connection, lists[0], "reschedule")["outreach_id"]
        connection.execute(
            "select engine.end_task('w', task_id, 'failed', 'unknown', 'No word.')"
            " from engine.claim_tasks('w', '{hold}', 50)"
        )
    with database.connect() as one, database.connect(autocommit=True) as two:
        one.execute("select public.retry_outreach_items(%s)", [outreach])
        two.execute("select engine.complete_campaigns()")
        one.commit()
        two.execute("select engine.complete_campaigns()")
        assert _one(two, "select status::text from public.campaigns") == ("ACTIVE",)
