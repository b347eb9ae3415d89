"""`outbound campaigns watch` and `outbound metrics watch`: a live screen, or lines for a program."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.text import Text

from cli.api import Api
from cli.campaigns import live
from cli.campaigns.live import Sample, Subject
from cli.campaigns.options import CampaignArgument
from cli.output import JsonOption, console, say

OVER: Final = ("COMPLETED", "CANCELLED")


EveryOption = Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds between two looks.")]
OnceOption = Annotated[bool, typer.Option("--once", help="Look once, and end.")]


def watch(
    campaign: CampaignArgument, every: EveryOption = 2.0, once: OnceOption = False, as_json: JsonOption = False
) -> None:
    """Watch a campaign until it is over or you have seen enough (Ctrl-C): what waits, and what came of each node.

    With --json each look is one line.

    Example: outbound campaigns watch 018f…
    """
    follow(campaign, every=every, once=once, as_json=as_json)


def follow(campaign: UUID, *, every: float, once: bool, as_json: bool) -> None:
    """The live screen of a campaign, or a line for each look."""
    with Api.from_settings() as api:
        found = api.rpc("get_campaign", p_campaign_id=str(campaign))
        [team] = api.select("teams", select="timezone", id=f"eq.{found['team_id']}")
        subject = Subject(api, str(campaign), ZoneInfo(team["timezone"]), team["timezone"])
        seen = iter([live.look(subject)]) if once else live.samples(subject, every=every, until=OVER)
        if as_json:
            for sample in seen:
                _write(sample)
            return
        console.print(
            Text.assemble((found["name"], "bold"), f"  {found['list']['name']} over {found['workflow']['name']}")
        )
        film = live.play(subject, seen, console)
    last = film.samples[-1]
    console.print(live.render(last, subject.place))
    if last.metrics["status"] in OVER:
        say(f"The campaign is {last.metrics['status']}.")


def _write(sample: Sample) -> None:
    """One look as one line, at once: whoever reads may wait for it."""
    seen = sample.metrics | {"as_of": sample.at.isoformat(), "ended": sample.ended, "nodes": sample.nodes}
    sys.stdout.write(json.dumps(seen, ensure_ascii=True) + "\n")
    sys.stdout.flush()
