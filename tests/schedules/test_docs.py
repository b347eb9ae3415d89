"""docs/schedules.md and the command line and the database say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "schedules.md").read_text()


def bodies(db: psycopg.Connection[Any], pattern: str) -> str:
    query = "select coalesce(string_agg(prosrc, ' '), '') from pg_proc where proname ~ %s"
    row = db.execute(query, [pattern]).fetchone()
    assert row is not None
    return str(row[0])


def test_every_problem_is_in_the_docs(db: psycopg.Connection[Any]) -> None:
    documented = dict(re.findall(r"^\| `(cron_\w+)` \| (error|warning) \|", PAGE, re.MULTILINE))
    sources = bodies(db, "cron|schedule")
    assert sorted(documented) == sorted(
        set(re.findall(r"'(cron_[a-z_]+)', '?(?:p_expression|v_path)|", sources)) - {""}
    )


def test_every_chip_is_in_the_docs(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `(\w+)` \| [A-Z]", PAGE, re.MULTILINE)
    assert set(documented) == set(re.findall(r"(?:then|else) '(\w+)'", bodies(db, "^schedule_chip$")))
