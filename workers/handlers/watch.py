"""Asking ServiceTitan what was cancelled, so that nobody is called about a visit that will not be."""

from datetime import datetime
from typing import Any, Final

from workers.handlers.fetch import attempt
from workers.handlers.mirror import Mirror, Tenants
from workers.ledger import TaskResult
from workers.logs import get_logger
from workers.providers.servicetitan import Tenant, feeds
from workers.providers.servicetitan.models import Appointment, Job, Row
from workers.tasks import TaskContext

CANCELLED: Final = "Canceled"

log = get_logger(__name__)


class WatchHandler:
    """Carries out looks: only what was changed since the last one is read, never all of it."""

    def __init__(self, mirror: Mirror, tenants: Tenants) -> None:
        self._mirror, self._tenants = mirror, tenants

    async def __call__(self, context: TaskContext) -> TaskResult:
        """Look once; what fails for good is looked for again by the next look, which begins where this one did."""
        return await attempt(lambda: self._look(context))

    async def _look(self, context: TaskContext) -> TaskResult:
        team, watch = context.task.team_id, context.task.subject_id
        look = await self._mirror.start_watch(team, watch)
        if look is None:
            return TaskResult("done")  # nobody is enrolled for anything there any more
        tenant = self._tenants(context.task)
        since, until = look
        stopped = await self._jobs(context, tenant, since) + await self._appointments(context, tenant, since)
        await context.keep()  # whoever lost the task must not finish it
        stopped += await self._mirror.finish_watch(team, watch, until)
        if stopped:
            log.info("stopped_for_cancelled_work", team_id=team, people=stopped)
        return TaskResult("done")

    async def _jobs(self, context: TaskContext, tenant: Tenant, since: datetime) -> int:
        stopped = 0
        async for page in tenant.pages(feeds.JOBS, jobStatus=CANCELLED, modifiedOnOrAfter=since):
            stopped += await self._store(context, "job", page.rows)
        return stopped

    async def _appointments(self, context: TaskContext, tenant: Tenant, since: datetime) -> int:
        stopped = 0
        async for page in tenant.pages(feeds.APPOINTMENTS, status=CANCELLED, modifiedOnOrAfter=since):
            stopped += await self._store(context, "appointment", page.rows)
        return stopped

    async def _store(self, context: TaskContext, kind: str, rows: list[Any]) -> int:
        ids = [row.id for row in rows if is_cancelled(row)]
        if not ids:
            return 0
        return await self._mirror.store_cancelled(context.task.team_id, context.task.subject_id, kind, ids)


def is_cancelled(row: Row) -> bool:
    """Whether a row says so itself: some endpoints pass over filters, and nobody is stopped for a guess."""
    match row:
        case Job():
            return row.job_status == CANCELLED
        case Appointment():
            return row.status == CANCELLED
    return False
