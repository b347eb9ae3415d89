"""Sends webhooks, and loses, repeats, swaps and delays them when a fault says so.

Webhooks about one call or text leave in order, each after the one before was answered; different calls and texts do
not wait for each other. What is on the way counts as in flight, and campaign time waits for it.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from workers.sandbox.clock import Agenda, VirtualClock
from workers.sandbox.faults import Fault, FaultPlan
from workers.sandbox.journal import Entry, Journal, read_body

AT_ONCE = 16
# A webhook that should come after the next one is sent all the same when there is no next one for so long.
HOLD_AT_MOST = timedelta(seconds=30)
ANSWER_LIMIT = 2_000


@dataclass(frozen=True)
class Retries:
    """When a webhook that failed is sent again; providers send most only once."""

    at_most: int = 0
    delay: timedelta = timedelta(seconds=1)
    exponential: bool = False
    excluded: frozenset[int] = frozenset()
    only_without_connection: bool = False

    def pause(self, attempt: int) -> timedelta:
        """How long to wait after the nth attempt."""
        return self.delay * 2 ** (attempt - 1) if self.exponential else self.delay


@dataclass(frozen=True)
class Webhook:
    """A message to somebody's server. `kind` is its type or status, `number` the person whom it is about."""

    provider: str
    kind: str
    subject: str
    number: str
    url: str
    content_type: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    correlation: dict[str, str] = field(default_factory=dict)
    timeout: float = 20.0
    retries: Retries = Retries()
    on_answer: Callable[[int, Any], None] | None = None


class Courier:
    """Carries webhooks to their servers."""

    def __init__(self, clock: VirtualClock, agenda: Agenda, journal: Journal, faults: FaultPlan) -> None:
        self._clock = clock
        self._agenda = agenda
        self._journal = journal
        self._faults = faults
        self._client = httpx.AsyncClient(follow_redirects=False, trust_env=False)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tails: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, list[Webhook]] = {}
        self._quiet = asyncio.Event()
        self.in_flight = 0
        self.sent = 0
        self.failed = 0

    def send(self, webhook: Webhook) -> None:
        """Send a webhook now, or do with it what a fault says."""
        for fault in self._faults.for_webhook(webhook.provider, webhook.kind, webhook.number):
            if fault.kind == "lost":
                self._lose(webhook)
                return
            if fault.kind == "delayed":
                self._later(webhook, fault.by)
                return
            if fault.kind == "reordered" and webhook.subject not in self._held:
                self._hold(webhook)
                return
            if fault.kind == "repeated":
                self._repeat(webhook, fault)
                return
        self._go(webhook)

    async def rest(self, seconds: float) -> None:
        """Wait until nothing is on the way, or the time is over."""
        if self.in_flight:
            self._quiet.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), seconds)

    async def settle(self, subject: str) -> None:
        """Wait until all that was sent about a subject has been answered."""
        while (tail := self._tails.get(subject)) is not None:
            await asyncio.wait({tail})

    async def close(self) -> None:
        """Stop: what is on the way is given up."""
        for task in list(self._tails.values()):
            task.cancel()
        await asyncio.gather(*self._tails.values(), return_exceptions=True)
        await self._client.aclose()

    def forget(self) -> None:
        """Drop what was held back."""
        self._held.clear()

    def _repeat(self, webhook: Webhook, fault: Fault) -> None:
        self._go(webhook)
        for _ in range(fault.times):
            self._go(webhook, note="repeated")

    def _hold(self, webhook: Webhook) -> None:
        """Keep a webhook back until the next one about its subject has left."""
        self._held[webhook.subject] = [webhook]
        self._agenda.schedule(
            self._clock.now() + HOLD_AT_MOST, f"held {webhook.subject}", lambda _: self._release(webhook.subject)
        )

    def _release(self, subject: str) -> None:
        for webhook in self._held.pop(subject, []):
            self._start(webhook, "reordered", 1)

    def _later(self, webhook: Webhook, by: timedelta) -> None:
        self._agenda.schedule(
            self._clock.now() + by, f"delayed {webhook.subject}", lambda _: self._go(webhook, note="delayed")
        )

    def _lose(self, webhook: Webhook) -> None:
        self._journal.write(self._entry(webhook, "lost", None), self._clock.now())

    def _go(self, webhook: Webhook, note: str | None = None) -> None:
        self._start(webhook, note, 1)
        self._release(webhook.subject)

    def _start(self, webhook: Webhook, note: str | None, attempt: int) -> None:
        before = self._tails.get(webhook.subject)
        self.in_flight += 1
        task = asyncio.create_task(self._carry(webhook, note, attempt, before))
        self._tails[webhook.subject] = task
        task.add_done_callback(lambda done: self._done(webhook.subject, done))

    def _done(self, subject: str, task: asyncio.Task[None]) -> None:
        self.in_flight -= 1
        if self.in_flight == 0:
            self._quiet.set()
        if self._tails.get(subject) is task:
            del self._tails[subject]

    async def _carry(self, webhook: Webhook, note: str | None, attempt: int, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        entry = self._entry(webhook, note, self._journal.last_seq)
        connected = True
        async with self._slots:
            try:
                answer = await self._client.post(
                    webhook.url,
                    content=webhook.body,
                    headers={"content-type": webhook.content_type, **webhook.headers},
                    timeout=webhook.timeout,
                )
                entry.status = answer.status_code
                entry.answer = read_body(answer.content[:ANSWER_LIMIT], answer.headers.get("content-type", ""))
            except (httpx.HTTPError, httpx.InvalidURL) as problem:
                connected = not isinstance(problem, httpx.ConnectError | httpx.InvalidURL | httpx.UnsupportedProtocol)
                entry.error = f"{type(problem).__name__}: {problem}"
            except asyncio.CancelledError:
                entry.error = "given up: the sandbox was stopped"
                self._journal.write(entry, self._clock.now())
                raise
        self._journal.write(entry, self._clock.now())
        self._account_for(webhook, entry, attempt, connected=connected)

    def _account_for(self, webhook: Webhook, entry: Entry, attempt: int, *, connected: bool) -> None:
        """Count an answer, hand it on, and plan another try where the provider would make one."""
        if entry.status is not None and entry.status < 300:
            self.sent += 1
            if webhook.on_answer:
                webhook.on_answer(entry.status, entry.answer)
            return
        self.failed += 1
        plan = webhook.retries
        again = attempt <= plan.at_most and entry.status not in plan.excluded
        if again and not (plan.only_without_connection and connected):
            self._agenda.schedule(
                self._clock.now() + plan.pause(attempt),
                webhook.subject,
                lambda _: self._start(webhook, f"retry {attempt}", attempt + 1),
            )

    @staticmethod
    def _entry(webhook: Webhook, note: str | None, sent_after: int | None) -> Entry:
        url = urlsplit(webhook.url)
        return Entry(
            kind="webhook",
            provider=webhook.provider,
            method="POST",
            path=urlunsplit(url._replace(query="", fragment="")),
            query=url.query,
            headers=webhook.headers,
            body=read_body(webhook.body, webhook.content_type),
            fault=note,
            correlation={**webhook.correlation, "type": webhook.kind, "to": webhook.number},
            sent_after=sent_after,
        )
