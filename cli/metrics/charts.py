"""What happened over time, as small charts one below the other: each phase on its own scale, all on one time axis.

A column is one bucket or, where the terminal has fewer columns than there are buckets, several added up; where
it has more, a bucket is several columns. So nothing is left out, and a column is the same time in every chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from cli.metrics.asking import PHASES

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_HEIGHT = 3
_GUTTER = 12  # columns of names and numbers beside the charts
_WIDEST_BAR = 6
_COLOURS = {"booked": "green", "opted_out": "red", "failed": "red"}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Columns:
    """How buckets become columns: so many are added up, or each is so wide."""

    merged: int
    wide: int
    count: int

    def sums(self, values: Sequence[int]) -> list[int]:
        return [sum(values[first : first + self.merged]) for first in range(0, len(values), self.merged)]


def charts(points: Sequence[dict[str, Any]], zone: ZoneInfo, width: int) -> list[Text]:
    """The charts line by line, no line wider than `width`; phases of which there is nothing are named below."""
    columns = _columns(len(points), max(1, width - _GUTTER))
    lines: list[Text] = []
    silent = []
    for phase in PHASES:
        values = [point[phase] for point in points]
        if any(values):
            lines += _chart(phase, sum(values), columns.sums(values), columns)
        else:
            silent.append(words(phase))
    lines.append(_axis(_moments(points, zone), columns, step_of(points), width))
    if columns.merged > 1:
        lines.append(Text(f"Each column is {columns.merged} buckets, added up.", style="dim"))
    if silent:
        lines.append(Text(f"None {', '.join(silent)}.", style="dim"))
    return [line if line.cell_len <= width else _cut(line, width) for line in lines]


def merged(points: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """At most so many points: neighbours added up, under the moment of the first."""
    size = -(-len(points) // most) if points else 1
    return [
        {"bucket": points[first]["bucket"]}
        | {phase: sum(point[phase] for point in points[first : first + size]) for phase in PHASES}
        for first in range(0, len(points), size)
    ]


def words(phase: str) -> str:
    """A phase as people read it."""
    return phase.replace("_", " ")


def step_of(points: Sequence[dict[str, Any]]) -> timedelta:
    """How long a bucket is, near enough to choose how its moment is written: the shortest of the first few."""
    moments = [datetime.fromisoformat(point["bucket"]) for point in points[:4]]
    return min((later - earlier for earlier, later in pairwise(moments)), default=_DAY)


def label_of(at: datetime, step: timedelta) -> str:
    """When a bucket begins, as exactly as buckets of this length need it."""
    if step < timedelta(hours=23):
        return f"{at:%a %d %b %H:%M}"
    return f"{at:%a %d %b}" if step < timedelta(days=27) else f"{at:%b %Y}"


def _columns(buckets: int, room: int) -> _Columns:
    if buckets > room:
        merged = -(-buckets // room)
        return _Columns(merged, 1, -(-buckets // merged))
    return _Columns(1, min(_WIDEST_BAR, room // max(1, buckets)), buckets)


def _chart(phase: str, total: int, sums: Sequence[int], columns: _Columns) -> list[Text]:
    """One phase: its name, its total and its highest column beside the bars."""
    peak = max(sums)
    beside = ((words(phase), "bold"), (f"{total:,}", ""), (f"max {peak:,}", "dim"))
    # bars that are wide enough stand apart
    bar = columns.wide - 1 if columns.wide > 2 else columns.wide
    lines = []
    for row, (name, style) in enumerate(beside):
        floor = (_HEIGHT - 1 - row) * 8
        cells = [_EIGHTHS[max(0, min(8, _eighths(value, peak) - floor))] for value in sums]
        drawn = "".join((cell * bar).ljust(columns.wide) for cell in cells).rstrip()
        lines.append(Text.assemble((name[: _GUTTER - 1].ljust(_GUTTER), style), (drawn, _COLOURS.get(phase, "cyan"))))
    return [*lines, Text()]


def _eighths(value: int, peak: int) -> int:
    """The height of a bar; one that is there can be seen, however small."""
    return max(1, round(value * _HEIGHT * 8 / peak)) if value else 0


def _moments(points: Sequence[dict[str, Any]], zone: ZoneInfo) -> list[datetime]:
    return [datetime.fromisoformat(point["bucket"]).astimezone(zone) for point in points]


def _axis(moments: Sequence[datetime], columns: _Columns, step: timedelta, width: int) -> Text:
    """When columns begin: as many of them as there is room for, each whole."""
    line, free = " " * _GUTTER, _GUTTER
    for number in range(columns.count):
        place = _GUTTER + number * columns.wide
        label = "╵" + label_of(moments[number * columns.merged], step)
        if place >= free and place + len(label) <= max(width, _GUTTER + len(label)):
            line = line.ljust(place) + label
            free = len(line) + 2
    return Text(line, style="dim")


def _cut(line: Text, width: int) -> Text:
    line.truncate(width)
    return line
