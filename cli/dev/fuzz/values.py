"""What hostile callers send: values of each type that are odd, values of none, and calls made of them."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from cli.dev.fuzz.arguments import Rpc, valid
from cli.dev.fuzz.calls import DEEP, DEEP_OBJECT, LONG, NOISE, Call

_KINDS_TEXT = """
    team list free_list archived_list filtered_list lead_list workflow draft archived_workflow campaign
    created_campaign scheduled_campaign paused_campaign archived_campaign phone_number assistant text_assistant
    contact job failed_job run outreach item endpoint lineage enrollment attempt lead integration_vapi admin
"""
_KINDS = _KINDS_TEXT.split()
_IDS = [f"{{{owner}.{kind}}}" for owner in ("own", "other", "missing") for kind in _KINDS]
_OWN = _IDS[: len(_KINDS)]
_ODD_IDS = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{{own.team}}"]

_WORDS_TEXT = """
    ACTIVE CREATED PAUSED ARCHIVED DRAFT READY FAILED ENROLLED call text any sms csv servicetitan custom_report
    speed_to_lead maintenance reschedule do_not_contact opted_out litigator urgent normal TB LR RL hour day week
    month minute UTC Asia/Kathmandu America/New_York EST5EDT Factory US DE XX tag_types hold_reasons admin vapi
    PT1H P1D P2W PT0S P-1D P1Y P99999999D PT9999999999999H PT1e400S P0.5D booked no_answer bad_number web
