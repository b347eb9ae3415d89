"""Big graphs: every node and edge is walked once, whatever the shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.support.factories import make_team
from tests.support.work import rows_worked
from tests.workflows.graphs import Graph, codes, edge, issues_of, node


def chain(size: int) -> Graph:
    """One after the other: as many frontiers as nodes."""
    return {
        "nodes": [node("n0", "trigger"), *(node(f"n{number}", "text", template="Hi") for number in range(1, size))],
        "edges": [edge(f"e{number}", f"n{number}", f"n{number + 1}") for number in range(size - 1)],
    }


def diamonds(size: int) -> Graph:
    """Each node leads to the next two: the number of paths doubles with every node."""
    graph = chain(size)
    graph["edges"] = [
        edge(f"e{number}-{step}", f"n{number}", f"n{number + step}", priority=step)
        for number in range(size - 1)
        for step in (1, 2)
        if number + step < size and (number or step == 1)
    ]
    return graph


def star(size: int) -> Graph:
    """All edges leave one node, with one rule and one priority: each of them collides with the first."""
    return {
        "nodes": [node("n0", "trigger"), *(node(f"n{number}", "text", template="Hi") for number in range(1, size))],
        "edges": [edge(f"e{number}", "n0", f"n{number}") for number in range(1, size)],
    }


def ring(size: int) -> Graph:
    graph = chain(size)
    graph["edges"].append(edge("back", f"n{size - 1}", "n1"))
    return graph


@pytest.mark.parametrize("shape", [chain, diamonds, star, ring])
def test_work_grows_with_the_size_and_not_faster(db: psycopg.Connection[Any], shape: Callable[[int], Graph]) -> None:
    """One graph of 4,000 nodes is about as much work as eight of 500; the square would be eight times that."""

    def work(size: int) -> int:
        return rows_worked(db, "select engine.graph_issues(%s, null)", [json.dumps(shape(size))])

    assert 0 < work(4000) < 12 * work(500)


def test_fifty_thousand_edges_are_answered(db: psycopg.Connection[Any]) -> None:
    graph = chain(2)
    graph["edges"] = [edge(f"e{number}", "n0", "n1", "any") for number in range(50_000)]
    assert codes(issues_of(db, graph)).count("edge_duplicate") == 49_999


def test_a_ring_is_one_cycle_that_names_some_and_lists_all(db: psycopg.Connection[Any]) -> None:
    found = [issue for issue in issues_of(db, ring(1000)) if issue["code"] == "graph_cycle"]
    assert [len(issue["node_ids"]) for issue in found] == [999]
    assert "and 989 more" in found[0]["message"]


@pytest.mark.parametrize(
    ("step", "before"),
    [
        ("create_workflow('Big', %(graph)s, %(team_id)s)", 2),
        ("save_workflow(%(id)s, %(graph)s, 1)", 2),
        ("clone_workflow(%(id)s)", None),
    ],
)
def test_writing_grows_with_the_size_and_not_faster(db: psycopg.Connection[Any], step: str, before: int | None) -> None:
    """Into tables that were empty when they were looked at, where plans made for a small graph are still at hand."""
    db.execute("analyze public.workflows, public.workflow_nodes, public.workflow_edges")
    team_id = make_team(db).id

    def work(size: int) -> int:
        values: dict[str, Any] = {"graph": json.dumps(chain(before or size)), "team_id": team_id}
        made = db.execute("select public.create_workflow('Big', %(graph)s, %(team_id)s) ->> 'id'", values).fetchone()
        assert made is not None
        return rows_worked(db, f"select public.{step}", values | {"id": made[0], "graph": json.dumps(chain(size))})

    assert work(100) < work(500) < 6 * work(100)
    assert work(4000) < 12 * work(500)
