"""ServiceTitan's API: one client for a process, and a `Tenant` for each account that it speaks for."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import httpx
from pydantic import ValidationError

from workers.deadline import Deadline
from workers.providers.base import Transport, json_object
from workers.providers.servicetitan import holds
from workers.providers.servicetitan import reports as reporting
from workers.providers.servicetitan.auth import Account, Tokens
from workers.providers.servicetitan.check import Check, check
from workers.providers.servicetitan.errors import Ambiguous
from workers.providers.servicetitan.feeds import MOST_IDS, Area, ExportFeed, ListFeed, Value
from workers.providers.servicetitan.holds import HoldOutcome, ReleaseOutcome
from workers.providers.servicetitan.limits import Limiter
from workers.providers.servicetitan.models import Appointment, Customer, HoldReason, Job, JobNote, Location, R
from workers.providers.servicetitan.pages import PAGE_SIZE, ExportPage, Page, export, unreadable, walk
from workers.providers.servicetitan.reports import (
    REPORT_PAGE_SIZE,
    Report,
    ReportCategory,
    ReportPage,
    ReportSummary,
)
from workers.providers.servicetitan.wire import NONE, ORDINARY, Ask, OnWait, Patience, Wire, send

CLOCK_MARGIN: Final = timedelta(minutes=10)
"""How far ServiceTitan's clock may be behind ours."""


