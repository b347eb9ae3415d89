"""Which expressions are accepted: those that pg_cron accepts, asked of the one that is installed.

The dialect is that of pg_cron 1.6.5. Where an older one is installed, what 1.5 and 1.6 changed is left out, and nothing
else: `N seconds`, `$` as day of the month, and steps greater than a field's last number. Numbers that no C integer
holds are left out everywhere: what `atoi` makes of them is nobody's rule.
"""

from __future__ import annotations

import random
import re
from typing import Any

import psycopg
import pytest

from tests.schedules.expressions import LIMITS, draw
from tests.support.databases import Database

_ACCEPTS = """
    create function pg_temp.pg_cron_accepts(p_expression text) returns boolean language plpgsql as $$
    begin
      perform cron.schedule('dialect', p_expression, 'select 1');
      return true;
    exception when others then
      return false;
    end
    $$
"""
_BOTH = """
    select e.text, pg_temp.pg_cron_accepts(e.text), not (engine.parse_cron(e.text)).issues @> '[{"severity": "error"}]'
    from unnest(%s::text[]) as e (text)
"""
_IS_CURRENT = """
    select
        pg_temp.pg_cron_accepts('30 seconds')
        and pg_temp.pg_cron_accepts('0 0 $ * *')
        and not pg_temp.pg_cron_accepts('*/60 * * * *')
"""
PIECES = [
    *"0123456789*,-/ \t\n$?LW#@;.", "é", "*/", "-", ",", "jan", "Sun", "SAT", "January", "60", "24", "32", "13", "8",
    "7", "0", "00", "*", "* *", " * * * * *", "@daily", "@Daily", "@hourly ", "@every", "# x\n", "\n", "5L", "LW",
    "15W", "1#2", "mon-fri", "fri-mon", "50-10", "/0", "/5", "5/5", "1-5/2", "  ", " seconds", "30 seconds", "1 second",
]  # fmt: skip
_SECONDS = re.compile(r"^\s*\+?\d+\s*seconds?\s*$", re.IGNORECASE)


def has_answer(text: str) -> bool:
    """Whether the expression's numbers are some that C can hold."""
    return not any(int(number) >= 2**31 for number in re.findall(r"\d+", text))


def is_newer(text: str) -> bool:
    """Whether 1.5 or 1.6 of pg_cron changed what it thinks of this."""
    text = re.sub(r"^([ \t]*(#[^\n]*)?\n)+", "", text)  # comments
    fields = re.split(r"[ \t]+", text.strip(" \t"))
    steps = [
        (int(step), high)
        for field, (_, high) in zip(fields, LIMITS, strict=False)
        for step in re.findall(r"/(\d+)", field)
    ]
    return _SECONDS.match(text) is not None or "$" in fields[2:3] or any(step > high for step, high in steps)


def mutate(rng: random.Random, text: str) -> str:
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(3):
            case 0:
                text = text[:at] + rng.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + rng.choice([1, 1, 2, 5]) :]
            case _:
                text = text[:at] + rng.choice(PIECES) + text[at + 1 :]
    return text


@pytest.fixture
def cron(database: Database) -> Any:
    with database.connect() as connection:
        connection.execute(_ACCEPTS)
        yield connection


def test_pg_cron_accepts_and_refuses_the_same(cron: psycopg.Connection[Any]) -> None:
    rng = random.Random(16)
    drawn = [draw(rng).text for _ in range(600)]
    texts = [*drawn, *(mutate(rng, text) for text in drawn for _ in range(3)), *PIECES]
    [current] = cron.execute(_IS_CURRENT).fetchone() or [False]
    asked = [text for text in texts if has_answer(text) and (current or not is_newer(text))]
    answers = cron.execute(_BOTH, [asked]).fetchall()
    assert [(text, theirs) for text, theirs, ours in answers if theirs != ours] == []
    accepted = sum(theirs for _, theirs, _ in answers)
    assert min(accepted, len(answers) - accepted) > 450


@pytest.mark.parametrize("text", ["*/60 * * * *", "0 */24 * * *", "0 0 */32 * *", "0 0 * */13 *", "0 0 * * */8"])
def test_steps_beyond_a_field_are_refused_as_by_its_newer_versions(cron: psycopg.Connection[Any], text: str) -> None:
    issues = cron.execute("select (engine.parse_cron(%s)).issues", [text]).fetchone()
    assert issues is not None
    assert [issue["code"] for issue in issues[0]] == ["cron_step_invalid"]


@pytest.mark.parametrize("text", ["4294967301 * * * *", "*/4294967301 * * * *", "99999999999999999999 * * * *"])
def test_numbers_that_no_integer_holds_are_refused(cron: psycopg.Connection[Any], text: str) -> None:
    issues = cron.execute("select (engine.parse_cron(%s)).issues", [text]).fetchone()
    assert issues is not None
    assert [issue["severity"] for issue in issues[0]] == ["error"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1 second", 1), (" 30 sEcOnDs ", 30), ("17  seconds ", 17), ("+05seconds", 5), ("5 second ", None)]
    + [(text, None) for text in ("0 seconds", "60 seconds", "-1 seconds", "5 secondc", "50 seconds c", "5 minutes")],
)
def test_seconds(cron: psycopg.Connection[Any], text: str, seconds: int | None) -> None:
    found = cron.execute("select (engine.parse_cron(%s)).every_seconds", [text]).fetchone()
    assert found == (seconds,)
