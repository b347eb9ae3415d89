"""The phone rule against its oracle, the `phonenumbers` library, over thousands of numbers in many spellings.

Deliberate differences, each with a test of its own below or in tests/pgtap/parse_phone:

* exchanges N11 (212-911-1234) can't be dialled; the library takes them
* 900 numbers, which charge the caller, are refused with a code of their own
* outside the United States and Canada the library knows which exchanges of an area code are in use; we ask only for
  an assigned area code and a possible exchange, as for the others
* 5xx and 6xx codes that belong to no place: the library knows which of their exchanges are given out
* an area code that is being introduced (983): the library lists its first exchanges, we take all of them
* a cell with letters in the number (1-800-FLOWERS) is refused instead of being spelled out
* a number abroad needs seven digits with its calling code, which is what the tables hold
"""

from __future__ import annotations

import random
from typing import Any

import phonenumbers
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, ValidationResult

Connection = psycopg.Connection[Any]
Parsed = dict[int, tuple[str | None, str | None, str | None]]

_BEING_INTRODUCED = {"983"}
_SPELLINGS = (
    "{a}{e}{n}",
    "({a}) {e}-{n}",
    "{a}-{e}-{n}",
    "{a}.{e}.{n}",
    "{a} {e} {n}",
    "1{a}{e}{n}",
    "1-{a}-{e}-{n}",
    "+1{a}{e}{n}",
    "+1 ({a}) {e}-{n}",
    "tel:+1-{a}-{e}-{n}",
    "({a}){e}-{n} x12",
    "{a}-{e}-{n} ext. 34",
    "  {a} {e}-{n}  ",
    "011 1 {a} {e} {n}",
)


def parse(db: Connection, cells: list[str], country: str = "US") -> Parsed:
    rows = db.execute(
        "select ordinal, phone, phone_extension, problem from engine.parse_phones(%s, %s, true)", [cells, country]
    ).fetchall()
    assert sorted(row[0] for row in rows) == list(range(1, len(cells) + 1))
    return {row[0] - 1: (row[1], row[2], row[3]) for row in rows}


def american(raw: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(raw, "US")
    except phonenumbers.NumberParseException:
        return None


def test_north_american_numbers_agree(db: Connection) -> None:
    """E.164, extension and validity of 20,000 numbers, every area code from 200 to 999 among them."""
    rng = random.Random(20260301)
    kinds = dict(
        db.execute("select area_code, kind from reference.area_codes where country in ('US', 'CA')").fetchall()
    )
    others = {code for (code,) in db.execute("select area_code from reference.area_codes").fetchall()} - kinds.keys()
    cells: list[str] = []
    expected: list[tuple[str, str | None] | None] = []
    while len(cells) < 20_000:
        area = f"{rng.randrange(200, 1000)}"
        exchange, line = f"{rng.randrange(0, 1000):03}", f"{rng.randrange(10_000):04}"
        deliberate = (
            exchange[1:] == "11"
            or area in others | _BEING_INTRODUCED
            or kinds.get(area) in ("premium", "non_geographic")
        )
        if deliberate:
            continue
        raw = rng.choice(_SPELLINGS).format(a=area, e=exchange, n=line)
        number = american(raw)
        valid = number is not None and phonenumbers.is_valid_number(number) and number.country_code == 1
        cells.append(raw)
        expected.append(
            (phonenumbers.format_number(number, PhoneNumberFormat.E164), number.extension) if valid and number else None
        )
    found = parse(db, cells)
    wrong = [
        (cells[i], expected[i], found[i])
        for i in range(len(cells))
        if (found[i][:2] if found[i][0] else None) != expected[i]
    ]
    assert wrong == []
    assert sum(e is not None for e in expected) > 5_000


def test_the_caribbean_and_personal_codes_take_at_least_what_the_library_takes(db: Connection) -> None:
    rng = random.Random(7)
    codes = [
        code
        for (code,) in db.execute(
            "select area_code from reference.area_codes where country not in ('US', 'CA') or kind = 'non_geographic'"
        ).fetchall()
    ]
    numbers = [f"+1{rng.choice(codes)}{rng.randrange(200, 1000)}{rng.randrange(10_000):04}" for _ in range(5_000)]
    valid = [n for n in numbers if phonenumbers.is_valid_number(phonenumbers.parse(n)) and n[6:8] != "11"]
    assert len(valid) > 500
    found = parse(db, valid)
    assert [n for i, n in enumerate(valid) if found[i][0] != n] == []


def test_possible_numbers_of_other_countries_agree(db: Connection) -> None:
    """Every calling code, lengths from too short to too long."""
    rng = random.Random(11)
    cells, expected = [], []
    for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        if code == 1:
            continue
        for length in range(3, 16):
            # no leading zero: whether that one belongs to the number is the trunk rule's test
            national = str(rng.randrange(10 ** (length - 1), 10**length))
            raw = f"+{code}{national}"
            if not 8 <= len(raw) <= 16:
                continue
            number = phonenumbers.PhoneNumber(country_code=code, national_number=int(national))
            possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
            cells.append(raw)
            expected.append(raw if possible else None)
    found = parse(db, cells)
    wrong = [(cells[i], expected[i], found[i]) for i in range(len(cells)) if found[i][0] != expected[i]]
    assert wrong == []
    assert sum(e is not None for e in expected) > 500


def test_trunk_zeros_go_where_the_library_drops_them(db: Connection) -> None:
    """Valid example numbers of every country, written with the zero that callers at home dial."""
    cells, expected = [], []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number(region)
        if example is None or example.country_code == 1:
            continue
        national = phonenumbers.national_significant_number(example)
        cells.append(f"+{example.country_code}{national}")
        expected.append(f"+{example.country_code}{national}")
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        if metadata is not None and metadata.national_prefix == "0":
            cells.append(f"+{example.country_code} (0){national}")
            expected.append(phonenumbers.format_number(phonenumbers.parse(cells[-1]), PhoneNumberFormat.E164))
    found = parse(db, cells)
    assert [(cells[i], expected[i], found[i]) for i in range(len(cells)) if found[i][0] != expected[i]] == []
    assert len(cells) > 300


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("212-911-1234", "phone_exchange_impossible"),
        ("900-234-5678", "phone_premium_rate"),
        ("1-800-FLOWERS", "phone_not_a_number"),
    ],
)
def test_deliberate_differences(db: Connection, raw: str, problem: str) -> None:
    number = phonenumbers.parse(raw, "US")
    assert phonenumbers.is_valid_number(number)
    assert parse(db, [raw])[0] == (None, None, problem)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_any_text_is_a_number_or_has_a_problem(db: Connection, cells: list[str]) -> None:
    """Nothing that people can put into a cell is an error of ours, and each cell gets exactly one answer."""
    cells = [cell.replace("\0", "").encode(errors="ignore").decode() for cell in cells]
    for phone, _, problem in parse(db, cells).values():
        assert (phone is None) != (problem is None)
        assert phone is None or phonenumbers.is_possible_number(phonenumbers.parse(phone))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.from_regex(r"[0-9+() .\-/,;x#A-Za-z]{0,30}", fullmatch=True), min_size=1, max_size=30))
def test_anything_like_a_number_gets_one_answer(db: Connection, cells: list[str]) -> None:
    for phone, extension, problem in parse(db, cells).values():
        assert (phone is None) != (problem is None)
        assert extension is None or extension.isdigit()
