"""A campaign while it runs: how far it is, what waits, and what came of each node. For people and for programs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.api import Api

_PLAIN_EVERY_SECONDS = 2.0
ENDED = ("completed", "booked", "opted_out", "suppressed", "failed", "cancelled")


@dataclass
class Sample:
    """One look at the campaign."""

    at: datetime
    metrics: dict[str, Any]
    nodes: list[dict[str, Any]]

    @property
    def ended(self) -> int:
        """Contacts whose journey is over."""
        return sum(self.metrics[state] for state in ENDED)


@dataclass
class Film:
    """What was seen, look by look."""

    samples: list[Sample] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Subject:
    """A campaign to be looked at, and the clock on the wall where that is done."""

    api: Api
    campaign_id: str
    zone: ZoneInfo
    place: str


def look(subject: Subject) -> Sample:
    """Read the metrics, as the analytics page does."""
    (metrics,) = subject.api.rpc("get_instant_metrics", p_campaign_ids=[subject.campaign_id])
    nodes = subject.api.rpc("get_node_metrics", p_campaign_id=subject.campaign_id)
    at = datetime.fromisoformat(metrics.pop("as_of")).astimezone(subject.zone)
    return Sample(at, metrics, nodes)


def samples(subject: Subject, *, every: float, until: Iterable[str]) -> Iterator[Sample]:
    """Look every so many seconds, until the campaign has one of these statuses."""
    ends = set(until)
    while True:
        sample = look(subject)
        yield sample
        if sample.metrics["status"] in ends:
            return
        time.sleep(every)


def play(subject: Subject, seen: Iterable[Sample], console: Console) -> Film:
    """Show what is seen: a screen on a terminal, a line now and then elsewhere."""
    film, began, said = Film(), time.monotonic(), 0.0
    terminal = console.is_terminal
    with Live(console=console, refresh_per_second=8, transient=True, auto_refresh=terminal) as live:
        for sample in seen:
            film.samples.append(sample)
            now = time.monotonic()
            if terminal:
                live.update(render(sample, subject.place))
            elif now - said >= _PLAIN_EVERY_SECONDS:
                said = now
                console.print(line(sample))
    film.seconds = time.monotonic() - began
    return film


def render(sample: Sample, place: str) -> Table:
    """The view of one moment."""
    metrics = sample.metrics
    total = max(metrics["enrolled"], 1)
    head = Text.assemble(
        (f"{sample.at:%A %H:%M}", "bold"), f"  campaign time in {place}   ",
        (str(sample.ended), "bold"), f" of {metrics['enrolled']} contacts done",
    )  # fmt: skip
    queue = Text.assemble(
        "waiting ", (f"{metrics['waiting']:>4}", "cyan"), "   queued ", (f"{metrics['queued']:>4}", "yellow"),
        "   in progress ", (f"{metrics['in_progress']:>3}", "magenta"), "   booked ",
        (f"{metrics['booked']:>4}", "bold green"), "   opted out ", (f"{metrics['opted_out']:>3}", "red"),
    )  # fmt: skip
    view = Table.grid(padding=(0, 0))
    bar = ProgressBar(total=total, completed=sample.ended, width=72)
    for row in (head, bar, queue, channels(metrics["channels"]), nodes_table(sample.nodes)):
        view.add_row(row)
    return view


def channels(counts: dict[str, dict[str, int]]) -> Text:
    """What is on its way and what is done, by channel."""
    said = (
        f"{channel}s {states['completed']} done, {states['in_progress']} under way, "
        f"{states['waiting'] + states['queued']} to come"
        for channel, states in counts.items()
    )
    return Text("   ".join(said), style="dim")


def nodes_table(nodes: list[dict[str, Any]]) -> Table:
    """Outcomes by node."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("node", no_wrap=True)
    for name in ("jobs", "open", "failed"):
        table.add_column(name, justify="right")
    table.add_column("outcomes")
    for node in nodes:
        outcomes = sorted(node["outcomes"].items(), key=lambda item: -item[1])
        table.add_row(
            Text(node["label"] or node["node_id"]),
            str(node["scheduled"]),
            str(node["waiting"] + node["queued"] + node["in_progress"]),
            str(node["failed"]),
            ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in outcomes),
        )
    return table


def line(sample: Sample) -> str:
    """The view of one moment in one line."""
    metrics = sample.metrics
    return (
        f"{sample.at:%a %H:%M}  done {sample.ended}/{metrics['enrolled']}  waiting {metrics['waiting']}  "
        f"queued {metrics['queued']}  in progress {metrics['in_progress']}  booked {metrics['booked']}"
    )
