"""Previewing a definition: everything that a refresh does, up to where it would store."""

from workers.handlers.fetch import Fetcher, attempt
from workers.handlers.mirror import Mirror, Tenants
from workers.ledger import TaskResult
from workers.tasks import TaskContext


class PreviewHandler:
    """Works out counts and samples of definitions that are not saved yet."""

    def __init__(self, mirror: Mirror, tenants: Tenants) -> None:
        self._mirror, self._tenants = mirror, tenants

    async def __call__(self, context: TaskContext) -> TaskResult:
        """Preview; what fails for good fails the preview with it."""
        return await attempt(lambda: self._preview(context))

    async def _preview(self, context: TaskContext) -> TaskResult:
        task = context.task
        subject = await self._mirror.start_preview(task.team_id, task.subject_id)
        if subject["status"] != "RUNNING":
            return TaskResult("done")
        await Fetcher(self._mirror, self._tenants, context).fetch(subject)
        await context.keep()
        await self._mirror.finish_preview(task.team_id, task.subject_id)
        return TaskResult("done")
