"""What a release's workers say to the database: every statement of theirs, as the database understands it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.pq import ExecStatus

_PARAMETER = re.compile(r"%\((\w+)\)s")
_COPY = re.compile(r"copy\s+(?P<table>[\w.]+)\s*\((?P<columns>[^)]*)\)\s+from\s+stdin", re.IGNORECASE)

Shape = tuple[tuple[int, ...], tuple[tuple[str, int], ...]]
"""The types of what a statement is given; names and types of what it answers."""


def statements(folder: Path) -> Iterator[str]:
    """The statements about the engine in the modules of a folder: constants, as they all are."""
    for path in sorted(folder.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                text = node.value.value
                if isinstance(text, str) and re.search(r"\bengine\.\w+\s*\(", text):
                    yield text.strip()


def understood(url: str, said: list[str]) -> dict[str, Shape]:
    """What the database makes of each statement, for the role of the URL; one that it refuses is an error.

    Nothing is executed, but planned: a role that may not call a function is refused as well.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        return {text: _shape(connection, _preparable(text)) for text in said}


def _preparable(text: str) -> str:
    """With numbered parameters; rows that are copied are prepared as if they were inserted."""
    if copied := _COPY.match(text):
        values = ", ".join(f"${n}" for n, _ in enumerate(copied["columns"].split(","), 1))
        return f"insert into {copied['table']} ({copied['columns']}) values ({values})"
    names = list(dict.fromkeys(_PARAMETER.findall(text)))
    return _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", text)


def _shape(connection: psycopg.Connection[tuple[object, ...]], statement: str) -> Shape:
    prepared = connection.pgconn.prepare(b"said", statement.encode())
    assert prepared.status == ExecStatus.COMMAND_OK, f"{prepared.error_message.decode()}\n{statement}"
    told = connection.pgconn.describe_prepared(b"said")
    given = tuple(told.param_type(n) for n in range(told.nparams))
    answered = tuple(((told.fname(n) or b"").decode(), told.ftype(n)) for n in range(told.nfields))
    nulls = f"({', '.join(['null'] * len(given))})" if given else ""
    connection.execute(f"explain execute said{nulls}".encode())
    connection.execute("deallocate said")
    return given, answered
