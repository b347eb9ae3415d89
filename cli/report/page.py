"""The page: one HTML file that asks for nothing else, made from a report. Whatever people wrote is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cli.metrics.asking import PHASES
from cli.metrics.charts import label_of, merged, step_of
from cli.metrics.tables import added, percent, suppressed, title
from cli.report.drawing import draw_workflow, parts_of
from cli.report.gathering import Report

_MOST_BARS = 120  # of a chart; more buckets are added up
_TICKS = 3
ENDS = (
    ("good", "booked"),
    ("done", "completed"),
    ("out", "opted_out"),
    ("off", "suppressed"),
    ("bad", "failed"),
    ("off", "cancelled"),
    ("open", "active"),
)
"""Where everybody is who was enrolled, and in which colour."""
_PHASE_COLOURS = {"booked": "good", "opted_out": "out", "failed": "bad"}


@dataclass(frozen=True)
class Chart:
    """One phase over time; bars as (x, height) in parts of a hundred."""

    name: str
    colour: str
    total: int
    peak: int
    bars: list[tuple[float, float, str]]
    ticks: list[tuple[float, str]]
    width: float


def render(report: Report) -> str:
    """The whole page."""
    drawing, nodes = draw_workflow(report.workflow, report.nodes)
    metrics, audience = report.metrics, report.audience
    zone = report.span.zone
    points = merged(report.points, _MOST_BARS)
    return _template().render(
        report=report,
        campaign=report.campaign,
        metrics=metrics,
        audience=audience,
        as_of=_moment(metrics["as_of"], zone),
        times=[
            (name, _moment(report.campaign[key], zone), report.campaign[key])
            for name, key in (("Started", "started_at"), ("Ended", "ended_at"))
            if report.campaign[key]
        ],
        tiles=_tiles(metrics),
        funnel=_funnel(audience),
        ends=parts_of([(colour, title(name), metrics[name]) for colour, name in ENDS], metrics["enrolled"], 100.0),
        drawing=drawing,
        nodes=nodes,
        charts=_charts(points, zone),
        rows=[
            (point["bucket"], _label(point["bucket"], step_of(points), zone), [point[phase] for phase in PHASES])
            for point in points
            if any(point[phase] for phase in PHASES)
        ],
        merged=-(-len(report.points) // max(1, len(points))),
        phases=[title(phase) for phase in PHASES],
        groups=[
            (name, list(added([audience], key).items()))
            for name, key in (("Source", "by_source"), ("Time zone", "by_zone"))
        ],
        suppressed=suppressed([audience]),
        span=(_moment(report.span.begin.isoformat(), zone), _moment(report.span.end.isoformat(), zone)),
    )


@cache
def _template() -> Template:
    """Undefined names are errors, and everything that is put in is escaped."""
    environment = Environment(
        loader=PackageLoader("cli.report", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "percent": percent, "title": title, "px": _px}
    return environment.get_template("page.html")


def _number(count: int) -> str:
    return f"{count:,}"


def _px(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")


def _moment(said: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(said).astimezone(zone):%a %d %b %Y, %H:%M}"


def _label(said: str, step: timedelta, zone: ZoneInfo) -> str:
    return label_of(datetime.fromisoformat(said).astimezone(zone), step)


def _tiles(metrics: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The numbers that are asked for first: name, value, and what it is of."""
    enrolled = metrics["enrolled"]
    over = enrolled - metrics["active"]
    open_ = metrics["waiting"] + metrics["queued"] + metrics["in_progress"]
    return [
        ("Enrolled", _number(enrolled), "contacts"),
        ("Finished", _number(over), f"{percent(over / max(enrolled, 1))} of the enrolled"),
        ("Booked", _number(metrics["booked"]), f"{percent(metrics['booking_rate']) or 'none'} of the reached"),
        ("Open jobs", _number(open_), f"{_number(metrics['in_progress'])} under way"),
        ("Completed today", _number(metrics["completed_today"]), "by the team's clock"),
        (
            "Opted out",
            _number(metrics["opted_out"]),
            f"{percent(metrics['opted_out'] / max(enrolled, 1))} of the enrolled",
        ),
    ]


def _funnel(audience: dict[str, Any]) -> list[tuple[str, int, float, str]]:
    """From the audience to bookings: name, contacts, percent of the first, and what it means."""
    steps = [
        ("Enrolled", audience["size"], "in the list at the launch, or since"),
        ("Reached", audience["reached"], "a call answered or a text delivered"),
        ("Booked", audience["booked"], "made an appointment"),
    ]
    whole = max(audience["size"], 1)
    return [(name, count, 100 * min(1.0, count / whole), meaning) for name, count, meaning in steps]


def _charts(points: Sequence[dict[str, Any]], zone: ZoneInfo) -> list[Chart]:
    """A chart for each phase, all with the same time axis and each on a scale of its own."""
    step, count = step_of(points), max(1, len(points))
    labels = [_label(point["bucket"], step, zone) for point in points]
    every = -(-count // _TICKS)
    short = "%d %b" if step * count > timedelta(days=6) else "%a %H:%M"
    starts = [datetime.fromisoformat(point["bucket"]).astimezone(zone) for point in points]
    ticks = [(100 * number / count, f"{starts[number]:{short}}") for number in range(0, len(points), every)]
    charts = []
    for phase in PHASES:
        values = [point[phase] for point in points]
        peak = max(values, default=0)
        bars = [
            (100 * number / count, max(2.0, 100 * value / peak), f"{labels[number]}: {value:,}")
            for number, value in enumerate(values)
            if value
        ]
        colour = _PHASE_COLOURS.get(phase, "done")
        charts.append(Chart(title(phase), colour, sum(values), peak, bars, ticks, 100 / count))
    return charts
