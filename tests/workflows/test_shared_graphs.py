"""Graphs that others drew, in other products: each gets an answer that a person can act on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.factories import make_team
from tests.workflows.graphs import Issue, good, issues_of

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "graphs"
FILES = sorted(FOLDER.glob("*.json"))
pytestmark = pytest.mark.skipif(
    not FILES and os.environ.get("CI") != "true", reason="the graphs of ../shared/data are not here"
)


def test_the_files_are_there() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_foreign_graphs_are_answered(db: psycopg.Connection[Any], path: Path) -> None:
    graph = json.loads(path.read_text())
    issues = issues_of(db, graph, make_team(db).id)
    assert any(issue["severity"] == "error" for issue in issues), "no product's graph is one of ours by chance"
    # each node of a kind that we don't have is pointed at, so that a person can go through them one by one
    strange = {node["id"] for node in graph["nodes"] if node.get("type") not in ("trigger", "call", "text")}
    assert {issue["node_id"] for issue in issues if issue["code"] == "node_type_unknown"} == strange
    for issue in issues:
        assert points_at_something(graph, issue), issue


def points_at_something(graph: dict[str, Any], issue: Issue) -> bool:
    """The path begins at the very node or edge that the issue names."""
    if "node_id" in issue:
        number = int(issue["path"].removeprefix("$.nodes[").split("]")[0])
        return bool(graph["nodes"][number]["id"] == issue["node_id"])
    if "edge_id" in issue:
        number = int(issue["path"].removeprefix("$.edges[").split("]")[0])
        return bool(graph["edges"][number]["id"] == issue["edge_id"])
    return bool(issue["path"] in ("$.nodes", "$.edges"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dograh_bad_edge_target_missing", {"edge_target_unknown"}),
        (
            "dograh_bad_edge_into_start",
            {"trigger_has_incoming_edge", "trigger_has_no_outgoing_edge", "node_unreachable"},
        ),
        ("dograh_multiple_start_nodes", {"trigger_duplicate"}),
        ("dograh_no_start_node", {"trigger_missing"}),
        ("dograh_clean", set()),
    ],
)
def test_what_their_authors_planted_is_found(db: psycopg.Connection[Any], name: str, expected: set[str]) -> None:
    """With their words for a trigger and a call in ours, the mistakes that the fixtures are named for come out."""
    graph = json.loads((FOLDER / f"{name}.json").read_text())
    team_id = make_team(db).id
    row = db.execute(
        "insert into public.assistants (team_id, name, provider_assistant_id)"
        " values (%s, 'Ava', 'a') returning id::text",
        [team_id],
    ).fetchone()
    assert row is not None
    for node in graph["nodes"]:
        node["type"] = "trigger" if node["type"] == "startCall" else "call"
        node["data"] = {} if node["type"] == "trigger" else good(row[0])["nodes"][1]["data"]
    for edge in graph["edges"]:
        edge["data"] = {"when": "any"}
    errors = {issue["code"] for issue in issues_of(db, graph, team_id) if issue["severity"] == "error"}
    assert expected <= errors
    if not expected:
        assert errors == set()
