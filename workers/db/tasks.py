"""Tasks: work for ServiceTitan that is leased and resumed, and the rate limits that all workers share."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from workers.db.session import Session
from workers.ledger import Task, TaskResult

_CLAIM_TASKS = """
    select
        team_id, task_id, kind, subject_id, secret_name, account_ref, is_sandbox, attempt_number, progress
    from engine.claim_tasks(
        p_worker => %(worker)s, p_kinds => %(kinds)s, p_limit => %(limit)s, p_lease => %(lease)s
    )
"""
_CHECKPOINT_TASK = """
    select engine.checkpoint_task(
        p_worker => %(worker)s, p_task_id => %(task)s, p_progress => %(progress)s, p_lease => %(lease)s
    ) as is_held
"""
_END_TASK = """
    select engine.end_task(
        p_worker => %(worker)s, p_task_id => %(task)s, p_verdict => %(verdict)s, p_code => %(code)s,
        p_message => %(message)s, p_retry_after_seconds => %(retry_after)s
    ) as status
"""
_TAKE_SLOTS = """
    select granted, retry_after_seconds
    from engine.take_slots(p_key => %(key)s, p_per_second => %(rate)s, p_burst => %(burst)s, p_wanted => %(wanted)s)
"""


class TaskCalls(Session):
    """A `TaskQueue`, and the shared rate limit."""

    async def claim_tasks(self, worker: str, kinds: Sequence[str], limit: int, lease: timedelta) -> list[Task]:
        """Lease up to `limit` due tasks of the kinds, most urgent first."""
        arguments = {"worker": worker, "kinds": list(kinds), "limit": limit, "lease": lease}
        return [Task(**row) for row in await self._rows(_CLAIM_TASKS, arguments)]

    async def checkpoint_task(
        self, worker: str, task_id: UUID, progress: dict[str, Any] | None, lease: timedelta
    ) -> bool:
        """Remember how far a task has come (`None`: as it was) and keep it; whether it is still this worker's."""
        stored = None if progress is None else Jsonb(progress)
        arguments = {"worker": worker, "task": task_id, "progress": stored, "lease": lease}
        return bool((await self._row(_CHECKPOINT_TASK, arguments))["is_held"])

    async def end_task(self, worker: str, task_id: UUID, result: TaskResult) -> str | None:
        """Say what came of a task; its status then, `None` when somebody else has it."""
        arguments = {
            "worker": worker,
            "task": task_id,
            "verdict": result.verdict,
            "code": result.code,
            "message": result.message,
            "retry_after": result.retry_after_seconds,
        }
        status: str | None = (await self._row(_END_TASK, arguments))["status"]
        return status

    async def take_slots(self, key: str, per_second: float, burst: int, wanted: int) -> tuple[int, float]:
        """Take up to `wanted` requests out of a shared rate: how many are granted, and seconds until more are."""
        arguments = {"key": key, "rate": per_second, "burst": burst, "wanted": wanted}
        row = await self._row(_TAKE_SLOTS, arguments)
        return row["granted"], row["retry_after_seconds"]
