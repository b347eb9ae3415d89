"""Refreshing a list: fetch what its definition asks for, then let the engine replace its members."""

from workers.handlers.fetch import Fetcher, attempt
from workers.handlers.mirror import Mirror, Tenants
from workers.ledger import TaskResult
from workers.logs import get_logger
from workers.tasks import TaskContext

log = get_logger(__name__)


class RefreshHandler:
    """Carries out queued runs of lists from ServiceTitan and from reports."""

    def __init__(self, mirror: Mirror, tenants: Tenants) -> None:
        self._mirror, self._tenants = mirror, tenants

    async def __call__(self, context: TaskContext) -> TaskResult:
        """Refresh; what fails for good fails the run with it."""
        return await attempt(lambda: self._refresh(context))

    async def _refresh(self, context: TaskContext) -> TaskResult:
        task = context.task
        subject = await self._mirror.start_refresh(task.team_id, task.subject_id)
        if subject.get("issues"):
            return TaskResult("failed", "definition_invalid", " ".join(one["message"] for one in subject["issues"][:5]))
        if subject["status"] != "RUNNING":
            return TaskResult("done")  # ended before this worker could say so, or gone with its list
        is_empty = await Fetcher(self._mirror, self._tenants, context).fetch(subject)
        await context.keep()  # whoever lost the task must not finish it
        run = await self._mirror.finish_refresh(task.team_id, task.subject_id, is_empty=is_empty)
        await self._mirror.stop_cancelled(task.team_id)  # what it found cancelled that was not when it matched
        log.info("refreshed", team_id=task.team_id, run_id=task.subject_id, status=run["status"], **run["counts"])
        return TaskResult("done")
