"""Every benchmark runs on a small size and finds what it should; how long it takes is nobody's business here."""

from __future__ import annotations

import json
from typing import Any

import networkx as nx
import pytest

from cli.app import run
from cli.bench import commands, graph, place, rivals
from cli.bench.contract import Benchmark, Claim, Measurement, line, scaled
from cli.bench.graphs import Graph, campaign, chain, ladder
from cli.bench.registry import all_benchmarks
from cli.bench.timing import Times, interleaved
from cli.dev.project import ROOT
from cli.errors import CommandError

# every benchmark runs for the first of these tests
pytestmark = pytest.mark.timeout(600)

KEYS = ["name", "ratio", "limit", "holds", "sizes", "figures"]


@pytest.fixture(scope="module")
def lines() -> dict[str, dict[str, Any]]:
    """What `outbound bench all` says of small sizes, in one run as a person starts it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(rivals.PYTHON, "/nonexistent/python")  # peers are nobody's to install for a test
        patch.setattr(place, "_DURABLE", {})  # a disk's time is of no interest either
        written: list[str] = []
        patch.setattr("sys.stdout.write", written.append)
        status = run(["bench", "all", "--size", "0.002", "--json"])
    assert status == 0
    return {found["name"]: found for found in map(json.loads, written)}


def test_all_means_all(lines: dict[str, dict[str, Any]]) -> None:
    assert list(lines) == list(all_benchmarks())


@pytest.mark.parametrize("name", all_benchmarks())
def test_a_line_says_what_was_measured(lines: dict[str, dict[str, Any]], name: str) -> None:
    found = lines[name]
    assert list(found) == KEYS
    claims = found["figures"]["claims"]
    assert (found["ratio"], found["limit"]) == (claims[0]["ratio"], claims[0]["limit"])
    assert found["holds"] is all(claim["holds"] for claim in claims)
    for claim in claims:
        if claim["ratio"] is None:
            assert not claim["holds"]
            assert found["figures"]["not_installed"]
            continue
        within = claim["ratio"] <= claim["limit"] if claim["bound"] == "at most" else claim["ratio"] >= claim["limit"]
        assert claim["holds"] is within
        assert claim["ratio"] > 0
    assert found["sizes"]
    assert all(isinstance(size, int) and size > 0 for size in found["sizes"].values())


def test_the_page_describes_every_benchmark() -> None:
    page = (ROOT / "docs" / "performance.md").read_text()
    for benchmark in all_benchmarks().values():
        assert f"| `{benchmark.name}` | {benchmark.measures} | {benchmark.limit} |" in page


def test_list_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "list", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in shown] == list(all_benchmarks())
    assert run(["bench", "list"]) == 0
    assert "graph" in capsys.readouterr().out


def test_a_name_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "nosuch"]) == 1
    assert "graph" in capsys.readouterr().err


def slow(ratio: float | None, bound: Any = "at most") -> Benchmark:
    """A benchmark that finds what it is told."""
    claims = [Claim("a against b", 1.0, 2.0), Claim("c against d", ratio, 5.0, bound)]
    return Benchmark(
        "slow", "Nothing.", "none", lambda _scale, _place: Measurement(claims, {"rows": 1}, {"x": {"y": 3}})
    )


@pytest.mark.parametrize(
    ("benchmark", "options", "status"),
    [
        (slow(5.1), [], 0),
        (slow(5.1), ["--check"], 1),
        (slow(5.0), ["--check"], 0),
        (slow(4.9, "at least"), ["--check"], 1),
        (slow(5.0, "at least"), ["--check"], 0),
        (slow(None, "at least"), ["--check"], 1),
    ],
)
def test_a_missed_limit_is_told_and_fails_only_a_check(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    benchmark: Benchmark,
    options: list[str],
    status: int,
) -> None:
    monkeypatch.setattr(commands, "chosen", lambda _: [benchmark])
    assert run(["bench", "slow", *options]) == status
    shown = capsys.readouterr().out
    assert "c against d" in shown
    assert "x y" in shown
    assert run(["bench", "slow", "--json", *options]) == status
    found = json.loads(capsys.readouterr().out)
    assert found == line(benchmark, benchmark.run(1, None))  # type: ignore[arg-type]  # it needs no place
    assert (found["ratio"], found["limit"]) == (1.0, 2.0)


def test_work_takes_turns_and_the_first_rounds_do_not_count() -> None:
    done: list[str] = []
    times = interleaved({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, rounds=3, warm_up=2)
    assert done == ["a", "b"] * 5
    assert {name: len(taken.seconds) for name, taken in times.items()} == {"a": 3, "b": 3}


def test_medians_and_percentiles() -> None:
    times = Times([float(second) for second in range(20, 0, -1)])
    assert (times.median, times.p95) == (10.5, 19.0)
    assert (Times([0.0012]).median_ms, Times([0.0012]).p95_ms) == (1.2, 1.2)


def test_sizes_scale_down_to_what_makes_sense() -> None:
    assert [scaled(1_000, scale, 10) for scale in (1, 0.1, 0.0001)] == [1000, 100, 10]


@pytest.mark.parametrize("shape", [lambda size: campaign(size, ["a", "b"]), chain, ladder])
@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7, 10, 100])
def test_graphs_have_their_size_and_one_way_in(shape: Any, size: int) -> None:
    drawn: Graph = shape(size)
    oracle: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    oracle.add_nodes_from(node["id"] for node in drawn["nodes"])
    oracle.add_edges_from((edge["source"], edge["target"]) for edge in drawn["edges"])
    assert len(drawn["nodes"]) == len(oracle) == size
    assert nx.is_directed_acyclic_graph(oracle)
    assert nx.descendants(oracle, "start") == set(oracle) - {"start"}
    assert len({edge["id"] for edge in drawn["edges"]}) == len(drawn["edges"])


def test_a_campaign_has_nine_edges_for_five_nodes() -> None:
    assert len(campaign(1001, ["a"])["edges"]) == 1800


def test_a_graph_with_issues_is_not_measured() -> None:
    with pytest.raises(CommandError):
        graph._demand_no_issues([{"code": "dead_end"}])
