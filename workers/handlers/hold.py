"""Holding an appointment before its customer is contacted: look whether it is wanted, hold, say what came of it."""

from typing import Final

from workers.deadline import Deadline
from workers.errors import ConfigurationError
from workers.handlers.mirror import Tenants, result_of
from workers.ledger import HoldLedger, TaskResult
from workers.logs import get_logger
from workers.providers.servicetitan import HoldOutcome, Patience, ServiceTitanError
from workers.tasks import TaskContext, TaskLostError

log = get_logger(__name__)

TRIES: Final = 4
"""How often a hold is tried before an operator is told that nobody knows; a rate limit is waited out for longer."""

PATIENCE: Final = Patience(tries=4, seconds=20.0)
"""For one request. Whoever is turned away for longer makes room for others; the queue comes back to it."""

SEND_WITHIN: Final = 1 / 3
"""The share of its lease within which a hold is asked for: nobody else can have the task then, nor, as leases are set
unless somebody changes it, before the client has hung up."""

PAUSED_SECONDS: Final = 60.0
"""How long a hold of a paused campaign waits before it looks again."""


class HoldHandler:
    """Carries out the holds of reschedules."""

    def __init__(self, ledger: HoldLedger, tenants: Tenants) -> None:
        self._ledger, self._tenants = ledger, tenants

    async def __call__(self, context: TaskContext) -> TaskResult:
        """Hold the appointment, once; who may be contacted then is enrolled with the outcome."""
        task, worker = context.task, context.worker
        # From before it was asked whether the hold is wanted. A worker that is frozen between that and its request must
        # not make it when it goes on: others have held the appointment, and the customer may have chosen another day.
        send_by = Deadline.after(context.lease.total_seconds() * SEND_WITHIN)
        wanted = await self._ledger.begin_hold(worker, task.task_id)
        if wanted.step == "lost":
            raise TaskLostError
        if wanted.step == "wait":
            return TaskResult("later", "campaign_paused", "The campaign is paused.", PAUSED_SECONDS)
        if wanted.appointment_id is None or wanted.reason_id is None or wanted.memo is None:
            return TaskResult("done")
        began_before = context.progress.get("began") is True
        await context.checkpoint({"began": True})
        try:
            tenant = self._tenants(task)
            outcome = await tenant.hold_appointment(
                wanted.appointment_id, wanted.reason_id, wanted.memo, patience=PATIENCE, send_by=send_by
            )
        except (ServiceTitanError, ConfigurationError) as error:
            return result_of(error)
        later = _again(outcome, task.attempt_number)
        if later:
            return later
        code, said = _told(outcome, began_before=began_before)
        status = await self._ledger.record_hold(worker, task.task_id, code, said)
        if status is None:
            raise TaskLostError
        log.info("hold_recorded", team_id=task.team_id, item_id=task.subject_id, outcome=code, status=status)
        return TaskResult("done")


def _again(outcome: HoldOutcome, attempt: int) -> TaskResult | None:
    """Another try, where one can help: each reads the appointment before it asks."""
    if outcome.code == "rate_limited" or (outcome.can_retry and attempt < TRIES):
        return TaskResult("later", outcome.code, outcome.message)
    return None


def _told(outcome: HoldOutcome, *, began_before: bool) -> tuple[str, str]:
    """The code and the sentence. What an earlier try asked for and could not say was held by us."""
    if outcome.code == "already_held" and began_before:
        return "held", "The appointment is on hold; an earlier try asked for it and could not say so."
    return outcome.code, outcome.message
