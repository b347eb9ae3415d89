"""Two people at once, on two connections: one wins, the other is told, and nothing is torn."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support.databases import Database
from tests.support.factories import make_team
from tests.support.waiting import wait_until_blocked
from tests.workflows.graphs import Graph, good

Connection = psycopg.Connection[Any]


@pytest.fixture
def draft(database: Database) -> tuple[Database, UUID, Graph]:
    """A committed draft at revision 1."""
    with database.connect(autocommit=True) as connection:
        team_id = make_team(connection).id
        row = connection.execute(
            "insert into public.assistants (team_id, name, provider_assistant_id) values (%s, 'Ava', 'a') returning id",
            [team_id],
        ).fetchone()
        assert row is not None
        graph = good(row[0])
        made = connection.execute(
            "select public.create_workflow('Flow', %s, %s)", [json.dumps(graph), team_id]
        ).fetchone()
        assert made is not None
        return database, UUID(made[0]["id"]), graph


def save(connection: Connection, workflow_id: UUID, graph: Graph, revision: int) -> Any:
    return connection.execute(
        "select public.save_workflow(%s, %s, %s) ->> 'revision'", [workflow_id, json.dumps(graph), revision]
    ).fetchone()


def publish(connection: Connection, workflow_id: UUID) -> Any:
    return connection.execute("select public.publish_workflow(%s) ->> 'version'", [workflow_id]).fetchone()


def race(
    database: Database, first: Callable[[Connection], Any], second: Callable[[Connection], Any]
) -> tuple[Any, Exception | Any]:
    """Do the first, and the second while the first has not committed; wait until it is blocked, then commit."""
    with database.connect() as one, database.connect(autocommit=True) as two, database.connect(autocommit=True) as eye:
        won = first(one)
        answer: Future[Any] = Future()

        def run() -> None:
            try:
                answer.set_result(second(two))
            except psycopg.Error as error:
                answer.set_exception(error)

        thread = threading.Thread(target=run)
        thread.start()
        wait_until_blocked(eye, two.info.backend_pid)
        one.commit()
        thread.join()
        return won, answer.exception() or answer.result()


def test_of_two_saves_one_wins(draft: tuple[Database, UUID, Graph]) -> None:
    database, workflow_id, graph = draft
    won, lost = race(
        database, lambda one: save(one, workflow_id, graph, 1), lambda two: save(two, workflow_id, graph, 1)
    )
    assert won == ("2",)
    assert isinstance(lost, psycopg.Error)
    assert lost.sqlstate == "OB006"
    assert json.loads(lost.diag.message_detail or "") == {"expected": 1, "actual": 2}


def test_a_save_during_a_publish_is_refused(draft: tuple[Database, UUID, Graph]) -> None:
    database, workflow_id, graph = draft
    won, lost = race(database, lambda one: publish(one, workflow_id), lambda two: save(two, workflow_id, graph, 1))
    assert won == ("1",)
    assert isinstance(lost, psycopg.Error)
    assert lost.sqlstate == "OB003"


def test_a_publish_during_a_save_publishes_what_was_saved(draft: tuple[Database, UUID, Graph]) -> None:
    database, workflow_id, graph = draft
    graph["nodes"][3]["data"]["template"] = "The new words"
    won, published = race(database, lambda one: save(one, workflow_id, graph, 1), lambda two: publish(two, workflow_id))
    assert (won, published) == (("2",), ("1",))
    with database.connect() as connection:
        rows = connection.execute(
            "select config ->> 'template', status::text from public.workflow_nodes where id = 'bye'"
        ).fetchall()
    assert rows == [("The new words", "PUBLISHED")]


def test_a_node_that_is_added_by_hand_during_a_publish_is_published_or_refused(
    draft: tuple[Database, UUID, Graph],
) -> None:
    """Whoever comes first, no published workflow has a node that is a draft."""
    database, workflow_id, _ = draft
    insert = (
        "insert into public.workflow_nodes (team_id, workflow_id, id, type)"
        " select team_id, id, 'extra', 'text' from public.workflows"
    )
    _, published = race(database, lambda one: one.execute(insert), lambda two: publish(two, workflow_id))
    assert published == ("1",)
    with database.connect() as connection:
        assert connection.execute("select distinct status::text from public.workflow_nodes").fetchall() == [
            ("PUBLISHED",)
        ]


def test_two_drafts_of_a_lineage_get_two_versions(draft: tuple[Database, UUID, Graph]) -> None:
    database, workflow_id, graph = draft
    with database.connect(autocommit=True) as connection:
        row = connection.execute(
            "insert into public.workflows (team_id, lineage_id, name)"
            " select team_id, lineage_id, 'Again' from public.workflows returning id"
        ).fetchone()
        assert row is not None
        other_id = row[0]
        save(connection, other_id, graph, 1)
    versions = race(database, lambda one: publish(one, workflow_id), lambda two: publish(two, other_id))
    assert versions == (("1",), ("2",))