"""
_WORDS = _WORDS_TEXT.split()
_TEXTS = [
    "", " ", "\t\n\r", "0", "-1", "1e400", "NaN", "Infinity", "-infinity", "null", "true", "{}", "[]", '"', "'", "\\",
    "'; drop table public.teams; --", "' or 1=1 --", "$$; select pg_sleep(9); $$", '{"a": 1', "%", "_", "%_\\%", "\\",
    "%s %d %n %1$s %999$s %%", "{{first_name}}", "{{first_name|", "{{{{x}}}}", "{{team_name|{{first_name}}}}", "{0}",
    "(a+)+$", "(", "[[:alpha:]", "a{1,99999}", "\\1", "*" * 50, "<script>alert(1)</script>", "../../etc/passwd",
    "\u202eesrever", "\u200b", "e\u0301", "\U0001f4a9" * 20, "\ufeff", "\ufffe", "ǅ", "İ", "ß", "ﷺ", "٣", "\u0085",
    "\x01\x1f\x7f", "=1+1", "@SUM(A1)", "\x00", "a\x00b", "\ud800", "\udfff\ud800", LONG % 300, NOISE % 9000,
    LONG % 300_000, "+12125550100", "+16465550101", "(212) 555-0100 x12345678901", "+0", "+999999999999999999", "911",
    "0 7 * * 1", "* * * * *", "*/0 * * * *", "60 24 32 13 8", "0 0 30 2 *", "@daily", "1-0 * * * *",
    "*/99999999999 * * * *", "0 0 1 1 0,0,0", "2027-02-29", "2027-03-14T02:30:00", "-infinity", "294276-12-31",
    "4713-01-01 BC", "24:00",
]  # fmt: skip
_MOMENTS = [
    "2027-03-01T17:00:00Z", "infinity", "-infinity", "epoch", "now", "4713-01-01 00:00:00 BC", "294276-12-31 23:59:59",
    "0001-01-01", "9999-12-31T23:59:59.999999Z", "2027-03-14 02:30:00 America/New_York", "2027-11-07T01:30:00-04",
    "1900-01-01", "2027-03-01T17:00:00+15:59", "2100-01-01", "2028-02-29", "275760-09-13", "0044-03-15 BC",
]  # fmt: skip
_NUMBERS = [
    0, 1, -1, 2, 7, 60, 100, 999, 1000, 1001, 9999, 10_000, 86_400, 10**6, 2**31 - 1, -(2**31), 2**31 - 2,
]  # fmt: skip
_BIG = [2**53, 2**53 + 1, 2**63 - 1, -(2**63)]
_OUT_OF_RANGE: list[Any] = [2**31, 2**63, 10**40, 10**400, 1.5, 1e308, -0.0, 5e-324, "1", " 7 ", "0x10", "1_000"]
_KEYS = ["", "a", "id", "phone", "Phone", "match", "all", "any", "not", "data", "constructor", "__proto__", "\x00", "$"]
_CURSOR_KEYS = [
    "", "1", "0", "-1", "99999999999999999999", "infinity", "2027-03-01 17:00:00+00",
    "2027-03-01 17:00:00+00 00000000-0000-0000-0000-000000000000", "294277-01-01 00:00:00+00 x", "a\x00", "\xff",
    "00000000-0000-0000-0000-000000000000", "zzzzzzzz-0000-0000-0000-000000000000", "ACTIVE", "1 2 3", "'", "%",
    "9999999999 00000000-0000-0000-0000-000000000000", "99999-99-99 99:99:99.999999+99",
]  # fmt: skip

texts: SearchStrategy[Any] = st.one_of(
    st.sampled_from(_TEXTS), st.sampled_from(_WORDS), st.text(max_size=30), st.sampled_from(_IDS)
)


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode("utf-8", "replace")).decode().rstrip("=")


_CURSORS = [_cursor(key) for key in _CURSOR_KEYS]
cursors: SearchStrategy[Any] = st.one_of(
    st.sampled_from(_CURSORS), st.text(alphabet="0123456789-: +.abcdef", max_size=60).map(_cursor)
)
ids: SearchStrategy[Any] = st.sampled_from([*_IDS, *_OWN * 3, *_ODD_IDS])
integers: SearchStrategy[Any] = st.one_of(st.sampled_from(_NUMBERS), st.integers(-(2**31), 2**31 - 1))
leaves: SearchStrategy[Any] = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    integers,
    st.sampled_from(_BIG),
    st.sampled_from(_OUT_OF_RANGE),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(_MOMENTS),
    st.sampled_from([[], {}, [None], [[]], {"": {}}, DEEP % 30, DEEP_OBJECT % 70, DEEP % 9000, DEEP_OBJECT % 5000]),
)
documents: SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)

_OF_TYPE: dict[str, list[Any]] = {
    "uuid": [*_IDS, *_ODD_IDS],
    "integer": [*_NUMBERS, *_OUT_OF_RANGE],
    "bigint": [*_NUMBERS, *_BIG, *_OUT_OF_RANGE],
    "timestamp with time zone": _MOMENTS,
    "uuid[]": [[], [None], ["{own.campaign}", None], ["{own.item}"] * 2, ["{other.campaign}"], [_IDS], "{}", "{{}}"],
    "text[]": [[], [None], [""], *([text] for text in _TEXTS), [_TEXTS[:3], _TEXTS[3:6]], ["a"] * 5000],
}
_BY_TYPE: dict[str, SearchStrategy[Any]] = {
    "uuid": ids,
    "text": texts,
    "integer": integers,
    "bigint": st.one_of(integers, st.sampled_from(_BIG)),
    "boolean": st.sampled_from([True, False, None, "t", "off", 1, 0]),
    "timestamp with time zone": st.sampled_from(_MOMENTS),
    "jsonb": documents,
    "uuid[]": st.one_of(
        st.lists(ids, max_size=6),
        st.sampled_from([[None], [["{own.campaign}"], ["{other.campaign}"]], ["{own.campaign}"] * 1500, "{}", []]),
    ),
    "text[]": st.one_of(st.lists(texts, max_size=6), st.sampled_from([[None], [["a"], ["b"]], ["a"] * 5000, "{}"])),
}
# What the Data API converts before a function is called, and cannot: of the wrong type, out of range, no text at all.
_INCONVERTIBLE = st.one_of(
    leaves, st.sampled_from(["\x00", "\ud800", "not-a-uuid", 1.5, {"a": 1}, [1, 2], DEEP % 10_000])
)  # fmt: skip


# Where an id of the right kind may be of a row in another state.
_KIN = {
    "list": ["list", "free_list", "archived_list", "filtered_list", "scheduled_list", "lead_list"],
    "workflow": ["workflow", "draft", "archived_workflow"],
    "campaign": ["campaign", "created_campaign", "scheduled_campaign", "paused_campaign", "archived_campaign"],
    "job": ["job", "failed_job"],
    "assistant": ["assistant", "text_assistant"],
}


def typed(name: str, kind: str) -> SearchStrategy[Any]:
    """Values of an argument's type, odd ones; an enum's are words, right and wrong."""
    if name == "p_cursor":
        return st.one_of(cursors, texts)
    kin = [f"{{own.{one}}}" for one in _KIN.get(name.removeprefix("p_").removesuffix("_id"), [])]
    if kin:
        return st.one_of(st.sampled_from(kin), st.sampled_from(kin), ids)
    return _BY_TYPE.get(kind, st.sampled_from(_WORDS))


@st.composite
def mutated(draw: DrawFn, document: Any) -> Any:
    """A right document with one to three places spoilt."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        changed = _spoil(draw, changed)
    return changed


