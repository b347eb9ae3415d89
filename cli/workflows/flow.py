"""A graph as drawings need it. It may come from a file, so anything may be missing or of the wrong kind."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from cli.workflows.words import plain


@dataclass(frozen=True)
class Node:
    """A node; the first one where several have one id."""

    id: str
    kind: str
    label: str
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.label or self.id


@dataclass(frozen=True)
class Edge:
    """A way from one node to another, which need not be there."""

    id: str
    source: str
    target: str
    data: dict[str, Any]

    @property
    def priority(self) -> float:
        """Its place among the edges of its source."""
        value = self.data.get("priority", 1)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else 1


@dataclass(frozen=True)
class Flow:
    """Nodes in the order in which they are drawn, and of each the edges that leave it, first priority first."""

    nodes: list[Node]
    ways: dict[str, list[Edge]]

    @classmethod
    def of(cls, graph: Any) -> Flow:
        """What can be drawn of a graph; what is no node or has no id is left to validation."""
        nodes: dict[str, Node] = {}
        for item in _objects(graph, "nodes"):
            node_id = plain(item.get("id", ""))
            data = _data(item)
            if node_id:
                label = plain(data.get("label") or "")
                nodes.setdefault(node_id, Node(node_id, plain(item.get("type") or "?"), label, data))
        ways: dict[str, list[Edge]] = {node_id: [] for node_id in nodes}
        for item in _objects(graph, "edges"):
            ends = plain(item.get("source", "")), plain(item.get("target", ""))
            if ends[0] in ways:
                ways[ends[0]].append(Edge(plain(item.get("id", "")), *ends, _data(item)))
        for edges in ways.values():
            edges.sort(key=lambda edge: edge.priority)
        return cls([nodes[node_id] for node_id in _order(list(nodes), ways)], ways)


def _objects(graph: Any, key: str) -> list[dict[str, Any]]:
    items = graph.get(key) if isinstance(graph, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _data(item: dict[str, Any]) -> dict[str, Any]:
    data = item.get("data")
    return data if isinstance(data, dict) else {}


def _order(ids: list[str], ways: dict[str, list[Edge]]) -> list[str]:
    """A topological order in which a node comes soon after the one that leads to it, so that lines stay short.

    Of the nodes that may come next, the one whose last predecessor was drawn latest; of several, the one on the edge
    with the lower number. In a cycle the first node in the graph's own order breaks it.
    """
    missing = dict.fromkeys(ids, 0)
    for node_id in ids:
        for target in {edge.target for edge in ways[node_id] if edge.target in missing}:
            missing[target] += 1
    rank = {node_id: number for number, node_id in enumerate(ids)}
    ready: list[tuple[int, int, int, str]] = []
    for node_id in ids:
        if missing[node_id] == 0:
            heappush(ready, (0, 0, rank[node_id], node_id))
    order: list[str] = []
    placed: set[str] = set()
    rest = iter(ids)
    while len(order) < len(ids):
        node_id = heappop(ready)[3] if ready else next(left for left in rest if left not in placed)
        if node_id in placed:
            continue
        placed.add(node_id)
        order.append(node_id)
        for number, target in enumerate(dict.fromkeys(edge.target for edge in ways[node_id])):
            if target not in missing:
                continue
            missing[target] -= 1
            if missing[target] == 0 and target not in placed:
                heappush(ready, (-len(order), number, rank[target], target))
    return order
