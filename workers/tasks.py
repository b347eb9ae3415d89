"""The loop of tasks: claim, work, say what came of it. It knows kinds and handlers, nothing of providers or SQL.

What is safe when this process dies: the task's lease runs out and somebody else goes on from its last checkpoint, so a
handler stores what it has and where it stands in one call, or in an order in which doing a step twice changes nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from workers.errors import DatabaseFaultError, DatabaseUnavailableError, OutboundError
from workers.ledger import Task, TaskQueue, TaskResult
from workers.logs import get_logger
from workers.metrics import Metrics
from workers.waiting import Bell, backoff, end

log = get_logger(__name__)

WAKE = "task"
"""What a notification says when tasks are due."""

_FAILURES = (DatabaseUnavailableError, DatabaseFaultError, OutboundError)


class TaskLostError(Exception):
    """Another worker has the task: stop at once, and store nothing more."""


class TaskContext:
    """A task in work, for its handler."""

    def __init__(self, queue: TaskQueue, worker: str, task: Task, lease: timedelta) -> None:
        self.task, self.worker = task, worker
        self.progress: dict[str, Any] = dict(task.progress)
        self.lease = lease
        self._queue = queue

    async def checkpoint(self, progress: dict[str, Any]) -> None:
        """Remember where to go on, and keep the task.

        Raises:
            TaskLostError: Another worker has it.
        """
        await self._keep(progress)
        self.progress = dict(progress)

    async def keep(self) -> None:
        """Keep the task, without news; the runner does so by itself while a handler is busy."""
        await self._keep(None)

    async def _keep(self, progress: dict[str, Any] | None) -> None:
        if not await self._queue.checkpoint_task(self.worker, self.task.task_id, progress, self.lease):
            raise TaskLostError


TaskHandler = Callable[[TaskContext], Awaitable[TaskResult]]
"""Works on one task. What it raises puts the task off; `TaskLostError` ends the work without a word."""


class TaskRunner:
    """Serves the kinds of tasks that it has handlers for, until told to stop.

    Args:
        queue: The engine.
        worker: This worker's name in leases.
        handlers: By kind of task.
        concurrency: Tasks at once.
        lease: Seconds for which a task is this worker's without a word.
        poll: Seconds between looks when nothing wakes it.
        drain: Seconds that a stop waits for tasks; what is not done by then is taken up by another worker.
        metrics: Where to count.
        wakes: Opens a stream of notifications.
    """

    def __init__(
        self,
        queue: TaskQueue,
        worker: str,
        handlers: Mapping[str, TaskHandler],
        *,
        concurrency: int = 4,
        lease: float = 120,
        poll: float = 1.0,
        drain: float = 10,
        metrics: Metrics | None = None,
        wakes: Callable[[], AsyncIterator[str]] | None = None,
    ) -> None:
        self._queue, self._worker, self._handlers = queue, worker, dict(handlers)
        self._concurrency, self._lease, self._poll, self._drain = concurrency, timedelta(seconds=lease), poll, drain
        self._metrics, self._wakes = metrics or Metrics(), wakes
        self._bell = Bell()
        self._working: set[asyncio.Task[None]] = set()
        self._metrics.describe("tasks_total", "Tasks worked on, by kind and what came of them.")

    async def run(self, stop: asyncio.Event) -> bool:
        """Serve until `stop` is set; whether every task that began was brought to a word."""
        if not self._handlers:
            await stop.wait()
            return True
        serving = asyncio.create_task(self._serve(stop), name="tasks")
        listening = asyncio.create_task(self._listen(), name="tasks-listen")
        stopped = asyncio.create_task(stop.wait(), name="tasks-stop")
        try:
            await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
            self._bell.ring()
            await serving
            if self._working:
                await asyncio.wait(self._working, timeout=self._drain)
            return not self._working
        finally:
            await end([serving, listening, stopped, *self._working])

    async def _serve(self, stop: asyncio.Event) -> None:
        delays = backoff(0.1, 5)
        while not stop.is_set():
            room = self._concurrency - len(self._working)
            claimed: list[Task] = []
            if room > 0:
                try:
                    claimed = await self._queue.claim_tasks(self._worker, list(self._handlers), room, self._lease)
                except _FAILURES as error:
                    log.warning("claim_tasks_failed", error=str(error))
                    await self._bell.wait(next(delays))
                    continue
                delays = backoff(0.1, 5)
            for task in claimed:
                work = asyncio.create_task(self._work(task), name=f"task-{task.task_id}")
                self._working.add(work)
                work.add_done_callback(self._came_back)
            if not claimed or len(claimed) >= room:
                await self._bell.wait(self._poll)

    def _came_back(self, work: asyncio.Task[None]) -> None:
        self._working.discard(work)
        self._bell.ring()

    async def _work(self, task: Task) -> None:
        about = {"team_id": task.team_id, "task_id": task.task_id, "kind": task.kind, "subject_id": task.subject_id}
        context = TaskContext(self._queue, self._worker, task, self._lease)
        result = await self._handled(context, about)
        if result is None:
            self._metrics.count("tasks_total", kind=task.kind, verdict="lost")
            return
        self._metrics.count("tasks_total", kind=task.kind, verdict=result.verdict)
        delays = backoff(0.2, 10)
        while True:
            try:
                status = await self._queue.end_task(self._worker, task.task_id, result)
            except DatabaseUnavailableError as error:
                log.warning("task_not_recorded", **about, error=str(error))
                await asyncio.sleep(next(delays))
                continue
            except (DatabaseFaultError, OutboundError) as error:
                log.error("task_not_recorded", **about, error=str(error))
                return
            log.info(
                "task_ended", **about, verdict=result.verdict, code=result.code, message=result.message, status=status
            )
            return

    async def _handled(self, context: TaskContext, about: dict[str, Any]) -> TaskResult | None:
        """What the handler says; `None` when the task is somebody else's by now."""
        handling = asyncio.ensure_future(self._handlers[context.task.kind](context))
        keeping = asyncio.create_task(self._keep(context))
        try:
            await asyncio.wait({handling, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if not handling.done():
                log.warning("task_lost", **about)
                return None
            return handling.result()
        except TaskLostError:
            log.warning("task_lost", **about)
            return None
        except DatabaseUnavailableError as error:
            return TaskResult("later", "database_unavailable", str(error), retry_after_seconds=1)
        except Exception as error:  # a defect of one handler must not stop the others
            log.error("task_handler_failed", **about, exc_info=error)
            return TaskResult("later", "worker_fault", f"The worker failed with {type(error).__name__}.")
        finally:
            await end([handling, keeping])

    async def _keep(self, context: TaskContext) -> None:
        """Prolong the lease while the handler works; ends when the task is lost."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                await context.keep()
            except TaskLostError:
                return
            except _FAILURES as error:
                log.warning("task_lease_not_extended", task_id=context.task.task_id, error=str(error))

    async def _listen(self) -> None:
        if self._wakes is None:
            return
        async for word in self._wakes():
            if word in {"", "*", WAKE}:
                self._bell.ring()
