"""Refreshing a team's catalogue: tags, business units and all else that people choose from by name."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from workers.handlers.fetch import attempt
from workers.handlers.mirror import Mirror, Record, Tenants
from workers.ledger import TaskResult
from workers.providers.servicetitan import Forbidden, Tenant, feeds
from workers.providers.servicetitan.feeds import ListFeed
from workers.tasks import TaskContext

LISTS: Final[dict[str, ListFeed[Any]]] = {
    "tag_types": feeds.TAG_TYPES,
    "business_units": feeds.BUSINESS_UNITS,
    "job_types": feeds.JOB_TYPES,
    "hold_reasons": feeds.HOLD_REASONS,
    "campaigns": feeds.CAMPAIGNS,
    "membership_types": feeds.MEMBERSHIP_TYPES,
}


class CatalogueHandler:
    """Reads every catalogue of a tenant, the inactive entries included: old definitions name them."""

    def __init__(self, mirror: Mirror, tenants: Tenants) -> None:
        self._mirror, self._tenants = mirror, tenants

    async def __call__(self, context: TaskContext) -> TaskResult:
        """Refresh all kinds; one that the application may not read keeps no other from being read."""
        return await attempt(lambda: self._refresh(context))

    async def _refresh(self, context: TaskContext) -> TaskResult:
        task = context.task
        tenant = self._tenants(task)
        refused: list[str] = []
        for kind, read in _readers(tenant).items():
            try:
                records = await read()
            except Forbidden as error:
                refused.append(f"{kind}: {error.sentence()}")
                continue
            await self._mirror.store_catalogue(task.team_id, kind, records)
        if refused:
            return TaskResult("failed", "forbidden", "; ".join(refused))
        await self._mirror.finish_catalogue(task.team_id, task.subject_id)
        return TaskResult("done")


def _readers(tenant: Tenant) -> dict[str, Callable[[], Awaitable[list[Record]]]]:
    async def entries(feed: ListFeed[Any]) -> list[Record]:
        return [
            {"id": str(row.id), "name": row.name, "active": row.active} for row in await tenant.rows(feed, active="Any")
        ]

    async def categories() -> list[Record]:
        return [{"id": one.id, "name": one.name} for one in await tenant.report_categories() if one.id]

    async def reports() -> list[Record]:
        return [
            {"id": str(one.id), "name": one.name, "detail": {"category": category.id, "description": one.description}}
            for category in await tenant.report_categories()
            if category.id
            for one in await tenant.reports(category.id)
        ]

    listed = {kind: _bound(entries, feed) for kind, feed in LISTS.items()}
    return {**listed, "report_categories": categories, "reports": reports}


def _bound(
    entries: Callable[[ListFeed[Any]], Awaitable[list[Record]]], feed: ListFeed[Any]
) -> Callable[[], Awaitable[list[Record]]]:
    return lambda: entries(feed)
