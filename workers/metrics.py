"""Counters and gauges that a process exposes in Prometheus' text format."""

from collections.abc import Callable
from dataclasses import dataclass, field

_Labels = tuple[tuple[str, str], ...]


@dataclass
class Metrics:
    """Numbers of one process, by name and labels."""

    prefix: str = "outbound"
    _counters: dict[str, dict[_Labels, float]] = field(default_factory=dict)
    _gauges: dict[str, Callable[[], float]] = field(default_factory=dict)
    _help: dict[str, str] = field(default_factory=dict)

    def describe(self, name: str, text: str) -> None:
        """Say what a counter counts; it shows as zero until it does."""
        self._help[name] = text
        self._counters.setdefault(name, {})

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a counter."""
        series = self._counters.setdefault(name, {})
        key = tuple(sorted(labels.items()))
        series[key] = series.get(key, 0) + amount

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Register a value that is read whenever it is asked for."""
        self._help[name] = text
        self._gauges[name] = read

    def value(self, name: str, **labels: str) -> float:
        """What a counter stands at; without labels, the sum over all of them."""
        series = self._counters.get(name, {})
        return series.get(tuple(sorted(labels.items())), 0) if labels else sum(series.values())

    def render(self) -> str:
        """All of it as text."""
        lines: list[str] = []
        for name in sorted({*self._counters, *self._gauges}):
            full = f"{self.prefix}_{name}"
            if name in self._help:
                lines.append(f"# HELP {full} {self._help[name]}")
            if name in self._gauges:
                lines += [f"# TYPE {full} gauge", f"{full} {self._gauges[name]():g}"]
                continue
            lines.append(f"# TYPE {full} counter")
            series = self._counters[name] or {(): 0.0}
            lines += [f"{full}{_render_labels(labels)} {value:g}" for labels, value in sorted(series.items())]
        return "\n".join(lines) + "\n"


def _render_labels(labels: _Labels) -> str:
    if not labels:
        return ""
    escaped = (f'{key}="{_escape(value)}"' for key, value in labels)
    return "{" + ",".join(escaped) + "}"


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
