"""Drawings of graphs, hundreds at random: what a person would say is a good one, and what must never happen."""

from __future__ import annotations

import itertools
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from psycopg.types.json import Jsonb

from tests.support.databases import Database
from tests.support.work import rows_worked
from tests.workflows.graphs import Graph, edge, node
from tests.workflows.test_properties import graphs
from tests.workflows.test_size import chain, diamonds, ring, star

GRAPHS = 300
DIRECTIONS = ["LR", "TB"]
Box = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def connection(module_database: Database) -> Iterator[psycopg.Connection[Any]]:
    with module_database.connect(autocommit=True) as connection:
        yield connection


def drawn(connection: psycopg.Connection[Any], some: list[Graph], direction: str = "LR") -> list[Graph]:
    """The layouts of many graphs, in one round trip."""
    rows = connection.execute(
        "select public.layout_workflow(g.graph, %s) from unnest(%s::jsonb[]) with ordinality as g (graph, place)"
        " order by g.place",
        [direction, [Jsonb(graph) for graph in some]],
    )
    return [row[0] for row in rows]


def sketch(seed: int) -> Graph:
    """Nodes of all sizes, edges that lead anywhere: cycles, self-loops, duplicates, several parts, no trigger."""
    rnd = random.Random(seed)
    size = rnd.randint(1, 25)
    nodes = [node(f"n{number}", rnd.choice(["trigger", "call", "text", "email"])) for number in range(size)]
    for item in nodes:
        sides = {"width": rnd.choice([1, 150, 333.3, 1200]), "height": rnd.choice([1, 40, 99.5, 900])}
        odd: dict[str, Any] = {"width": rnd.choice(["wide", -5, 1e16, None, []])}
        item.update(rnd.choice([{"measured": sides}, sides, {"measured": odd}, odd, {"measured": None}, {}]))
        if rnd.random() < 0.3:
            del item["position"]
    edges = [
        edge(f"e{number}", f"n{rnd.randrange(size)}", f"n{rnd.randrange(size + (rnd.random() < 0.1))}")
        for number in range(rnd.randint(0, 2 * size))
    ]
    return {"nodes": nodes, "edges": edges}


def side(item: dict[str, Any], name: str, default: float) -> float:
    for holder in (item.get("measured"), item):
        value = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(value, int | float) and 1 <= value <= 4000:
            return float(value)
    return default


def boxes(graph: Graph) -> dict[str, Box]:
    """Left, top, right and bottom of each node."""
    found = {}
    for item in graph["nodes"]:
        x, y = item["position"]["x"], item["position"]["y"]
        found[item["id"]] = (x, y, x + side(item, "width", 240), y + side(item, "height", 80))
    return found


def are_apart(one: Box, two: Box, gap: float) -> bool:
    return (
        one[2] + gap <= two[0] or two[2] + gap <= one[0] or one[3] + gap <= two[1] or two[3] + gap <= one[1]
    )  # fmt: skip


def oracle_of(graph: Graph) -> nx.DiGraph[Any]:
    oracle: nx.DiGraph[Any] = nx.DiGraph()
    oracle.add_nodes_from(item["id"] for item in graph["nodes"])
    oracle.add_edges_from((item["source"], item["target"]) for item in graph["edges"] if item["target"] in oracle)
    return oracle


@pytest.fixture(scope="module", params=DIRECTIONS)
def sketches(connection: psycopg.Connection[Any], request: pytest.FixtureRequest) -> list[tuple[Graph, Graph, str]]:
    """Graphs, how they were drawn, and in which direction."""
    sent = [sketch(seed) for seed in range(GRAPHS)]
    return [
        (graph, drawing, request.param)
        for graph, drawing in zip(sent, drawn(connection, sent, request.param), strict=True)
    ]


def test_no_two_nodes_overlap(sketches: list[tuple[Graph, Graph, str]]) -> None:
    """Whatever their sizes, they are apart by nearly the 60 pixels that neighbours have between them."""
    for seed, (_, drawing, _) in enumerate(sketches):
        for one, two in itertools.combinations(boxes(drawing).values(), 2):
            assert are_apart(one, two, 59), seed


