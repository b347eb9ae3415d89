"""Graphs that others drew, in other products: each gets an answer that a person can act on."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import networkx as nx
import psycopg
import pytest

from tests.support.factories import make_team
from tests.workflows.graphs import Graph, Issue, codes, edge, good, issues_of, node, of_code

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
    cures = dict(db.execute("select code, cure from reference.validation_codes").fetchall())
    for issue in issues:
        assert points_at_something(graph, issue), issue
        assert is_there_or_missing(graph, issue["path"]), issue
        assert issue["message"].endswith(cures[issue["code"]]), issue


def points_at_something(graph: dict[str, Any], issue: Issue) -> bool:
    """The path begins at the very node or edge that the issue names."""
    if "node_id" in issue:
        number = int(issue["path"].removeprefix("$.nodes[").split("]")[0])
        return bool(graph["nodes"][number]["id"] == issue["node_id"])
    if "edge_id" in issue:
        number = int(issue["path"].removeprefix("$.edges[").split("]")[0])
        return bool(graph["edges"][number]["id"] == issue["edge_id"])
    return bool(issue["path"] in ("$.nodes", "$.edges"))


def is_there_or_missing(graph: Any, path: str) -> bool:
    """Each step of the path leads to something; only settings may be what is missing, or be in what is."""
    at = graph
    for key, number in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        if number:
            at = at[int(number)]
        elif key in at:
            at = at[key]
        else:
            return key in ("type", "data", "when", "delay", "assistant_id", "template", "reply_window")
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_wrapped_graph_is_found(db: psycopg.Connection[Any], path: Path) -> None:
    """As other builders export theirs: what was sent is no graph, and where one lies is said."""
    issues = issues_of(db, {"name": "Export", "workflow": {"graph": json.loads(path.read_text())}})
    assert codes(issues) == ["edges_invalid", "nodes_invalid"]
    assert all("there is a graph under workflow.graph." in issue["message"] for issue in issues)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_foreign_graphs_can_be_arranged(db: psycopg.Connection[Any], path: Path) -> None:
    """Whatever their nodes are: everything but the positions comes back."""
    graph = json.loads(path.read_text())
    row = db.execute("select public.layout_workflow(%s::jsonb)", [json.dumps(graph)]).fetchone()
    assert row is not None
    assert [{**item, "position": 0} for item in row[0]["nodes"]] == [{**item, "position": 0} for item in graph["nodes"]]
    assert row[0]["edges"] == graph["edges"]
    places = {(item["position"]["x"], item["position"]["y"]) for item in row[0]["nodes"]}
    assert len(places) == len(graph["nodes"])


RULES = ["failed", "undeliverable", "opted_in", "no_reply", "reply_matches", "replied", "booked", "any"]


def in_our_words(graph: Graph) -> Graph:
    """Its nodes as texts and its edges as rules, with their own ids, places and fields.

    What nothing leads to is entered from a trigger. Edges that lead nowhere are left out, and ids that are missing or
    there twice are replaced: both are told by validation, and have their tests.
    """
    names = {item["id"] for item in graph["nodes"]}
    ways = [item for item in graph["edges"] if {item["source"], item["target"]} <= names]
    entered = {item["target"] for item in ways}
    nodes = [node("our trigger", "trigger")]
    for item in graph["nodes"]:
        label = item.get("data", {}).get("label")
        words = {"template": "Hi", "reply_window": "PT1H"} | ({"label": label} if isinstance(label, str) else {})
        nodes.append({**item, "type": "text", "data": words})
    roots = [item["id"] for item in graph["nodes"] if item["id"] not in entered]
    edges = [edge(f"enters {name}", "our trigger", name, priority=number) for number, name in enumerate(roots)]
    tried: Counter[str] = Counter()
    used = Counter(item.get("id") for item in ways)
    for number, item in enumerate(ways):
        rule = RULES[tried[item["source"]] % len(RULES)]
        data = {"when": rule, "priority": tried[item["source"]]} | (
            {"phrases": ["yes"]} if rule == "reply_matches" else {}
        )
        tried[item["source"]] += 1
        name = item.get("id") if used[item.get("id")] == 1 else None
        edges.append({**item, "id": name or f"edge {number}", "data": data})
    return {"nodes": nodes, "edges": edges}


def as_it_comes_back(graph: Graph) -> Graph:
    """The fields of the contract, defaults spelled out."""
    return {
        "nodes": [
            {"id": item["id"], "type": item["type"], "data": item["data"],
             "position": {"x": item["position"]["x"], "y": item["position"]["y"]}}
            for item in graph["nodes"]
        ],
        "edges": [
            {key: item[key] for key in ("id", "source", "target", "sourceHandle") if item.get(key) is not None}
            | {"data": {"delay": "PT0S", **item["data"]}}
            for item in graph["edges"]
        ],
    }  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_their_shapes_save_publish_and_come_back_the_same(db: psycopg.Connection[Any], path: Path) -> None:
    """With their own ids and places. Where theirs go round in circles, doing what the issues say is enough."""
    team_id = make_team(db).id
    graph = in_our_words(json.loads(path.read_text()))
    drawn: nx.DiGraph[Any] = nx.DiGraph((item["source"], item["target"]) for item in graph["edges"])
    opened = acted_on(db, graph, team_id)
    assert (opened == graph) == nx.is_directed_acyclic_graph(drawn)
    row = db.execute("select public.create_workflow('Theirs', %s::jsonb, %s)", [json.dumps(opened), team_id]).fetchone()
    assert row is not None
    saved = {key: row[0][key] for key in ("nodes", "edges")}
    assert saved == as_it_comes_back(opened)
    row = db.execute("select public.publish_workflow(%s)", [row[0]["id"]]).fetchone()
    assert row is not None
    assert row[0]["status"] == "PUBLISHED"
    row = db.execute("select public.get_workflow(%s)", [row[0]["id"]]).fetchone()
    assert row is not None
    assert {key: row[0][key] for key in ("nodes", "edges")} == saved


def acted_on(db: psycopg.Connection[Any], graph: Graph, team_id: UUID) -> Graph:
    """The graph after its issues were acted on: loops go, an edge of each cycle goes, what is lost is entered."""
    while True:
        errors = [issue for issue in issues_of(db, graph, team_id) if issue["severity"] == "error"]
        if not errors:
            return graph
        assert {issue["code"] for issue in errors} <= {"graph_cycle", "edge_self_loop", "node_unreachable"}, errors[:3]
        edges = graph["edges"]
        if loops := {issue["edge_id"] for issue in of_code(errors, "edge_self_loop")}:
            edges = [item for item in edges if item["id"] not in loops]
        elif lost := of_code(errors, "node_unreachable"):
            name = lost[0]["node_id"]
            first_free = max((item["data"]["priority"] for item in edges), default=0) + 1
            edges = [*edges, edge(f"enters {name}", "our trigger", name, priority=first_free)]
        else:
            knot = set(of_code(errors, "graph_cycle")[0]["node_ids"])
            gone = next(item for item in reversed(edges) if {item["source"], item["target"]} <= knot)
            edges = [item for item in edges if item is not gone]
        graph = {**graph, "edges": edges}


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
    for item in graph["nodes"]:
        item["type"] = "trigger" if item["type"] == "startCall" else "call"
        item["data"] = {} if item["type"] == "trigger" else good(row[0])["nodes"][1]["data"]
    for item in graph["edges"]:
        item["data"] = {"when": "any"}
    errors = {issue["code"] for issue in issues_of(db, graph, team_id) if issue["severity"] == "error"}
    assert expected <= errors
    if not expected:
        assert errors == set()
