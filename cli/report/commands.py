"""`outbound report`: everything about a campaign on one page that can be sent, printed and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.api import Api
from cli.campaigns.options import CampaignArgument
from cli.files import write_whole
from cli.metrics.options import BucketOption, FromOption, ToOption, ZoneOption
from cli.output import JsonOption, YesOption, print_json, say
from cli.report.gathering import gather
from cli.report.page import render

app = typer.Typer()


@app.command()
def report(
    campaign: CampaignArgument,
    html: Annotated[Path, typer.Option("--html", help="File to write.")],
    begin: FromOption = None,
    end: ToOption = None,
    bucket: BucketOption = None,
    timezone: ZoneOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a campaign's report: one HTML file with funnel, workflow, time, audience and failures.

    It asks for nothing else when it is opened, names no contact, and can be printed.

    Example: outbound report 018f… --html spring.html
    """
    with Api.from_settings() as api:
        found = gather(api, campaign, begin=begin, end=end, bucket=bucket, timezone=timezone)
    write_whole(html, render(found), yes=yes)
    if as_json:
        print_json({"file": str(html), "campaign_id": str(campaign), "as_of": found.metrics["as_of"]})
        return
    say(f"The report of “{found.campaign['name']}” is in {html}.")
