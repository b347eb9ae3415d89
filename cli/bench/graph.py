"""`graph`: how long validation of a workflow takes, and that it grows with the graph and not faster."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from cli.api import Api
from cli.bench.contract import Benchmark, Claim, Measurement, repeated, scaled
from cli.bench.graphs import Graph, campaign, chain, ladder
from cli.bench.place import Database, Place, Team
from cli.bench.timing import Times, interleaved
from cli.errors import CommandError

_VALIDATE = "select public.validate_workflow_graph(%s::jsonb)"
# What no validation can do without: the graph arrives as text, and each of its elements is looked at once.
_READ = "select count(*) from jsonb_array_elements(%s::jsonb -> 'nodes')"
_SHAPES: dict[str, Callable[[int], Graph]] = {"chain": chain, "ladder": ladder}
_LINEAR = 1.5
_LATENCY = 20.0


def measure(scale: float, place: Place) -> Measurement:
    """Validate graphs of four sizes over two connections."""
    small, large = scaled(1_000, scale, 10), scaled(5_000, scale, 50)
    sizes = sorted({scaled(10, scale, 3), scaled(100, scale, 6), small, large})
    with place.database() as database:
        team = database.make_team()
        assistants = _make_assistants(database, team)
        database.settle()
        campaigns = {size: campaign(size, assistants) for size in sizes}
        with database.connect_as(team.admin_id) as connection:
            direct = _direct(connection, campaigns[small], repeated(60, scale))
            growth = _growth(connection, campaigns, (small, large), repeated(15, scale))
        with database.data_api() as served, served.as_person(team.admin_id) as api:
            http = _over_http(api, campaigns[small], repeated(30, scale))

    ratio = direct["validate"].median / direct["select 1"].median
    linear = {
        shape: growth[f"{shape} {large}"].median / large / (growth[f"{shape} {small}"].median / small)
        for shape in ("campaign", *_SHAPES)
    }
    return Measurement(
        claims=[
            Claim(f"{small:,} nodes against `select 1` on the same connection", ratio, _LATENCY),
            *(
                Claim(f"{shape}: time per node at {large:,} against that at {small:,}", grown, _LINEAR)
                for shape, grown in linear.items()
            ),
        ],
        sizes={"nodes": small, "edges": len(campaigns[small]["edges"]), "largest": large},
        figures={
            "select_1_ms": direct["select 1"].median_ms,
            "read_json_ms": direct["read"].median_ms,
            "validate_ms": direct["validate"].median_ms,
            "validate_p95_ms": direct["validate"].p95_ms,
            "validate_against_reading_the_json": round(direct["validate"].median / direct["read"].median, 2),
            "reading_the_json_against_select_1": round(direct["read"].median / direct["select 1"].median, 2),
            "json_bytes": len(_as_sent(campaigns[small])),
            "by_nodes_ms": {str(size): growth[f"campaign {size}"].median_ms for size in sizes},
            "http": {
                "smallest_request_ms": http["smallest"].median_ms,
                "validate_ms": http["validate"].median_ms,
                "validate_p95_ms": http["validate"].p95_ms,
                "ratio": round(http["validate"].median / http["smallest"].median, 2),
            },
        },
    )


def _make_assistants(database: Database, team: Team) -> list[str]:
    with database.connect("supabase_admin") as connection:
        made = connection.execute(
            "insert into public.assistants (team_id, name, provider_assistant_id)"
            " select %s, 'Assistant ' || number, 'a' || number from generate_series(1, 5) as number returning id::text",
            [team.id],
        ).fetchall()
    return [assistant_id for (assistant_id,) in made]


def _direct(connection: psycopg.Connection[Any], graph: Graph, rounds: int) -> dict[str, Times]:
    """Prepared statements as the signed-in person, the way PostgREST runs them."""
    document = _as_sent(graph)
    _demand_no_issues(_ask(connection, document))
    return interleaved(
        {
            "select 1": lambda: connection.execute("select 1", prepare=True).fetchone(),
            "read": lambda: connection.execute(_READ, [document], prepare=True).fetchone(),
            "validate": lambda: _ask(connection, document),
        },
        rounds=rounds,
        warm_up=10,
    )


def _growth(
    connection: psycopg.Connection[Any], campaigns: dict[int, Graph], compared: Sequence[int], rounds: int
) -> dict[str, Times]:
    graphs = {f"campaign {size}": graph for size, graph in campaigns.items()}
    graphs |= {f"{name} {size}": shape(size) for name, shape in _SHAPES.items() for size in compared}
    for graph in graphs.values():
        _demand_no_issues(_ask(connection, _as_sent(graph)))

    def asking(graph: Graph) -> Callable[[], object]:
        document = _as_sent(graph)
        return lambda: _ask(connection, document)

    return interleaved({name: asking(graph) for name, graph in graphs.items()}, rounds=rounds, warm_up=2)


def _over_http(api: Api, graph: Graph, rounds: int) -> dict[str, Times]:
    """What a browser sees: gateway, PostgREST, database, and back."""
    _demand_no_issues(api.rpc("validate_workflow_graph", p_graph=graph))
    return interleaved(
        {
            "smallest": lambda: api.select("teams", select="id", limit="1"),
            "validate": lambda: api.rpc("validate_workflow_graph", p_graph=graph),
        },
        rounds=rounds,
        warm_up=5,
    )


def _as_sent(graph: Graph) -> str:
    """As a browser writes it, without spaces."""
    return json.dumps(graph, separators=(",", ":"))


def _ask(connection: psycopg.Connection[Any], document: str) -> Any:
    row = connection.execute(_VALIDATE, [document], prepare=True).fetchone()
    assert row is not None  # a function always answers
    return row[0]


def _demand_no_issues(issues: Any) -> None:
    """A graph with problems takes another way through validation; these are to have none."""
    if issues != []:
        raise CommandError(
            "A graph of the benchmark is not in order, so it measures something else.", detail=issues[:5]
        )


BENCHMARK = Benchmark(
    name="graph",
    measures="validate_workflow_graph on 10, 100, 1,000 and 5,000 nodes with 1.8 edges each, a chain and a ladder of "
    "diamonds, against `select 1` on the same connection.",
    limit="1,000 nodes in 20 x `select 1`; per node, 5,000 take at most 1.5 x the time of 1,000",
    run=measure,
)
