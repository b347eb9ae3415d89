"""What the page tells, asked for through the same calls as the analytics page makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cli.api import Api
from cli.metrics.asking import Span, campaigns_of, span_of


@dataclass(frozen=True)
class Report:
    """One campaign's numbers, all of them asked for within a moment."""

    campaign: dict[str, Any]
    team: str
    span: Span
    metrics: dict[str, Any]
    nodes: list[dict[str, Any]]
    points: list[dict[str, Any]]
    audience: dict[str, Any]
    failures: list[dict[str, Any]]
    workflow: dict[str, Any]


def gather(
    api: Api,
    campaign_id: UUID,
    *,
    begin: str | None = None,
    end: str | None = None,
    bucket: str | None = None,
    timezone: str | None = None,
) -> Report:
    """Ask for everything; a campaign that is not there is refused with OB004."""
    campaign = api.rpc("get_campaign", p_campaign_id=str(campaign_id))
    asked = campaigns_of(api, [campaign_id])
    [metrics] = asked.metrics()
    [audience] = asked.audience()
    span = span_of(asked, metrics["as_of"], begin, end, bucket, timezone)
    [team] = api.select("teams", select="name", id=f"eq.{campaign['team_id']}")
    return Report(
        campaign=campaign,
        team=team["name"],
        span=span,
        metrics=metrics,
        nodes=asked.nodes(),
        points=asked.timeseries(span),
        audience=audience,
        failures=api.rpc("get_campaign_failures", p_campaign_id=str(campaign_id)),
        workflow=api.rpc("get_workflow", p_workflow_id=campaign["workflow"]["id"]),
    )
