"""Collects `tests/pgtap/<function>/<behaviour>.sql` and runs each file on every database that must behave so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli.dev.statements import Statement, UnterminatedSql, split
from tests.support.databases import SEARCH_PATH, SUPPORT, Target, Targets
from tests.support.tap import TapFailure, judge

FOLDER = Path(__file__).resolve().parents[1] / "pgtap"
# Both ways of building the database, and both versions of PostgreSQL: the migrations on the system's server, sql/
# on the embedded one. That sql/ and the migrations build the same on one server is what the parity gate shows.
TARGETS = (Target.MIGRATIONS, Target.EMBEDDED)
_LEAVES_TRACES = re.compile(r"(commit|end|prepare\s+transaction)\b", re.IGNORECASE)


def run_file(connection: psycopg.Connection[Any], path: Path) -> int:
    """Run one file on a connection and judge it; returns how many tests passed."""
    try:
        statements = list(split(path.read_text()))
    except UnterminatedSql as error:
        raise TapFailure(f"{path.name}: {error}") from error
    check_shape(statements)
    # a file that discards everything would take the driver's prepared statements along
    connection.prepare_threshold = None
    try:
        return judge(_output(connection, path, statements))
    finally:
        if not connection.closed:
            connection.execute("rollback")
            connection.execute("discard all")
            connection.execute(f"set search_path = {SEARCH_PATH}")


def check_shape(statements: list[Statement]) -> None:
    """A file opens a transaction, plans exactly, finishes, and rolls back."""
    texts = [" ".join(statement.text.lower().split()) for statement in statements]
    problems = []
    if not texts or texts[0] not in ("begin;", "start transaction;"):
        problems.append("it must begin with `begin;`")
    if not texts or texts[-1] != "rollback;":
        problems.append("it must end with `rollback;`")
    if not any("finish(" in text for text in texts):
        problems.append("it must call finish()")
    if any("no_plan(" in text for text in texts):
        problems.append("it must plan exactly: no_plan() is refused")
    problems += [f"line {s.line}: it must not commit" for s in statements if _LEAVES_TRACES.match(s.text)]
    if problems:
        raise TapFailure("\n".join(problems))


def _output(connection: psycopg.Connection[Any], path: Path, statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        try:
            cursor = connection.execute(statement.text.encode())
        except psycopg.Error as error:
            where = f"{path.name}:{statement.line}"
            raise TapFailure(f"{where}: {error.sqlstate or 'connection lost'} {error}") from error
        # what the helpers return is nobody's result
        if cursor.description and not statement.text.startswith("select tests."):
            yield from (str(row[0]) for row in cursor if row[0] is not None)


class PgTapFile(pytest.File):
    """One file of SQL tests: an item for each target."""

    def collect(self) -> Iterator[PgTapItem]:
        for target in TARGETS:
            yield PgTapItem.from_parent(self, name=target.value, target=target)


class PgTapItem(pytest.Item):
    """One file on one database."""

    def __init__(self, *, target: Target, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target = target
        self.add_marker("pgtap")

    def runtest(self) -> None:
        run_file(self.config.stash[Targets.KEY].pgtap_connection(self.target), self.path)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, TapFailure):
            return f"{self.path.name} on {self.target.value}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        behaviour = self.path.stem.replace("_", " ")
        return self.path, 0, f"{self.path.parent.name}: {behaviour} [{self.target.value}]"


def collect(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The hook's body: SQL files below tests/pgtap, other than the helpers, are tests."""
    if path.suffix == ".sql" and path.is_relative_to(FOLDER) and not path.is_relative_to(SUPPORT):
        return PgTapFile.from_parent(parent, path=path)
    return None
