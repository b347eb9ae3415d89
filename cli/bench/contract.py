"""What a benchmark declares and what it finds.

A benchmark is a module of this package with a constant `BENCHMARK`; it is found by that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cli.bench.place import Place


@dataclass(frozen=True)
class Claim:
    """One ratio and how far it may go; a ratio of two times, or of two rates, never a time."""

    says: str
    """What is compared with what, such as "1,000 nodes against `select 1`"."""
    ratio: float | None
    """None when one side could not be measured: then the claim does not hold."""
    limit: float
    bound: Literal["at most", "at least"] = "at most"

    @property
    def holds(self) -> bool:
        """Whether the ratio is on the right side of its limit."""
        if self.ratio is None:
            return False
        return self.ratio <= self.limit if self.bound == "at most" else self.ratio >= self.limit


@dataclass(frozen=True)
class Measurement:
    """What one run found."""

    claims: Sequence[Claim]
    """The first is the one that `ratio` and `limit` of the benchmark's line show; all of them must hold."""
    sizes: Mapping[str, int]
    """How much work was measured, after scaling."""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """What the ratios were made from: times are milliseconds (`…_ms`), rates are per second (`…_per_second`)."""

    @property
    def holds(self) -> bool:
        """Whether every claim holds."""
        return all(claim.holds for claim in self.claims)


@dataclass(frozen=True)
class Benchmark:
    """One benchmark."""

    name: str
    measures: str
    """In one sentence: the work, and what it is compared with."""
    limit: str
    """In words: what every claim asks."""
    run: Callable[[float, Place], Measurement]
    """Measures at a scale: 1 is the size that the limit is meant for, 0.01 a hundredth of it."""


def line(benchmark: Benchmark, found: Measurement) -> dict[str, Any]:
    """The line for programs."""
    headline = found.claims[0]
    claims = [
        {"says": claim.says, "ratio": _short(claim.ratio), "bound": claim.bound, "limit": claim.limit,
         "holds": claim.holds}
        for claim in found.claims
    ]  # fmt: skip
    return {
        "name": benchmark.name,
        "ratio": _short(headline.ratio),
        "limit": headline.limit,
        "holds": found.holds,
        "sizes": dict(found.sizes),
        "figures": {"claims": claims, **found.figures},
    }


def scaled(count: int, scale: float, least: int = 1) -> int:
    """A size of the full benchmark at this scale."""
    return max(least, round(count * scale))


def repeated(times: int, scale: float, least: int = 1) -> int:
    """How often work is done at this scale: what is much smaller is run to see that it works, and needs no median."""
    return times if scale >= 0.1 else least


def _short(ratio: float | None) -> float | None:
    return None if ratio is None else float(f"{ratio:.4g}")
