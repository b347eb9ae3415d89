"""ServiceTitan's client against the sandbox: everything arrives, once, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.workers.titan import SECRETS, Titan, Unlimited, account, titan
from tests.workers.wire import scripted
from workers.config import Secrets
from workers.errors import ConfigurationError
from workers.providers.base import Transport
from workers.providers.servicetitan import (
    Account,
    Forbidden,
    Invalid,
    Limit,
    LocalLimiter,
    NotFound,
    RateLimited,
    ServiceTitanClient,
    Unauthorized,
    Unavailable,
    account_of,
    feeds,
)
from workers.providers.servicetitan.models import Customer, Row
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


TOKEN = JSONResponse({"access_token": "a-token-that-nobody-may-see", "expires_in": 900, "token_type": "Bearer"})
PLAIN = Account("7", SecretStr("cid-of-7"), SecretStr("secret-of-7"), SecretStr("key-of-7"))


def plain(url: str, **options: Any) -> Any:
    """A tenant of a server that says what the test says; waiting takes no time."""

    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0)

    transport = Transport(url, timeout=5)
    return ServiceTitanClient(transport, transport, Unlimited(), **{"sleep": sleep, **options}).tenant(PLAIN)


# --- tokens -----------------------------------------------------------------------------------------------------------


async def test_one_token_serves_many_requests_and_is_replaced_before_it_ends(st: Titan) -> None:
    now = [0.0]
    client = ServiceTitanClient(
        Transport(f"{st.url}/servicetitan"), Transport(f"{st.url}/servicetitan"), Unlimited(), now=lambda: now[0]
    )
    tenant = client.tenant(st.account)
    await asyncio.gather(*(tenant.rows(feeds.TAG_TYPES) for _ in range(10)))
    assert len(st.requests("POST", "token")) == 1
    now[0] = 719
    await tenant.rows(feeds.TAG_TYPES)
    assert len(st.requests("POST", "token")) == 1
    now[0] = 721
    await asyncio.gather(*(tenant.rows(feeds.TAG_TYPES) for _ in range(10)))
    assert len(st.requests("POST", "token")) == 2
    await client.aclose()


async def test_while_a_token_is_good_a_new_one_can_wait(st: Titan) -> None:
    now = [0.0]
    transport = Transport(f"{st.url}/servicetitan")
    tenant = ServiceTitanClient(transport, transport, Unlimited(), now=lambda: now[0], sleep=st.pass_time).tenant(
        st.account
    )
    await tenant.rows(feeds.TAG_TYPES)
    st.faults(Fault(kind="server_error", provider="servicetitan", path="/connect/token"))
    now[0] = 800
    await tenant.rows(feeds.TAG_TYPES)
    assert st.waits == []
    assert [entry["status"] for entry in st.requests("POST", "token")] == [200, 500]
    now[0] = 901
    with pytest.raises(Unavailable):
        await tenant.rows(feeds.TAG_TYPES)
    assert st.waits
    await transport.aclose()


async def test_a_token_that_ended_early_is_replaced_once_for_all_who_wait(st: Titan) -> None:
    await st.tenant.rows(feeds.TAG_TYPES)
    await st.pass_time(901)
    await asyncio.gather(*(st.tenant.rows(feeds.TAG_TYPES) for _ in range(5)))
    refused = [entry for entry in st.requests("GET") if entry["status"] == 401]
    assert 1 <= len(refused) <= 5
    assert len(st.requests("POST", "token")) == 2


async def test_a_token_that_is_refused_for_good_is_not_asked_for_for_ever(st: Titan) -> None:
    with pytest.raises(Unauthorized):
        await st.client.tenant(account(st.box, app_key=SecretStr("wrong"))).rows(feeds.TAG_TYPES)
    assert len(st.requests("GET", "tag-types")) == 2
    assert len(st.requests("POST", "token")) == 2


# --- limits -----------------------------------------------------------------------------------------------------------


def busiest_second(entries: list[dict[str, Any]]) -> int:
    moments = sorted(datetime.fromisoformat(entry["at"]) for entry in entries)
    most = start = 0
    for end, moment in enumerate(moments):
        while moment - moments[start] >= timedelta(seconds=1):
            start += 1
        most = max(most, end - start + 1)
    return most


async def test_no_more_than_sixty_requests_leave_in_any_second() -> None:
    async with titan(LocalLimiter(), servicetitan_calls_per_second=60, clock_mode="real") as st:
        tenant = st.client.tenant(st.account)
        await asyncio.gather(*(tenant.rows(feeds.TAG_TYPES) for _ in range(130)))
        reads = st.requests("GET")
        assert len(reads) == 130
        assert {entry["status"] for entry in reads} == {200}
        assert busiest_second(reads) <= 60


async def test_without_a_limiter_the_sandbox_turns_requests_away_and_they_are_made_later() -> None:
    async with titan(servicetitan_calls_per_second=60) as st:
        await asyncio.gather(*(st.tenant.rows(feeds.TAG_TYPES) for _ in range(80)))
        statuses = Counter(entry["status"] for entry in st.requests("GET"))
        assert statuses[200] == 80
        assert statuses[429] > 0


@pytest.mark.parametrize(("calls", "seconds"), [(60, 1.0), (50, 1.0), (1, 60.0), (3, 10.0), (2, 1.0)])
async def test_a_limiter_lets_no_window_have_more_and_does_not_dawdle(calls: int, seconds: float) -> None:
    now, made = [1000.0], []

    async def sleep(wait: float) -> None:
        now[0] += wait

    limiter = LocalLimiter(now=lambda: now[0], sleep=sleep)
    for index in range(calls * 6):
        await limiter.acquire(Limit("a", calls, seconds))
        made.append(now[0])
        if index == calls:
            now[0] += seconds * 5  # idleness saves up nothing
    for start in made:
        assert sum(start <= moment < start + seconds - 1e-6 for moment in made) <= calls
    assert made[-1] - made[0] <= seconds * 5 + seconds * 6 * calls / max(1, calls - max(1, calls // 6))
    before = now[0]
    await limiter.acquire(Limit("b", calls, seconds))
    assert now[0] == before


@pytest.mark.parametrize(
    ("headers", "body", "least", "most"),
    [
        ({"Retry-After": "7"}, {"title": "Too many"}, 7, 8),
        ({"Retry-After": "in a while"}, {}, 40, 102),
        ({}, {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 42 seconds."}, 42, 43),
        ({}, {"title": "Rate limit exceeded, retry after 3s"}, 3, 4),
        ({}, {}, 0.2, 0.6),
    ],
)
async def test_a_429_is_waited_out_as_it_says(headers: dict[str, str], body: Any, least: float, most: float) -> None:
    # Far from now, and as much is let pass, so that a slow machine changes nothing.
    in_a_while = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    headers = {name: in_a_while if value == "in a while" else value for name, value in headers.items()}
    answers = iter([JSONResponse(body, 429, headers=headers), JSONResponse({"data": [], "hasMore": False})])
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    def answer(request: Request) -> Response:
        return TOKEN if request.url.path.endswith("token") else next(answers)

    async with scripted(answer) as (_, url):
        assert await plain(url, sleep=sleep).rows(feeds.TAG_TYPES) == []
    [wait] = waits
    assert least <= wait <= most


async def test_patience_ends(st: Titan) -> None:
    st.faults(Fault(kind="rate_limited", retry_after=50, provider="servicetitan", path="/tag-types"))
    with pytest.raises(RateLimited) as limited:
        await st.tenant.rows(feeds.TAG_TYPES)
    assert limited.value.retry_after == 50
    assert 90 < sum(st.waits) <= 120
    st.faults(Fault(kind="drop_before", provider="servicetitan", path="/tag-types"))
    with pytest.raises(Unavailable):
        await st.tenant.rows(feeds.TAG_TYPES)


async def test_rows_by_their_ids_come_fifty_at_a_time(st: Titan) -> None:
    wanted = [row.id for row in st.world.customers][:120]
    parts = [part async for part in st.tenant.by_ids(feeds.CUSTOMERS, [*wanted, *wanted])]
    assert [len(part) for part in parts] == [50, 50, 20]
    assert [row.id for part in parts for row in part] == wanted, "inactive ones too"
    contacts = [
        row
        async for part in st.tenant.by_ids(feeds.CUSTOMER_CONTACTS, wanted, filter_name="customerIds")
        for row in part
    ]
    assert {row.id for row in contacts} == {
        row.id for row in st.world.contacts if row.customer_id in wanted and row.active
    }


async def test_a_merged_customer_is_followed(st: Titan) -> None:
    merged = next(row for row in st.world.customers if row.merged_to_id)
    await st.control("PATCH", f"/customers/{merged.merged_to_id}", {"mergedToId": 1000001})
    assert (await st.tenant.surviving_customer(merged.id)).id == 1000001
    assert (await st.tenant.surviving_customer(1000001)).id == 1000001
    await st.control("PATCH", "/customers/1000001", {"mergedToId": merged.id})
    assert (await st.tenant.surviving_customer(merged.id)).merged_to_id, "even a ring of merges ends"


# --- refusals ---------------------------------------------------------------------------------------------------------


async def test_refusals_have_types_and_name_what_is_wrong(st: Titan) -> None:
    with pytest.raises(NotFound) as missing:
        await st.tenant.customer(1)
    assert missing.value.status == 404
    assert (missing.value.trace_id or "").startswith("00-")
    with pytest.raises(Invalid) as invalid:
        await st.tenant.rows(feeds.JOBS, jobStatus="Unheard of")
    assert list(invalid.value.fields) == ["jobStatus"]
    with pytest.raises(Unauthorized):
        await st.client.tenant(account(st.box, client_secret=SecretStr("wrong"))).rows(feeds.TAG_TYPES)
    await st.control("PUT", "", {"scopes": ["crm"]})
    with pytest.raises(Forbidden):
        await st.tenant.rows(feeds.TAG_TYPES)


async def test_filters_that_a_list_does_not_have_never_leave(st: Titan) -> None:
    for feed, filters in [
        (feeds.CUSTOMERS, {"tagTypeIds": [101]}),
        (feeds.CUSTOMER_CONTACTS, {}),
        (feeds.JOBS, {"ids": list(range(51))}),
        (feeds.JOBS, {"createdBefore": datetime(2026, 1, 1)}),  # noqa: DTZ001 -- that is what is wrong with it
    ]:
        with pytest.raises(ValueError, match=r"filtered|needs|at most|time zone"):
            await st.tenant.rows(feed, **filters)  # type: ignore[arg-type]
    assert st.requests("GET") == []


async def test_filters_mean_what_they_say(st: Titan) -> None:
    done = [job for job in st.world.jobs if job.completed_on and job.business_unit_id == 202]
    early, late = min(job.completed_on or 0 for job in done), sorted(job.completed_on or 0 for job in done)[-3]
    rows = await st.tenant.rows(
        feeds.JOBS,
        jobStatus="Completed",
        businessUnitId=202,
        completedOnOrAfter=datetime.fromtimestamp(early, UTC),
        completedBefore=datetime.fromtimestamp(late, UTC),
    )
    assert {row.id for row in rows} == {job.id for job in done if (job.completed_on or 0) < late}
    tagged = await st.tenant.rows(feeds.JOBS, tagTypeIds=[101, 103])
    assert {row.id for row in tagged} == {job.id for job in st.world.jobs if {101, 103} & set(job.tag_type_ids)}
    waiting = await st.tenant.rows(feeds.JOBS, appointmentStatus="Scheduled")
    assert {row.id for row in waiting} == {v.job_id for v in st.world.appointments if v.status == "Scheduled"}


async def test_rows_are_read_leniently() -> None:
    row = Customer.model_validate(
        {"id": 5, "name": None, "tagTypeIds": None, "address": None, "type": {"id": 1, "name": "Residential"},
         "modifiedOn": "", "createdOn": "0001-01-01T00:00:00", "surprise": {"a": 1}}
    )  # fmt: skip
    assert (row.id, row.tag_type_ids, row.type, row.modified_on, row.created_on) == (5, (), "Residential", None, None)
    assert not hasattr(row, "surprise")


@pytest.mark.parametrize("body", ["<html>", "[]", "{}", '{"data": 5}', '{"data": [{"name": "no id"}]}'])
async def test_an_answer_that_is_no_page_is_no_empty_page(body: str) -> None:
    def answer(request: Request) -> Response:
        return TOKEN if request.url.path.endswith("token") else Response(body, media_type="application/json")

    async with scripted(answer) as (_, url):
        with pytest.raises(Unavailable):
            await plain(url).rows(feeds.TAG_TYPES)


async def test_an_export_that_does_not_move_ends() -> None:
    def answer(request: Request) -> Response:
        stuck = {"hasMore": True, "continueFrom": "same", "data": []}
        return TOKEN if request.url.path.endswith("token") else JSONResponse(stuck)

    async with scripted(answer) as (_, url):
        with pytest.raises(Unavailable, match="gives nothing"):
            _ = [page async for page in plain(url).export(feeds.EXPORT_JOBS)]


async def test_secrets_are_in_no_error_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def answer(request: Request) -> Response:
        """A server that repeats everything it was told."""
        told = " ".join([*request.headers.values(), "cid-of-7", "secret-of-7", "key-of-7"])
        echo = JSONResponse({"title": told, "errors": {"x": [told]}, "traceId": "t"}, 400)
        return TOKEN if request.url.path.endswith("token") and gives_token[-1] else echo

    gives_token: list[bool] = []
    texts: list[str] = [repr(PLAIN)]
    for step in (False, True):
        gives_token.append(step)
        async with scripted(answer) as (_, url):
            tenant = plain(url)
            with pytest.raises((Unauthorized, Invalid)) as refused:
                await tenant.rows(feeds.TAG_TYPES)
            texts += [str(refused.value), repr(refused.value), repr(refused.value.fields), repr(tenant)]
            texts += [check.message for check in await tenant.check()]
    texts += [record.getMessage() for record in caplog.records]
    for secret in ("cid-of-7", "secret-of-7", "key-of-7", "a-token-that-nobody-may-see"):
        assert not [text for text in texts if secret in text], secret


async def test_the_sandboxs_log_has_no_secret(st: Titan) -> None:
    await st.tenant.rows(feeds.TAG_TYPES)
    written = repr(st.requests())
    assert [secret for secret in SECRETS if secret in written] == []
    assert not any(token in written for token in st.box.servicetitan.tokens)


# --- check ------------------------------------------------------------------------------------------------------------


async def test_check_says_what_works(st: Titan) -> None:
    assert {check.status for check in await st.tenant.check()} == {"ok"}
    await st.control("PUT", "", {"scopes": ["crm", "jpm"]})
    found = {check.name: check.status for check in await st.tenant.check()}
    assert {name for name, status in found.items() if status == "ok"} == {
        "credentials", "app_key", "tenant", "scope:crm", "scope:jpm"
    }  # fmt: skip
    assert found["scope:reporting"] == "refused"


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"client_secret": SecretStr("wrong")}, "credentials"),
        ({"app_key": SecretStr("wrong")}, "app_key"),
        ({"tenant_id": "12"}, "tenant"),
    ],
)
async def test_check_names_what_is_wrong(st: Titan, changes: dict[str, Any], failed: str) -> None:
    found = await st.client.tenant(account(st.box, **changes)).check()
    assert [check.name for check in found if check.status == "refused"] == [failed]
    assert len({check.name for check in found}) == len(found) == 9


async def test_check_tells_a_server_that_is_away_from_one_that_refuses() -> None:
    found = await plain("http://127.0.0.1:1").check()
    assert (found[0].name, found[0].status) == ("credentials", "unreachable")


def test_an_account_comes_from_named_secrets() -> None:
    environment = {
        "OUTBOUND_SECRET_ACME_ST_CLIENT_ID": "cid.1",
        "OUTBOUND_SECRET_ACME_ST_CLIENT_SECRET": "cs1.1",
        "OUTBOUND_SECRET_SERVICETITAN_APP_KEY": "ak1.shared",
    }
    shared = account_of(Secrets.from_environment(environment), "ACME_ST", "123")
    assert (shared.tenant_id, shared.app_key.get_secret_value()) == ("123", "ak1.shared")
    own = account_of(
        Secrets.from_environment({**environment, "OUTBOUND_SECRET_ACME_ST_APP_KEY": "ak1.own"}), "ACME_ST", "123"
    )
    assert own.app_key.get_secret_value() == "ak1.own"
    for missing in environment:
        rest = {name: value for name, value in environment.items() if name != missing}
        with pytest.raises(ConfigurationError, match="is not set"):
            account_of(Secrets.from_environment(rest), "ACME_ST", "123")
    for tenant_id in (None, "", "acme"):
        with pytest.raises(ConfigurationError, match="tenant id"):
            account_of(Secrets.from_environment(environment), "ACME_ST", tenant_id)
