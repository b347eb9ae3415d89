"""Everything that makes two databases the same database, as text that can be compared.

That is what `pg_dump -s` prints with owners, privileges and comments, the cron jobs, the rows that
the source put into the tables, and the roles that it made. Only the order of adjacent grants is
normalised, because it is the order in which they were given and means nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import psycopg
from psycopg import sql

from cli.dev.project import run

# The book-keeping of `supabase db push`, which only a database built from migrations has.
_HISTORY_SCHEMA = "supabase_migrations"
_OURS = ["public", "engine", "reference"]
# Partitions of the history, which the tick makes for the months of a database in use.
_MADE_IN_USE = ("engine", "*_history_[0-9][0-9][0-9][0-9]_[0-9][0-9]")
_ENTRY = re.compile(r"^-- Name: (?P<name>.*?); Type: (?P<type>.*?); Schema: (?P<schema>.*?); ")


@dataclass(frozen=True)
class Entry:
    """One object of the dump, named as pg_dump names it in the comment above it."""

    kind: str
    schema: str
    name: str

    def __str__(self) -> str:
        schema = "" if self.schema == "-" else f"{self.schema}."
        return f"{self.kind.lower()} {schema}{self.name}".strip()


@dataclass(frozen=True)
class Snapshot:
    """What a database holds before anybody used it."""

    schema: dict[Entry, str]
    cron: list[str]
    rows: dict[str, list[str]]
    roles: list[str]


def take(database_url: str, pg_dump: Path) -> Snapshot:
    """Read a snapshot; the URL names a role that may read everything."""
    with psycopg.connect(database_url) as connection:
        connection.execute("set transaction read only")
        return Snapshot(
            schema=_schema(database_url, pg_dump),
            cron=_cron(connection),
            rows=_rows(connection),
            roles=_roles(connection),
        )


def _schema(database_url: str, pg_dump: Path) -> dict[Entry, str]:
    leave_out = [f"--exclude-schema={_HISTORY_SCHEMA}", f"--exclude-table={'.'.join(_MADE_IN_USE)}"]
    dump = run([pg_dump, "--schema-only", *leave_out, f"--dbname={database_url}"])
    return entries(dump.stdout)


def entries(dump: str) -> dict[Entry, str]:
    """The objects of a dump in its own order, each with its text."""
    found: dict[Entry, list[str]] = {}
    current = Entry("settings", "-", "")
    for line in dump.splitlines():
        # Newer pg_dumps guard their output with a random key.
        if line.startswith(("\\restrict ", "\\unrestrict ")) or line == "--":
            continue
        if match := _ENTRY.match(line):
            current = Entry(match["type"], match["schema"], match["name"])
            continue
        if line.strip():
            found.setdefault(current, []).append(line)
    return {entry: "\n".join(_grants_in_order(lines)) for entry, lines in found.items()}


def _grants_in_order(lines: list[str]) -> list[str]:
    ordered: list[str] = []
    for is_grant, group in groupby(lines, key=lambda line: line.startswith("GRANT ")):
        adjacent = list(group)
        ordered += sorted(adjacent) if is_grant else adjacent
    return ordered


def _cron(connection: psycopg.Connection) -> list[str]:
    if connection.execute("select to_regclass('cron.job')").fetchone() == (None,):
        return []
    jobs = connection.execute(
        """
        select format('%s | %s | %s | as %s | %s', coalesce(jobname, '(no name)'), schedule, command,
            username, case when active then 'active' else 'inactive' end)
        from cron.job order by 1
        """
    )
    return [str(job) for (job,) in jobs]


def _rows(connection: psycopg.Connection) -> dict[str, list[str]]:
    """All rows of our tables, less the columns whose default differs from one moment to the next."""
    tables = connection.execute(
        """
        select n.nspname, c.relname,
            coalesce(array_agg(a.attname order by a.attname) filter (
                where pg_get_expr(d.adbin, d.adrelid) ~ '(now|new_id|random_uuid|clock_timestamp)\\('
            ), '{}')
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_attrdef d on d.adrelid = c.oid
        left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
        where n.nspname = any(%s) and c.relkind in ('r', 'p') and not c.relispartition
        group by 1, 2 order by 1, 2
        """,
        [_OURS],
    ).fetchall()
    found: dict[str, list[str]] = {}
    for schema, table, volatile in tables:
        query = sql.SQL("select (to_jsonb(t) - %s::text[])::text from {} t order by 1")
        rows = connection.execute(query.format(sql.Identifier(schema, table)), [volatile])
        if texts := [str(text) for (text,) in rows]:
            found[f"{schema}.{table}"] = texts
    return found


def _roles(connection: psycopg.Connection) -> list[str]:
    roles = connection.execute(
        """
        select format('%s%s%s%s%s%s%s%s member of (%s) set (%s)', r.rolname,
            case when r.rolsuper then ' superuser' else '' end,
            case when r.rolcanlogin then ' login' else '' end,
            case when r.rolinherit then ' inherit' else '' end,
            case when r.rolcreaterole then ' createrole' else '' end,
            case when r.rolcreatedb then ' createdb' else '' end,
            case when r.rolbypassrls then ' bypassrls' else '' end,
            case when r.rolreplication then ' replication' else '' end
            || case when has_database_privilege(r.oid, current_database(), 'temporary') then ' temporary' else '' end,
            (select string_agg(g.rolname, ', ' order by g.rolname)
             from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid),
            (select string_agg(s, ', ' order by s)
             from pg_db_role_setting d, unnest(d.setconfig) s
             where d.setrole = r.oid and d.setdatabase in (0,
                (select oid from pg_database where datname = current_database()))))
        from pg_roles r where r.rolname !~ '^pg_' order by 1
        """
    )
    return [str(role) for (role,) in roles]
