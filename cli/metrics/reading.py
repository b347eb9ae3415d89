"""`outbound metrics show` and `timeseries`: the numbers on a screen."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from cli.api import Api
from cli.metrics import tables
from cli.metrics.asking import campaigns_of, span_of
from cli.metrics.charts import charts
from cli.metrics.moments import zone_of
from cli.metrics.options import BucketOption, CampaignsArgument, FromOption, ToOption, ZoneOption
from cli.output import JsonOption, console, print_json, say
from cli.workflows.drawing import for_encoding


def show(campaigns: CampaignsArgument, timezone: ZoneOption = None, as_json: JsonOption = False) -> None:
    """Show the numbers of campaigns now: contacts, calls and texts, each node, and the audience.

    Nodes of several campaigns are added up where these run versions of one workflow; with --json they are null else.

    Example: outbound metrics show 018f…
    """
    with Api.from_settings() as api:
        asked = campaigns_of(api, campaigns)
        zone = zone_of(timezone or asked.timezone)
        metrics, audience = asked.metrics(), asked.audience()
        nodes = asked.nodes() if asked.share_a_workflow() else None
    if as_json:
        print_json({"campaigns": metrics, "nodes": nodes, "audience": audience})
        return
    console.print(Text(f"As of {tables.moment(metrics[0]['as_of'], zone)}", style="dim"))
    tables.print_campaigns(metrics)
    if nodes is None:
        say("They run different workflows: nodes are shown for campaigns of one.")
    else:
        tables.print_nodes(nodes)
    tables.print_audience(audience)


def timeseries(
    campaigns: CampaignsArgument,
    begin: FromOption = None,
    end: ToOption = None,
    bucket: BucketOption = None,
    timezone: ZoneOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw what happened over time: enrolled, dialled, answered, sent … booked, all campaigns together.

    Days are the zone's own, 23 or 25 hours long where its clocks change. Each chart has a scale of its own.

    Example: outbound metrics timeseries 018f… --from 7d --bucket day --timezone America/Denver
    """
    with Api.from_settings() as api:
        asked = campaigns_of(api, campaigns)
        metrics = asked.metrics()
        span = span_of(asked, metrics[0]["as_of"], begin, end, bucket, timezone)
        points = asked.timeseries(span)
    if as_json:
        print_json(points)
        return
    if not any(_counts(point) for point in points):
        say("Nothing happened in that time.")
        return
    console.print(
        Text.assemble(
            (f"{span.begin:%a %Y-%m-%d %H:%M} to {span.end:%a %Y-%m-%d %H:%M}", "bold"),
            f"  {len(points)} buckets, {span.zone.key}",
        ),
        soft_wrap=True,
    )
    for line in charts(points, span.zone, console.width):
        console.print(for_encoding(line, console.encoding), soft_wrap=True)


def _counts(point: dict[str, Any]) -> int:
    return sum(value for name, value in point.items() if name != "bucket")
