"""`outbound metrics watch`: the live screen of `outbound campaigns watch`, where people look for it first."""

from __future__ import annotations

from cli.campaigns.options import CampaignArgument
from cli.campaigns.watching import EveryOption, OnceOption, follow
from cli.output import JsonOption


def watch(
    campaign: CampaignArgument, every: EveryOption = 2.0, once: OnceOption = False, as_json: JsonOption = False
) -> None:
    """Watch a campaign's numbers until it is over or you have seen enough (Ctrl-C).

    With --json each look is one line.

    Example: outbound metrics watch 018f… --every 5
    """
    follow(campaign, every=every, once=once, as_json=as_json)
