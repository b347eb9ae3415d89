"""Whatever is JSON is answered by a list of issues, and the list grows with what was sent and not faster."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.workflows.graphs import Graph, Issue, codes, edge, good, node

MANY = 10_000
MILLION = "x" * 1_000_000


def answer(db: psycopg.Connection[Any], document: str) -> list[Issue]:
    """What validation says of a JSON document as it was written; each issue has its shape."""
    row = db.execute("select engine.graph_issues(%s::jsonb, null)", [document]).fetchone()
    assert row is not None
    issues: list[Issue] = row[0]
    for issue in issues:
        assert issue["severity"] in ("error", "warning")
        assert issue["path"].startswith("$")
        assert len(issue["message"]) < 1500
    return issues


def counted(db: psycopg.Connection[Any], graph: Any) -> Counter[str]:
    return Counter(issue["code"] for issue in answer(db, json.dumps(graph)))


def two(*edges: dict[str, Any]) -> Graph:
    """A trigger and a text, and these edges between them."""
    return {"nodes": [node("s", "trigger"), node("t", "text", template="Hi")], "edges": list(edges)}


def parallel(count: int) -> Graph:
    return two(*(edge(f"e{number}", "s", "t") for number in range(count)))


def one_id(count: int) -> Graph:
    return two(*[edge("e", "s", "t")] * count)


def star(count: int) -> Graph:
    """One priority for all edges of one node."""
    graph = two(*(edge(f"e{number}", "s", f"n{number}") for number in range(count)))
    graph["nodes"] = [node("s", "trigger"), *(node(f"n{number}", "text", template="Hi") for number in range(count))]
    return graph


def twins(count: int) -> Graph:
    graph = two(edge("e", "s", "t"))
    graph["nodes"] += [graph["nodes"][1]] * (count - 1)
    return graph


def phrases(count: int) -> Graph:
    graph = two(
        edge("e", "s", "t"), edge("f", "t", "u", "reply_matches", phrases=["?!" * (1 + n % 9) for n in range(count)])
    )
    graph["nodes"].append(node("u", "text", template="Bye"))
    return graph


def pairs(count: int) -> Graph:
    """Cycles of two nodes."""
    return {
        "nodes": [node("s", "trigger"), *(node(f"n{number}", "text", template="Hi") for number in range(count))],
        "edges": [edge(f"e{number}", f"n{number}", f"n{number ^ 1}") for number in range(count)],
    }


@pytest.mark.parametrize(
    ("shape", "count", "expected"),
    [
        (parallel, MANY, {"edge_duplicate": MANY - 1, "edge_priority_conflict": MANY - 1}),
        (one_id, MANY, dict.fromkeys(("edge_duplicate", "edge_id_duplicate", "edge_priority_conflict"), MANY - 1)),
        (star, MANY, {"edge_priority_conflict": MANY - 1}),
        (twins, MANY, {"node_id_duplicate": MANY - 1, "node_unreachable": MANY - 1}),
        (phrases, MANY, {"edge_phrases_invalid": MANY + 1, "reply_window_missing": 1, "fallback_missing": 1}),
        (pairs, MANY, {"node_unreachable": MANY, "graph_cycle": MANY // 2, "trigger_has_no_outgoing_edge": 1}),
    ],
)  # fmt: skip
def test_each_problem_is_told_once(
    db: psycopg.Connection[Any], shape: Callable[[int], Graph], count: int, expected: dict[str, int]
) -> None:
    """Never in pairs: of n edges that collide, each but the first is told, with the one that it collides with."""
    assert counted(db, shape(count)) == expected


def all_wrong(count: int) -> Graph:
    """Nothing in order, and no two things wrong in the same way."""
    return {
        "nodes": [
            {"id": number, "type": f"x{number}", "position": [number], "data": {"label": [number]}}
            if number % 2
            else {
                "id": f"c{number}", "type": "call", "position": "p",
                "data": {
                    "label": 5, "assistant_id": f"a{number}", "first_message": number,
                    "business_hours": {"timezone": f"Z{number}", "windows": {"monday": [{"start": number}], "x": []}},
                    "batching": {"size": -number}, "retry": {"outcomes": [number]},
                },
            }
            for number in range(count)
        ],
        "edges": [
            {
                "id": number, "source": f"c{number}", "target": f"c{(number + 14) % count}", "sourceHandle": number,
                "data": {"when": f"w{number}", "priority": -1 - number, "delay": f"P{number}X", "label": number,
                         "phrases": [number]},
            }
            for number in range(0, count, 2)
        ],
    }  # fmt: skip


def test_where_all_is_wrong_everything_is_told(db: psycopg.Connection[Any]) -> None:
    """Ten times the graph has ten times the issues."""
    small, large = counted(db, all_wrong(500)), counted(db, all_wrong(5000))
    assert set(small) == set(large)
    assert {code: large[code] / small[code] for code in small if small[code] >= 100} == dict.fromkeys(
        (code for code in small if small[code] >= 100), 10
    )
    assert sum(large.values()) > 50_000


def test_a_million_characters_anywhere(db: psycopg.Connection[Any]) -> None:
    """Messages show the beginning of what is too long."""
    graph = two(edge(MILLION, "s", "t", MILLION, delay=MILLION, label=MILLION, phrases=[MILLION]))
    graph["edges"].append(edge("long", "t", MILLION, "reply_matches", phrases=["?" * 1_000_000]))
    graph["nodes"][0]["data"] = {"label": MILLION, "filter": MILLION}
    graph["nodes"][1]["data"] = {
        "template": "{{" * 500_000,
        "template_overrides": {MILLION: MILLION},
        "reply_window": MILLION,
    }
    hours = {"timezone": MILLION, "windows": {MILLION: MILLION}}
    graph["nodes"] += [node(MILLION, "text"), node("c", "call", assistant_id=MILLION, business_hours=hours)]
    found = codes(answer(db, json.dumps(graph)))
    assert {
        "node_label_invalid", "template_invalid", "template_overrides_invalid", "reply_window_invalid",
        "node_id_invalid", "assistant_invalid", "business_hours_timezone_unknown", "edge_delay_invalid",
        "edge_phrases_invalid", "edge_target_unknown", "edge_id_invalid",
    } <= set(found)  # fmt: skip


LISTS, OBJECTS = "[" * 6000 + "]" * 6000, '{"a":' * 6000 + "1" + "}" * 6000


@pytest.mark.parametrize("value", [LISTS, OBJECTS, "1e400", "-1e-400", "1e5000", '{"": {"": ""}}', '""', "[[]]"])
def test_values_that_nobody_sends(db: psycopg.Connection[Any], value: str) -> None:
    """In each place that validation looks at, all at once."""
    data = dict.fromkeys(
        ("label", "filter", "assistant_id", "first_message", "template", "template_overrides", "reply_window",
         "business_hours", "batching", "retry", "when", "phrases", "delay", "priority"), "@",
    )  # fmt: skip
    windows = {"monday": [{"start": "@", "end": "@"}, "@"], "friday": "@"}
    parts = {
        "batching": {"size": "@", "interval": "@"},
        "retry": {"outcomes": ["@"], "max_retries": "@", "delay": "@"},
        "business_hours": {"timezone": "@", "windows": windows},
        "template_overrides": {"a": "@"},
    }
    graph = {
        "nodes": [
            "@", node("s", "trigger", **data), node("c", "call", **data), node("t", "text", **data),
            node("d", "call", **parts), node("u", "text", **parts),
            dict.fromkeys(("id", "type", "position", "data"), "@"),
            {"id": "p", "type": "call", "position": {"x": "@", "y": "@"}},
        ],
        "edges": [
            "@", dict.fromkeys(("id", "source", "target", "sourceHandle", "data"), "@"),
            edge("e", "s", "c"), {"id": "f", "source": "c", "target": "t", "data": data},
            edge("g", "t", "u", "reply_matches", phrases=["@", "yes"]),
        ],
    }  # fmt: skip
    found = codes(answer(db, json.dumps(graph).replace('"@"', value)))
    assert {"batching_invalid", "business_hours_invalid", "edge_source_unknown"} <= set(found)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places(below, (*way, key))


@pytest.mark.parametrize("value", [None, True, 0, -1.5, "", "text", [], {}, {"": None}], ids=repr)
def test_every_place_of_a_graph_may_hold_anything(db: psycopg.Connection[Any], value: Any) -> None:
    """One place at a time is replaced; the rest stays a good graph."""
    graph = good("0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11")
    for way in places(graph):
        changed: Any = [copy.deepcopy(graph)]
        at = changed
        for step in (0, *way)[:-1]:
            at = at[step]
        at[(0, *way)[-1]] = value
        answer(db, json.dumps(changed[0]))


@pytest.mark.parametrize(("length", "is_sound"), [(0, False), (1, True), (200, True), (201, False)])
def test_an_id_has_1_to_200_characters(db: psycopg.Connection[Any], length: int, is_sound: bool) -> None:
    node_id, edge_id = "n" * length, "e" * length
    graph = {
        "nodes": [node("s", "trigger"), node(node_id, "text", template="Hi")],
        "edges": [edge(edge_id, "s", node_id)],
    }
    found = set(codes(answer(db, json.dumps(graph))))
    assert ({"edge_id_invalid", "edge_target_unknown", "node_id_invalid"} <= found) is not is_sound
    assert (found == set()) is is_sound
