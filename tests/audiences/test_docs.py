"""docs/audiences.md and the command line and the database say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "audiences.md").read_text()


def test_every_problem_is_in_the_docs(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `(\w+)` \| (error|warning|info) \| (.+) \|$", PAGE, re.MULTILINE)
    known = db.execute("select code, severity, message from reference.import_problems").fetchall()
    assert sorted(documented) == sorted(known)
