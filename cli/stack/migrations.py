"""Applies supabase/migrations to a database, and keeps the record that `supabase db push` keeps.

A database that was migrated here is up to date for the Supabase CLI, and the other way round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import psycopg

from cli.dev.statements import split
from cli.errors import CommandError
from cli.settings import PROJECT

FOLDER = PROJECT / "supabase" / "migrations"

_NAME = re.compile(r"(\d+)_(.*)\.sql")
_CONCURRENTLY = re.compile(r"(create\s+(unique\s+)?|drop\s+)index\s+concurrently\s", re.IGNORECASE)


@dataclass(frozen=True)
class Migration:
    """One file, named `<version>_<name>.sql`."""

    version: str
    name: str
    path: Path


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """All migrations in the order in which they are applied."""
    found = [(match, path) for path in sorted(folder.glob("*.sql")) if (match := _NAME.fullmatch(path.name))]
    return [Migration(match[1], match[2], path) for match, path in found]


def pending(connection: psycopg.Connection, folder: Path = FOLDER) -> list[Migration]:
    """The migrations that this database has not had."""
    recorded = connection.execute("select to_regclass('supabase_migrations.schema_migrations')").fetchone()
    applied: set[str] = set()
    if recorded is not None and recorded[0] is not None:
        rows = connection.execute("select version from supabase_migrations.schema_migrations").fetchall()
        applied = {str(row[0]) for row in rows}
    return [migration for migration in migrations(folder) if migration.version not in applied]


def apply(url: str, folder: Path = FOLDER) -> list[Migration]:
    """Apply what is pending as the role of `url`, each migration with its record in one transaction."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        wanted = pending(connection, folder)
        if wanted:
            connection.execute("create schema if not exists supabase_migrations")
            connection.execute(
                "create table if not exists supabase_migrations.schema_migrations"
                " (version text not null primary key, statements text[], name text)"
            )
        for migration in wanted:
            _apply_one(connection, migration)
    return wanted


def stands_alone(text: str) -> bool:
    """Whether a migration is one statement that lets others write meanwhile, and so can be in no transaction."""
    statements = list(islice(split(text), 2))
    return len(statements) == 1 and _CONCURRENTLY.match(statements[0].text) is not None


def _apply_one(connection: psycopg.Connection, migration: Migration) -> None:
    text = migration.path.read_text()
    try:
        if alone := stands_alone(text):
            connection.execute(text.encode())
        with connection.transaction():
            if not alone:
                connection.execute(text.encode())
            # a migration may leave its own settings behind, such as an empty search_path
            connection.execute("reset all")
            connection.execute(
                "insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, %s)",
                [migration.version, migration.name, [statement.text.rstrip().rstrip(";") for statement in split(text)]],
            )
    except psycopg.Error as error:
        line = _line(text, error.diag.statement_position)
        raise CommandError(
            f"Migration {migration.path.name} fails{line}: {error.diag.message_primary or error}",
            hint=error.diag.message_hint or "Nothing of it was applied. Mend it, then run the same command again.",
            detail=error.diag.message_detail,
        ) from error


def _line(text: str, position: str | None) -> str:
    return f" at line {text.count(chr(10), 0, int(position)) + 1}" if position else ""
