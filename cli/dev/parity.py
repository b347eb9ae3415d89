"""The gate that decides whether the migrations build the database that `sql/` describes."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psycopg

from cli.dev.project import GateFailed
from cli.dev.snapshot import Entry, Snapshot

_SOURCE, _MIGRATIONS = "sql/", "migrations"
# Of one object: enough to see what kind of change it is.
_MOST_LINES = 60


@dataclass(frozen=True)
class Difference:
    """One object that is not the same in both databases; `entry` is set for those of the dump."""

    title: str
    diff: str
    entry: Entry | None = None

    def __str__(self) -> str:
        return f"{self.title}\n{self.diff}".rstrip()


def compare(source: Snapshot, migrated: Snapshot) -> list[Difference]:
    """What differs between the database from the source and the one from the migrations."""
    found = list(_schema(source, migrated))
    found += _listing("cron jobs", source.cron, migrated.cron)
    for table in sorted(source.rows.keys() | migrated.rows.keys()):
        rows = (source.rows.get(table, []), migrated.rows.get(table, []))
        found += _listing(f"rows of {table}", *rows)
    found += _listing("roles", source.roles, migrated.roles)
    return found


def _schema(source: Snapshot, migrated: Snapshot) -> Iterable[Difference]:
    for entry in source.schema.keys() | migrated.schema.keys():
        ours, theirs = source.schema.get(entry), migrated.schema.get(entry)
        if ours == theirs:
            continue
        title = str(entry)
        if ours is None:
            title += ": only the migrations make it"
        elif theirs is None:
            title += ": no migration makes it"
        else:
            title += ": not the same"
        yield Difference(title, _diff((ours or "").splitlines(), (theirs or "").splitlines()), entry)
    if source.schema.keys() == migrated.schema.keys():
        yield from _listing("order of the dump", _names(source), _names(migrated))


def _names(snapshot: Snapshot) -> list[str]:
    return [str(entry) for entry in snapshot.schema]


def _listing(title: str, source: list[str], migrated: list[str]) -> list[Difference]:
    if source == migrated:
        return []
    return [Difference(f"{title}: not the same", _diff(source, migrated))]


def _diff(source: list[str], migrated: list[str]) -> str:
    lines = list(difflib.unified_diff(source, migrated, _SOURCE, _MIGRATIONS, lineterm="", n=2))
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = [f"… and {len(lines) - _MOST_LINES} more lines"]
    return "\n".join(f"  {line}" for line in lines)


@dataclass(frozen=True)
class Plant:
    """A change that the gate must notice, and how to recognise that it noticed this very change."""

    name: str
    sql: str
    noticed: Callable[[Difference], bool]


def plants(connection: psycopg.Connection) -> list[Plant]:
    """Changes of every kind that the gate watches, made up from what the database holds."""
    function, signature, definition = _one(
        connection,
        "a function of ours",
        """
        select p.proname, p.oid::regprocedure::text, pg_get_functiondef(p.oid)
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        join pg_language l on l.oid = p.prolang
        where n.nspname in ('public', 'engine') and l.lanname = 'plpgsql' order by 2 limit 1
        """,
    )
    (table,) = _one(
        connection,
        "a table of ours",
        """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'engine') and c.relkind = 'r' order by 1 limit 1
        """,
    )
    (reference,) = _one(
        connection,
        "a reference table",
        """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'reference' and c.relkind = 'r'
          and (xpath('/row/n/text()', query_to_xml(format('select count(*) n from %s',
            c.oid::regclass), false, true, '')))[1]::text::int > 0
        order by 1 limit 1
        """,
    )
    changed_body = definition.replace("$function$", "$function$\n-- planted", 1)
    found = [
        Plant("a grant", f"grant execute on function {signature} to anon", _kind("ACL", function)),
        Plant("a table's grant", f"grant insert on {table} to authenticated", _kind("ACL", table)),
        Plant("a body change", changed_body, _kind("FUNCTION", function)),
        Plant(
            "a comment",
            f"comment on function {signature} is 'planted'",
            _kind("COMMENT", function),
        ),
        Plant("an owner", f"alter table {table} owner to service_role", _kind("TABLE", table)),
        Plant(
            "a reference row",
            f"delete from {reference} where ctid = (select min(ctid) from {reference})",  # noqa: S608 - from the catalogue
            lambda difference: difference.title.startswith(f"rows of {reference}"),
        ),
    ]
    if connection.execute("select to_regclass('cron.job')").fetchone() != (None,):
        found.append(
            Plant(
                "a cron job",
                "select cron.schedule('planted', '7 7 * * *', 'select engine.tick()')",
                lambda difference: difference.title.startswith("cron jobs"),
            )
        )
    return found


def _kind(kind: str, name: str) -> Callable[[Difference], bool]:
    bare = name.rpartition(".")[2].strip('"')

    def noticed(difference: Difference) -> bool:
        entry = difference.entry
        return entry is not None and entry.kind == kind and bare in entry.name

    return noticed


def _one(connection: psycopg.Connection, what: str, query: str) -> tuple[str, ...]:
    row = connection.execute(query.encode()).fetchone()
    if row is None:
        raise GateFailed(f"the gate can't prove itself: the database holds no {what}")
    return tuple(str(value) for value in row)
