"""The engine, as workers, the webhook receiver and the sandbox's clock see it: one method for each of its functions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from workers.db.session import Session
from workers.ledger import (
    Begun,
    BegunAttempt,
    ClaimedJob,
    DispatchResult,
    DoubtfulAttempt,
    DueInbox,
    JobState,
    ProviderEvent,
    QueueLag,
    Resolution,
    TickLag,
)
from workers.sandbox.campaign_time import ClockReading, PendingWork
from workers.ticks import TickPart

_CLAIM_AND_BEGIN = """
    select
        decision, late_seconds, team_id, attempt_id, job_id, attempt_number, provider, secret_name, account_ref, request
    from engine.claim_and_begin(
        p_worker => %(worker)s, p_queues => %(queues)s, p_limit => %(limit)s, p_lease => %(lease)s
    )
"""
_CLAIM_JOBS = """
    select team_id, job_id, queue, priority, run_at, lease_expires_at
    from engine.claim_jobs(
        p_worker => %(worker)s, p_queues => %(queues)s, p_limit => %(limit)s, p_lease => %(lease)s
    )
"""
_BEGIN_ATTEMPTS = """
    select team_id, attempt_id, job_id, attempt_number, provider::text as provider, secret_name, account_ref, request
    from engine.begin_attempts(p_worker => %(worker)s, p_job_ids => %(job_ids)s)
"""
_EXTEND_LEASES = """
    select job_id from engine.extend_leases(p_worker => %(worker)s, p_job_ids => %(job_ids)s, p_lease => %(lease)s)
"""
_RELEASE_LEASES = "select engine.release_leases(p_worker => %(worker)s, p_job_ids => %(job_ids)s) as released"
_QUEUE_LAG = "select queue, due_jobs, jobs_in_progress, jobs_in_doubt, lag_seconds from engine.queue_lag()"
_TICK_LAG = "select lag_seconds, failing_steps from engine.tick_lag()"
_RECORD_DISPATCHES = """
    select attempt_id, job_id, job_status::text as job_status
    from engine.record_dispatches(p_worker => %(worker)s, p_results => %(results)s)
"""
_CLAIM_AMBIGUOUS = """
    select
        team_id, attempt_id, job_id, provider::text as provider, secret_name, account_ref, kind::text as kind,
        provider_id, begun_at, request, taken_ids, engine.now() as asked_at
    from engine.claim_ambiguous(p_worker => %(worker)s, p_limit => %(limit)s, p_lease => %(lease)s)
"""
_RESOLVE_ATTEMPTS = """
    select attempt_id, job_id, job_status::text as job_status
    from engine.resolve_attempts(p_worker => %(worker)s, p_results => %(results)s)
"""
_INGEST_EVENT = "select event_key, result::text as result from engine.ingest_event(p_events => %(events)s)"
_CLAIM_INBOXES = """
    select team_id, phone_number_id, phone, secret_name, account_ref, since, until
    from engine.claim_inboxes(p_limit => %(limit)s, p_lease => %(lease)s)
"""
_NOTE_INBOX = """
    select engine.note_inbox(
        p_team_id => %(team_id)s, p_phone_number_id => %(phone_number_id)s, p_until => %(until)s
    ) as noted
"""
_FIND_INTEGRATION = """
    select distinct secret_name
    from engine.find_integration(p_provider => %(provider)s, p_account_ref => %(account_ref)s)
