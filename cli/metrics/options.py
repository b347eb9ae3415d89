"""Arguments and options that the commands of the group share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

CampaignsArgument = Annotated[list[UUID], typer.Argument(metavar="CAMPAIGN…", help="Ids of one or several campaigns.")]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="Its begin: 90m, 24h, 7d or 2w back, today, yesterday, 2027-03-01, or a moment. [default: the start]",
    ),
]
ToOption = Annotated[
    str | None, typer.Option("--to", help="Its end, said in the same ways, or now. [default: now, or the end]")
]
BucketOption = Annotated[
    str | None,
    typer.Option(help="minute, quarter_hour, hour, day, week or month. [default: as fits the time asked for]"),
]
ZoneOption = Annotated[
    str | None, typer.Option("--timezone", help="IANA zone, such as America/Denver. [default: the team's]")
]
