"""docs/outreach.md, the command line and the database say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "outreach.md").read_text()


def test_the_table_of_outcomes_is_the_reference_table(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `(\w+)` \| (.+) \| (yes|no) \| (yes|no) \| (.+) \|$", PAGE, re.MULTILINE)
    known = db.execute(
        "select code, message, case when lets_contact then 'yes' else 'no' end,"
        " case when can_retry then 'yes' else 'no' end, cure from reference.hold_outcomes"
    ).fetchall()
    assert sorted(documented) == sorted(known)
