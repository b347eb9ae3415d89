"""The product's own source and migrations build the same database, and the gate would notice if they did not."""

from __future__ import annotations

from typing import Any

import psycopg

from cli.dev import gate, migration
from cli.dev.parity import plants
from cli.dev.snapshot import Entry, entries
from tests.support.databases import Target, Targets


def test_the_migrations_build_what_the_source_describes(targets: Targets) -> None:
    for target in (Target.SOURCE, Target.MIGRATIONS):
        targets.template(target)
    migration.demand_finished()
    assert gate.differences(targets.server(Target.SOURCE), targets.server(Target.MIGRATIONS)) == []


def test_the_gate_notices_each_kind_of_change(targets: Targets) -> None:
    targets.template(Target.MIGRATIONS)
    planted = gate.prove(targets.server(Target.MIGRATIONS))
    assert {"a grant", "a body change", "a comment", "a cron job", "a reference row", "an owner"} <= set(planted)


def test_migrations_ran_as_an_owner_who_is_no_superuser(targets: Targets) -> None:
    with targets.copy(Target.MIGRATIONS) as database, database.connect("postgres") as connection:
        assert _value(connection, "select rolsuper from pg_roles where rolname = current_user") is False
        assert _value(connection, "select count(*) from supabase_migrations.schema_migrations") == len(
            migration.existing()
        )
        applied = "select array_agg(v order by v) from unnest(engine.applied_migrations()) as v"
        assert _value(connection, applied) == [path.name[:14] for path in migration.existing()]
        owners = connection.execute(
            """
            select distinct c.relowner::regrole::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'engine', 'reference')
            """
        ).fetchall()
        assert owners == [("postgres",)]


def test_only_the_order_of_adjacent_grants_is_normalised() -> None:
    dump = """--
-- Name: TABLE t; Type: ACL; Schema: public; Owner: postgres
--

REVOKE ALL ON TABLE public.t FROM anon;
GRANT SELECT ON TABLE public.t TO b;
GRANT SELECT ON TABLE public.t TO a;
"""
    swapped = dump.replace("TO b", "TO x").replace("TO a", "TO b").replace("TO x", "TO a")
    moved = dump.replace("REVOKE ALL ON TABLE public.t FROM anon;\n", "") + "REVOKE ALL ON TABLE public.t FROM anon;\n"
    assert entries(dump) == entries(swapped)
    assert entries(dump) != entries(moved)
    assert list(entries(dump)) == [Entry("ACL", "public", "TABLE t")]


def test_what_is_planted_is_made_from_the_database(db: psycopg.Connection[Any]) -> None:
    names = [plant.name for plant in plants(db)]
    assert len(names) == len(set(names)) == 7


def _value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]
