"""What the handlers of ServiceTitan's tasks share: the database and tenants as they see them, and what errors mean."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from workers.config import Secrets
from workers.errors import ConfigurationError
from workers.ledger import Task, TaskResult
from workers.providers.servicetitan import (
    Forbidden,
    RateLimited,
    ServiceTitanClient,
    ServiceTitanError,
    Tenant,
    Unauthorized,
    Unavailable,
    account_of,
)

Record = dict[str, Any]
OnWait = Callable[[str, float], None]


class Mirror(Protocol):
    """What the handlers need of the database. Everything may be called twice with the same arguments."""

    async def feed_token(self, team: UUID, feed: str) -> str | None:
        """Where an export stands."""
        ...

    async def store_feed(
        self, team: UUID, subject: UUID, feed: str, records: list[Record], started_from: str | None, continue_from: str
    ) -> str | None:
        """Store a page of an export; where the feed stands now. `OB002` when what it was read for has ended."""
        ...

    async def restart_feed(self, team: UUID, feed: str, token: str) -> None:
        """Forget a token that was refused."""
        ...

    async def store_found(self, team: UUID, subject: UUID, kind: str, records: list[Record]) -> None:
        """Store jobs or appointments."""
        ...

    async def store_report_page(
        self, team: UUID, subject: UUID, page: int, columns: Sequence[str], rows: list[list[Any]]
    ) -> None:
        """Store a page of a report."""
        ...

    async def report_issues(self, definition: Record, report: Record) -> list[Record]:
        """What is wrong with the parameters of a report."""
        ...

    async def start_refresh(self, team: UUID, run: UUID) -> Record:
        """Begin a refresh or take it up again."""
        ...

    async def finish_refresh(self, team: UUID, run: UUID, *, is_empty: bool) -> Record:
        """Replace the members of the list."""
        ...

    async def start_preview(self, team: UUID, preview: UUID) -> Record:
        """Begin a preview or take it up again."""
        ...

    async def finish_preview(self, team: UUID, preview: UUID) -> None:
        """Count what was fetched."""
        ...

    async def note_wait(self, team: UUID, subject: UUID, words: str | None) -> None:
        """Say what a run or preview waits for."""
        ...

    async def is_source_empty(self, team: UUID) -> bool:
        """Whether there is not one customer."""
        ...

    async def store_catalogue(self, team: UUID, kind: str, records: list[Record]) -> None:
        """Replace one kind of catalogue."""
        ...

    async def finish_catalogue(self, team: UUID, catalogue: UUID) -> None:
        """All kinds were read."""
        ...

    async def start_watch(self, team: UUID, watch: UUID) -> tuple[datetime, datetime] | None:
        """Since when, and until when, cancellations have to be asked for."""
        ...

    async def store_cancelled(self, team: UUID, watch: UUID, kind: str, ids: list[int]) -> int:
        """Note what was cancelled; how many people that stopped."""
        ...

    async def finish_watch(self, team: UUID, watch: UUID, until: datetime) -> int:
        """Remember where a look ended; how many more people were stopped."""
        ...

    async def stop_cancelled(self, team: UUID) -> int:
        """Stop whoever is enrolled for what is known to be cancelled; how many people."""
        ...


class Tenants(Protocol):
    """Opens the account that a task is for."""

    def __call__(self, task: Task, on_wait: OnWait | None = None) -> Tenant:
        """The tenant; `ConfigurationError` when a secret is missing."""
        ...


def tenants_of(client: ServiceTitanClient, secrets: Secrets) -> Tenants:
    """Tenants by the secrets that this worker was given."""

    def open_tenant(task: Task, on_wait: OnWait | None = None) -> Tenant:
        return client.tenant(account_of(secrets, task.secret_name, task.account_ref), on_wait=on_wait)

    return open_tenant


def result_of(error: ServiceTitanError | ConfigurationError) -> TaskResult:
    """What a refusal means for the task."""
    if isinstance(error, ConfigurationError):
        return TaskResult("paused", "not_configured", str(error))
    if isinstance(error, Unauthorized):
        return TaskResult("paused", "unauthorized", error.sentence())
    if isinstance(error, RateLimited):
        return TaskResult("later", "rate_limited", error.sentence(), error.retry_after)
    if isinstance(error, Unavailable):
        return TaskResult("later", "unavailable", error.sentence())
    code = "forbidden" if isinstance(error, Forbidden) else "refused"
    return TaskResult("failed", code, error.sentence())
