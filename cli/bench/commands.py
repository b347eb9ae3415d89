"""`outbound bench`: how fast it is, as ratios."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from cli.bench.contract import Benchmark, Measurement, line
from cli.bench.place import Place
from cli.bench.registry import all_benchmarks, chosen
from cli.output import JsonOption, console, print_fields, print_json, print_table

app = typer.Typer()


@app.command()
def bench(
    name: Annotated[str, typer.Argument(metavar="NAME|all|list", help="Which one; `list` says what there is.")],
    size: Annotated[float, typer.Option(min=0.0001, max=10, help="Scales the work; limits are meant for 1.")] = 1,
    check: Annotated[bool, typer.Option("--check", help="Exit status 1 when a limit is missed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure on a throw-away server, both sides of each ratio in the same run.

    Exit status 0 when it could be measured, whether or not the limits hold; --check makes a missed one 1.
    With --json one line for each benchmark: {name, ratio, limit, holds, sizes, figures}.

    Example: outbound bench graph
    """
    if name == "list":
        _list(as_json=as_json)
        return
    held = True
    with Place() as place:
        for benchmark in chosen(name):
            found = benchmark.run(size, place)
            held &= found.holds
            if as_json:
                sys.stdout.write(json.dumps(line(benchmark, found), ensure_ascii=False) + "\n")
                sys.stdout.flush()
            else:
                _print(benchmark, found)
    if check and not held:
        raise typer.Exit(1)


def _list(*, as_json: bool) -> None:
    rows = [(one.name, one.measures, one.limit) for one in all_benchmarks().values()]
    if as_json:
        print_json([dict(zip(("name", "measures", "limit"), row, strict=True)) for row in rows])
        return
    print_table(("name", "measures", "limit"), rows)


def _print(benchmark: Benchmark, found: Measurement) -> None:
    console.print(f"[bold]{benchmark.name}[/]  {benchmark.measures}", soft_wrap=True)
    print_table(
        ("ratio", "limit", "holds", "what"),
        [
            (
                "not measured" if claim.ratio is None else f"{claim.ratio:.4g}",
                f"{claim.bound} {claim.limit:g}",
                "yes" if claim.holds else "no",
                claim.says,
            )
            for claim in found.claims
        ],
        right=("ratio",),
        styles={"yes": "green", "no": "bold red"},
    )
    print_fields({"sizes": ", ".join(f"{what} {count:,}" for what, count in found.sizes.items())})
    print_fields(dict(_flat(found.figures)))
    console.print()


def _flat(figures: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Figures within figures as one list, named by their way."""
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name} ")
        else:
            yield f"{above}{name}", value
