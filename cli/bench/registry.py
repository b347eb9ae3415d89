"""Finds the benchmarks: every module of this package with a constant `BENCHMARK`."""

from __future__ import annotations

import importlib
import pkgutil

import cli.bench
from cli.bench.contract import Benchmark
from cli.errors import CommandError


def all_benchmarks() -> dict[str, Benchmark]:
    """Every benchmark by its name, in the order of the names."""
    found: dict[str, Benchmark] = {}
    for module in pkgutil.iter_modules(cli.bench.__path__):
        benchmark = getattr(importlib.import_module(f"cli.bench.{module.name}"), "BENCHMARK", None)
        if isinstance(benchmark, Benchmark):
            found[benchmark.name] = benchmark
    return dict(sorted(found.items()))


def chosen(name: str) -> list[Benchmark]:
    """The one of that name, or `all`."""
    known = all_benchmarks()
    if name == "all":
        return list(known.values())
    if name not in known:
        raise CommandError(f"There is no benchmark {name!r}.", hint=f"There are: {', '.join(known)}; or all.")
    return [known[name]]
