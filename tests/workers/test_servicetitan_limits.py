"""ServiceTitan's client keeps its tokens and its tenant's limits."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.workers.titan import TOKEN, Titan, Unlimited, account, plain, titan
from tests.workers.wire import scripted
from workers.providers.base import Transport
from workers.providers.servicetitan import (
    Limit,
    LocalLimiter,
    RateLimited,
    ServiceTitanClient,
    Unauthorized,
    Unavailable,
    feeds,
)
from workers.sandbox.faults import Fault


@pytest.fixture
async def st() -> AsyncIterator[Titan]:
    async with titan() as made:
        yield made


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
    # so few that even the slowest machine is quicker
    async with titan(servicetitan_calls_per_second=3) as st:
        await asyncio.gather(*(st.tenant.rows(feeds.TAG_TYPES) for _ in range(9)))
        statuses = Counter(entry["status"] for entry in st.requests("GET"))
        assert statuses[200] == 9
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