class ServiceTitanClient:
    """Connections and tokens that all tenants of a process share."""

    def __init__(
        self,
        api: Transport,
        auth: Transport,
        limiter: Limiter,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
        on_wait: OnWait | None = None,
    ) -> None:
        self._wire = Wire(api, Tokens(auth, now), limiter, sleep, now, on_wait)

    @classmethod
    def connect(cls, api_url: str, auth_url: str, limiter: Limiter, **options: Any) -> Self:
        """A client with connections of its own."""
        return cls(Transport(api_url, timeout=60), Transport(auth_url), limiter, **options)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.api.aclose()
        await self._wire.tokens.aclose()

    def tenant(self, account: Account, *, on_wait: OnWait | None = None) -> "Tenant":
        """The API for one account; `on_wait` is told of its waits instead of the client's."""
        wire = self._wire
        if on_wait:
            wire = Wire(wire.api, wire.tokens, wire.limiter, wire.sleep, wire.now, on_wait)
        return Tenant(wire, account)


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant's data.

    Every method raises a `ServiceTitanError` for what ServiceTitan refuses, and for what stays away after all patience;
    only `hold_appointment`, `release_appointment` and `check` say it in their results.
    """

    _wire: Wire
    account: Account

    def pages(
        self, feed: ListFeed[R], *, start_page: int = 1, page_size: int = PAGE_SIZE, **filters: Value
    ) -> AsyncIterator[Page[R]]:
        """A list, page by page; filters by their ServiceTitan names, such as `jobStatus="Completed"`."""
        return walk(self._wire, self.account, feed, dict(filters), start_page=start_page, page_size=page_size)

    async def rows(self, feed: ListFeed[R], **filters: Value) -> list[R]:
        """A short list as a whole: a catalogue, or what some ids stand for."""
        return [row async for page in self._walk(feed, filters) for row in page.rows]

    async def count(self, feed: ListFeed[R], **filters: Value) -> int | None:
        """How many rows a list has, asked with one request."""
        async with aclosing(self._walk(feed, filters, page_size=1)) as found:
            async for page in found:
                return page.total
        return None

    async def by_ids(
        self, feed: ListFeed[R], ids: Iterable[int], *, filter_name: str = "ids", **filters: Value
    ) -> AsyncIterator[list[R]]:
        """What ids stand for, inactive rows too, as many at once as ServiceTitan takes.

        `filter_name` asks by another filter that takes ids, such as `customerIds`.
        """
        states: dict[str, Value] = {"active": "Any"} if "active" in feed.filters else {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), MOST_IDS):
            asked = {**states, **filters, filter_name: wanted[start : start + MOST_IDS]}
            yield [row async for page in self._walk(feed, asked) for row in page.rows]

    def export(
        self, feed: ExportFeed[R], *, start: str | None = None, include_recent_changes: bool = False
    ) -> AsyncIterator[ExportPage[R]]:
        """An export from a `continue_from`, a date or the beginning, page by page, until there is no more now."""
        return export(self._wire, self.account, feed, start=start, include_recent_changes=include_recent_changes)

    async def customer(self, customer_id: int) -> Customer:
        """A customer by its id, as it is: merged ones too."""
        return await self._one("crm", f"/customers/{customer_id}", Customer)

    async def surviving_customer(self, customer_id: int) -> Customer:
        """Whom a customer was merged into, through all merges; herself when she never was."""
        seen: set[int] = set()
        customer = await self.customer(customer_id)
        while customer.merged_to_id and customer.id not in seen:
            seen.add(customer.id)
            customer = await self.customer(customer.merged_to_id)
        return customer

    async def location(self, location_id: int) -> Location:
        """A location by its id."""
        return await self._one("crm", f"/locations/{location_id}", Location)

    async def job(self, job_id: int) -> Job:
        """A job by its id."""
        return await self._one("jpm", f"/jobs/{job_id}", Job)

    async def appointment(self, appointment_id: int) -> Appointment:
        """An appointment by its id."""
        return await holds.get_appointment(self._wire, self.account, appointment_id)

    async def hold_reasons(self) -> list[HoldReason]:
        """All hold reasons, inactive ones too."""
        return await holds.hold_reasons(self._wire, self.account)

    async def hold_appointment(
        self,
        appointment_id: int,
        reason_id: int,
        memo: str,
        *,
        patience: Patience = ORDINARY,
        send_by: Deadline | None = None,
    ) -> HoldOutcome:
        """Put an appointment on hold: read before, asked at most once and not after `send_by`, read back."""
        return await holds.hold(self._wire, self.account, appointment_id, reason_id, memo, patience, send_by)

    async def release_appointment(self, appointment_id: int, *, patience: Patience = ORDINARY) -> ReleaseOutcome:
        """Take an appointment off hold."""
        return await holds.release(self._wire, self.account, appointment_id, patience)

    async def job_notes(self, job_id: int) -> list[JobNote]:
        """A job's notes."""
        found: list[JobNote] = []
        number = 1
        while True:
            query = {"page": str(number), "pageSize": str(PAGE_SIZE)}
            answer = await send(self._wire, self.account, Ask("GET", "jpm", f"/jobs/{job_id}/notes", query))
            body = json_object(answer) or {}
            found += [JobNote.model_validate(row) for row in body.get("data") or []]
            if body.get("hasMore") is not True:
                return found
            number += 1

    async def add_job_note(self, job_id: int, text: str, *, pin_to_top: bool = False) -> None:
        """Put a note on a job; in doubt the job's notes are read.

        Raises:
            Ambiguous: nobody knows whether the note is there, or it is not there yet.
        """
        ask = Ask("POST", "jpm", f"/jobs/{job_id}/notes", body={"text": text, "pinToTop": pin_to_top}, is_safe=False)
        began = datetime.now(UTC) - CLOCK_MARGIN
        try:
            await send(self._wire, self.account, ask)
        except Ambiguous:
            notes = await self.job_notes(job_id)
            if not any(note.text == text and (note.created_on or began) >= began for note in notes):
                raise

    async def report_categories(self) -> list[ReportCategory]:
        """All categories of reports."""
        return await reporting.categories(self._wire, self.account)

    async def reports(self, category: str) -> list[ReportSummary]:
        """All reports of a category."""
        return await reporting.reports(self._wire, self.account, category)

    async def report(self, category: str, report_id: int) -> Report:
        """What a report asks for and what it gives."""
        return await reporting.describe(self._wire, self.account, category, report_id)

    async def report_values(self, set_id: str) -> list[list[Any]]:
        """The rows of a dynamic value set: key, then the name that people know."""
        return await reporting.dynamic_values(self._wire, self.account, set_id)

    def report_data(
        self,
        category: str,
        report_id: int,
        parameters: Mapping[str, Any],
        *,
        start_page: int = 1,
        page_size: int = REPORT_PAGE_SIZE,
        is_query: bool = False,
    ) -> AsyncIterator[ReportPage]:
        """A report's rows, page by page, at one call a minute; `is_query` takes the form for large reports."""
        return reporting.data(
            self._wire, self.account, category, report_id, parameters,
            start_page=start_page, page_size=page_size, is_query=is_query,
        )  # fmt: skip

    async def check(self, *, patience: Patience = NONE) -> list[Check]:
        """Whether credentials, app key, tenant and scopes are fine."""
        return await check(self._wire, self.account, patience)

    def _walk(
        self, feed: ListFeed[R], filters: dict[str, Value], *, start_page: int = 1, page_size: int = PAGE_SIZE
    ) -> AsyncGenerator[Page[R], None]:
        return walk(self._wire, self.account, feed, filters, start_page=start_page, page_size=page_size)

    async def _one(self, area: Area, path: str, model: type[R]) -> R:
        answer: httpx.Response = await send(self._wire, self.account, Ask("GET", area, path))
        try:
            return model.model_validate(json_object(answer) or {})
        except ValidationError as error:
            raise unreadable(error) from None
