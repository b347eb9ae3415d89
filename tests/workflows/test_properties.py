"""Validation against networkx over random graphs, and against whatever JSON there is."""

from __future__ import annotations

import json
from typing import Any

import networkx as nx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from tests.support.factories import make_team
from tests.workflows.graphs import Issue, issues_of, of_code, random_graph

GRAPHS = 3000
BATCH = 500


@pytest.fixture(scope="module")
def connection(module_database: Any) -> Any:
    with module_database.connect(autocommit=True) as connection:
        yield connection


def judged(connection: psycopg.Connection[Any], first: int) -> list[tuple[int, list[Issue]]]:
    """Issues of a batch of random graphs, in one round trip."""
    seeds = range(first, first + BATCH)
    rows = connection.execute(
        "select g.seed, engine.graph_issues(g.graph, null) from unnest(%s::integer[], %s::jsonb[]) as g (seed, graph)",
        [list(seeds), [Jsonb(random_graph(seed)[0]) for seed in seeds]],
    )
    return [(seed, issues) for seed, issues in rows]


@pytest.mark.parametrize("first", range(0, GRAPHS, BATCH))
def test_shape_agrees_with_networkx(connection: psycopg.Connection[Any], first: int) -> None:
    """Reachability, and cycles with all nodes that are in them."""
    for seed, issues in judged(connection, first):
        _, oracle = random_graph(seed)
        unreachable = {issue["node_id"] for issue in of_code(issues, "node_unreachable")}
        assert unreachable == set(oracle) - {"start"} - nx.descendants(oracle, "start"), seed
        cycles = {frozenset(issue["node_ids"]) for issue in of_code(issues, "graph_cycle")}
        components = nx.strongly_connected_components(oracle)
        assert cycles == {frozenset(component) for component in components if len(component) > 1}, seed
        assert (not cycles) == nx.is_directed_acyclic_graph(oracle), seed


@pytest.mark.parametrize("first", range(0, GRAPHS, BATCH))
def test_orphans_agree_with_networkx(connection: psycopg.Connection[Any], first: int) -> None:
    """What no edge touches is unreachable; a trigger that no edge leaves leads nowhere, and then all is unreachable."""
    for seed, issues in judged(connection, first):
        _, oracle = random_graph(seed)
        unreachable = {issue["node_id"] for issue in of_code(issues, "node_unreachable")}
        assert set(nx.isolates(oracle)) - {"start"} <= unreachable, seed
        leads_nowhere = bool(of_code(issues, "trigger_has_no_outgoing_edge"))
        assert leads_nowhere == (oracle.out_degree("start") == 0), seed
        assert not leads_nowhere or unreachable == set(oracle) - {"start"}, seed


@pytest.mark.parametrize("first", range(0, GRAPHS, BATCH))
def test_topological_order_agrees_with_networkx(connection: psycopg.Connection[Any], first: int) -> None:
    """The order leaves out what is in a cycle or behind one, and each node follows all that lead to it."""
    oracles = {seed: random_graph(seed)[1] for seed in range(first, first + BATCH)}
    ends = [
        [Jsonb([list(oracle).index(way[end]) for way in oracle.edges]) for oracle in oracles.values()] for end in (0, 1)
    ]
    rows = connection.execute(
        """
        select g.seed, engine.topological_order(
            g.size,
            array(select s::integer from jsonb_array_elements_text(g.sources) as s),
            array(select t::integer from jsonb_array_elements_text(g.targets) as t)
        )
        from unnest(%s::integer[], %s::integer[], %s::jsonb[], %s::jsonb[]) as g (seed, size, sources, targets)
        """,
        [list(oracles), [len(oracle) for oracle in oracles.values()], *ends],
    ).fetchall()
    assert len(rows) == BATCH
    for seed, numbers in rows:
        oracle = oracles[seed]
        order = [list(oracle)[number] for number in numbers]
        knotted = {name for part in nx.strongly_connected_components(oracle) if len(part) > 1 for name in part}
        behind = {name for start in knotted for name in nx.descendants(oracle, start)}
        assert set(order) == set(oracle) - knotted - behind, seed
        assert len(order) == len(set(order)), seed
        place = {name: number for number, name in enumerate(order)}
        assert all(
            place[source] < place[target] for source, target in oracle.edges if source in place and target in place
        ), seed


