"""Every table is read and written by every persona: members read the rows of their team, and nobody writes."""

from __future__ import annotations

from typing import Any

from tests.privileges.cells import PERSONAS, Theatre

TABLES = """
    select format('%I.%I', n.nspname, c.relname), c.relkind in ('r', 'p'),
           (select min(a.attname) from pg_attribute as a
            where a.attrelid = c.oid and a.attnum > 0 and a.attname in ('team_id', 'id')
              and (a.attname = 'team_id' or c.relname = 'teams'))
    from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('public', 'engine', 'reference') and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and not exists (select from pg_depend as d where d.objid = c.oid and d.deptype = 'e')
    order by 1
"""
MEMBERS = ("viewer", "operator", "admin")


def tables(theatre: Theatre) -> list[tuple[str, bool, str | None]]:
    """Every table and view: whether it can be written, and its column of the team."""
    return theatre.connection.execute(TABLES).fetchall()


def teams_seen(theatre: Theatre, persona: str, table: str, column: str) -> Any:
    answer = theatre.run(persona, f"select {column}::text, count(*) from {table} group by 1 order by 1")
    return answer.code or answer.rows


def test_members_see_their_team_and_nobody_else_anything(theatre: Theatre) -> None:
    wrong, scene = [], theatre.scene
    for table, _, column in tables(theatre):
        if not table.startswith("public."):
            continue
        assert column is not None, f"{table} has no team"
        query = f"select {column}::text, count(*) from {table} group by 1 order by 1"
        truth = theatre.connection.execute(query.encode()).fetchall()
        counts = dict(truth)
        assert {scene.own.team_id, scene.other.team_id} <= counts.keys(), f"the scene has no rows in {table}"
        of_own, of_other = ([(team, counts[team])] for team in (scene.own.team_id, scene.other.team_id))
        expected = {
            "anon": "42501",
            "outbound_worker": "42501",
            "stranger": "[]",
            "other": str(of_other),
            "service_role": str(truth),
        } | dict.fromkeys(MEMBERS, str(of_own))
        wrong += [
            f"{table} shows {persona} {seen}, not {expected[persona]}"
            for persona in PERSONAS
            if (seen := teams_seen(theatre, persona, table, column)) != expected[persona]
        ]
    assert not wrong, "\n".join(wrong)


def test_what_is_not_in_public_is_read_by_nobody(theatre: Theatre) -> None:
    hidden = [table for table, _, _ in tables(theatre) if not table.startswith("public.")]
    assert hidden
    reads = [f"select from {table} limit 1" for table in hidden]
    for persona in PERSONAS:
        assert theatre.statements_done(persona, reads) == [], persona


def test_nobody_writes_a_table(theatre: Theatre) -> None:
    writes = [
        statement
        for table, can_be_written, _ in tables(theatre)
        if can_be_written
        for statement in (
            f"insert into {table} default values",
            f"delete from {table}",
            f"truncate {table} cascade",
            f"lock table {table} in share row exclusive mode",
        )
    ]
    allowed = {"outbound_worker": ["insert into engine.import_rows default values"]}
    for persona in PERSONAS:
        assert theatre.statements_done(persona, writes) == allowed.get(persona, []), persona
