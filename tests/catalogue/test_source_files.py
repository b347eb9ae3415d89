"""How the files of `sql/` are written: one object a file, named as the file, short, with its reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from cli.dev.source import SourceFile, read_source
from cli.dev.statements import Statement, words

MAX_FUNCTION_LINES = 80
# Functions that are longer than that, each with the reason why it can't be two.
LONGER: dict[str, str] = {
    "engine.judge_jobs": "the gate is one function, so that claiming and beginning can't judge differently",
    "engine.judge_phones": "one pass over a million numbers; a part of the rule on its own would be another pass",
    "engine.split_phone_cells": "as above: each step of the taking apart needs what the one before it left",
}

_FUNCTION = re.compile(r"create or replace function (?P<name>[a-z_0-9.]+)", re.IGNORECASE)
_ANY_FUNCTION = re.compile(r"create\s+(or\s+replace\s+)?(function|procedure)\s", re.IGNORECASE)
_TABLE = re.compile(r"create\s+(?:unlogged\s+)?table\s+(?P<name>[a-z_0-9.]+)", re.IGNORECASE)
_DEFINER = re.compile(r"security definer(?P<reason>[^\n]*)")


def problems_of(file: SourceFile) -> Iterator[str]:
    statements = list(file.statements())
    functions = [statement for statement in statements if _ANY_FUNCTION.match(statement.text)]
    if len(functions) > 1:
        yield f"{file.name}: {len(functions)} functions in one file"
    for statement in functions:
        yield from _function_problems(file, statement, statements)
    tables = [match for statement in statements if (match := _TABLE.match(statement.text))]
    if len(tables) > 1:
        yield f"{file.name}: {len(tables)} tables in one file"
    for table in tables:
        if table["name"].rpartition(".")[2] not in _stem(file):
            yield f"{file.name}: makes the table {table['name']}"
    if not file.text.startswith("-- "):
        yield f"{file.name}: it does not begin with a comment that says why"
    if not file.text.endswith("\n") or file.text.endswith("\n\n"):
        yield f"{file.name}: it does not end with one line break"
    for statement in statements:
        for line, word in words(statement):
            if word != word.lower():
                yield f"{file.name}:{line}: {word} is not in lower case"


def _function_problems(file: SourceFile, statement: Statement, statements: list[Statement]) -> Iterator[str]:
    match = _FUNCTION.match(statement.text)
    if match is None:
        yield f"{file.name}: functions are made with `create or replace function`, in one space each"
        return
    schema, _, name = match["name"].rpartition(".")
    if name != _stem(file):
        yield f"{file.name}: makes the function {match['name']}"
    if schema not in ("public", "engine", "reference"):
        yield f"{file.name}: {match['name']} names no schema of ours"
    length = statement.text.count("\n") + 1
    if length > MAX_FUNCTION_LINES and match["name"] not in LONGER:
        yield f"{file.name}: {length} lines, {MAX_FUNCTION_LINES} are the limit"
    if length <= MAX_FUNCTION_LINES and match["name"] in LONGER:
        yield f"{file.name}: short enough now; take it off the list"
    others = [" ".join(part.text.split()).replace(" (", "(") for part in statements]
    if not any(text.startswith(f"comment on function {match['name']}(") for text in others):
        yield f"{file.name}: no comment on the function"
    if not any(text.startswith(f"revoke all on function {match['name']}(") for text in others):
        yield f"{file.name}: no revoke from public"
    definer = _DEFINER.search(statement.text)
    if definer and schema != "public" and "--" not in definer["reason"]:
        yield f"{file.name}: security definer without its reason beside it (-- …)"


def _stem(file: SourceFile) -> str:
    """The file's name without the number that orders it."""
    return re.sub(r"^\d+_", "", PurePosixPath(file.name).stem)


def test_every_file_is_written_as_agreed() -> None:
    assert [problem for file in read_source() for problem in problems_of(file)] == []


GOOD = """-- Why.
create or replace function engine.planted(p_a int) returns int
language sql
set search_path = '' as $$ select 1 -- WHY: a comment may shout
$$;
comment on function engine.planted(int) is 'Says ONE.';
revoke all on function engine.planted(int) from public;
"""


def test_a_good_file_passes() -> None:
    assert list(problems_of(SourceFile("sql/40_functions/x/planted.sql", GOOD))) == []


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("other.sql", GOOD, "makes the function"),
        ("planted.sql", GOOD + GOOD, "2 functions"),
        ("planted.sql", GOOD.replace("-- Why.\n", ""), "says why"),
        ("planted.sql", GOOD.replace("or replace ", ""), "create or replace"),
        ("planted.sql", GOOD.replace("engine.", ""), "names no schema"),
        ("planted.sql", GOOD.replace("select 1", "select 1" + "\n" * 80), "lines"),
        ("planted.sql", GOOD.replace("select 1", "SELECT 1"), ":4: SELECT is not in lower case"),
        ("planted.sql", GOOD.replace("comment on", "-- comment on"), "no comment"),
        ("planted.sql", GOOD.replace("revoke all", "-- revoke all"), "no revoke"),
        ("planted.sql", GOOD.replace("language sql", "language sql security definer"), "without its reason"),
        ("planted.sql", GOOD + "\n", "one line break"),
        ("010_a.sql", "-- Why.\ncreate table public.b (a int);\n", "makes the table"),
        ("010_b.sql", "-- Why.\ncreate table public.b (a int);\ncreate table public.c (a int);\n", "2 tables"),
    ],
)
def test_a_planted_offence_is_found(name: str, text: str, problem: str) -> None:
    found = list(problems_of(SourceFile(f"sql/40_functions/x/{name}", text)))
    assert any(problem in message for message in found), found
