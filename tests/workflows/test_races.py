"""Two people at once, on two connections: one wins, the other is told, and nothing is torn."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support.databases import Database
from tests.support.factories import make_team, set_clock
from tests.support.races import race
from tests.workflows.graphs import Graph, edge, good, node

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


def archive(connection: Connection, workflow_id: UUID) -> Any:
    return connection.execute("select public.archive_workflow(%s) ->> 'status'", [workflow_id]).fetchone()


def clone(connection: Connection, workflow_id: UUID) -> Any:
    return connection.execute("select public.clone_workflow(%s) ->> 'id'", [workflow_id]).fetchone()


def launch(connection: Connection, campaign_id: UUID) -> Any:
    return connection.execute("select public.launch_campaign(%s) ->> 'to'", [campaign_id]).fetchone()


def sqlstate(error: Any) -> str | None:
    assert isinstance(error, psycopg.Error)
    return error.sqlstate


def statuses(database: Database) -> set[str]:
    """Of everything that a workflow is made of."""
    with database.connect() as connection:
        return {
            status
            for (status,) in connection.execute(
                "select status::text from public.workflows union select status::text from public.workflow_nodes"
                " union select status::text from public.workflow_edges"
            )
        }


def test_of_two_saves_one_wins(draft: tuple[Database, UUID, Graph]) -> None:
    database, workflow_id, graph = draft
    other = copy.deepcopy(graph)
    other["nodes"][3]["data"]["template"] = "The first one's words"
    won, lost = race(
        database, lambda one: save(one, workflow_id, other, 1), lambda two: save(two, workflow_id, graph, 1)
    )
    assert won == ("2",)
    assert isinstance(lost, psycopg.Error)
    assert lost.sqlstate == "OB006"
    detail = json.loads(lost.diag.message_detail or "")
    assert (detail["expected"], detail["actual"]) == (1, 2)
    assert [node["fields"] for node in detail["changes"]["nodes"]["changed"]] == [
        [{"field": "data.template", "from": "Bye", "to": "The first one's words"}]
    ]


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


def test_a_save_during_an_archive_is_refused(draft: tuple[Database, UUID, Graph]) -> None:
    database, workflow_id, graph = draft
    won, lost = race(database, lambda one: archive(one, workflow_id), lambda two: save(two, workflow_id, graph, 1))
    assert (won, sqlstate(lost)) == (("ARCHIVED",), "OB003")
    assert statuses(database) == {"ARCHIVED"}


def test_an_archive_during_a_save_archives_what_was_saved(draft: tuple[Database, UUID, Graph]) -> None:
    database, workflow_id, graph = draft
    graph["nodes"].append(node("more", "text", template="More"))
    graph["edges"].append(edge("e9", "bye", "more"))
    won, archived = race(database, lambda one: save(one, workflow_id, graph, 1), lambda two: archive(two, workflow_id))
    assert (won, archived) == (("2",), ("ARCHIVED",))
    assert statuses(database) == {"ARCHIVED"}


def test_a_publish_during_an_archive_is_refused(draft: tuple[Database, UUID, Graph]) -> None:
    database, workflow_id, _ = draft
    won, lost = race(database, lambda one: archive(one, workflow_id), lambda two: publish(two, workflow_id))
    assert (won, sqlstate(lost)) == (("ARCHIVED",), "OB002")
    assert statuses(database) == {"ARCHIVED"}


def test_an_archive_during_a_publish_archives_the_version(draft: tuple[Database, UUID, Graph]) -> None:
    database, workflow_id, _ = draft
    won, archived = race(database, lambda one: publish(one, workflow_id), lambda two: archive(two, workflow_id))
    assert (won, archived) == (("1",), ("ARCHIVED",))
    with database.connect() as connection:
        assert connection.execute("select version from public.workflows").fetchone() == (1,)
    assert statuses(database) == {"ARCHIVED"}


@pytest.mark.parametrize("clone_first", [True, False])
def test_a_clone_is_the_draft_before_a_save_or_after_it(draft: tuple[Database, UUID, Graph], clone_first: bool) -> None:
    """A torn copy would have the nodes of one and the edges of the other."""
    database, workflow_id, graph = draft
    graph["nodes"].append(node("more", "text", template="More"))
    graph["edges"].append(edge("e9", "bye", "more"))
    steps: list[Callable[[Connection], Any]] = [
        lambda one: clone(one, workflow_id),
        lambda two: save(two, workflow_id, graph, 1),
    ]
    answers = race(database, *(steps if clone_first else steps[::-1]))
    cloned, revision = answers if clone_first else answers[::-1]
    assert not isinstance(cloned, Exception)
    assert revision == ("2",)
    with database.connect() as connection:
        sizes = connection.execute(
            "select jsonb_array_length(w -> 'nodes'), jsonb_array_length(w -> 'edges')"
            " from public.get_workflow(%s) as w",
            cloned,
        ).fetchone()
    assert sizes == ((4, 5) if clone_first else (5, 6))


def test_an_assistant_that_changes_during_a_publish_changes_what_is_published_later(
    draft: tuple[Database, UUID, Graph],
) -> None:
    """What was validated is what was copied."""
    database, workflow_id, graph = draft
    change = "update public.assistants set template = 'New words' where channel = 'text'"
    with database.connect(autocommit=True) as connection:
        row = connection.execute(
            "insert into public.assistants (team_id, name, channel, provider_assistant_id, template)"
            " select team_id, 'Tex', 'text', 'tex', 'Old words' from public.workflows returning id::text"
        ).fetchone()
        assert row is not None
        graph["nodes"][3]["data"] = {"assistant_id": row[0]}
        save(connection, workflow_id, graph, 1)
        other = clone(connection, workflow_id)[0]
    race(database, lambda one: publish(one, workflow_id), lambda two: two.execute(change).rowcount)
    with database.connect() as connection:
        publish(connection, other)
        words = connection.execute(
            "select assistant_template from public.workflow_nodes as n"
            " join public.workflows as w on n.workflow_id = w.id where n.id = 'bye' order by w.version"
        ).fetchall()
    assert words == [("Old words",), ("New words",)]


@pytest.fixture
def campaign(database: Database) -> tuple[Database, UUID, UUID]:
    """A campaign that can be launched, and its workflow."""
    with database.connect(autocommit=True) as connection:
        set_clock(connection, "2027-03-01 12:00-05")
        row = connection.execute("select tests.create_campaign(%s, 3)", [make_team(connection).id]).fetchone()
        flow = connection.execute("select id from public.workflows").fetchone()
        assert row is not None
        assert flow is not None
        return database, row[0], flow[0]


def pair(database: Database) -> Any:
    """The statuses of the campaign and of its workflow."""
    with database.connect() as connection:
        return connection.execute(
            "select c.status::text, w.status::text from public.campaigns as c"
            " join public.workflows as w on c.workflow_id = w.id"
        ).fetchone()


def test_an_archive_during_a_launch_is_refused(campaign: tuple[Database, UUID, UUID]) -> None:
    database, campaign_id, workflow_id = campaign
    won, lost = race(database, lambda one: launch(one, campaign_id), lambda two: archive(two, workflow_id))
    assert (won, sqlstate(lost)) == (("ACTIVE",), "OB005")
    assert isinstance(lost, psycopg.Error)
    assert [used["id"] for used in json.loads(lost.diag.message_detail or "")["used_by"]] == [str(campaign_id)]
    assert pair(database) == ("ACTIVE", "PUBLISHED")


def test_a_launch_during_an_archive_is_refused(campaign: tuple[Database, UUID, UUID]) -> None:
    database, campaign_id, workflow_id = campaign
    won, lost = race(database, lambda one: archive(one, workflow_id), lambda two: launch(two, campaign_id))
    assert (won, sqlstate(lost)) == (("ARCHIVED",), "OB007")
    assert pair(database) == ("CREATED", "ARCHIVED")


def test_an_archive_during_a_scheduling_is_refused(campaign: tuple[Database, UUID, UUID]) -> None:
    database, campaign_id, workflow_id = campaign
    schedule = "select public.launch_campaign(%s, '2027-03-01 13:00-05') ->> 'to'"
    won, lost = race(
        database,
        lambda one: one.execute(schedule, [campaign_id]).fetchone(),
        lambda two: archive(two, workflow_id),
    )
    assert (won, sqlstate(lost)) == (("SCHEDULED",), "OB005")
    assert pair(database) == ("SCHEDULED", "PUBLISHED")


def test_an_archive_during_a_launch_by_the_clock_is_refused(campaign: tuple[Database, UUID, UUID]) -> None:
    """The tick holds the workflow as a person's launch does."""
    database, campaign_id, workflow_id = campaign
    with database.connect(autocommit=True) as connection:
        connection.execute("select public.launch_campaign(%s, '2027-03-01 13:00-05')", [campaign_id])
        connection.execute("update public.campaigns set scheduled_at = engine.now()")
    won, lost = race(
        database,
        lambda one: one.execute("select engine.launch_scheduled_campaigns()").fetchone(),
        lambda two: archive(two, workflow_id),
    )
    assert (won, sqlstate(lost)) == ((1,), "OB005")
    assert pair(database) == ("ACTIVE", "PUBLISHED")