def _spoil(draw: DrawFn, value: Any) -> Any:
    """Change one place: go down some way, then replace, add, repeat or take away."""
    if isinstance(value, dict) and value:
        key = draw(st.sampled_from(sorted(value)))
        what = draw(st.sampled_from(["down", "down", "down", "replace", "remove", "add"]))
        if what == "remove":
            return {name: item for name, item in value.items() if name != key}
        if what == "add":
            return {**value, draw(st.sampled_from(_KEYS)): draw(leaves)}
        return {**value, key: _spoil(draw, value[key]) if what == "down" else draw(leaves)}
    if isinstance(value, list) and value:
        place = draw(st.integers(0, len(value) - 1))
        what = draw(st.sampled_from(["down", "down", "down", "replace", "remove", "repeat"]))
        rest = [value[place]] * 2 if what == "repeat" else []
        new = [_spoil(draw, value[place])] if what == "down" else [draw(leaves)] if what == "replace" else rest
        return [*value[:place], *new, *value[place + 1 :]]
    return draw(leaves)


# An RPC that only reads may be asked by GET; one that writes may not, which a few calls show.
_SELDOM = 10
_MEMBERS = (*["operator"] * 4, *["admin"] * 4, "viewer", "stranger")
_WAYS = [*["spoil"] * 10, *["odd"] * 8, "no such value", "null", "omit"]


_EVERYTHING: list[Any] = [
    *_TEXTS, *_WORDS, *_MOMENTS, *_ODD_IDS, *_NUMBERS, *_BIG, *_OUT_OF_RANGE, None, True, False, [], {}, [None], [[]],
    {"": {}}, DEEP % 30, DEEP_OBJECT % 70, DEEP % 9000, DEEP_OBJECT % 5000, "{other.team}", "{missing.team}",
    "{own.campaign}", "{other.campaign}",
]  # fmt: skip


def sweep(rpc: Rpc) -> Iterator[Call]:
    """Every call that is right but for one place, for each place and each odd value; by GET too."""
    for place, call in enumerate(_each_post(rpc)):
        yield call
        by_get = call.by_get(rpc) if not rpc.is_volatile or place % _SELDOM == 0 else None
        if by_get is not None:
            yield by_get


def _each_post(rpc: Rpc) -> Iterator[Call]:
    persona = "admin" if "authenticated" in rpc.callers else "service_role"
    given = valid(rpc)
    for name, kind in rpc.arguments.items():
        fitting = [*_EVERYTHING, *_CURSORS] if name == "p_cursor" else _EVERYTHING
        if kind in ("text", "jsonb"):
            yield from (Call(rpc.name, persona, {**given, name: value}) for value in fitting)
        if kind not in ("text", "jsonb", "boolean"):
            yield from (Call(rpc.name, persona, {**given, name: value}) for value in _OF_TYPE.get(kind, _WORDS))
        if kind == "jsonb" and name in given:
            for changed in _each_place(given[name]):
                yield Call(rpc.name, persona, {**given, name: changed})


def _each_place(value: Any) -> Iterator[Any]:
    """The document with one of its places taken by each odd value in turn, or taken away."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield {name: other for name, other in value.items() if name != key}
            yield from ({**value, key: changed} for changed in (*_EVERYTHING, *_each_place(item)))
        added: tuple[Any, ...] = ("a", {}, None)
        yield from ({**value, key: one} for key in _KEYS for one in added)
    elif isinstance(value, list):
        yield [*value, *value]
        for place, item in enumerate(value):
            yield [*value[:place], *value[place + 1 :]]
            for changed in (*_EVERYTHING, *_each_place(item)):
                yield [*value[:place], changed, *value[place + 1 :]]


@st.composite
def calls(draw: DrawFn, rpc: Rpc) -> Call:
    """A call that is right but for some arguments; now and then not even an object of arguments."""
    people = (
        ["operator", "admin", "admin", "viewer", "stranger"] if "authenticated" in rpc.callers else ["service_role"]
    )
    persona = draw(st.sampled_from(people))
    if draw(st.integers(0, 199)) == 77:
        return Call(rpc.name, persona, draw(documents))
    given = valid(rpc)
    names = list(rpc.arguments)
    chosen = st.lists(st.sampled_from(names), max_size=4, unique=True) if names else st.just([])
    for name in draw(chosen):
        how = draw(st.sampled_from(_WAYS))
        if how == "omit":
            given.pop(name, None)
        elif how == "null":
            given[name] = None
        elif how == "no such value":
            given[name] = draw(_INCONVERTIBLE)
        elif how == "spoil" and rpc.arguments[name] == "jsonb" and given.get(name) is not None:
            given[name] = draw(mutated(given[name]))
        else:
            given[name] = draw(typed(name, rpc.arguments[name]))
    if draw(st.integers(0, 99)) == 42:
        given[draw(st.sampled_from(["p_unknown", "p_TEAM_ID", "", "p_limit; --", "\x00"]))] = draw(leaves)
    call = Call(rpc.name, persona, given)
    wants_get = draw(st.integers(0, _SELDOM - 1 if rpc.is_volatile else 2)) == 1
    return (call.by_get(rpc) if wants_get else None) or call
