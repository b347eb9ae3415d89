"""What holds of appointments read and write."""

from uuid import UUID

from workers.db.session import Session
from workers.ledger import HoldStep

_BEGIN_HOLD = """
    select step, appointment_id, reason_id, memo
    from engine.begin_hold(p_worker => %(worker)s, p_task_id => %(task)s)
"""
_RECORD_HOLD = """
    select engine.record_hold(
        p_worker => %(worker)s, p_task_id => %(task)s, p_outcome => %(outcome)s, p_message => %(message)s
    ) as status
"""


class HoldCalls(Session):
    """A `HoldLedger`."""

    async def begin_hold(self, worker: str, task: UUID) -> HoldStep:
        """What to do about a hold that the worker has claimed."""
        return HoldStep(**await self._row(_BEGIN_HOLD, {"worker": worker, "task": task}))

    async def record_hold(self, worker: str, task: UUID, outcome: str, message: str) -> str | None:
        """Record what came of a hold; the item's status, `None` when another worker has the task."""
        arguments = {"worker": worker, "task": task, "outcome": outcome, "message": message.replace("\x00", "")}
        status: str | None = (await self._row(_RECORD_HOLD, arguments))["status"]
        return status
