"""docs/guardrails.md tells every reason of the gate, in the words of the registry, and in the gate's order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg

PAGE = Path(__file__).parents[2] / "docs" / "guardrails.md"
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", flags=re.MULTILINE)

# Of a code that is said twice, a person is told once.
SAID_AGAIN = {"never_open", "frequency_cap"}


def section(heading: str) -> str:
    """The text under a heading, up to the next one of its kind."""
    return re.split(r"^## ", PAGE.read_text().partition(f"## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def codes_of(connection: psycopg.Connection[Any], function: str, pattern: str) -> list[str]:
    """What a function of the engine says, in the order in which it is written."""
    [source] = connection.execute(
        "select prosrc from pg_proc where pronamespace = 'engine'::regnamespace and proname = %s", [function]
    ).fetchone() or [""]
    return list(dict.fromkeys(re.findall(pattern, source)))


def test_the_reasons_are_in_the_words_of_the_registry(db: psycopg.Connection[Any]) -> None:
    told = ROW.findall(PAGE.read_text())
    known = {row[0]: row for row in db.execute("select code, message, cure from reference.reasons").fetchall()}
    assert [row for row in told if row[0] in known and row != known[row[0]]] == []
    assert len({row[0] for row in told} & set(known)) > 25


def test_the_gate_says_just_these_reasons_in_this_order(db: psycopg.Connection[Any]) -> None:
    told = [code for code, _, _ in ROW.findall(section("The gate"))]
    alone = codes_of(db, "judge_jobs", r"array\['(?:close|hold|defer)', '(\w+)'")
    reasons = [
        row[0] for row in db.execute("select code from reference.reasons where code ~ '^suppressed_'").fetchall()
    ]
    suppressed = [code for code in told if code in reasons]
    assert sorted(suppressed) == sorted(reasons)
    at = alone.index("suppressed_")
    alone[at : at + 1] = suppressed
    alone.remove("undecided")
    limits = codes_of(db, "contact_limits", r"'([a-z]+_[a-z_]+)'")
    limits += codes_of(db, "frequency_limits", r"'(frequency_\w+)'")
    limits += codes_of(db, "judge_jobs", r"'(one_at_a_time)'")
    shared = codes_of(db, "number_room", r"'(number_\w+)'") + codes_of(db, "check_eligibility", r"'(account_paced)'")
    expected = alone + [code for code in limits if code not in SAID_AGAIN] + shared
    assert told == list(dict.fromkeys(expected))


def test_members_are_left_out_in_this_order(db: psycopg.Connection[Any]) -> None:
    told = [code for code, _, _ in ROW.findall(section("Before the launch"))]
    first, last = codes_of(db, "judge_members", r"'(not_targeted|same_customer)'")
    assert told == [first, *codes_of(db, "find_exclusions", r"'(excluded_\w+)'"), last]


def test_the_warnings_are_those_of_the_preflight(db: psycopg.Connection[Any]) -> None:
    warnings = codes_of(db, "preflight_warnings", r"(?:select \d|, \d), '(\w+)'|select \d as place, '(\w+)'")
    codes = {code.removesuffix("_") for pair in warnings for code in pair if code}
    told = {code.removesuffix("_…") for code in re.findall(r"`([\w…]+)`", PAGE.read_text())}
    assert codes <= told
    assert len(codes) == 7
