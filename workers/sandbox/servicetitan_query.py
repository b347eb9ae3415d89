"""What ServiceTitan's lists and exports can be asked, and how they refuse: every problem at once, by parameter."""

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from workers.sandbox.servicetitan_rows import Record, Seconds
from workers.sandbox.servicetitan_world import World

DEFAULT_PAGE: Final = 50
LARGEST_PAGE: Final = 5000
MOST_IDS: Final = 50
INVALID: Final = "One or more validation errors occurred."

Matches = Callable[[Any, World], bool]
Parse = Callable[[str], Matches]
"""Reads a parameter's value into a test of rows; raises `ValueError` with what is wrong with it."""


class Refusal(Exception):
    """An answer other than 2xx, in the shape of RFC 7807."""

    def __init__(
        self,
        status: int,
        title: str,
        errors: Mapping[str, list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status, self.title = status, title
        self.errors, self.headers = dict(errors or {}), dict(headers or {})

    def response(self) -> Response:
        """The answer; each has a trace id of its own."""
        body = {
            "type": f"https://httpstatuses.io/{self.status}",
            "title": self.title,
            "status": self.status,
            "traceId": f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-00",
            "errors": self.errors,
            "data": {"ErrorCode": "None"},
        }
        return JSONResponse(body, self.status, headers=self.headers, media_type="application/problem+json")


@dataclass(frozen=True)
class Listing:
    """A list: its rows are those of `table`; `active` is the default of that filter, None where there is no filter."""

    table: str
    filters: Mapping[str, Parse]
    active: str | None = "True"
    sorts: tuple[str, ...] = ("Id", "ModifiedOn", "CreatedOn")
    needs_one_of: tuple[str, ...] = ()
    orders_by: bool = False
    """Whether it says `orderBy` and `orderByDirection` instead of `sort`."""


@dataclass(frozen=True)
class Question:
    """A list's query, understood."""

    page: int
    page_size: int
    with_total: bool
    sort: tuple[str, bool]
    tests: tuple[Matches, ...]


def understand(listing: Listing, given: list[tuple[str, str]]) -> Question:
    """Read a query; raises a `Refusal` that names every problem."""
    problems: dict[str, list[str]] = {}
    values = {name: value for name, value in given if value != ""}
    known = {*listing.filters, "page", "pageSize", "includeTotal"}
    known |= {"active"} if listing.active else set()
    known |= {"orderBy", "orderByDirection"} if listing.orders_by else ({"sort"} if listing.sorts else set())
    for name in values:
        if name not in known:
            problems[name] = [f"The parameter '{name}' is not known."]
    if listing.needs_one_of and not any(name in values for name in listing.needs_one_of):
        problems["modifiedOnOrAfter"] = ["Either modifiedBefore or modifiedOnOrAfter parameter must be specified."]

    def read(name: str, parse: Callable[[str], Any], default: Any) -> Any:
        try:
            return parse(values[name]) if name in values else default
        except ValueError as problem:
            problems[name] = [str(problem)]
            return default

    tests: list[Matches] = [read(name, parse, _anything) for name, parse in listing.filters.items() if name in values]
    if listing.active:
        tests.append(read("active", active_test, active_test(listing.active)))
    question = Question(
        page=read("page", lambda value: whole(value, 1, 1_000_000), 1),
        page_size=read("pageSize", lambda value: whole(value, 1, LARGEST_PAGE), DEFAULT_PAGE),
        with_total=read("includeTotal", truth, False),
        sort=_sort(listing, values, read),
        tests=tuple(tests),
    )
    if problems:
        raise Refusal(400, INVALID, problems)
    return question


def _anything(_row: Any, _world: World) -> bool:
    return True


def _sort(listing: Listing, values: Mapping[str, str], read: Callable[..., Any]) -> tuple[str, bool]:
    if not listing.orders_by:
        return read("sort", lambda value: sorting(value, listing.sorts), ("id", False))  # type: ignore[no-any-return]
    field, _ = read("orderBy", lambda value: sorting(f"+{value[:1].upper()}{value[1:]}", listing.sorts), ("id", False))
    return field, values.get("orderByDirection", "asc").startswith("desc")


def answer(world: World, listing: Listing, question: Question) -> dict[str, Any]:
    """The page that was asked for; what lies on it depends on what is there at this moment."""
    # What was deleted is in no list; where there is a filter, it decides.
    rows = [row for row in getattr(world, listing.table) if listing.active or row.active]
    for test in question.tests:
        rows = [row for row in rows if test(row, world)]
    field, is_descending = question.sort
    rows.sort(key=lambda row: (getattr(row, field), row.id), reverse=is_descending)
    start = (question.page - 1) * question.page_size
    shown = [row.shown() for row in rows[start : start + question.page_size]]
    return {
        "page": question.page,
        "pageSize": question.page_size,
        "hasMore": start + question.page_size < len(rows),
        "totalCount": len(rows) if question.with_total else None,
        "data": shown,
    }


# --- values -----------------------------------------------------------------------------------------------------------


def whole(value: str, least: int, most: int) -> int:
    """A whole number in a range."""
    if not value.lstrip("-").isdigit() or not value.isascii():
        msg = f"The value '{value}' is not valid."
        raise ValueError(msg)
    if not least <= int(value) <= most:
        msg = f"The value must be between {least} and {most}."
        raise ValueError(msg)
    return int(value)


def truth(value: str) -> bool:
    """True or false."""
    if value.lower() not in {"true", "false"}:
        msg = f"The value '{value}' is not valid."
        raise ValueError(msg)
    return value.lower() == "true"


def moment(value: str) -> Seconds:
    """A moment as in RFC 3339; without a zone it is UTC."""
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        msg = f"The value '{value}' is not valid."
        raise ValueError(msg) from None
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())


def sorting(value: str, fields: tuple[str, ...]) -> tuple[str, bool]:
    """`+Field` or `-Field`; a plus that was not escaped arrives as a space."""
    sign, name = value[:1], value[1:]
    if sign not in {"+", "-", " "} or name not in fields:
        msg = f"Available fields are: {', '.join(fields)}."
        raise ValueError(msg)
    return {"Id": "id", "ModifiedOn": "modified_on", "CreatedOn": "created_on"}[name], sign == "-"


def id_list(value: str) -> frozenset[int]:
    """At most fifty ids."""
    parts = [part.strip() for part in value.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        msg = f"The value '{value}' is not valid."
        raise ValueError(msg)
    if len(parts) > MOST_IDS:
        msg = f"Maximum {MOST_IDS} ids are allowed."
        raise ValueError(msg)
    return frozenset(int(part) for part in parts)


def active_test(value: str) -> Matches:
    """`True`, `Any` or `False`."""
    wanted = {"true": True, "false": False, "any": None}
    if value.lower() not in wanted:
        msg = f"The value '{value}' is not valid."
        raise ValueError(msg)
    state = wanted[value.lower()]
    return lambda row, _world: state is None or row.active is state


# --- filters ----------------------------------------------------------------------------------------------------------


def ids(attribute: str = "id") -> Parse:
    """Rows whose id, or another's id that they hold, is listed."""

    def parse(value: str) -> Matches:
        wanted = id_list(value)
        return lambda row, _world: getattr(row, attribute) in wanted

    return parse


def number(attribute: str) -> Parse:
    """Rows that hold one id."""

    def parse(value: str) -> Matches:
        wanted = whole(value, 0, 2**63 - 1)
        return lambda row, _world: bool(getattr(row, attribute) == wanted)

    return parse


def text(attribute: str) -> Parse:
    """Rows that contain words, whatever their case."""

    def parse(value: str) -> Matches:
        wanted = value.lower()
        return lambda row, _world: wanted in (getattr(row, attribute) or "").lower()

    return parse


def one_of(attribute: str, *values: str) -> Parse:
    """Rows in a state."""

    def parse(value: str) -> Matches:
        if value not in values:
            msg = f"The value '{value}' is not valid."
            raise ValueError(msg)
        return lambda row, _world: bool(getattr(row, attribute) == value)

    return parse


def any_of(attribute: str) -> Parse:
    """Rows that carry any of the ids."""

    def parse(value: str) -> Matches:
        wanted = id_list(value)
        return lambda row, _world: not wanted.isdisjoint(getattr(row, attribute))

    return parse


def since(attribute: str) -> Parse:
    """Rows with a moment that is not before another."""

    def parse(value: str) -> Matches:
        bound = moment(value)
        return lambda row, _world: getattr(row, attribute) is not None and getattr(row, attribute) >= bound

    return parse


def before(attribute: str) -> Parse:
    """Rows with a moment before another."""

    def parse(value: str) -> Matches:
        bound = moment(value)
        return lambda row, _world: getattr(row, attribute) is not None and getattr(row, attribute) < bound

    return parse


# --- exports ----------------------------------------------------------------------------------------------------------

RECENT_SECONDS: Final = 300
"""Changes younger than this come only with `includeRecentChanges`, and then more than once."""

REPEATED: Final = 5
"""How many rows of a page come again on the next one."""


def export_page(
    world: World, feed: str, table: str, given: list[tuple[str, str]], now: Seconds, size: int, *, repeat: bool = False
) -> dict[str, Any]:
    """The page of an export after a token, a date, or nothing; `repeat` gives rows again in any case."""
    values = {name: value for name, value in given if value != ""}
    problems = {name: [f"The parameter '{name}' is not known."] for name in values if name not in EXPORT_PARAMETERS}
    recent, key = False, (0, 0)
    try:
        recent = truth(values.get("includeRecentChanges", "false"))
    except ValueError as problem:
        problems["includeRecentChanges"] = [str(problem)]
    try:
        key = _position(feed, values["from"]) if "from" in values else key
    except ValueError as problem:
        problems["from"] = [str(problem)]
    if problems:
        raise Refusal(400, INVALID, problems)
    edge = (now - RECENT_SECONDS, 2**63)
    rows = getattr(world, table)
    waiting = rows.changed_after(key)
    if not recent:
        waiting = [one for one in waiting if one <= edge]
    page, has_more = waiting[:size], len(waiting) > size
    following = page[-1] if page else key
    if recent and not has_more:
        # Recent changes are given again next time: some may not have been visible yet.
        following = min(following, edge)
    given_again = _tail(rows.changes(), key, REPEATED) if (recent or repeat) and key != (0, 0) else []
    return {
        "hasMore": has_more,
        "continueFrom": _token(feed, following),
        "data": [_exported(rows.get(row_id)) for _, row_id in [*given_again, *page]],
    }


EXPORT_PARAMETERS: Final = frozenset({"from", "includeRecentChanges"})


def _exported(row: Record | None) -> dict[str, Any]:
    assert row is not None  # versions are of rows that are there
    return row.shown() | {"active": row.active}


def _tail(versions: list[tuple[Seconds, int]], key: tuple[Seconds, int], count: int) -> list[tuple[Seconds, int]]:
    """The last versions up to a key."""
    return [one for one in versions if one <= key][-count:]


def _token(feed: str, key: tuple[Seconds, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps([feed, *key]).encode()).decode().rstrip("=")


def _position(feed: str, token: str) -> tuple[Seconds, int]:
    """Where a token or a date points to."""
    wrong = ValueError("The value is not a valid continuation token or date.")
    try:
        return int(datetime.combine(date.fromisoformat(token[:10]), datetime.min.time(), UTC).timestamp()) - 1, 0
    except ValueError:
        pass
    try:
        named, at, row_id = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if named != feed:
            raise wrong
        return int(at), int(row_id)
    except (ValueError, TypeError, binascii.Error):
        raise wrong from None
