"""docs/scaling.md names every table, every look without a team and every RPC that reads; its figures were found."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from cli.bench import dispatch_scene
from cli.bench.dispatch import work_off
from cli.bench.place import Database as BenchDatabase
from tests.support import engine
from tests.support.databases import Database
from tests.support.pages import DOCS, coded, rows_under
from workers.config import Settings

PAGE = (DOCS / "scaling.md").read_text()
CITUS = "### Distributing by `team_id` on Citus"
# A table may be distributed as it is when its rows have their team in every key that says which is which.
_TABLES = """
    select
        n.nspname || '.' || c.relname,
        bool_and(coalesce(exists (
            select from pg_attribute as a
            where a.attrelid = c.oid and a.attname = 'team_id' and a.attnotnull
                and a.attnum = any(i.indkey[0:i.indnkeyatts - 1])
                and (a.attnum = i.indkey[0] or not i.indisprimary)
        ), false))
    from pg_class as c
    inner join pg_namespace as n on n.oid = c.relnamespace
    left join pg_index as i on i.indrelid = c.oid and i.indisunique
    where n.nspname in ('public', 'engine', 'reference') and c.relkind in ('r', 'p') and not c.relispartition
    group by 1
"""
_LOOKS_WITHOUT_A_TEAM = """
    select i.indexrelid::regclass::text
    from pg_index as i
    inner join pg_class as c on c.oid = i.indrelid and c.relkind = 'r' and not c.relispartition
    inner join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('public', 'engine') and not i.indisunique and not exists (
        select from pg_attribute as a where a.attrelid = c.oid and a.attnum = i.indkey[0] and a.attname = 'team_id'
    )
"""
_KEYS_WITHOUT_A_TEAM = """
    select x.conrelid::regclass::text
    from pg_constraint as x
    inner join pg_namespace as n on n.oid = x.connamespace and n.nspname in ('public', 'engine')
    where x.contype = 'f' and x.conparentid = 0 and not exists (
        select from pg_attribute as a
        where a.attrelid = x.conrelid and a.attname = 'team_id' and a.attnum = any(x.conkey)
    )
"""


def _tables() -> dict[str, list[str]]:
    return {
        kind: re.findall(r"`((?:public|engine|reference)\.\w+)`", names)
        for kind, names in rows_under("scaling.md", CITUS)
    }


def test_every_table_stands_where_its_keys_put_it(db: psycopg.Connection[Any]) -> None:
    told = _tables()
    as_they_are = told.pop("distributed by `team_id` as they are")
    known: dict[str, bool] = dict(db.execute(_TABLES.encode()).fetchall())
    assert sorted(as_they_are) == sorted(name for name, has_team in known.items() if has_team)
    others = [name for names in told.values() for name in names]
    assert sorted(others) == sorted(known.keys() - set(as_they_are))
    assert {name for name in known if name.startswith("reference.")} <= set(told["reference tables"])


def test_every_look_without_a_team_is_told(db: psycopg.Connection[Any]) -> None:
    after = PAGE.split(f"\n{CITUS}\n")[1].split("*Looks without a team.*")[1]
    [rows] = re.findall(r"(?:^\|.*\n)+", after.split("\n*Advisory")[0], flags=re.MULTILINE)
    told = [name for row in rows.splitlines()[2:] for name in coded(row.strip("|").split(" | ")[1])]
    known = [name.split(".")[-1] for (name,) in db.execute(_LOOKS_WITHOUT_A_TEAM.encode()).fetchall()]
    assert sorted(told) == sorted(known)


def test_one_foreign_key_leaves_its_team(db: psycopg.Connection[Any]) -> None:
    assert db.execute(_KEYS_WITHOUT_A_TEAM).fetchall() == [("public.team_members",)]


def test_a_replica_is_asked_for_what_writes_nothing(db: psycopg.Connection[Any]) -> None:
    told = [(who, coded(names)) for who, names in rows_under("scaling.md", "## Read replicas")]
    reading = [name for who, names in told if who != "the primary, because they write" for name in names]
    volatile = {
        name: kind == "v"
        for name, kind in db.execute(
            "select proname, provolatile::text from pg_proc where pronamespace = 'public'::regnamespace"
        ).fetchall()
    }
    assert sorted(reading) == sorted(name for name, writes in volatile.items() if not writes)
    [writing] = [names for who, names in told if who == "the primary, because they write"]
    assert all(volatile[name] for name in writing if name in volatile)


def test_what_a_replica_answers_neither_writes_nor_locks(module_database: Database) -> None:
    """Of dashboards: what is only declared to write nothing would be refused here."""
    [names] = [coded(cell) for who, cell in rows_under("scaling.md", "## Read replicas") if "dashboards" in who]
    with module_database.connect() as connection:
        scene = engine.set_scene(connection)
        connection.commit()
        connection.execute("set transaction read only")
        campaign = f"'{scene.campaign_id}'::uuid"
        asked = {
            "get_node_metrics": campaign, "get_campaign_failures": campaign, "get_counter_health": "",
            "get_campaign_timeseries": f"array[{campaign}], engine.now() - interval '1 day', engine.now()",
        }  # fmt: skip
        for name in names:
            connection.execute(f"select public.{name}({asked.get(name, f'array[{campaign}]')})".encode()).fetchall()
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            engine.claim_and_begin(connection)


def test_rows_are_as_long_as_the_page_says(database: Database) -> None:
    """A tenth more or less, as names and zones are longer or shorter."""
    told = {coded(name)[0]: int(row) for name, row, _, _ in rows_under("scaling.md", "### Disk")}
    bench = BenchDatabase(database.server, database.name)
    with bench.connect("postgres") as owner:
        owner.execute("select engine.become_sandbox()")
    scene = dispatch_scene.set_scene(bench, 40)
    with bench.connect("supabase_admin") as admin:
        admin.execute("select engine.index_contacts(1000)")
        work_off(bench, scene, "engine")
        found = {name: _row_size(admin, name) for name in told}
    assert {name: (told[name], size) for name, size in found.items() if abs(size - told[name]) > told[name] / 10} == {}


def _row_size(connection: psycopg.Connection[Any], table: str) -> float:
    """Mean size of a table's rows in bytes."""
    [[size]] = connection.execute(f"select avg(pg_column_size(t.*)) from {table} as t".encode()).fetchall()
    return float(size)