def test_a_dead_end_is_where_neither_text_nor_booking_follows(connection: psycopg.Connection[Any]) -> None:
    for seed in range(300):
        graph, oracle = random_graph(seed)
        calls = {name for number, name in enumerate(sorted(oracle)) if name != "start" and number % 3}
        bookings = set()
        for node in graph["nodes"]:
            if node["id"] in calls:
                node["type"] = "call"
        for number, edge in enumerate(graph["edges"]):
            if edge["source"] in calls and number % 4 == 0:
                edge["data"]["when"] = "booked"
                bookings.add(edge["source"])
        issues = issues_of(connection, graph)
        ends = bookings | (set(oracle) - calls - {"start"})
        expected = {name for name in calls if not (ends & ({name} | nx.descendants(oracle, name)))}
        assert {issue["node_id"] for issue in of_code(issues, "dead_end")} == expected, seed


# what jsonb can hold: Postgres refuses NUL and halves of surrogate pairs while it reads the JSON, before we see it
letters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(letters, max_size=20)
)
words: st.SearchStrategy[Any] = st.sampled_from(
    [
        "start",
        "a",
        "b",
        "trigger",
        "call",
        "text",
        "any",
        "replied",
        "reply_matches",
        "PT5M",
        "P1M",
        "monday",
        "09:00",
        "{{first_name}}",
        "{{",
        "{{x|y}}",
        "contact",
        "America/Denver",
        "no_answer",
        1,
        0,
        -1,
        1e300,
        [],
        {},
        None,
    ]
)
anything = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(letters, max_size=6), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def shaped(*keys: str, inner: st.SearchStrategy[Any] = anything) -> st.SearchStrategy[Any]:
    """Objects with some of the keys that validation looks at, and anything below them."""
    return st.dictionaries(st.sampled_from(keys), inner, max_size=len(keys)) | anything


data = shaped(
    "label", "assistant_id", "first_message", "template", "template_overrides", "reply_window", "filter", "when",
    "phrases", "delay", "priority", "business_hours", "batching", "retry",
    inner=shaped(
        "timezone", "windows", "size", "interval", "outcomes", "max_retries", "delay",
        inner=shaped("monday", "friday", "x", inner=st.lists(shaped("start", "end"), max_size=3)),
    ),
)  # fmt: skip
elements = st.fixed_dictionaries(
    {}, optional={"id": words | anything, "type": words | anything, "position": shaped("x", "y"), "data": data,
                  "source": words | anything, "target": words | anything, "sourceHandle": anything},
)  # fmt: skip
lists = st.lists(elements | anything, max_size=6)
graphs = st.fixed_dictionaries({}, optional={"nodes": lists, "edges": lists}) | shaped("nodes", "edges")


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(graph=graphs)
def test_whatever_is_json_gets_a_list_of_issues(connection: psycopg.Connection[Any], graph: Any) -> None:
    """No input is an internal error, and each issue has its full shape."""
    for issue in issues_of(connection, graph):
        assert {"code", "severity", "path", "message"} <= set(issue) <= {
            "code", "severity", "path", "message", "node_id", "edge_id", "node_ids"
        }  # fmt: skip
        assert issue["severity"] in ("error", "warning")
        assert len(issue["message"]) < 1500


@pytest.fixture
def team_id(connection: psycopg.Connection[Any]) -> Any:
    return make_team(connection, f"Team {id(connection)}", "fuzz@example.com").id


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(graph=graphs)
def test_what_validation_accepts_is_stored_and_comes_back_the_same(
    connection: psycopg.Connection[Any], team_id: Any, graph: Any
) -> None:
    """Saved, read, saved again: nothing that passes validation trips over storing, and the second time is equal."""
    prepared = graph if isinstance(graph, dict) else {}
    nodes = [
        item for item in _list(prepared.get("nodes")) if isinstance(item, dict) and isinstance(item.get("data"), dict)
    ]
    document = {
        "nodes": [
            {"id": "start", "type": "trigger"},
            *({**item, "id": f"n{number}", "type": "text", "data": {**item["data"], "template": "Hi"}}
              for number, item in enumerate(nodes)),
        ],
        "edges": [{"id": f"e{number}", "source": "start", "target": f"n{number}", "data": {"priority": number}}
                  for number in range(len(nodes))],
    }  # fmt: skip
    if any(issue["severity"] == "error" for issue in issues_of(connection, document, team_id)):
        return
    with connection.transaction(force_rollback=True):
        connection.execute(
            "insert into public.workflows (team_id, id, lineage_id, name) values (%s, %s, %s, 'x')", [team_id] * 3
        )
        read: list[Any] = []
        for _ in range(2):
            connection.execute(
                "select engine.store_graph(%s, %s, %s)", [team_id, team_id, Jsonb(read[0] if read else document)]
            )
            row = connection.execute("select engine.workflow_graph(%s, %s)", [team_id, team_id]).fetchone()
            assert row is not None
            read.append(row[0])
    assert read[0] == read[1], json.dumps(document)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
