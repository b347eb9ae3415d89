"""Bringing in what a refresh or a preview is about: the mirror up to date, jobs and appointments, or a report."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from workers.errors import ConfigurationError, OutboundError
from workers.handlers.mirror import Mirror, Record, Tenants, result_of
from workers.handlers.plan import Kind, calls_for
from workers.ledger import TaskResult
from workers.providers.servicetitan import ExportPage, Invalid, ServiceTitanError, Tenant, feeds, models
from workers.providers.servicetitan.feeds import ExportFeed, ListFeed
from workers.providers.servicetitan.reports import ReportPage
from workers.shared_limiter import WORTH_TELLING, waiting
from workers.tasks import TaskContext

EXPORTS: Final[dict[str, ExportFeed[Any]]] = {
    "customers": feeds.EXPORT_CUSTOMERS,
    "contacts": feeds.EXPORT_CUSTOMER_CONTACTS,
    "locations": feeds.EXPORT_LOCATIONS,
    "memberships": feeds.EXPORT_MEMBERSHIPS,
    "recurring_services": feeds.EXPORT_RECURRING_SERVICES,
    "service_events": feeds.EXPORT_RECURRING_SERVICE_EVENTS,
}
LISTS: Final[dict[Kind, ListFeed[Any]]] = {"jobs": feeds.JOBS, "appointments": feeds.APPOINTMENTS}


class DefinitionError(Exception):
    """ServiceTitan has another idea of what the definition asks for."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


class Fetcher:
    """Fetches for one task, page by page, and can be stopped between any two."""

    def __init__(self, mirror: Mirror, tenants: Tenants, context: TaskContext) -> None:
        self._mirror, self._context = mirror, context
        self._team, self._subject = context.task.team_id, context.task.subject_id
        self._waited: set[asyncio.Task[None]] = set()
        self._tenant: Tenant = tenants(context.task, self._tell)

    async def fetch(self, subject: Record) -> bool:
        """Fetch everything; whether the source gave nothing at all, which is more likely a fault than a fact."""
        waiting.set(self._tell)
        try:
            if subject["source"] == "custom_report":
                return await self._report(subject["definition"])
            for feed in subject["feeds"]:
                await self._sync(feed)
            return await self._find(subject["conditions"]) or await self._mirror.is_source_empty(self._team)
        finally:
            waiting.set(None)
            await asyncio.gather(*self._waited, return_exceptions=True)
            await self._mirror.note_wait(self._team, self._subject, None)

    async def _sync(self, feed: str) -> None:
        """Read an export on from where it stands. Another worker may read it too: then go on from where it got."""
        token = await self._mirror.feed_token(self._team, feed)
        is_done = False
        while not is_done:
            try:
                token, is_done = await self._read(feed, token)
            except Invalid:
                if token is None:
                    raise
                await self._mirror.restart_feed(self._team, feed, token)
                token = None

    async def _read(self, feed: str, token: str | None) -> tuple[str | None, bool]:
        """Store pages until the export has no more, or until the feed is moved by somebody else.

        Recent changes come twice, now and when they have settled: that is the price of today's list being today's.
        """
        page: ExportPage[Any]
        async for page in self._tenant.export(EXPORTS[feed], start=token, include_recent_changes=True):
            stands = await self._mirror.store_feed(
                self._team, self._subject, feed, [_record(row) for row in page.rows], token, page.continue_from
            )
            if stands != (page.continue_from or None) and page.has_more:
                return stands, False
            token = page.continue_from
        return token, True

    async def _find(self, conditions: list[Record]) -> bool:
        """Walk through the lists that the conditions are about; whether they hold nothing, whatever is asked.

        A walk that was broken off is made again from its beginning: its pages have moved meanwhile.
        """
        calls = calls_for(conditions)
        done, rows = self._context.progress.get("calls", 0), self._context.progress.get("rows", 0)
        for number, call in enumerate(calls[done:], done + 1):
            async for page in self._tenant.pages(LISTS[call.kind], **dict(call.filters)):
                records = [_record(row) for row in page.rows]
                await self._mirror.store_found(self._team, self._subject, call.kind, records)
                rows += len(records)
            await self._context.checkpoint({"calls": number, "rows": rows})
        if rows or not calls:
            return False
        totals = [await self._tenant.count(LISTS[kind]) for kind in sorted({call.kind for call in calls})]
        return not any(totals)

    async def _report(self, definition: Record) -> bool:
        """Read a report's pages, each once: a page can cost a minute."""
        progress = self._context.progress
        if progress.get("is_complete"):
            return not progress["rows"]
        category, report_id = str(definition["category"]), int(definition["report_id"])
        described = await self._tenant.report(category, report_id)
        issues = await self._mirror.report_issues(definition, described.model_dump(mode="json"))
        if issues:
            raise DefinitionError("parameters_invalid", " ".join(issue["message"] for issue in issues))
        parameters = {name: value for name, value in (definition.get("parameters") or {}).items() if value is not None}
        number, rows = progress.get("page", 0), progress.get("rows", 0)
        pages = self._tenant.report_data(category, report_id, parameters, start_page=number + 1)
        async for page in pages:
            await self._mirror.store_report_page(self._team, self._subject, page.number, columns_of(page), page.rows)
            rows += len(page.rows)
            await self._context.checkpoint({"page": page.number, "rows": rows, "is_complete": not page.has_more})
        return not rows

    def _tell(self, what: str, seconds: float) -> None:
        """Note what is waited for, where people see it."""
        if seconds < WORTH_TELLING:
            return
        words = f"{what} ({seconds:.0f} seconds)"
        note = asyncio.ensure_future(self._mirror.note_wait(self._team, self._subject, words))
        self._waited.add(note)
        note.add_done_callback(self._told)

    def _told(self, note: asyncio.Task[None]) -> None:
        self._waited.discard(note)
        if not note.cancelled():
            note.exception()  # a wait that could not be noted is no reason to stop


def columns_of(page: ReportPage) -> list[str]:
    """The columns as people see them, or by their names where two look the same."""
    labels = [field.label or field.name for field in page.fields]
    return labels if len(set(labels)) == len(labels) else [field.name for field in page.fields]


async def attempt(work: Callable[[], Awaitable[TaskResult]]) -> TaskResult:
    """Do the work, and say what ServiceTitan's and the engine's refusals mean for the task."""
    try:
        return await work()
    except (ServiceTitanError, ConfigurationError) as error:
        return result_of(error)
    except DefinitionError as error:
        return TaskResult("failed", error.code, error.message)
    except OutboundError as error:
        if error.code == "OB002":
            return TaskResult("done")  # the run or preview has ended meanwhile
        return TaskResult("failed", "definition_refused", error.message)


def _record(row: models.Row) -> Record:
    return row.model_dump(mode="json", exclude_none=True)