def test_figures_of_speed_are_those_of_the_benchmarks() -> None:
    performance = (DOCS / "performance.md").read_text()
    for _, cost, benchmark in rows_under("scaling.md", "### The database's processor"):
        assert all(re.search(rf"^\| `{name}`", performance, flags=re.MULTILINE) for name in coded(benchmark))
        figures = re.findall(r"\d[\d,.]*\d", cost)
        assert figures
        assert [
            figure for figure in figures if not re.search(rf"(?<![\d.,]){figure}(?![\d]|[.,]\d)", performance)
        ] == []


def test_what_is_worked_out_from_figures_is_right() -> None:
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    told = re.findall(r"`OUTBOUND_(\w+)`(?: requests in flight in each queue)?, (\d+)(?: unless set|\))", PAGE)
    assert {name for name, _ in told} == {"DATABASE_CONNECTIONS", "CONCURRENCY", "LEASE_SECONDS"}
    assert [(name, value) for name, value in told if int(value) != defaults[name]] == []
    an_hour = defaults["CONCURRENCY"] * 3600 * 2  # half a second each
    assert f"{an_hour:,} an hour, which keeps {an_hour * 3 // 60:,} lines busy" in PAGE
    assert f"Two workers and a receiver are up to {2 * (defaults['DATABASE_CONNECTIONS'] + 1) + 4}." in PAGE

    disk = {
        coded(row[0])[0]: [int(cell.replace(",", "")) for cell in row[2:]]
        for row in rows_under("scaling.md", "### Disk")
    }
    person = sum(disk[name][0] for name in ("public.contacts", "public.audience_members", "engine.search_entries"))
    hot = sum(disk[name][1] for name in ("engine.jobs", "engine.attempts", "engine.events"))
    [moved] = re.findall(r"\(([\d,]+), ([\d,]+) and ([\d,]+) bytes\)", PAGE)
    kept = sum(int(size.replace(",", "")) for size in moved)
    assert f"A person in one list is {person / 1e3:.1f} kB: 1,000,000 are {person / 1e3:.1f} GB." in PAGE
    assert f"{hot / 1e3:.1f} kB while it is hot, {kept / 1e3:.1f} kB in the history" in PAGE
    assert f"7,300,000 calls or {7.3e6 * kept / 1e9:.0f} GB" in PAGE
    assert f"300,000 hot ones,\n{3e5 * hot / 1e9:.1f} GB" in PAGE
    assert f"10,000,000 jobs a day at 286 microseconds are {10 * 286 / 60:.0f} minutes of one core" in PAGE
    assert f"{10 * 286 / 60:.0f} minutes of a core, and {1e7 * kept / 1e9:.0f} GB a day" in PAGE
