"""Walking lists and exports, a page in memory at a time."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic

import httpx
from pydantic import ValidationError

from workers.providers.base import clean, json_object
from workers.providers.servicetitan.auth import Account
from workers.providers.servicetitan.errors import Unavailable
from workers.providers.servicetitan.feeds import ExportFeed, ListFeed, Value, parameters
from workers.providers.servicetitan.models import R
from workers.providers.servicetitan.wire import Ask, Wire, send

PAGE_SIZE: Final = 500
LARGEST_PAGE: Final = 5000
REMEMBERED: Final = 100_000
"""Rows of an export that are known to have been seen: repeats come soon after the first time."""


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows of a list that were not handed out before in this walk. After a crash, walk on from `number`."""

    number: int
    rows: list[R]
    has_more: bool
    total: int | None


@dataclass(frozen=True, slots=True)
class ExportPage(Generic[R]):
    """Rows of an export, each once in its latest version. Store `continue_from` with them to go on from here.

    `continue_from` stays good when `has_more` is false: asked with it in some minutes, the export has what changed.
    """

    rows: list[R]
    continue_from: str
    has_more: bool


async def walk(
    wire: Wire,
    account: Account,
    feed: ListFeed[R],
    filters: dict[str, Value],
    *,
    start_page: int = 1,
    page_size: int = PAGE_SIZE,
) -> AsyncGenerator[Page[R], None]:
    """The pages of a list, from `start_page` on.

    A row that leaves the list while it is walked moves those behind it a place forward, over the border of pages.
    So each page is asked for its total, and when that fell, the walk goes back by as much. Lists that can be sorted are
    by id, so that rows that join come last. What ServiceTitan gives twice is handed out once.
    """
    query = parameters(feed, filters)
    if start_page < 1 or not 1 <= page_size <= LARGEST_PAGE:
        msg = f"pages count from 1 and have at most {LARGEST_PAGE} rows"
        raise ValueError(msg)
    query |= {"pageSize": str(page_size), "includeTotal": "true", **dict(feed.order)}
    seen: set[int] = set()
    number, known_total = start_page, None
    while True:
        answer = await send(wire, account, Ask("GET", feed.area, feed.path, {**query, "page": str(number)}))
        body = _body(answer)
        total, has_more = body.get("totalCount"), body.get("hasMore") is True
        rows = _rows(feed.model, body)
        fresh = list({row.id: row for row in rows if row.id not in seen}.values())
        seen.update(row.id for row in fresh)
        yield Page(number, fresh, has_more, total if isinstance(total, int) else None)
        fell = known_total - total if isinstance(known_total, int) and isinstance(total, int) else 0
        known_total = total
        if fell > 0 and number > start_page:
            number = max(start_page, number - -(-fell // page_size))
        elif has_more:
            number += 1
        else:
            return


async def export(
    wire: Wire,
    account: Account,
    feed: ExportFeed[R],
    *,
    start: str | None = None,
    include_recent_changes: bool = False,
) -> AsyncIterator[ExportPage[R]]:
    """The pages of an export from a token, a date such as 2026-01-31, or the beginning, until there is no more now."""
    recent = _Recent()
    token, query = start, {"includeRecentChanges": "true"} if include_recent_changes else {}
    while True:
        asked = {**query, "from": token} if token else query
        body = _body(await send(wire, account, Ask("GET", feed.area, feed.path, asked)))
        following, has_more = body.get("continueFrom"), body.get("hasMore") is True
        if not isinstance(following, str):
            # An empty page may come without a token: the one that was asked with stays good.
            following = token or ""
        rows = _rows(feed.model, body)
        if has_more and following == (token or "") and not rows:
            msg = f"The export {feed.path} says that there is more, and gives nothing."
            raise Unavailable(msg)
        yield ExportPage(recent.news(rows), following, has_more)
        if not has_more:
            return
        token = following


class _Recent:
    """The versions of the latest rows that were handed out."""

    def __init__(self) -> None:
        self._versions: OrderedDict[int, datetime | None] = OrderedDict()

    def news(self, rows: list[R]) -> list[R]:
        """The rows that are new or newer than what was handed out, each in its latest version."""
        latest: dict[int, R] = {}
        for row in rows:
            known = latest[row.id].modified_on if row.id in latest else self._versions.get(row.id)
            is_known = row.id in latest or row.id in self._versions
            if not is_known or _is_newer(row.modified_on, known):
                latest.pop(row.id, None)
                latest[row.id] = row
        for row in latest.values():
            self._versions[row.id] = row.modified_on
            self._versions.move_to_end(row.id)
        while len(self._versions) > REMEMBERED:
            self._versions.popitem(last=False)
        return list(latest.values())


def _is_newer(version: datetime | None, known: datetime | None) -> bool:
    """Whether a version says something that the known one does not; without dates nobody can tell, so it may."""
    return version is None or known is None or version > known


def _body(answer: httpx.Response) -> dict[str, Any]:
    body = json_object(answer)
    if body is None or not isinstance(body.get("data"), list):
        msg = "ServiceTitan's answer cannot be read: it is no page of rows."
        raise Unavailable(msg, status=answer.status_code)
    return body


def _rows(model: type[R], body: dict[str, Any]) -> list[R]:
    try:
        return [model.model_validate(row) for row in body["data"] if row is not None]
    except ValidationError as error:
        raise unreadable(error) from None


def unreadable(error: ValidationError) -> Unavailable:
    """Says which fields were not as expected, and none of their values."""
    places = [
        f"{'.'.join(str(part) for part in problem['loc'])} ({problem['type']})"
        for problem in error.errors(include_input=False, include_url=False, include_context=False)[:5]
    ]
    return Unavailable(clean(f"ServiceTitan's answer cannot be read: {', '.join(places)}"))
