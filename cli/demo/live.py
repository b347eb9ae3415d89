"""The demo's campaign on the screen: it must move on, or the demo is broken."""

from __future__ import annotations

import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rich.console import Console

from cli.campaigns import live
from cli.campaigns.live import Film, Sample, Subject
from cli.demo.scene import Scene
from cli.errors import CommandError

TEAM_ZONE = ZoneInfo("America/New_York")
_LOOK_EVERY_SECONDS = 0.15
_STUCK_SECONDS = 60.0


def subject_of(scene: Scene, campaign_id: str) -> Subject:
    """The campaign, on the clock of the demo's town."""
    return Subject(scene.api, campaign_id, TEAM_ZONE, "New York")


def watch(scene: Scene, campaign_id: str, console: Console) -> Film:
    """Watch the campaign until it is completed."""
    subject = subject_of(scene, campaign_id)
    return live.play(subject, _moving(subject), console)


def _moving(subject: Subject) -> Iterator[Sample]:
    last, changed = None, time.monotonic()
    for sample in live.samples(subject, every=_LOOK_EVERY_SECONDS, until={"COMPLETED"}):
        if sample.metrics != last:
            last, changed = sample.metrics, time.monotonic()
        elif time.monotonic() - changed > _STUCK_SECONDS:
            raise CommandError(
                f"The campaign has not moved for {_STUCK_SECONDS:.0f} seconds.",
                hint="This is a defect of the demo, or the machine is very slow; please report it.",
            )
        yield sample
