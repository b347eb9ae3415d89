"""docs/schedules.md and the command line and the database say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
from typer.main import get_command

from cli import schedules

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


def test_every_command_in_the_docs_is_there() -> None:
    shown = set(re.findall(r"^outbound schedules (\w+)", PAGE, re.MULTILINE))
    assert shown == set(get_command(schedules.app).commands)  # type: ignore[attr-defined]


def test_every_function_in_the_docs_has_these_arguments(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `(\w+)\(([^)]*)\)`", PAGE, re.MULTILINE)
    assert len(documented) == 4
    for name, arguments in documented:
        found = db.execute(
            "select array_to_string(proargnames, ', ') from pg_proc where pronamespace = 'public'::regnamespace"
            " and proname = %s",
            [name],
        ).fetchall()
        assert found == [(arguments,)], name
