"""Counters, gauges and histograms that a process exposes in Prometheus' text format."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from workers import __version__

_Labels = tuple[tuple[str, str], ...]


@dataclass
class _Histogram:
    """What was observed of one series: how many fell under each bound, and their sum."""

    counts: list[int]
    total: float = 0


@dataclass
class Metrics:
    """Numbers of one process, by name and labels."""

    prefix: str = "outbound"
    _counters: dict[str, dict[_Labels, float]] = field(default_factory=dict)
    _gauges: dict[str, dict[_Labels, Callable[[], float]]] = field(default_factory=dict)
    _histograms: dict[str, dict[_Labels, _Histogram]] = field(default_factory=dict)
    _bounds: dict[str, list[float]] = field(default_factory=dict)
    _help: dict[str, str] = field(default_factory=dict)

    def tell_release(self) -> None:
        """Say which release counts here, as its label."""
        self.gauge("build_info", "The release that runs, as a label; always 1.", lambda: 1, version=__version__)

    def describe(self, name: str, text: str) -> None:
        """Say what a counter counts; it shows as zero until it does."""
        self._help[name] = text
        self._counters.setdefault(name, {})

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a counter."""
        series = self._counters.setdefault(name, {})
        key = _key(labels)
        series[key] = series.get(key, 0) + amount

    def gauge(self, name: str, text: str, read: Callable[[], float], **labels: str) -> None:
        """Register a value that is read whenever it is asked for."""
        self._help[name] = text
        self._gauges.setdefault(name, {})[_key(labels)] = read

    def histogram(self, name: str, text: str, bounds: Sequence[float]) -> None:
        """Say what a histogram measures, and under which bounds it counts."""
        self._help[name] = text
        self._bounds[name] = sorted(bounds)
        self._histograms.setdefault(name, {})

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Add a measurement to a histogram that was described."""
        bounds = self._bounds[name]
        series = self._histograms[name].setdefault(_key(labels), _Histogram([0] * (len(bounds) + 1)))
        series.counts[bisect_left(bounds, value)] += 1
        series.total += value

    def value(self, name: str, **labels: str) -> float:
        """What a counter stands at; without labels, the sum over all of them."""
        series = self._counters.get(name, {})
        return series.get(_key(labels), 0) if labels else sum(series.values())

    def observations(self, name: str, **labels: str) -> int:
        """How often a histogram was added to; without labels, the sum over all of them."""
        series = self._histograms.get(name, {})
        return sum(sum(one.counts) for key, one in series.items() if not labels or key == _key(labels))

    def names(self) -> set[str]:
        """Every metric, as it is exposed."""
        return {f"{self.prefix}_{name}" for name in {*self._counters, *self._gauges, *self._histograms}}

    def render(self) -> str:
        """All of it as text."""
        lines: list[str] = []
        for name in sorted({*self._counters, *self._gauges, *self._histograms}):
            full = f"{self.prefix}_{name}"
            if name in self._help:
                lines.append(f"# HELP {full} {_escape_help(self._help[name])}")
            lines += self._series(name, full)
        return "\n".join(lines) + "\n"

    def _series(self, name: str, full: str) -> list[str]:
        if name in self._gauges:
            read = sorted(self._gauges[name].items(), key=lambda one: one[0])
            return [f"# TYPE {full} gauge", *(f"{full}{_labelled(key)} {value():.15g}" for key, value in read)]
        if name in self._histograms:
            lines = [f"# TYPE {full} histogram"]
            for key, histogram in sorted(self._histograms[name].items(), key=lambda one: one[0]):
                lines += self._buckets(full, self._bounds[name], key, histogram)
            return lines
        series = self._counters[name] or {(): 0.0}
        return [
            f"# TYPE {full} counter",
            *(f"{full}{_labelled(key)} {value:.15g}" for key, value in sorted(series.items())),
        ]

    @staticmethod
    def _buckets(full: str, bounds: list[float], key: _Labels, histogram: _Histogram) -> list[str]:
        """Buckets are cumulative, and the last one holds everything."""
        lines, under = [], 0
        for bound, count in zip([*(f"{bound:g}" for bound in bounds), "+Inf"], histogram.counts, strict=True):
            under += count
            lines.append(f"{full}_bucket{_labelled((*key, ('le', bound)))} {under}")
        return [
            *lines,
            f"{full}_sum{_labelled(key)} {histogram.total:.15g}",
            f"{full}_count{_labelled(key)} {under}",
        ]


def _key(labels: dict[str, str]) -> _Labels:
    return tuple(sorted(labels.items()))


def _labelled(labels: _Labels) -> str:
    if not labels:
        return ""
    escaped = (f'{key}="{_escape(value)}"' for key, value in labels)
    return "{" + ",".join(escaped) + "}"


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _escape_help(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")
