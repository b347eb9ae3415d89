"""The demo's live view: how far the campaign is, what waits, and what came of each node, while it runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.demo.scene import Scene
from cli.errors import CommandError

TEAM_ZONE = ZoneInfo("America/New_York")
_LOOK_EVERY_SECONDS = 0.15
_PLAIN_EVERY_SECONDS = 2.0
_STUCK_SECONDS = 60.0
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


def watch(scene: Scene, campaign_id: str, console: Console) -> Film:
    """Watch the campaign until it is completed."""
    film, began = Film(), time.monotonic()
    changed, said = began, 0.0
    terminal = console.is_terminal
    with Live(console=console, refresh_per_second=8, transient=True, auto_refresh=terminal) as live:
        while True:
            sample = look(scene, campaign_id)
            now = time.monotonic()
            if not film.samples or sample.metrics != film.samples[-1].metrics:
                changed = now
            film.samples.append(sample)
            if terminal:
                live.update(render(sample))
            elif now - said >= _PLAIN_EVERY_SECONDS:
                said = now
                console.print(_line(sample))
            if sample.metrics["status"] == "COMPLETED":
                break
            if now - changed > _STUCK_SECONDS:
                raise CommandError(
                    f"The campaign has not moved for {_STUCK_SECONDS:.0f} seconds.",
                    hint="This is a defect of the demo, or the machine is very slow; please report it.",
                )
            time.sleep(_LOOK_EVERY_SECONDS)
    film.seconds = time.monotonic() - began
    return film


def look(scene: Scene, campaign_id: str) -> Sample:
    """Read the metrics, as the analytics page does."""
    (metrics,) = scene.api.rpc("get_instant_metrics", p_campaign_ids=[campaign_id])
    nodes = scene.api.rpc("get_node_metrics", p_campaign_id=campaign_id)
    at = datetime.fromisoformat(metrics.pop("as_of")).astimezone(TEAM_ZONE)
    return Sample(at, metrics, nodes)


def render(sample: Sample) -> Table:
    """The view of one moment."""
    metrics = sample.metrics
    total = max(metrics["enrolled"], 1)
    head = Text.assemble(
        (f"{sample.at:%A %H:%M}", "bold"), "  campaign time in New York   ",
        (str(sample.ended), "bold"), f" of {metrics['enrolled']} contacts done",
    )  # fmt: skip
    queue = Text.assemble(
        "waiting ", (f"{metrics['waiting']:>4}", "cyan"), "   queued ", (f"{metrics['queued']:>4}", "yellow"),
        "   in progress ", (f"{metrics['in_progress']:>3}", "magenta"), "   booked ",
        (f"{metrics['booked']:>4}", "bold green"), "   opted out ", (f"{metrics['opted_out']:>3}", "red"),
    )  # fmt: skip
    view = Table.grid(padding=(0, 0))
    for line in (head, ProgressBar(total=total, completed=sample.ended, width=72), queue, nodes_table(sample.nodes)):
        view.add_row(line)
    return view


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
            node["label"] or node["node_id"],
            str(node["scheduled"]),
            str(node["waiting"] + node["queued"] + node["in_progress"]),
            str(node["failed"]),
            ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in outcomes),
        )
    return table


def _line(sample: Sample) -> str:
    metrics = sample.metrics
    return (
        f"{sample.at:%a %H:%M}  done {sample.ended}/{metrics['enrolled']}  waiting {metrics['waiting']}  "
        f"queued {metrics['queued']}  in progress {metrics['in_progress']}  booked {metrics['booked']}"
    )
