"""Expectations that other projects publish: next times, validity and texts, row by row.

Where the libraries whose next times these are differ from pg_cron, whose dialect is ours, or from arithmetic, rows are
left out:

* either day field is enough there when one is a star with a step; in pg_cron both are needed
* a step after a single value (`Mon/2`) is refused by pg_cron
* a range with equal ends (`Sun-Sun`) is one value in pg_cron, and everything there
* every second month from April to March again ends with February; there it ends with March
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.schedules.reading import read_descriptor, read_ours

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "cron"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir() and os.environ.get("CI") != "true", reason="the tables of ../shared/data are not here"
)


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text())["rows"]
    return found


def is_left_out(expression: str) -> bool:
    days = [expression.split()[2], expression.split()[4]]
    return (
        (any(day.startswith("*/") for day in days) and "*" not in days)
        or expression.endswith(("Mon/2", " Sun-Sun", " 7-7", " 0-0"))
        or re.search(r" apr-mar/2 | thu-tue/2$", expression.lower()) is not None
    )


def test_next_times(db: psycopg.Connection[Any]) -> None:
    table = [row for row in rows("standard5_next_utc.json") if not is_left_out(row["expr"])]
    assert len(table) >= 470
    found = db.execute(
        """
        select to_char(
          engine.next_run(engine.parse_cron(r.expr), 'UTC', (r.after || 'Z')::timestamptz) at time zone 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS'
        )
        from jsonb_to_recordset(%s) as r (expr text, after text)
        """,
        [json.dumps(table)],
    ).fetchall()
    assert [(row["expr"], row["after"], row["next"]) for row in table] == [
        (row["expr"], row["after"], next_run) for row, (next_run,) in zip(table, found, strict=True)
    ]


def test_validity(db: psycopg.Connection[Any]) -> None:
    for row in rows("pg_cron_validity.json"):
        found = db.execute(
            'select not (engine.parse_cron(%s)).issues @> \'[{"severity": "error"}]\'', [row["expr"]]
        ).fetchone()
        assert found == (row["valid"],), row["expr"]


def test_words(db: psycopg.Connection[Any]) -> None:
    """The texts of cron-descriptor's own tests that are about expressions of ours claim what our summaries claim.

    Two do not: "every 7 days of the week" is Sunday, and "or on Monday" is said where pg_cron needs both.
    """
    read = 0
    for row in rows("descriptor_en_text.json"):
        found = db.execute(
            "select c.issues, engine.describe_cron_words(c) from engine.parse_cron(%s) as c", [row["expr"]]
        )
        issues, summary = found.fetchone() or ([], "")
        if issues == [] and row["expr"] not in ("0 * * * */7", "* * */2 * 1"):
            assert read_ours(summary) == read_descriptor(in_24_hours(row["text"])), row["expr"]
            read += 1
    assert read >= 25


def in_24_hours(text: str) -> str:
    return re.sub(r"(\d\d):(\d\d) (AM|PM)", lambda at: f"{int(at[1]) % 12 + 12 * (at[3] == 'PM'):02}:{at[2]}", text)
