"""ServiceTitan's client against the sandbox: everything arrives, once, whatever goes wrong on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.workers.titan import TOKEN, Titan, plain, titan
from tests.workers.wire import scripted
from workers.providers.servicetitan import (
    feeds,
)
from workers.providers.servicetitan.models import Row
from workers.sandbox.faults import Fault

STORMS = {
    "429 with a time": [Fault(kind="rate_limited", retry_after=2, probability=0.3, provider="servicetitan")],
    "429 without": [Fault(kind="rate_limited", probability=0.3, provider="servicetitan")],
    "500": [Fault(kind="server_error", probability=0.3, provider="servicetitan")],
    "503 from the gateway": [Fault(kind="server_error", status=503, probability=0.3, provider="servicetitan")],
    "dropped": [
        Fault(kind="drop_before", probability=0.2, provider="servicetitan"),
        Fault(kind="drop_after", probability=0.2, provider="servicetitan"),
    ],
    "tokens that expire": [Fault(kind="expired_token", probability=0.5, provider="servicetitan", path="/crm/")],
    "repeated rows": [Fault(kind="repeated_rows", provider="servicetitan")],
    "everything": [
        Fault(kind="rate_limited", retry_after=1, probability=0.15, provider="servicetitan"),
        Fault(kind="server_error", probability=0.15, provider="servicetitan"),
        Fault(kind="drop_after", probability=0.15, provider="servicetitan"),
        Fault(kind="expired_token", probability=0.3, provider="servicetitan", path="/crm/"),
        Fault(kind="repeated_rows", probability=0.5, provider="servicetitan"),
    ],
}


@pytest.fixture
async def st() -> AsyncIterator[Titan]:
    async with titan() as made:
        yield made


@pytest.mark.parametrize("storm", STORMS)
async def test_an_export_is_complete_and_has_no_doubles_whatever_goes_wrong(st: Titan, storm: str) -> None:
    st.faults(*STORMS[storm])
    rows = [row async for page in st.tenant.export(feeds.EXPORT_CUSTOMERS) for row in page.rows]
    assert Counter(row.id for row in rows) == Counter(row.id for row in st.world.customers)
    assert any(row.active is False for row in rows), "inactive ones are exported too"
    assert any(fault.fired for fault in st.box.stage.faults.faults), "the storm never broke"


@pytest.mark.parametrize("storm", [name for name in STORMS if name != "repeated rows"])
async def test_a_list_is_complete_and_has_no_doubles_whatever_goes_wrong(st: Titan, storm: str) -> None:
    st.faults(*STORMS[storm])
    pages = [page async for page in st.tenant.pages(feeds.CUSTOMERS, page_size=40, active="Any")]
    assert Counter(row.id for page in pages for row in page.rows) == Counter(row.id for row in st.world.customers)
    assert {page.total for page in pages} == {300}
    assert any(fault.fired for fault in st.box.stage.faults.faults), "the storm never broke"


LISTS = [
    (feeds.CUSTOMERS, {}),
    (feeds.CUSTOMER_CONTACTS, {"modifiedOnOrAfter": datetime(2000, 1, 1, tzinfo=UTC)}),
    (feeds.LOCATIONS, {}),
    (feeds.JOBS, {}),
    (feeds.APPOINTMENTS, {}),
    (feeds.MEMBERSHIPS, {}),
    (feeds.MEMBERSHIP_TYPES, {}),
    (feeds.RECURRING_SERVICES, {}),
    (feeds.RECURRING_SERVICE_EVENTS, {}),
    (feeds.TAG_TYPES, {}),
    (feeds.BUSINESS_UNITS, {}),
    (feeds.JOB_TYPES, {}),
    (feeds.CAMPAIGNS, {}),
    (feeds.HOLD_REASONS, {}),
]


@pytest.mark.parametrize(("feed", "filters"), LISTS, ids=lambda value: getattr(value, "path", ""))
async def test_every_list_can_be_read(st: Titan, feed: feeds.ListFeed[Row], filters: dict[str, Any]) -> None:
    rows = await st.tenant.rows(feed, **filters)
    assert rows
    assert await st.tenant.count(feed, **filters) == len(rows)
    # Every field that the model names is there: a wrong alias would leave it empty in every row.
    empty = {
        name
        for name in feed.model.model_fields
        if name != "active" and all(getattr(row, name) in (None, ()) for row in rows)
    }
    assert empty <= NEVER_SET.get(feed.path, set())


NEVER_SET: dict[str, set[str]] = {
    "/customers": {"merged_to_id"},  # lists have active customers, and merged ones are not
    "/locations": {"merged_to_id", "tag_type_ids"},
    "/jobs": {"recall_for_id"},
    "/memberships": {"follow_up_on", "next_scheduled_bill_date", "cancellation_date"},
    "/membership-types": {"display_name"},
    "/recurring-service-events": {"job_id"},
    "/tag-types": {"code", "color"},
    "/business-units": {"official_name"},
    "/job-types": {"business_unit_ids", "priority"},
}

EXPORTS = [value for name, value in vars(feeds).items() if name.startswith("EXPORT_")]


@pytest.mark.parametrize("feed", EXPORTS, ids=lambda feed: feed.path)
async def test_every_export_can_be_read(st: Titan, feed: feeds.ExportFeed[Row]) -> None:
    pages = [page async for page in st.tenant.export(feed)]
    rows = [row for page in pages for row in page.rows]
    assert rows
    assert len({row.id for row in rows}) == len(rows)
    assert all(row.active is not None for row in rows)
    assert [page.has_more for page in pages] == [True] * (len(pages) - 1) + [False]


async def test_an_export_goes_on_from_its_token_and_has_only_what_changed(st: Titan) -> None:
    pages = [page async for page in st.tenant.export(feeds.EXPORT_CUSTOMERS)]
    token = pages[-1].continue_from
    changed = await st.control("PATCH", "/customers/1000007", {"name": "New Name", "doNotService": True})
    added = await st.control("POST", "/customers", {"name": "Nora New", "phone": "(202) 555-0199"})
    await st.pass_time(600)
    [again] = [page async for page in st.tenant.export(feeds.EXPORT_CUSTOMERS, start=token)]
    assert {row.id for row in again.rows} == {changed["id"], added["id"]}
    assert next(row for row in again.rows if row.id == 1000007).do_not_service is True
    [nothing] = [page async for page in st.tenant.export(feeds.EXPORT_CUSTOMERS, start=again.continue_from)]
    assert (nothing.rows, nothing.has_more) == ([], False)


async def test_a_crash_between_pages_costs_nothing(st: Titan) -> None:
    async def read(start: str | None, pages: int) -> tuple[list[int], str]:
        ids: list[int] = []
        async for page in st.tenant.export(feeds.EXPORT_CUSTOMERS, start=start):
            ids += [row.id for row in page.rows]
            start, pages = page.continue_from, pages - 1
            if pages == 0:
                break
        return ids, start or ""

    before, token = await read(None, 2)
    after, _ = await read(token, -1)
    assert Counter(before + after) == Counter(row.id for row in st.world.customers)


async def test_recent_changes_may_repeat_and_the_latest_version_wins(st: Titan) -> None:
    async def recent(start: str | None) -> list[Any]:
        return [
            page async for page in st.tenant.export(feeds.EXPORT_CUSTOMERS, start=start, include_recent_changes=True)
        ]

    first = await recent(None)
    assert Counter(row.id for page in first for row in page.rows) == Counter(row.id for row in st.world.customers)
    await st.control("PATCH", "/customers/1000001", {"name": "One"})
    [second] = await recent(first[-1].continue_from)
    await st.control("PATCH", "/customers/1000001", {"name": "Two"})
    [third] = await recent(second.continue_from)
    assert [row.name for row in second.rows if row.id == 1000001] == ["One"]
    assert [row.name for row in third.rows if row.id == 1000001] == ["Two"]
    assert len(third.rows) == len({row.id for row in third.rows})


async def test_an_older_version_never_follows_a_newer_one() -> None:
    def row(number: int, day: int) -> dict[str, Any]:
        return {"id": number, "name": f"v{day}", "modifiedOn": f"2026-01-{day:02d}T00:00:00Z"}

    answers = iter(
        [
            {"hasMore": True, "continueFrom": "a", "data": [row(1, 1), row(2, 5), row(1, 3)]},
            {"hasMore": True, "continueFrom": "b", "data": [row(2, 4), row(1, 3), row(3, 1)]},
            {"hasMore": False, "continueFrom": "c", "data": [row(2, 6), None, row(3, 1)]},
        ]
    )

    def answer(request: Request) -> Response:
        return TOKEN if request.url.path.endswith("token") else JSONResponse(next(answers))

    async with scripted(answer) as (script, url):
        pages = [page async for page in plain(url).export(feeds.EXPORT_CUSTOMERS)]
    assert [[(one.id, one.name) for one in page.rows] for page in pages] == [
        [(2, "v5"), (1, "v3")],
        [(3, "v1")],
        [(2, "v6")],
    ]
    assert [request.query_params.get("from") for request in script.requests[1:]] == [None, "a", "b"]


async def test_rows_that_move_over_the_border_of_a_page_are_still_seen(st: Titan) -> None:
    """Customers leave the list while it is walked: those behind them move to pages that were read already."""
    ids = sorted(row.id for row in st.world.customers if row.active)
    seen: list[int] = []
    async for page in st.tenant.pages(feeds.CUSTOMERS, page_size=40):
        seen += [row.id for row in page.rows]
        if page.number == 2 and len(seen) <= 80:
            for gone in ids[:3]:
                await st.control("PATCH", f"/customers/{gone}", {"active": False})
    assert Counter(seen) == Counter(ids)
