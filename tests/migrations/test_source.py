"""Loading the source: an error names the file and the line, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from cli.dev.source import SourceError, SourceFile, load, read_source
from tests.support.databases import Database

FIRST = SourceFile("sql/first.sql", "create schema made_by_the_first_file;\n")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("select 1;\n\nselect nope;\n", "sql/second.sql:3: 42703", id="an error with a position"),
        pytest.param("select 1;\n\n-- why\nselect 1 / 0;\n", "sql/second.sql:4: 22012", id="one without"),
        pytest.param("select 1;\nselect\n  1,\n  nope;\n", "sql/second.sql:4: 42703", id="deep in a statement"),
        pytest.param("select 1;\nselect 'a;\n", "sql/second.sql: line 2", id="a quote that never ends"),
    ],
)
def test_an_error_names_its_file_and_line(database: Database, text: str, where: str) -> None:
    with pytest.raises(SourceError, match=where):
        load(database.url("postgres"), [FIRST, SourceFile("sql/second.sql", text)])
    with database.connect() as connection:
        assert connection.execute("select to_regnamespace('made_by_the_first_file')").fetchone() == (None,)


def test_functions_may_call_what_comes_later(database: Database) -> None:
    body = "create function engine.early() returns int language sql set search_path = '' as $$ select engine.late() $$;"
    late = "create function engine.late() returns int language sql set search_path = '' as $$ select 1 $$;"
    assert load(database.url("postgres"), [SourceFile("a.sql", body), SourceFile("b.sql", late)]) == 2


def test_everything_belongs_to_the_owner(db: psycopg.Connection[Any]) -> None:
    owners = db.execute(
        """
        select distinct p.proowner::regrole::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'engine', 'reference')
        """
    ).fetchall()
    assert owners == [("postgres",)]


def test_files_come_in_the_order_of_their_paths() -> None:
    names = [file.name for file in read_source()]
    assert names == sorted(names, key=lambda name: name.split("/"))
