"""The words in which runner, handlers, providers and database speak of work, and the port between them.

The runner drives a `Ledger` and knows nothing of SQL; `workers.db` is the ledger. Times are campaign times.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol
from uuid import UUID

from workers.deadline import Deadline
from workers.ticks import TickPart

Verdict = Literal["accepted", "refused", "try_later", "unknown"]
Scope = Literal["job", "number", "account", "capacity", "configuration"]


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this worker holds until its lease expires."""

    team_id: UUID
    job_id: UUID
    queue: str
    priority: int
    run_at: datetime
    lease_expires_at: datetime


@dataclass(frozen=True, slots=True)
class BegunAttempt:
    """A committed attempt: the request may go out, once.

    `request` for Vapi is `{to, phone_number_id, assistant_id, first_message, customer_name, variables}`, for Twilio
    `{to, from, body}`. `secret_name` names the secret; `account_ref` is the provider's public id of the account.
    `send_by` is the worker's own: past it nothing may leave, because another worker may have sent.
    """

    team_id: UUID
    attempt_id: UUID
    job_id: UUID
    attempt_number: int
    provider: str
    secret_name: str
    account_ref: str | None
    request: dict[str, Any]
    send_by: Deadline | None = None


@dataclass(frozen=True, slots=True)
class DispatchResult:
    """What became of one request to a provider.

    Attributes:
        verdict: `accepted`: the provider has it. `refused`: for good. `try_later`: the provider did not take it.
            `unknown`: it may or may not have been taken; nothing may be sent again before the provider was asked.
        scope: What the verdict is about: this job, the number called, the whole account, its capacity at the moment,
            or the way it is set up.
        code: Stable word or the provider's own code, for programs.
        message: The provider's words, cut to a sane length, without secrets.
        provider_id: The call id or message sid, where the answer had one.
        retry_after_seconds: What the provider asked to wait, if it did.
    """

    verdict: Verdict
    scope: Scope
    code: str
    message: str = ""
    provider_id: str | None = None
    retry_after_seconds: float | None = None

    def record(self, attempt_id: UUID) -> dict[str, Any]:
        """One element of the array that `record_dispatches` takes."""
        row = {key: value for key, value in asdict(self).items() if value is not None}
        return {"attempt_id": str(attempt_id), **row}


TOO_OLD = DispatchResult(
    "try_later", "capacity", "too_old_to_send", "the worker came to it too late, and another may have sent it"
)
"""An attempt whose request was held back; the engine ignores that where it has drawn its own conclusion."""


@dataclass(frozen=True, slots=True)
class DoubtfulAttempt:
    """An attempt to ask the provider about.

    `kind` is `ambiguous` (the answer never came) or `silent` (taken, but no webhook since).
    """

    team_id: UUID
    attempt_id: UUID
    job_id: UUID
    provider: str
    secret_name: str
    account_ref: str | None
    kind: str
    provider_id: str | None
    begun_at: datetime
    request: dict[str, Any]
    taken_ids: list[str] = field(default_factory=list)
    """The provider's ids that belong to other attempts of the same person."""
    asked_at: datetime | None = None
    """The moment of its claim: nobody is asked earlier."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the provider said about a doubtful attempt: there, not there, or (`None`) it could not be asked."""

    attempt_id: UUID
    found: bool | None
    provider_id: str | None = None
    payload: dict[str, Any] | None = None
    reason: str = ""
    asked_at: datetime | None = None
    """Not later than the question: the answer may be written down much later."""

    def record(self) -> dict[str, Any]:
        """One element of the array that `resolve_attempts` takes."""
        row: dict[str, Any] = {"attempt_id": str(self.attempt_id), "found": self.found}
        if self.asked_at is not None:
            row["asked_at"] = self.asked_at.isoformat()
        if self.provider_id is not None:
            row["provider_id"] = self.provider_id
        if self.payload is not None:
            row["payload"] = self.payload
        return row


@dataclass(frozen=True, slots=True)
class JobState:
    """Where a job stands after a result was recorded."""

    attempt_id: UUID
    job_id: UUID
    job_status: str


