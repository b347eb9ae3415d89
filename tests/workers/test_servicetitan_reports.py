"""Reports against the sandbox: patiently within their limit, whole, and in the form for large ones."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.workers.titan import TOKEN, Titan, plain, titan
from tests.workers.wire import scripted
from workers.providers.servicetitan import Conflict, Invalid, Limit, LocalLimiter, NotFound, RateLimited, Unavailable
from workers.providers.servicetitan.models import Part

EVER = {"From": "2000-01-01", "To": "2099-01-01"}
COMPLETED = ("operations", 4001)


@pytest.fixture
async def st() -> AsyncIterator[Titan]:
    async with titan() as made:
        yield made


def completed(st: Titan) -> set[int]:
    return {job.id for job in st.world.jobs if job.completed_on}


async def read(st: Titan, **options: Any) -> list[dict[str, Any]]:
    return [row async for page in st.tenant.report_data(*COMPLETED, EVER, **options) for row in page.records()]


def moments(st: Titan, status: int) -> list[datetime]:
    return [datetime.fromisoformat(one["at"]) for one in st.requests("POST", "/data") if one["status"] == status]


async def test_reports_are_found_and_described(st: Titan) -> None:
    assert {one.id for one in await st.tenant.report_categories()} == {"operations", "marketing", "accounting"}
    assert [one.name for one in await st.tenant.reports("operations")] == ["Completed jobs"]
    assert await st.tenant.reports("accounting") == []
    report = await st.tenant.report(*COMPLETED)
    asked = {one.name: one for one in report.parameters}
    assert (asked["From"].data_type, asked["From"].is_required, asked["From"].is_array) == ("Date", True, False)
    units = asked["BusinessUnitIds"]
    assert units.is_array
    assert units.accept_values is not None
    values = await st.tenant.report_values(str(units.accept_values.dynamic_set_id))
    assert [201, "HVAC Service"] in values
    assert [field.name for field in report.fields][:2] == ["JobNumber", "JobId"]
    for missing in (st.tenant.report("operations", 1), st.tenant.reports("nothing"), st.tenant.report_values("none")):
        with pytest.raises(NotFound):
            await missing


async def test_a_report_of_one_page_is_read_at_once(st: Titan) -> None:
    rows = await read(st)
    assert {row["JobId"] for row in rows} == completed(st)
    assert len(rows) == len(completed(st))
    assert st.waits == []


@pytest.mark.parametrize("form", ["seconds", "date", "words", "none"])
async def test_pages_wait_for_each_other_however_the_wait_is_told(form: str) -> None:
    async with titan(servicetitan_retry_after=form) as st:
        size = len(completed(st)) // 3 + 1
        rows = await read(st, page_size=size)
        assert sorted(row["JobId"] for row in rows) == sorted(completed(st))
        given = moments(st, 200)
        assert len(given) == 3
        assert all(later - earlier >= timedelta(seconds=60) for earlier, later in itertools.pairwise(given))


async def test_with_a_limiter_no_call_is_turned_away(st: Titan) -> None:
    st.client._wire.limiter = LocalLimiter(now=lambda: st.box.stage.clock.now().timestamp(), sleep=st.pass_time)
    size = len(completed(st)) // 3 + 1
    assert len(await read(st, page_size=size)) == len(completed(st))
    assert (len(moments(st, 200)), moments(st, 429)) == (3, [])


async def test_who_waits_long_for_a_turn_is_told(st: Titan) -> None:
    class Slow:
        async def acquire(self, limit: Limit) -> None:
            if "report" in limit.key:
                await asyncio.sleep(0.7)

    st.client._wire.limiter = Slow()
    told: list[tuple[str, float]] = []
    tenant = st.client.tenant(st.account, on_wait=lambda why, seconds: told.append((why, seconds)))
    assert [page async for page in tenant.report_data(*COMPLETED, EVER)]
    assert told == [("one call in so many seconds is allowed", 60.0)]


async def test_another_report_need_not_wait(st: Titan) -> None:
    await read(st)
    pages = [page async for page in st.tenant.report_data("marketing", 4002, {"Days": 400})]
    assert pages[0].rows
    assert st.waits == []


async def test_a_large_report_is_queued_and_fetched() -> None:
    async with titan(servicetitan_customers=1200) as st:
        waits: list[str] = []
        tenant = st.client.tenant(st.account, on_wait=lambda why, _seconds: waits.append(why))
        pages = [page async for page in tenant.report_data(*COMPLETED, EVER, is_query=True)]
        assert {row["JobId"] for page in pages for row in page.records()} == completed(st)
        assert len(completed(st)) > 500
        assert [entry["status"] for entry in st.requests("GET", "/data-queries/")] == [202, 200]
        assert waits == ["the report is being made"] * 2


async def test_a_small_report_is_answered_at_once_even_as_a_query(st: Titan) -> None:
    assert len(await read(st, is_query=True)) == len(completed(st))
    assert st.requests("GET", "/data-queries/") == []


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ({}, {"From", "To"}),
        ({"From": "soon", "To": "2026-01-01"}, {"From"}),
        ({**EVER, "Nothing": 1}, {"Nothing"}),
        ({**EVER, "BusinessUnitIds": 201}, {"BusinessUnitIds"}),
        ({**EVER, "MinimumTotal": "much"}, {"MinimumTotal"}),
    ],
)
async def test_wrong_parameters_are_named_and_cost_no_call(st: Titan, parameters: Any, wrong: set[str]) -> None:
    with pytest.raises(Invalid) as invalid:
        _ = [page async for page in st.tenant.report_data(*COMPLETED, parameters)]
    assert set(invalid.value.fields) == wrong
    assert len(await read(st)) == len(completed(st))
    assert st.waits == []


def answers(*given: Response) -> Any:
    """Tokens, then these answers in turn, the last for ever."""
    left = list(given)

    def answer(request: Request) -> Response:
        if request.url.path.endswith("token"):
            return TOKEN
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


def report_page(*names: str, has_more: bool = False) -> JSONResponse:
    return JSONResponse({"fields": [{"name": name} for name in names], "data": [[1]], "hasMore": has_more})


async def test_columns_that_change_between_pages_are_noticed() -> None:
    async with scripted(answers(report_page("A", has_more=True), report_page("B"))) as (_, url):
        with pytest.raises(Conflict, match="columns"):
            _ = [page async for page in plain(url).report_data(*COMPLETED, {})]


@pytest.mark.parametrize(
    "queued",
    [
        JSONResponse({"token": "q-1"}, 202),
        JSONResponse({"id": "q-1"}, 202),
        Response(status_code=202, headers={"Location": "/reporting/v2/tenant/7/data-queries/q-1?x=1"}),
    ],
    ids=["token", "id", "location"],
)
async def test_a_queued_reports_token_is_read_in_any_form(queued: Response) -> None:
    async with scripted(answers(queued, Response(status_code=202), report_page("A"))) as (script, url):
        [page] = [page async for page in plain(url).report_data(*COMPLETED, {}, is_query=True)]
    assert page.rows == [[1]]
    assert [request.url.path for request in script.requests[-2:]] == ["/reporting/v2/tenant/7/data-queries/q-1"] * 2


async def test_a_queued_report_without_a_token_cannot_be_fetched() -> None:
    async with scripted(answers(Response(status_code=202))) as (_, url):
        with pytest.raises(Unavailable, match="token"):
            _ = [page async for page in plain(url).report_data(*COMPLETED, {}, is_query=True)]


async def test_patience_with_reports_ends_too() -> None:
    async with scripted(answers(JSONResponse({}, 429, headers={"Retry-After": "400"}))) as (script, url):
        with pytest.raises(RateLimited):
            _ = [page async for page in plain(url).report_data(*COMPLETED, {})]
    assert len(script.requests) == 1 + 5  # a token, and five calls in half an hour


async def test_rows_are_named_by_the_fields_of_their_page(st: Titan) -> None:
    rows = await read(st)
    assert set(rows[0]) == {field.name for field in (await st.tenant.report(*COMPLETED)).fields}
    assert issubclass(type(await st.tenant.report(*COMPLETED)), Part)
