"""docs/audiences.md and the command line and the database say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
from typer.main import get_command

from cli import audiences

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "audiences.md").read_text()


def test_every_problem_is_in_the_docs(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `(\w+)` \| (error|warning|info) \| (.+) \|$", PAGE, re.MULTILINE)
    known = db.execute("select code, severity, message from reference.import_problems").fetchall()
    assert sorted(documented) == sorted(known)


def test_every_command_in_the_docs_is_there() -> None:
    shown = set(re.findall(r"^outbound audiences (\w+)", PAGE, re.MULTILINE))
    commands = get_command(audiences.app).commands  # type: ignore[attr-defined]
    assert shown <= set(commands)
    assert {"check", "import", "runs", "errors"} <= shown


def test_every_function_in_the_docs_has_these_arguments(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `(\w+)\(([^)]*)\)`", PAGE, re.MULTILINE)
    assert len(documented) >= 17
    for name, arguments in documented:
        found = db.execute(
            "select array_to_string(proargnames, ', ') from pg_proc where pronamespace = 'public'::regnamespace"
            " and proname = %s",
            [name],
        ).fetchall()
        assert found == [(arguments,)], name
