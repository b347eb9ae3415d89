"""Loads `sql/`, the source of the database, in path order into a database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from cli.dev.project import SQL
from cli.dev.statements import Statement, UnterminatedSql, split
from cli.errors import CommandError

# The role that owns the schema on a hosted project, where it is not a superuser.
OWNER = "postgres"


class SourceError(CommandError):
    """A file of `sql/` that the database refused; the message names the file and the line."""


@dataclass(frozen=True)
class SourceFile:
    """One file of `sql/`; `name` is its path from the project's root."""

    name: str
    text: str

    def statements(self) -> Iterator[Statement]:
        """The statements of the file in order."""
        try:
            yield from split(self.text)
        except UnterminatedSql as error:
            raise SourceError(f"{self.name}: {error}") from error


def read_source(folder: Path = SQL) -> list[SourceFile]:
    """Every file of the source in load order, which is the order of their paths."""
    paths = sorted(folder.rglob("*.sql"), key=lambda path: path.relative_to(folder).parts)
    if not paths:
        raise SourceError(f"{folder} holds no .sql file")
    return [SourceFile(f"{folder.name}/{path.relative_to(folder).as_posix()}", path.read_text()) for path in paths]


def load(database_url: str, files: list[SourceFile] | None = None) -> int:
    """Load the source in one transaction as the owner; returns how many statements ran.

    Function bodies are not checked while loading, because functions may call one another in any
    order; plpgsql_check looks at all of them afterwards.
    """
    count = 0
    with psycopg.connect(database_url) as connection:
        user = connection.info.user
        if user != OWNER:
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(OWNER)))
        connection.execute("set local check_function_bodies = off")
        for file in files if files is not None else read_source():
            for statement in file.statements():
                _execute(connection, file, statement)
                count += 1
    return count


def _execute(connection: psycopg.Connection, file: SourceFile, statement: Statement) -> None:
    try:
        connection.execute(statement.text.encode())
    except psycopg.Error as error:
        line = statement.line
        if error.diag.statement_position:
            upto = statement.text[: int(error.diag.statement_position) - 1]
            line += upto.count("\n")
        said = [error.diag.message_primary or str(error)]
        said += [text for text in (error.diag.message_detail, error.diag.message_hint) if text]
        if error.diag.context:
            said.append(error.diag.context)
        code = error.sqlstate or "no SQLSTATE"
        raise SourceError(f"{file.name}:{line}: {code} " + "\n  ".join(said)) from error