def test_edges_lead_on(sketches: list[tuple[Graph, Graph, str]]) -> None:
    """All of an acyclic graph's; else at least all that are in no cycle."""
    for seed, (graph, drawing, direction) in enumerate(sketches):
        near, far = (0, 2) if direction == "LR" else (1, 3)
        place, oracle = boxes(drawing), oracle_of(graph)
        part = {name: number for number, names in enumerate(nx.strongly_connected_components(oracle)) for name in names}
        for source, target in oracle.edges:
            if part[source] != part[target]:
                assert place[source][far] < place[target][near], seed


def test_parts_that_do_not_hang_together_are_apart(sketches: list[tuple[Graph, Graph, str]]) -> None:
    for seed, (graph, drawing, _) in enumerate(sketches):
        place = boxes(drawing)
        hulls = []
        for names in nx.weakly_connected_components(oracle_of(graph)):
            lefts, tops, rights, bottoms = zip(*(place[name] for name in names), strict=True)
            hulls.append((min(lefts), min(tops), max(rights), max(bottoms)))
        assert all(are_apart(one, two, 79) for one, two in itertools.combinations(hulls, 2)), seed
        assert min(hull[0] for hull in hulls) == min(hull[1] for hull in hulls) == 0, seed


def test_everything_but_the_positions_comes_back(sketches: list[tuple[Graph, Graph, str]]) -> None:
    for seed, (graph, drawing, _) in enumerate(sketches):
        kept = [{**item, "position": 0} for item in drawing["nodes"]]
        assert kept == [{**item, "position": 0} for item in graph["nodes"]], seed
        assert {**drawing, "nodes": 0} == {**graph, "nodes": 0}, seed


def test_a_drawing_is_always_the_same(
    connection: psycopg.Connection[Any], sketches: list[tuple[Graph, Graph, str]]
) -> None:
    """Also when it is drawn again from what was drawn."""
    drawings = [drawing for _, drawing, _ in sketches]
    assert drawn(connection, drawings, sketches[0][2]) == drawings


def layered(seed: int) -> tuple[Graph, list[list[str]]]:
    """A random graph whose edges lead from each layer to the next, and its layers in the order of the graph."""
    rnd = random.Random(seed)
    rows = [[f"{row}-{number}" for number in range(rnd.randint(2, 8))] for row in range(rnd.randint(2, 6))]
    ways = {
        (rnd.choice(upper), name) for upper, lower in itertools.pairwise(rows) for name in lower
    }  # every node is as deep as its row says
    for upper, lower in itertools.pairwise(rows):
        ways |= {(rnd.choice(upper), rnd.choice(lower)) for _ in range(rnd.randint(0, len(upper) + len(lower)))}
    nodes = [node(name, "text") for row in rows for name in row]
    edges = [edge(f"e{number}", *way) for number, way in enumerate(rnd.sample(sorted(ways), len(ways)))]
    return {"nodes": nodes, "edges": edges}, rows


def crossings(graph: Graph, place: dict[str, tuple[float, float]]) -> int:
    """How many pairs of lines cross, where a place is a layer and how far down."""
    lines = defaultdict(list)
    for item in graph["edges"]:
        (layer, start), (_, end) = place[item["source"]], place[item["target"]]
        lines[layer].append((start, end))
    return sum(
        (one[0] - two[0]) * (one[1] - two[1]) < 0
        for alike in lines.values()
        for one, two in itertools.combinations(alike, 2)
    )


