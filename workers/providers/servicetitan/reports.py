"""ServiceTitan's reports: what there is, what a report asks for, and its rows, patiently."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from workers.providers.base import json_object
from workers.providers.servicetitan.auth import Account
from workers.providers.servicetitan.errors import Conflict, Unavailable, wait_of
from workers.providers.servicetitan.limits import report_limit
from workers.providers.servicetitan.models import Moment, Part, Text
from workers.providers.servicetitan.pages import unreadable
from workers.providers.servicetitan.wire import FOR_REPORTS, Ask, Wire, send

REPORT_PAGE_SIZE: Final = 5000
"""As large as may be: each page may cost a minute."""

POLL_SECONDS: Final = 5.0
MOST_POLLS: Final = 360


class ReportCategory(Part):
    """A category; its id is a word."""

    id: Text = None
    name: Text = None


class ReportSummary(Part):
    """A report as lists show it."""

    id: int
    name: Text = None
    description: Text = None
    modified_on: Moment = None


class ReportField(Part):
    """A column."""

    name: str
    label: Text = None
    data_type: Text = None


class AcceptValues(Part):
    """What a parameter may be: rows of `values`, or those of a set that is asked for by its id."""

    fields: tuple[ReportField, ...] | None = None
    dynamic_set_id: Text = None
    values: tuple[tuple[Any, ...], ...] | None = None


class ReportParameter(Part):
    """What a report asks for: a `String`, `Number`, `Boolean`, `Date` or `Time`, or several."""

    name: str
    label: Text = None
    data_type: Text = None
    is_array: bool | None = None
    is_required: bool | None = None
    accept_values: AcceptValues | None = None


class Report(ReportSummary):
    """A report's own description. Its owner may change it any time."""

    parameters: tuple[ReportParameter, ...] = ()
    fields: tuple[ReportField, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Rows of a report as arrays, in the order of `fields`."""

    number: int
    fields: tuple[ReportField, ...]
    rows: list[list[Any]]
    has_more: bool
    total: int | None

    def records(self) -> list[dict[str, Any]]:
        """The rows by the names of the fields."""
        names = [field.name for field in self.fields]
        return [dict(zip(names, row, strict=False)) for row in self.rows]


async def categories(wire: Wire, account: Account) -> list[ReportCategory]:
    """All categories."""
    return [row async for row in _all(wire, account, "/report-categories", ReportCategory)]


async def reports(wire: Wire, account: Account, category: str) -> list[ReportSummary]:
    """All reports of a category."""
    path = f"/report-category/{quote(category, safe='')}/reports"
    return [row async for row in _all(wire, account, path, ReportSummary)]


async def describe(wire: Wire, account: Account, category: str, report_id: int) -> Report:
    """What a report asks for and what it gives."""
    answer = await send(wire, account, Ask("GET", "reporting", _path(category, report_id)))
    try:
        return Report.model_validate(json_object(answer) or {})
    except ValidationError as error:
        raise unreadable(error) from None


async def dynamic_values(wire: Wire, account: Account, set_id: str) -> list[list[Any]]:
    """The rows of a dynamic value set: key, then the name that people know."""
    rows: list[list[Any]] = []
    number = 1
    while True:
        body = await _page_body(wire, account, f"/dynamic-value-sets/{quote(set_id, safe='')}", number)
        rows += [list(row) for row in body["data"]]
        if body.get("hasMore") is not True:
            return rows
        number += 1


async def data(
    wire: Wire,
    account: Account,
    category: str,
    report_id: int,
    parameters: Mapping[str, Any],
    *,
    start_page: int = 1,
    page_size: int = REPORT_PAGE_SIZE,
    is_query: bool = False,
) -> AsyncIterator[ReportPage]:
    """The rows of a report, page by page, within the limit of one call a minute.

    With `is_query` the report is queued and fetched when it is done, which large ones need.

    Raises:
        Conflict: the report's columns changed between two pages.
        ServiceTitanError: as for any request.
    """
    body = {"parameters": [{"name": name, "value": value} for name, value in parameters.items()]}
    number, fields = start_page, None
    while True:
        page = await _data_page(wire, account, (category, report_id), body, number, page_size, is_query=is_query)
        names = [field.name for field in page.fields]
        if fields is not None and names != fields:
            msg = "The report's columns were changed while it was read."
            raise Conflict(msg)
        fields = names
        yield page
        if not page.has_more:
            return
        number += 1


async def _data_page(
    wire: Wire,
    account: Account,
    report: tuple[str, int],
    body: dict[str, Any],
    number: int,
    page_size: int,
    *,
    is_query: bool,
) -> ReportPage:
    ask = Ask(
        "POST",
        "reporting",
        f"{_path(*report)}/data{'/query' if is_query else ''}",
        {"page": str(number), "pageSize": str(page_size), "includeTotal": "true"},
        body,
        patience=FOR_REPORTS,
        limits=(report_limit(account.tenant_id, *report),),
    )
    answer = await send(wire, account, ask)
    if answer.status_code == 202:
        answer = await _fetch_queued(wire, account, answer)
    found = _rows_of(answer)
    try:
        fields = tuple(ReportField.model_validate(field) for field in found.get("fields") or ())
    except ValidationError as error:
        raise unreadable(error) from None
    total = found.get("totalCount")
    rows = [list(row) for row in found["data"]]
    return ReportPage(number, fields, rows, found.get("hasMore") is True, total if isinstance(total, int) else None)


async def _fetch_queued(wire: Wire, account: Account, answer: httpx.Response) -> httpx.Response:
    """Ask for a queued report until it is done."""
    token = _token_of(answer)
    for _ in range(MOST_POLLS):
        wait = wait_of(answer) or POLL_SECONDS
        if wire.on_wait:
            wire.on_wait("the report is being made", wait)
        await wire.sleep(wait)
        answer = await send(wire, account, Ask("GET", "reporting", f"/data-queries/{quote(token, safe='')}"))
        if answer.status_code != 202:
            return answer
    msg = "The report is still being made; ask again later."
    raise Unavailable(msg)


def _token_of(answer: httpx.Response) -> str:
    """The token of a queued report: the body's, under one of the names in use, or the end of `Location`."""
    body = json_object(answer) or {}
    for name in ("token", "queryToken", "dataQueryToken", "id"):
        if isinstance(body.get(name), str | int) and body[name]:
            return str(body[name])
    last = answer.headers.get("location", "").split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    if not last:
        msg = "The report was queued, and ServiceTitan did not say under which token."
        raise Unavailable(msg, status=answer.status_code)
    return str(last)


def _path(category: str, report_id: int) -> str:
    return f"/report-category/{quote(category, safe='')}/reports/{report_id}"


async def _all(wire: Wire, account: Account, path: str, model: type[Any]) -> AsyncIterator[Any]:
    number = 1
    while True:
        body = await _page_body(wire, account, path, number)
        try:
            for row in body["data"]:
                yield model.model_validate(row)
        except ValidationError as error:
            raise unreadable(error) from None
        if body.get("hasMore") is not True:
            return
        number += 1


async def _page_body(wire: Wire, account: Account, path: str, number: int) -> dict[str, Any]:
    query = {"page": str(number), "pageSize": "500"}
    return _rows_of(await send(wire, account, Ask("GET", "reporting", path, query)))


def _rows_of(answer: httpx.Response) -> dict[str, Any]:
    body = json_object(answer)
    if body is None or not isinstance(body.get("data"), list):
        msg = "ServiceTitan's answer cannot be read: it is no page of rows."
        raise Unavailable(msg, status=answer.status_code)
    return body
