"""What pages may watch: these tables, however the database came by its publication, and nothing that needs care."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from cli.dev.project import ROOT, SQL

FILE = SQL / "80_realtime" / "publication.sql"
WATCHED = ["audience_lists", "audience_runs", "audience_schedules", "campaigns", "workflows"]


def published(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute(
        "select tablename::text from pg_publication_tables"
        " where pubname = 'supabase_realtime' and schemaname = 'public' order by 1"
    )
    return [name for (name,) in rows]


def test_the_watched_tables_are_published(db: psycopg.Connection[Any]) -> None:
    assert published(db) == WATCHED
    db.execute(FILE.read_bytes())
    assert published(db) == WATCHED, "once more changes nothing"


def test_the_page_says_who_watches_which(db: psycopg.Connection[Any]) -> None:
    watching = (ROOT / "docs" / "frontend.md").read_text().partition("\n## Watching\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", watching, flags=re.MULTILINE) == published(db)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("drop publication supabase_realtime", id="plain Postgres, which has no publication"),
        pytest.param("alter publication supabase_realtime drop table public.campaigns", id="one is missing"),
    ],
)
def test_whoever_owns_the_schema_can_publish(db: psycopg.Connection[Any], before: str) -> None:
    db.execute("set role postgres")
    db.execute(before.encode())
    db.execute(FILE.read_bytes())
    assert published(db) == WATCHED


def test_what_others_publish_stays(db: psycopg.Connection[Any]) -> None:
    db.execute("create table public.theirs (id integer primary key)")
    db.execute("alter publication supabase_realtime add table public.theirs")
    db.execute(FILE.read_bytes())
    assert published(db) == sorted([*WATCHED, "theirs"])
    db.execute("drop publication supabase_realtime")
    db.execute("create publication supabase_realtime for all tables")
    db.execute(FILE.read_bytes())
    assert set(WATCHED) < set(published(db))


def test_what_is_published_is_safe_to_watch(db: psycopg.Connection[Any]) -> None:
    """Realtime shows a row to whom its policies show it, and knows a changed row by its key."""
    unsafe = """
        select t.tablename::text
        from pg_publication_tables as t
        inner join pg_class as c on format('%I.%I', t.schemaname, t.tablename)::regclass = c.oid
        where t.pubname = 'supabase_realtime' and not (
          c.relrowsecurity
          and exists (select from pg_policy as p where p.polrelid = c.oid and p.polcmd = 'r')
          and has_table_privilege('authenticated', c.oid, 'select')
          and not has_table_privilege('anon', c.oid, 'select')
          and c.relreplident = 'd'
          and exists (select from pg_index as i where i.indrelid = c.oid and i.indisprimary)
        )
        order by 1
    """
    assert db.execute(unsafe).fetchall() == []
    each_alone_is_unsafe = {
        "audience_lists": "disable row level security",
        "audience_runs": "replica identity nothing",
        "audience_schedules": "drop constraint audience_schedules_pk",
        "campaigns": "replica identity full",
    }
    for table, change in each_alone_is_unsafe.items():
        db.execute(f"alter table public.{table} {change}".encode())
    db.execute("grant select on public.workflows to anon")
    assert [name for (name,) in db.execute(unsafe)] == [*each_alone_is_unsafe, "workflows"]