def test_a_drawing_has_fewer_crossings_than_the_order_of_the_graph(connection: psycopg.Connection[Any]) -> None:
    """Never more; and over all less than half, which an order that is left to chance does not reach."""
    made = [layered(seed) for seed in range(GRAPHS)]
    before = after = 0
    for seed, ((graph, rows), drawing) in enumerate(
        zip(made, drawn(connection, [graph for graph, _ in made]), strict=True)
    ):
        sent = {name: (float(row), float(at)) for row, names in enumerate(rows) for at, name in enumerate(names)}
        # parts stand apart and never cross: each layer of a part is a layer of its own
        got = {name: (box[0], (box[1] + box[3]) / 2) for name, box in boxes(drawing).items()}
        part = {name: number for number, names in enumerate(nx.weakly_connected_components(oracle_of(graph)))
                for name in names}  # fmt: skip
        seen = {name: (part[name] * 1e6 + x, y) for name, (x, y) in got.items()}
        assert crossings(graph, seen) <= crossings(graph, sent), seed
        before += crossings(graph, sent)
        after += crossings(graph, seen)
    assert after < before / 2


def test_a_tree_is_drawn_without_crossings(connection: psycopg.Connection[Any]) -> None:
    for direction, (along, across) in (("LR", (0, 1)), ("TB", (1, 0))):
        made = []
        for seed in range(GRAPHS):
            rnd = random.Random(seed)
            names = [f"n{number}" for number in range(rnd.randint(1, 40))]
            ways = [(names[rnd.randrange(at)], names[at]) for at in range(1, len(names))]
            edges = [edge(f"e{number}", *way) for number, way in enumerate(rnd.sample(ways, len(ways)))]
            made.append({"nodes": [node(name, "text") for name in rnd.sample(names, len(names))], "edges": edges})
        for seed, drawing in enumerate(drawn(connection, made, direction)):
            place = {name: (box[along], box[across]) for name, box in boxes(drawing).items()}
            assert crossings(drawing, place) == 0, seed


def test_the_first_edge_leads_to_the_first_place(connection: psycopg.Connection[Any]) -> None:
    graph = {
        "nodes": [node("start", "trigger"), *(node(name, "text") for name in "cba")],
        "edges": [edge("e1", "start", "a"), edge("e2", "start", "b"), edge("e3", "start", "c")],
    }
    places = {item["id"]: item["position"] for item in drawn(connection, [graph])[0]["nodes"]}
    assert places == {
        "start": {"x": 0, "y": 140}, "a": {"x": 320, "y": 0}, "b": {"x": 320, "y": 140}, "c": {"x": 320, "y": 280}
    }  # fmt: skip


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(graph=graphs)
def test_whatever_is_json_is_drawn_or_refused(connection: psycopg.Connection[Any], graph: Any) -> None:
    try:
        drawing = drawn(connection, [graph])[0]
    except psycopg.Error as error:
        # any other error is a failure of its own
        if error.sqlstate != "OB001" or not json.loads(error.diag.message_detail or ""):
            raise
    else:
        assert [item["id"] for item in drawing["nodes"]] == [item["id"] for item in graph["nodes"]]
        assert all(item["position"]["x"] >= 0 and item["position"]["y"] >= 0 for item in drawing["nodes"])


def spanned(size: int) -> Graph:
    """A chain whose every node is also led to from the first: as many layers to pass as there are pairs."""
    graph = chain(size)
    graph["edges"] += [edge(f"s{number}", "n0", f"n{number}") for number in range(2, size)]
    return graph


def tangle(size: int) -> Graph:
    """Edges from anywhere to anywhere."""
    rnd = random.Random(size)
    graph = chain(size)
    graph["edges"] = [
        edge(f"e{number}", f"n{rnd.randrange(size)}", f"n{rnd.randrange(size)}") for number in range(2 * size)
    ]
    return graph


@pytest.mark.parametrize("shape", [chain, diamonds, star, ring, spanned, tangle])
def test_work_grows_with_the_size_and_not_faster(
    connection: psycopg.Connection[Any], shape: Callable[[int], Graph]
) -> None:
    """One graph of 4,000 nodes is about as much work as eight of 500; the square would be eight times that."""

    def work(size: int) -> int:
        return rows_worked(connection, "select public.layout_workflow(%s::jsonb)", [json.dumps(shape(size))])

    assert work(500) > 500
    assert work(4000) < 12 * work(500)
