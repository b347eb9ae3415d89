"""Drawings of workflows: read back from the characters alone, a drawing has every node and every edge once."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cli.workflows.drawing import draw, for_encoding, outline
from cli.workflows.flow import Flow
from cli.workflows.words import edge_words
from tests.workflows.graphs import Graph, edge, good, node, random_graph

EdgeSeen = tuple[str, str, str]


def drawn(graph: Any, width: int = 80) -> list[str]:
    lines = draw(Flow.of(graph), width)
    assert lines is not None
    return [line.plain for line in lines]


def nodes_in(lines: list[str]) -> list[tuple[str, str]]:
    """Kind and id of every frame."""
    frames = [line.split("─┐")[0].split() for line in lines if line.startswith("┌")]
    return [(words[1], words[-1]) for words in frames]


def edges_in(lines: list[str]) -> list[EdgeSeen]:
    """Source, words and target of every line that leaves a frame, followed with a finger."""
    width = lines[0].index("┐")
    grid = [line.ljust(max(map(len, lines))) for line in lines]
    owner, found = "", []
    owners = []
    for row in grid:
        if row.startswith("┌"):
            owner = row.split("─┐")[0].split()[-1]
        owners.append(owner)
    for number, row in enumerate(grid):
        if row[width] == "├":
            column = _turn(row, width)
            (target,) = [owners[at] for at in _joined(grid, number, column) if grid[at][width] == "◀"]
            found.append((owners[number], row[1:width].strip(), target))
    return found


def _turn(row: str, width: int) -> int:
    """Where a line that leaves to the right ends: crossings are passed."""
    column = width + 1
    while row[column] in "─┼":
        column += 1
    assert row[column] in "╮╯┤", row
    return column


def _joined(grid: list[str], number: int, column: int) -> list[int]:
    """All rows in which a line meets the lane that stands in a column of a row."""
    first = last = number
    while grid[first][column] != "╮":
        assert grid[first][column] in "│┼┤╯"
        first -= 1
    while grid[last][column] != "╯":
        assert grid[last][column] in "│┼┤╮"
        last += 1
    return [at for at in range(first, last + 1) if grid[at][column] in "╮┤╯"]


def edges_of(graph: Graph) -> list[EdgeSeen]:
    return [(item["source"], edge_words(item["data"]), item["target"]) for item in graph["edges"]]


def test_a_flow_is_boxes_and_lines() -> None:
    """The picture itself, so that nobody changes it without looking."""
    graph = {
        "nodes": [
            node("start", "trigger"),
            node("call", "call", label="First call"),
            node("bye", "text", template="Bye"),
        ],
        "edges": [edge("e1", "start", "call"), edge("e2", "call", "bye", "booked", priority=1, delay="PT90S")],
    }
    assert drawn(graph, 50) == [
        "┌─ trigger ─────────────────────────── start ─┐",
        "│ start                                       │",
        "├─────────────────────────────────────────────┤",
        "│ 1 any                                       ├──╮",
        "└─────────────────────────────────────────────┘  │",
        "┌─ call ─────────────────────────────── call ─┐  │",
        "│ First call                                  ◀──╯",
        "├─────────────────────────────────────────────┤",
        "│ 1 booked, after 90s                         ├──╮",
        "└─────────────────────────────────────────────┘  │",
        "┌─ text ──────────────────────────────── bye ─┐  │",
        "│ bye                                         ◀──╯",
        "│ “Bye”                                       │",
        "└─────────────────────────────────────────────┘",
    ]


def test_a_node_that_many_ways_lead_to_is_drawn_once() -> None:
    graph = good("0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11")
    lines = drawn(graph)
    assert nodes_in(lines) == [("trigger", "start"), ("call", "call"), ("text", "text"), ("text", "bye")]
    assert sorted(edges_in(lines)) == sorted(edges_of(graph))


@given(seed=st.integers(0, 100_000))
def test_every_node_and_every_edge_of_any_graph_is_there_once(seed: int) -> None:
    """Cycles, orphans and several parts included: files hold them too."""
    graph, _ = random_graph(seed)
    lines = drawn(graph, 2000)
    assert Counter(ident for _, ident in nodes_in(lines)) == Counter(item["id"] for item in graph["nodes"])
    assert Counter(edges_in(lines)) == Counter(edges_of(graph))
    told = [line.plain for line in outline(Flow.of(graph))]
    assert sum(not line.startswith(" ") for line in told) == len(graph["nodes"])
    assert sum(" → [" in line for line in told) == len(graph["edges"])


@given(seed=st.integers(0, 100_000))
def test_lines_lead_downwards_where_there_is_no_cycle(seed: int) -> None:
    graph, oracle = random_graph(seed)
    names = list(oracle.nodes)
    graph["edges"] = [item for item in graph["edges"] if names.index(item["source"]) < names.index(item["target"])]
    order = [item.id for item in Flow.of(graph).nodes]
    assert all(order.index(item["source"]) < order.index(item["target"]) for item in graph["edges"])


@pytest.mark.parametrize("width", [44, 60, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    wide = {"label": "予約の電話 📞 " * 20, "template": "x" * 300, "assistant_id": "a b " * 50}
    graph = {
        "nodes": [node("s" * 200, "trigger", **wide), node("t", "text", **wide), node("u", "k" * 99, **wide)],
        "edges": [edge("e", "s" * 200, "t", "reply_matches", phrases=["ja"] * 99), edge("f", "t", "u", label="l" * 99)],
    }
    lines = draw(Flow.of(graph), width)
    if lines is None:
        assert width == 44  # no room for a line beside the box
        return
    assert all(line.cell_len <= width for line in lines)
    borders = [re.search("[┐┘┤├│◀]", line.plain[1:]) for line in lines]
    columns = {cell_len(line.plain[: found.start()]) for line, found in zip(lines, borders, strict=True) if found}
    assert None not in borders
    assert len(columns) == 1


def test_a_branch_is_drawn_to_its_end_before_the_next() -> None:
    """Lines stay short, and what belongs together stands together."""
    names = ["a", "b", "c", "d", "e"]
    ways = [("a", "c", 2), ("b", "e", 2), ("b", "d", 1), ("a", "b", 1)]
    graph = {
        "nodes": [node(name, "text") for name in names],
        "edges": [edge(f"{source}{target}", source, target, priority=number) for source, target, number in ways],
    }
    lines = drawn(graph)
    assert [ident for _, ident in nodes_in(lines)] == ["a", "b", "d", "e", "c"]
    assert [words for _, words, _ in edges_in(lines)] == ["1 any", "2 any", "1 any", "2 any"]


def test_a_graph_with_too_many_lines_is_left_to_the_outline() -> None:
    nodes = [node(f"n{number}", "text") for number in range(21)]
    fan = {"nodes": nodes, "edges": [edge(f"e{number}", "n0", f"n{number}") for number in range(1, 21)]}
    assert draw(Flow.of(fan), 80) is None
    assert Counter(edges_in(drawn(fan, 120))) == Counter(edges_of(fan))


def test_a_long_chain_is_drawn() -> None:
    size = 5000
    nodes = [node(f"n{number}", "text") for number in range(size)]
    lines = drawn({"nodes": nodes, "edges": [edge(f"e{n}", f"n{n}", f"n{n + 1}") for n in range(size - 1)]})
    assert len(nodes_in(lines)) == size
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    "graph",
    [
        None,
        [],
        {},
        {"nodes": 3, "edges": None},
        {"nodes": [1, {"id": None}, {"type": "text"}, {"id": ["a"], "data": 3}], "edges": [{}, 1, {"source": "x"}]},
        {
            "nodes": [
                {"id": "a", "type": "call", "data": {"retry": {}, "business_hours": {"windows": {"monday": [1, {}]}}}},
                {"id": "a", "data": {"retry": {"outcomes": 3}, "batching": {"size": None}, "label": {"x": 1}}},
            ],
            "edges": [{"source": "a", "target": "a", "data": {"priority": "high", "delay": 3, "phrases": 1}}],
        },
    ],
)
def test_whatever_a_file_holds_is_drawn_as_far_as_it_goes(graph: Any) -> None:
    flow = Flow.of(graph)
    assert draw(flow, 80) is not None
    outline(flow)


def test_an_edge_to_nowhere_says_so() -> None:
    lines = drawn({"nodes": [node("a", "trigger")], "edges": [edge("e", "a", "gone")]})
    assert any("1 any → nowhere: there is no node “gone”" in line for line in lines)


def test_texts_never_steer_the_terminal() -> None:
    lines = drawn({"nodes": [node("a", "trigger", label="a\x1b[2Jb\nc\u202ed")], "edges": []})
    assert "a [2Jb cd" in lines[1]
    assert not any(char in line for line in lines for char in "\x1b\n\u202e")


def test_a_terminal_without_unicode_gets_plain_characters() -> None:
    lines = draw(Flow.of(good("0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11")), 80)
    assert lines is not None
    plain = [for_encoding(line, "ascii").plain for line in lines]
    assert all(line.isascii() for line in plain)
    assert [len(line) for line in plain] == [len(line.plain) for line in lines]
    assert any("<--+" in line for line in plain)
