"""Graphs for tests: a good one to break, and random ones with an oracle beside them."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import networkx as nx
import psycopg

Graph = dict[str, Any]
Issue = dict[str, Any]
Change = Callable[[Graph], None]

HOURS = {"timezone": "contact", "windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}


def node(node_id: str, kind: str, **data: Any) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "position": {"x": 0, "y": 0}, "data": data}


def edge(edge_id: str, source: str, target: str, when: str = "any", **data: Any) -> dict[str, Any]:
    return {"id": edge_id, "source": source, "target": target, "data": {"when": when, **data}}


def good(assistant_id: UUID | str) -> Graph:
    """A graph without an issue: every setting is there, every outcome has its edge."""
    return {
        "nodes": [
            node("start", "trigger", label="Start", filter={}),
            node(
                "call",
                "call",
                label="First call",
                assistant_id=str(assistant_id),
                first_message="Hi {{first_name|there}}",
                business_hours=copy.deepcopy(HOURS),
                batching={"size": 50, "interval": "PT5M"},
                retry={"outcomes": ["no_answer", "busy"], "max_retries": 2, "delay": "PT4H"},
            ),
            node(
                "text",
                "text",
                template="Hi {{first_name}}, {{unit}} calling",
                template_overrides={"unit": "Acme"},
                reply_window="PT4H",
                retry={"outcomes": ["failed"], "max_retries": 1, "delay": "PT1H"},
            ),
            node("bye", "text", template="Bye"),
        ],
        "edges": [
            edge("e1", "start", "call"),
            edge("e2", "call", "bye", "booked", priority=1),
            edge("e3", "call", "text", "not_booked", priority=2, delay="PT15M"),
            edge("e4", "text", "bye", "reply_matches", phrases=["yes", "ok please"], priority=1),
            edge("e5", "text", "bye", "any", priority=5),
        ],
    }


def broken(graph: Graph, change: Change) -> Graph:
    """A copy of a graph, changed."""
    changed = copy.deepcopy(graph)
    change(changed)
    return changed


def random_graph(seed: int) -> tuple[Graph, nx.DiGraph[Any]]:
    """A random graph of texts, and the same for networkx. It may have cycles, orphans and several parts."""
    rnd = random.Random(seed)
    size = rnd.randint(1, 14) if seed % 20 else rnd.randint(40, 120)
    names = ["start", *(f"n{number}" for number in range(1, size))]
    oracle: nx.DiGraph[Any] = nx.DiGraph()
    oracle.add_nodes_from(names)
    for _ in range(rnd.randint(0, 2 * size)):
        source, target = rnd.choice(names), rnd.choice(names)
        if target not in (source, "start"):
            oracle.add_edge(source, target)
    nodes = [node(name, "trigger" if name == "start" else "text", template="Hi") for name in names]
    edges = [
        edge(f"e{number}", source, target, priority=number) for number, (source, target) in enumerate(oracle.edges, 1)
    ]
    rnd.shuffle(nodes)
    rnd.shuffle(edges)
    return {"nodes": nodes, "edges": edges}, oracle


def issues_of(connection: psycopg.Connection[Any], graph: Any, team_id: UUID | None = None) -> list[Issue]:
    """What validation says of a graph."""
    row = connection.execute("select engine.graph_issues(%s::jsonb, %s)", [json.dumps(graph), team_id]).fetchone()
    assert row is not None
    issues: list[Issue] = row[0]
    return issues


def codes(issues: Iterable[Issue]) -> list[str]:
    return sorted(issue["code"] for issue in issues)


def of_code(issues: Iterable[Issue], code: str) -> list[Issue]:
    return [issue for issue in issues if issue["code"] == code]
