"""`outbound metrics export`: the numbers for a spreadsheet or a program."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.api import Api
from cli.files import write_whole
from cli.metrics.asking import Campaigns, campaigns_of, span_of
from cli.metrics.options import BucketOption, CampaignsArgument, FromOption, ToOption, ZoneOption
from cli.metrics.tables import as_csv
from cli.output import JsonOption, YesOption, say
from cli.workflows.words import count


class What(StrEnum):
    """What can be exported."""

    METRICS = "metrics"
    NODES = "nodes"
    TIMESERIES = "timeseries"
    AUDIENCE = "audience"


class Format(StrEnum):
    """How it is written."""

    CSV = "csv"
    JSON = "json"


def export(
    what: Annotated[What, typer.Argument(metavar="WHAT", help="metrics, nodes, timeseries or audience.")],
    campaigns: CampaignsArgument,
    file_format: Annotated[Format, typer.Option("--format", help="csv or json.")] = Format.CSV,
    out: Annotated[Path | None, typer.Option(help="File to write. [default: standard output]")] = None,
    begin: FromOption = None,
    end: ToOption = None,
    bucket: BucketOption = None,
    timezone: ZoneOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write numbers as CSV or JSON: a row for each campaign, node or bucket. --json is --format json.

    A file is written whole or not at all. Time and bucket are those of a timeseries.

    Example: outbound metrics export timeseries 018f… --from 30d --format csv --out march.csv
    """
    with Api.from_settings() as api:
        asked = campaigns_of(api, campaigns)
        rows = _rows(asked, what, begin, end, bucket, timezone)
    if as_json or file_format is Format.JSON:
        text = json.dumps(rows, ensure_ascii=out is None, indent=2) + "\n"
    else:
        text = as_csv(rows)
    if out is None:
        sys.stdout.write(text)
        return
    write_whole(out, text, yes=yes)
    say(f"{count(len(rows), 'row')} written to {out}.")


def _rows(
    asked: Campaigns, what: What, begin: str | None, end: str | None, bucket: str | None, timezone: str | None
) -> list[dict[str, Any]]:
    if what is What.METRICS:
        return asked.metrics()
    if what is What.NODES:
        return asked.nodes()
    if what is What.AUDIENCE:
        return asked.audience()
    return asked.timeseries(span_of(asked, asked.metrics()[0]["as_of"], begin, end, bucket, timezone))
