"""Assembles migrations from `sql/`: the first one whole, later ones from what changed."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from cli.dev.changes import BY_HAND, Drafting
from cli.dev.databases import MIGRATIONS, SOURCE, Server
from cli.dev.project import MIGRATIONS as FOLDER
from cli.dev.project import ROOT
from cli.dev.releases import released_migrations
from cli.dev.snapshot import take
from cli.dev.source import SourceFile, read_source
from cli.errors import CommandError

_NAME = re.compile(r"[a-z][a-z0-9_]{2,60}")
_FILE = re.compile(r"(\d{14})_([a-z0-9_]+)\.sql")
# Functions may name one another in any order; plpgsql_check looks at them when all are there.
PREAMBLE = "set check_function_bodies = off;"
# A database in use: whoever holds a lock for long keeps the migration waiting, not everybody behind it.
_PATIENCE = "set lock_timeout = '5s';\nset statement_timeout = '10min';"


def existing() -> list[Path]:
    """The migrations in the order in which they are applied."""
    return sorted(path for path in FOLDER.glob("*.sql") if _FILE.fullmatch(path.name))


def path_for(name: str) -> Path:
    """Where a new migration goes; its time stamp is later than any other's."""
    if not _NAME.fullmatch(name):
        raise CommandError(
            f"{name!r} is no name for a migration.", hint="Use words joined by _, such as add_contact_notes."
        )
    stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    taken = [path.name[:14] for path in existing()]
    if taken and stamp <= taken[-1]:
        stamp = str(int(taken[-1]) + 1)
    return FOLDER / f"{stamp}_{name}.sql"


def whole(files: list[SourceFile] | None = None) -> str:
    """The first migration: every file of the source in load order."""
    parts = [
        "-- Assembled from sql/ by `outbound dev migration`; change the source, never this file.",
        PREAMBLE,
    ]
    parts += [f"-- {file.name}\n{file.text.strip()}" for file in (files if files is not None else read_source())]
    return "\n\n".join(parts) + "\n"


def write_first(name: str, *, replace: bool) -> Path:
    """Write the first migration, or rewrite it as long as nobody can have applied it."""
    found = existing()
    if found and not replace:
        raise CommandError("There is a first migration already.", hint="Rewrite it with --replace.")
    if len(found) > 1:
        raise CommandError(
            f"{len(found)} migrations are there, so the first one can't be written anew.",
            hint="Assemble the next one with: outbound dev migration NAME",
        )
    if released := released_migrations(ROOT):
        _refuse_released(*next(iter(released.items())))
    path = found[0] if found else path_for(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(whole())
    return path


@contextlib.contextmanager
def last_set_aside() -> Iterator[Path]:
    """Without the last migration, so that another can take its place; gives where its text is kept meanwhile.

    It is back where nothing took its place. Otherwise the text stays, because what was written by hand is in no source;
    git overlooks it. The new one has a later time stamp: a database that had the old one must not pass for migrated.
    """
    last = existing()[-1]
    if tag := released_migrations(ROOT).get(last.name):
        _refuse_released(last.name, tag)
    kept = last.replace(last.with_suffix(".sql.before"))
    try:
        yield kept
    except BaseException:
        kept.replace(last)
        raise


def _refuse_released(name: str, tag: str) -> NoReturn:
    raise CommandError(
        f"{name} was released with {tag}; a released migration never changes.",
        hint="Assemble the next one with: outbound dev migration NAME",
    )


def write_next(name: str, of_source: Server, of_migrations: Server) -> Path:
    """Write a migration with what changed since the last one."""
    path = path_for(name)
    draft = Drafting(
        read_source(),
        take(of_source.admin_url(SOURCE), of_source.pg_dump),
        take(of_migrations.admin_url(MIGRATIONS), of_migrations.pg_dump),
        of_migrations.admin_url(MIGRATIONS),
    ).draft()
    body = draft.text()
    if not body:
        raise CommandError("Nothing changed: the migrations build what sql/ describes.")
    path.write_text(f"-- Assembled from sql/ by `outbound dev migration`.\n\n{_PATIENCE}\n{PREAMBLE}\n\n{body}\n")
    return path


def demand_finished() -> None:
    """Refuse while a migration has a place that somebody still has to write."""
    for path in existing():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith(BY_HAND):
                raise CommandError(f"{path.relative_to(ROOT)}:{number}: {line.removeprefix('-- ')}")
