"""The parts of the engine's tick: what time alone changes, each in a transaction of its own."""

from __future__ import annotations

from typing import Any, Literal

from workers.logs import get_logger
from workers.metrics import Metrics

TickPart = Literal["work", "launches", "upkeep"]
TICK_PARTS: tuple[TickPart, ...] = ("work", "launches", "upkeep")

log = get_logger(__name__)


def note_tick(metrics: Metrics, part: TickPart, done: dict[str, Any]) -> None:
    """Count a part that was called, and tell which of its steps failed; the database keeps why."""
    metrics.count("ticks_total", part=part)
    for step in done.get("failed", []):
        metrics.count("tick_failures_total", step=step)
        log.error("tick_step_failed", step=step)
