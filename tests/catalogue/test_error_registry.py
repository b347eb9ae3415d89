"""The registry of errors has one home in SQL; Python's map and the docs say the same."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from cli.dev.project import ROOT
from workers.errors import ERRORS

# | `OB001` | validation failed | … |
_ROW = re.compile(r"^\|\s*`(?P<code>OB\d{3})`\s*\|\s*(?P<name>[^|]+?)\s*\|", re.MULTILINE)
_RAISED = re.compile(r"'(OB\d{3})'")


def registry(connection: psycopg.Connection[Any]) -> dict[str, str]:
    return dict(connection.execute("select sqlstate, name from reference.errors order by 1").fetchall())


def documented(text: str) -> dict[str, str]:
    return {match["code"]: match["name"] for match in _ROW.finditer(text)}


def test_python_knows_the_same_errors(db: psycopg.Connection[Any]) -> None:
    assert dict(ERRORS) == registry(db)


def test_the_docs_know_the_same_errors(db: psycopg.Connection[Any]) -> None:
    assert documented((ROOT / "docs" / "errors.md").read_text()) == registry(db)


def test_the_frontends_types_know_the_same_errors(db: psycopg.Connection[Any]) -> None:
    shapes = (
        (ROOT / "types" / "errors.ts").read_text().partition("export type RefusalDetails = {")[2].partition("\n};")[0]
    )
    assert re.findall(r"^  (OB\d{3}): ", shapes, flags=re.MULTILINE) == sorted(registry(db))


def test_every_error_that_is_raised_is_registered(
    db: psycopg.Connection[Any],
) -> None:
    bodies = db.execute(
        """
        select p.prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'engine', 'reference')
        """
    )
    raised = {code for (body,) in bodies for code in _RAISED.findall(body)}
    assert raised - registry(db).keys() == set()


def test_a_planted_difference_is_seen(db: psycopg.Connection[Any]) -> None:
    db.execute("insert into reference.errors values ('OB999', 'planted', 'x', '{}')")
    assert dict(ERRORS) != registry(db)
    assert documented("| `OB999` | planted | x |\n") == {"OB999": "planted"}
