"""docs/definitions.md and the database say the same, and its examples are definitions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import psycopg

from cli.dev.project import ROOT

PAGE = (Path(ROOT) / "docs" / "definitions.md").read_text()
TYPES = {
    "ids": "ids",
    "tags": "tags",
    "amount": "amount",
    "window": "window",
    "zips": "ZIP codes",
    "flag": "true or false",
}


def test_every_field_is_in_the_docs(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
    known = db.execute("select kind, field, type, words, meaning from reference.condition_fields").fetchall()
    assert sorted(documented) == sorted(
        (kind, field, TYPES.get(form) or ", ".join(f"`{word}`" for word in words), meaning)
        for kind, field, form, words, meaning in known
    )


def test_every_example_is_a_definition(db: psycopg.Connection[Any]) -> None:
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    assert len(examples) == 6
    for example in examples:
        source = "servicetitan" if "match" in example else "custom_report"
        found = db.execute("select engine.definition_issues(%s, %s)", [json.dumps(example), source]).fetchone()
        assert found == ([],), example