"""
_READ_SECRETS = "select name, value from engine.read_secrets()"
_RECEIVE_LEAD = "select engine.receive_lead(p_token_hash => %(hash)s, p_lead => %(lead)s) as taken"
_TICK_WORK = "select engine.tick_work() as summary"
_TICK_LAUNCHES = "select engine.tick_launches() as summary"
_TICK_UPKEEP = "select engine.tick_upkeep() as summary"
_TICK: dict[TickPart, str] = {"work": _TICK_WORK, "launches": _TICK_LAUNCHES, "upkeep": _TICK_UPKEEP}
_INDEX_CONTACTS = "select engine.index_contacts(p_limit => %(limit)s) as indexed"
_PENDING_WORK = "select due_jobs, open_jobs, next_due_at from engine.pending_work()"
_CRON_DRIVES_TICK = "select engine.cron_drives_tick() as answer"
_WAKE_CRON = "select engine.wake_cron() as answer"
_READ_CLOCK = "select at, rate, environment from engine.read_clock()"
_SET_CLOCK = "select engine.set_clock(p_at => %(at)s, p_rate => %(rate)s)"


class EngineCalls(Session):
    """A `Ledger`, an `Inbox` and the sandbox's `CampaignClock`."""

    async def claim_and_begin(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> Begun:
        """Lease up to `limit` due jobs of the queues, most urgent first, and commit an attempt for each."""
        arguments = {"worker": worker, "queues": list(queues), "limit": limit, "lease": lease}
        attempts, late, put_off = [], [], 0
        for row in await self._rows(_CLAIM_AND_BEGIN, arguments):
            decision, seconds = row.pop("decision"), row.pop("late_seconds")
            if decision == "pass":
                attempts.append(BegunAttempt(**row))
                late.append(seconds)
            else:
                put_off += decision != "hold"  # which is still where it was, and hides what is behind it
        return Begun(attempts, late, put_off)

    async def claim_jobs(self, worker: str, queues: Sequence[str], limit: int, lease: timedelta) -> list[ClaimedJob]:
        """Lease up to `limit` due jobs of the queues, most urgent first."""
        arguments = {"worker": worker, "queues": list(queues), "limit": limit, "lease": lease}
        return [ClaimedJob(**row) for row in await self._rows(_CLAIM_JOBS, arguments)]

    async def begin_attempts(self, worker: str, job_ids: Sequence[UUID]) -> list[BegunAttempt]:
        """Commit an attempt for each leased job that still passes the gate."""
        arguments = {"worker": worker, "job_ids": list(job_ids)}
        return [BegunAttempt(**row) for row in await self._rows(_BEGIN_ATTEMPTS, arguments)]

    async def extend_leases(self, worker: str, job_ids: Sequence[UUID], lease: timedelta) -> set[UUID]:
        """Prolong leases; returns the jobs that are still held."""
        arguments = {"worker": worker, "job_ids": list(job_ids), "lease": lease}
        return {row["job_id"] for row in await self._rows(_EXTEND_LEASES, arguments)}

    async def release_leases(self, worker: str, job_ids: Sequence[UUID]) -> int:
        """Give claimed jobs back that have no attempt under way; how many those were."""
        arguments = {"worker": worker, "job_ids": list(job_ids)}
        return int((await self._row(_RELEASE_LEASES, arguments))["released"])

    async def queue_lag(self) -> list[QueueLag]:
        """How far each queue is behind."""
        return [QueueLag(**row) for row in await self._rows(_QUEUE_LAG)]

    async def tick_lag(self) -> TickLag:
        """What the tick has left undone."""
        return TickLag(**await self._row(_TICK_LAG))

    async def record_dispatches(self, worker: str, results: Sequence[tuple[UUID, DispatchResult]]) -> list[JobState]:
        """Write what became of attempts."""
        records = [result.record(attempt_id) for attempt_id, result in results]
        arguments = {"worker": worker, "results": Jsonb(records)}
        return [JobState(**row) for row in await self._rows(_RECORD_DISPATCHES, arguments)]

    async def claim_ambiguous(self, worker: str, limit: int, lease: timedelta) -> list[DoubtfulAttempt]:
        """Lease up to `limit` attempts that a provider has to be asked about."""
        arguments = {"worker": worker, "limit": limit, "lease": lease}
        return [DoubtfulAttempt(**row) for row in await self._rows(_CLAIM_AMBIGUOUS, arguments)]

    async def resolve_attempts(self, worker: str, resolutions: Sequence[Resolution]) -> list[JobState]:
        """Write what the providers said."""
        records = [resolution.record() for resolution in resolutions]
        arguments = {"worker": worker, "results": Jsonb(records)}
        return [JobState(**row) for row in await self._rows(_RESOLVE_ATTEMPTS, arguments)]

    async def ingest_events(self, events: Sequence[ProviderEvent]) -> dict[str, str]:
        """Store and apply events; by event key `applied`, `waiting`, `duplicate` or `ignored`."""
        arguments = {"events": Jsonb([event.record() for event in events])}
        return {row["event_key"]: row["result"] for row in await self._rows(_INGEST_EVENT, arguments)}

    async def claim_inboxes(self, limit: int, lease: timedelta) -> list[DueInbox]:
        """Numbers of ours whose provider is to be asked for the texts that people sent."""
        return [DueInbox(**row) for row in await self._rows(_CLAIM_INBOXES, {"limit": limit, "lease": lease})]

    async def note_inbox(self, inbox: DueInbox) -> None:
        """Note that the texts to a number are stored."""
        arguments = {"team_id": inbox.team_id, "phone_number_id": inbox.phone_number_id, "until": inbox.until}
        await self._row(_NOTE_INBOX, arguments)

    async def find_secret_names(self, provider: str, account_ref: str) -> list[str]:
        """The names of the secrets of a provider's account."""
        arguments = {"provider": provider, "account_ref": account_ref}
        return [row["secret_name"] for row in await self._rows(_FIND_INTEGRATION, arguments)]

    async def read_secrets(self) -> dict[str, str]:
        """What Supabase Vault holds for this product, by the name of the variable that it stands for."""
        return {row["name"]: row["value"] for row in await self._rows(_READ_SECRETS)}

    async def receive_lead(self, token_hash: str, lead: dict[str, Any]) -> dict[str, Any] | None:
        """Take a lead for the address whose token has this SHA-256 (hex); `None` when there is none."""
        arguments = {"hash": token_hash, "lead": Jsonb(lead)}
        taken: dict[str, Any] | None = (await self._row(_RECEIVE_LEAD, arguments))["taken"]
        return taken

    async def tick(self, part: TickPart) -> dict[str, Any]:
        """Do a part of what time alone changes; returns what was done, and which steps `failed`."""
        summary: dict[str, Any] = (await self._row(_TICK[part]))["summary"] or {}
        return summary

    async def index_contacts(self, limit: int) -> int:
        """Let the index of the search follow at most so many contacts; fewer come back when no more were left.

        None come back while another session is at it.
        """
        return int((await self._row(_INDEX_CONTACTS, {"limit": limit}))["indexed"])

    async def cron_drives_tick(self) -> bool:
        """Whether pg_cron calls the tick, so that workers need not."""
        return bool((await self._row(_CRON_DRIVES_TICK))["answer"])

    async def wake_cron(self) -> bool:
        """Let a pg_cron that should call the tick, and does not, read its jobs again; whether that was needed."""
        return bool((await self._row(_WAKE_CRON))["answer"])

    async def read(self) -> ClockReading:
        """The campaign clock: the moment, how many of its seconds pass in a real one, and the environment."""
        return ClockReading(**await self._row(_READ_CLOCK))

    async def set(self, at: datetime, rate: float) -> None:
        """Set the campaign clock; OB002 outside a sandbox."""
        await self._row(_SET_CLOCK, {"at": at, "rate": rate})

    async def pending(self) -> PendingWork:
        """How much work is due and open, and the next moment at which the engine has something to do."""
        return PendingWork(**await self._row(_PENDING_WORK))