def test_a_campaign_that_is_created_during_an_archive_is_refused(campaign: tuple[Database, UUID, UUID]) -> None:
    database, campaign_id, workflow_id = campaign
    again = (
        "select public.create_campaign('Again', list_id, workflow_id, phone_number_id, p_team_id => team_id)"
        " from public.campaigns where id = %s"
    )
    _, lost = race(
        database, lambda one: archive(one, workflow_id), lambda two: two.execute(again, [campaign_id]).fetchone()
    )
    assert sqlstate(lost) == "OB001"


@pytest.mark.parametrize("archive_first", [True, False])
def test_no_sql_leaves_a_running_campaign_on_an_archived_workflow(
    campaign: tuple[Database, UUID, UUID], archive_first: bool
) -> None:
    """Without the functions and their locks the foreign key still makes the second of the two fail."""
    database, _, _ = campaign
    steps: list[Callable[[Connection], Any]] = [
        lambda one: one.execute("update public.workflows set status = 'ARCHIVED', archived_at = now()").rowcount,
        lambda two: two.execute("update public.campaigns set status = 'ACTIVE', started_at = now()").rowcount,
    ]
    won, lost = race(database, *(steps if archive_first else steps[::-1]))
    assert (won, sqlstate(lost)) == (1, "23503")
    assert pair(database) == (("CREATED", "ARCHIVED") if archive_first else ("ACTIVE", "PUBLISHED"))


def test_a_publish_does_not_wait_for_a_launch_of_an_older_version(campaign: tuple[Database, UUID, UUID]) -> None:
    """A launch holds its version for as long as it enrolls, which may be minutes; editing goes on."""
    database, campaign_id, workflow_id = campaign
    with database.connect() as one, database.connect() as two:
        two.execute("set lock_timeout = '1ms'")
        assert launch(one, campaign_id) == ("ACTIVE",)
        assert publish(two, clone(two, workflow_id)[0]) == ("2",)
