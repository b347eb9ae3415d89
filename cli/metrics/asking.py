"""What the commands ask: the same calls as the analytics page, about campaigns that are named by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cli.api import Api
from cli.errors import CommandError
from cli.metrics.moments import moment_of, zone_of

PHASES = ("enrolled", "dialled", "answered", "sent", "delivered", "replied", "booked", "opted_out", "failed")
"""What a timeseries counts, in the order in which it happens to somebody."""

_AT_ONCE = 100  # ids in one address; 100 of them are four thousand characters


@dataclass(frozen=True)
class Campaigns:
    """Campaigns that are there, in the order asked for, and the zone of the first one's team."""

    api: Api
    rows: list[dict[str, Any]]
    timezone: str

    @property
    def ids(self) -> list[str]:
        """As the RPCs take them."""
        return [row["id"] for row in self.rows]

    def metrics(self) -> list[dict[str, Any]]:
        """What happens now, one row for each, with its name."""
        found = {row["campaign_id"]: row for row in self.api.rpc("get_instant_metrics", p_campaign_ids=self.ids)}
        return [{"name": row["name"], **found[row["id"]]} for row in self.rows if row["id"] in found]

    def share_a_workflow(self) -> bool:
        """Whether all of them run versions of one workflow, so that their nodes can be added up."""
        wanted = ",".join({row["workflow_id"] for row in self.rows})
        if "," not in wanted:
            return True
        found = self.api.select("workflows", select="lineage_id", id=f"in.({wanted})")
        return len({row["lineage_id"] for row in found}) == 1

    def nodes(self) -> list[dict[str, Any]]:
        """What came of each node; of several campaigns together, which must run versions of one workflow."""
        nodes: list[dict[str, Any]] = self.api.rpc("get_node_metrics", p_campaign_ids=self.ids)
        return nodes

    def audience(self) -> list[dict[str, Any]]:
        """Who could be, was and may still be reached, one row for each, with its name."""
        found = {row["campaign_id"]: row for row in self.api.rpc("get_audience_stats", p_campaign_ids=self.ids)}
        return [{"name": row["name"], **found[row["id"]]} for row in self.rows if row["id"] in found]

    def timeseries(self, span: Span) -> list[dict[str, Any]]:
        """What happened in each bucket, all campaigns together; empty ones among them."""
        series: dict[str, Any] = self.api.rpc(
            "get_campaign_timeseries",
            p_campaign_ids=self.ids,
            p_from=span.begin.isoformat(),
            p_to=span.end.isoformat(),
            p_bucket=span.bucket and span.bucket.replace("-", "_").lower(),
            p_timezone=span.zone.key,
        )
        points: list[dict[str, Any]] = series["points"]
        return points


@dataclass(frozen=True)
class Span:
    """A stretch of time, the end not included, and into what it is cut."""

    begin: datetime
    end: datetime
    zone: ZoneInfo
    bucket: str | None = None


def campaigns_of(api: Api, ids: Sequence[UUID]) -> Campaigns:
    """The campaigns with these ids, each once; one that is not there is refused as the database refuses it."""
    asked = [str(one) for one in dict.fromkeys(ids)]
    rows: dict[str, dict[str, Any]] = {}
    for first in range(0, len(asked), _AT_ONCE):
        some = ",".join(asked[first : first + _AT_ONCE])
        columns = "id,team_id,name,status,workflow_id,created_at,started_at,ended_at"
        rows |= {row["id"]: row for row in api.select("campaigns", select=columns, id=f"in.({some})")}
    for one in asked:
        if one not in rows:
            raise CommandError(
                f"There is no campaign {one}.",
                code="OB004",
                detail={"entity": "campaign", "id": one},
                hint="outbound campaigns list shows them.",
            )
    [team] = api.select("teams", select="timezone", id=f"eq.{rows[asked[0]]['team_id']}")
    return Campaigns(api, [rows[one] for one in asked], team["timezone"])


def span_of(
    campaigns: Campaigns,
    as_of: str,
    begin: str | None = None,
    end: str | None = None,
    bucket: str | None = None,
    timezone: str | None = None,
) -> Span:
    """The time that is asked for; what is not said is the whole of the campaigns, from the first start on.

    `as_of` is the campaigns' clock, which stands or runs as it likes in a sandbox: seven days back are counted from it.
    """
    zone, now = zone_of(timezone or campaigns.timezone), datetime.fromisoformat(as_of)
    starts = [_read(row["started_at"] or row["created_at"]) for row in campaigns.rows]
    ends = [_read(row["ended_at"]) if row["ended_at"] else now for row in campaigns.rows]
    first = moment_of(begin, now, zone) if begin else min(starts).astimezone(zone)
    # the end is not included, and what happened last happened at it
    last = moment_of(end, now, zone) if end else max(ends).astimezone(zone) + timedelta(seconds=1)
    return Span(first, last, zone, bucket)


def _read(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
