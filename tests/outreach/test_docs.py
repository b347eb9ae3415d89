"""docs/outreach.md, the command line and the database say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
from typer.main import get_command

from cli import outreach

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "outreach.md").read_text()


def test_the_table_of_outcomes_is_the_reference_table(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `(\w+)` \| (.+) \| (yes|no) \| (yes|no) \| (.+) \|$", PAGE, re.MULTILINE)
    known = db.execute(
        "select code, message, case when lets_contact then 'yes' else 'no' end,"
        " case when can_retry then 'yes' else 'no' end, cure from reference.hold_outcomes"
    ).fetchall()
    assert sorted(documented) == sorted(known)


def test_every_command_is_in_the_docs_and_the_other_way_round() -> None:
    shown = set(re.findall(r"^outbound outreach (\w+)", PAGE, re.MULTILINE))
    assert shown == set(get_command(outreach.app).commands)  # type: ignore[attr-defined]


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