@dataclass(frozen=True, slots=True)
class QueueLag:
    """How far a queue is behind, in the whole database; seconds of campaign time."""

    queue: str
    due_jobs: int
    jobs_in_progress: int
    jobs_in_doubt: int
    lag_seconds: float


@dataclass(frozen=True, slots=True)
class TickLag:
    """For how many seconds of campaign time the oldest thing has waited for the tick; how many of its steps fail."""

    lag_seconds: float
    failing_steps: int


@dataclass(frozen=True, slots=True)
class DueInbox:
    """A number of ours whose provider is to be asked for the texts that people sent it between two moments."""

    team_id: UUID
    phone_number_id: UUID
    phone: str
    secret_name: str
    account_ref: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """Work for ServiceTitan that this worker holds: a refresh, a preview, a hold, a catalogue.

    `subject_id` is what it is for; `progress` is what the last checkpoint said, empty at the beginning.
    """

    team_id: UUID
    task_id: UUID
    kind: str
    subject_id: UUID
    secret_name: str
    account_ref: str | None
    is_sandbox: bool
    attempt_number: int
    progress: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What came of a task.

    Attributes:
        verdict: `done`. `failed`: for good. `later`: again, after what the provider asked for or with back-off.
            `paused`: the account itself is refused, so nothing is tried until an operator mends it.
        code: Stable word, for programs.
        message: A sentence for people, without secrets.
        retry_after_seconds: What the provider asked to wait; waiting that it asked for is no failed attempt.
    """

    verdict: Literal["done", "later", "failed", "paused"]
    code: str | None = None
    message: str | None = None
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """Something that a provider told us, verified.

    `event_key` is the same for the same event however often it is sent. `secret_name` names the secret that the sender
    proved to know: an event concerns only the teams whose integration has that secret.
    """

    provider: str
    event_key: str
    type: str
    payload: dict[str, Any]
    secret_name: str
    provider_id: str | None = None
    attempt_id: UUID | None = None
    occurred_at: datetime | None = None

    def record(self) -> dict[str, Any]:
        """One element of the array that `ingest_event` takes."""
        row: dict[str, Any] = {
            "provider": self.provider,
            "event_key": self.event_key,
            "type": self.type,
            "payload": self.payload,
            "secret_name": self.secret_name,
        }
        if self.provider_id is not None:
            row["provider_id"] = self.provider_id
        if self.attempt_id is not None:
            row["attempt_id"] = str(self.attempt_id)
        if self.occurred_at is not None:
            row["occurred_at"] = self.occurred_at.isoformat()
        return row


@dataclass(frozen=True, slots=True)
class Begun:
    """What a look for due jobs has begun.

    Attributes:
        attempts: Committed, each for a job that this worker holds now.
        late_seconds: How long the job of each had been due, by the campaign clock.
        put_off: How many jobs the gate put off or closed instead; others may be due behind them.
    """

    attempts: list[BegunAttempt]
    late_seconds: list[float]
    put_off: int = 0


Handler = Callable[[BegunAttempt], Awaitable[DispatchResult]]
"""Sends one begun attempt. It reports what happened and does not raise."""

Asker = Callable[[DoubtfulAttempt], Awaitable[Resolution]]
"""Asks the provider about one attempt. It reports and does not raise."""


class Ledger(Protocol):
    """What the runner needs of the engine. Every method may be called twice with the same arguments.

    Methods raise `DatabaseUnavailableError` when trying again later can help.
    """

    async def claim_and_begin(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> Begun:
        """Lease up to `limit` due jobs and commit an attempt for each, all in one transaction."""
        ...

    async def claim_jobs(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> list[ClaimedJob]:
        """Lease up to `limit` due jobs."""
        ...

    async def begin_attempts(self, worker: str, job_ids: Sequence[UUID]) -> list[BegunAttempt]:
        """Commit attempts for leased jobs; jobs that the gate closed or put off are left out."""
        ...

    async def extend_leases(self, worker: str, job_ids: Sequence[UUID], lease: timedelta) -> set[UUID]:
        """Prolong leases; returns the jobs that are still held."""
        ...

    async def release_leases(self, worker: str, job_ids: Sequence[UUID]) -> int:
        """Give claimed jobs back that have no attempt under way; how many those were."""
        ...

    async def queue_lag(self) -> list[QueueLag]:
        """How far each queue is behind."""
        ...

    async def tick_lag(self) -> TickLag:
        """What the tick has left undone, whoever calls it."""
        ...

    async def record_dispatches(self, worker: str, results: Sequence[tuple[UUID, DispatchResult]]) -> list[JobState]:
        """Write what became of attempts."""
        ...

    async def claim_ambiguous(self, worker: str, limit: int, lease: timedelta) -> list[DoubtfulAttempt]:
        """Lease up to `limit` attempts that a provider has to be asked about."""
        ...

    async def resolve_attempts(self, worker: str, resolutions: Sequence[Resolution]) -> list[JobState]:
        """Write what the providers said."""
        ...

    async def tick(self, part: TickPart) -> dict[str, Any]:
        """Do a part of what time alone changes; `failed` names the steps that could not be done."""
        ...

    async def index_contacts(self, limit: int) -> int:
        """Let the index of the search follow at most so many contacts; fewer come back when no more were left."""
        ...


class TaskQueue(Protocol):
    """What the task runner needs of the engine. Every method may be called twice with the same arguments."""

    async def claim_tasks(self, worker: str, kinds: Sequence[str], limit: int, lease: timedelta) -> list[Task]:
        """Lease up to `limit` due tasks."""
        ...

    async def checkpoint_task(
        self, worker: str, task_id: UUID, progress: dict[str, Any] | None, lease: timedelta
    ) -> bool:
        """Remember how far a task has come and keep it; whether it is still held."""
        ...

    async def end_task(self, worker: str, task_id: UUID, result: TaskResult) -> str | None:
        """Say what came of a task."""
        ...


@dataclass(frozen=True, slots=True)
class HoldStep:
    """What to do about a hold: `hold` (with the rest set), `wait`, `done`, or `lost` to another worker."""

    step: Literal["hold", "wait", "done", "lost"]
    appointment_id: int | None = None
    reason_id: int | None = None
    memo: str | None = None


class HoldLedger(Protocol):
    """What the handler of holds needs of the engine. Both may be called twice with the same arguments."""

    async def begin_hold(self, worker: str, task: UUID) -> HoldStep:
        """Whether the hold is still wanted, and of what."""
        ...

    async def record_hold(self, worker: str, task: UUID, outcome: str, message: str) -> str | None:
        """Record what came of it; `None` when another worker has the task."""
        ...


class Inboxes(Protocol):
    """What the reader of inboxes needs of the engine. Every method may be called twice with the same arguments."""

    async def claim_inboxes(self, limit: int, lease: timedelta) -> list[DueInbox]:
        """Numbers to ask about, which nobody else is given for the lease."""
        ...

    async def ingest_events(self, events: Sequence[ProviderEvent]) -> dict[str, str]:
        """Store events; by event key `applied`, `waiting`, `duplicate` or `ignored`."""
        ...

    async def note_inbox(self, inbox: DueInbox) -> None:
        """Note that the texts of the inbox are stored."""
        ...


class Inbox(Protocol):
    """What the webhook receiver needs of the engine."""

    async def ingest_events(self, events: Sequence[ProviderEvent]) -> dict[str, str]:
        """Store events; by event key `applied`, `waiting`, `duplicate` or `ignored`."""
        ...

    async def find_secret_names(self, provider: str, account_ref: str) -> list[str]:
        """The names of the secrets of a provider's account; empty for an account that nobody connected."""
        ...

    async def receive_lead(self, token_hash: str, lead: dict[str, Any]) -> dict[str, Any] | None:
        """Take a lead for the address whose token has this SHA-256 (hex); `None` when there is none."""
        ...
