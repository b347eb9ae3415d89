"""What is not a draft refuses every write, whoever makes it and in whatever SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.support.factories import make_team
from tests.workflows.graphs import good

Connection = psycopg.Connection[Any]

TABLES = ("workflows", "workflow_nodes", "workflow_edges")

# {live}, {draft}: ids of a workflow that is no draft, and of one that is
STATEMENTS = {
    "update": "update public.{table} set {column} = 'x' where {key} = '{live}'",
    "update to the same": "update public.{table} set {column} = {column} where {key} = '{live}'",
    "update through a join": "update public.{table} as t set {column} = 'x' from public.teams as g"
    " where t.team_id = g.id and t.{key} = '{live}'",
    "update of the status": "update public.{table} set status = 'DRAFT' where {key} = '{live}'",
    "update of the id": "update public.{table} set id = {other_id} where {key} = '{live}'",
    "update of the team": "update public.{table} set team_id = gen_random_uuid() where {key} = '{live}'",
    "delete": "delete from public.{table} where {key} = '{live}'",
    "delete in a query": "with gone as (delete from public.{table} where {key} = '{live}' returning 1)"
    " select 1 from gone",
    "truncate": "truncate public.{table} cascade",
    "truncate of what it belongs to": "truncate public.teams cascade",
    "upsert": "insert into public.{table} select * from public.{table} where {key} = '{live}'"
    " on conflict (team_id, {conflict}) do update set {column} = 'x'",
    "merge that updates": "merge into public.{table} as t using (select 1) as s on t.{key} = '{live}'"
    " when matched then update set {column} = 'x'",
    "merge that deletes": "merge into public.{table} as t using (select 1) as s on t.{key} = '{live}'"
    " when matched then delete",
    "cursor": "do $$declare r record; begin for r in select ctid from public.{table} where {key} = '{live}'"
    " loop delete from public.{table} where ctid = r.ctid; end loop; end$$",
}
PART_STATEMENTS = {
    "move into it": "update public.{table} set workflow_id = '{live}', id = 'moved'"
    " where workflow_id = '{draft}' {one}",
    "move into it with its status": "update public.{table} set workflow_id = '{live}', id = 'moved',"
    " status = '{status}' where workflow_id = '{draft}' {one}",
    "move out of it": "update public.{table} set workflow_id = '{draft}', id = 'moved', status = 'DRAFT'"
    " where workflow_id = '{live}' {one}",
    "insert as a draft's": "insert into public.{table} ({columns}) select {as_draft} from public.{table}"
    " where workflow_id = '{draft}' {one}",
    "insert under its status": "insert into public.{table} ({columns}) select {as_live} from public.{table}"
    " where workflow_id = '{draft}' {one}",
    "merge that inserts": "merge into public.{table} as t using (select {as_draft} from public.{table}"
    " where workflow_id = '{draft}' {one}) as s ({columns}) on false"
    " when not matched then insert ({columns}) values ({values})",
}
PARTS = {"workflow_nodes": ["type"], "workflow_edges": ["source", "target", "when_outcome"]}
ROLES = ("supabase_admin", "postgres", "service_role", "outbound_worker")


@pytest.fixture(params=["PUBLISHED", "ARCHIVED"])
def flows(db: Connection, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Ids of a workflow that is no draft, and of a draft with the same graph."""
    team_id = make_team(db).id
    row = db.execute(
        "insert into public.assistants (team_id, name, provider_assistant_id) values (%s, 'Ava', 'a') returning id",
        [team_id],
    ).fetchone()
    assert row is not None
    live = _scalar(db, "select public.create_workflow('Live', %s, %s) ->> 'id'", json.dumps(good(row[0])), team_id)
    db.execute("select public.publish_workflow(%s)", [live])
    draft = _scalar(db, "select public.clone_workflow(%s) ->> 'id'", live)
    if request.param == "ARCHIVED":
        db.execute("select public.archive_workflow(%s)", [live])
    yield {"live": live, "draft": draft, "status": request.param}
    db.rollback()


def _scalar(connection: Connection, query: str, *arguments: object) -> Any:
    row = connection.execute(query.encode(), arguments).fetchone()
    assert row is not None
    return row[0]


def refusal(connection: Connection, statement: str, role: str, *, is_granted_all: bool = True) -> str | None:
    """The SQLSTATE of a statement that a role makes, with all that a grant can give it or with what it has."""
    while True:
        try:
            with connection.transaction(force_rollback=True):
                if is_granted_all:
                    connection.execute(
                        "grant all on all tables in schema public, engine to service_role, outbound_worker"
                    )
                    connection.execute("alter role outbound_worker bypassrls")
                connection.execute("select set_config('role', %s, true)", [role])
                connection.execute(statement.encode())
        except psycopg.errors.DeadlockDetected:
            continue  # the server looked a table over, which the grant and a truncate may meet: no answer of the rule's
        except psycopg.Error as error:
            return error.sqlstate
        return None


def _whole(table: str, statement: str, flows: dict[str, str]) -> str:
    is_part = table != "workflows"
    return statement.format(
        table=table,
        key="workflow_id" if is_part else "id",
        column="label" if is_part else "name",
        conflict="workflow_id, id" if is_part else "id",
        other_id="id || 'x'" if is_part else "gen_random_uuid()",
        **flows,
    )


def _part(table: str, statement: str, flows: dict[str, str]) -> str:
    rest = ["team_id", *PARTS[table]]
    return statement.format(
        table=table,
        columns=", ".join(["workflow_id", "id", "status", *rest]),
        values=", ".join(f"s.{column}" for column in ["workflow_id", "id", "status", *rest]),
        as_draft=", ".join([f"'{flows['live']}'::uuid", "'new'", "status", *rest]),
        as_live=", ".join([f"'{flows['live']}'::uuid", "'new'", f"'{flows['status']}'::public.workflow_status", *rest]),
        one="and id = 'bye'" if table == "workflow_nodes" else "and id = 'e2'",
        **flows,
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", TABLES)
def test_every_write_is_refused(db: Connection, flows: dict[str, str], table: str, role: str) -> None:
    """With all privileges; the two codes are those of rows that do not change and of steps that are not there."""
    answers = {what: refusal(db, _whole(table, statement, flows), role) for what, statement in STATEMENTS.items()}
    legal = dict.fromkeys(STATEMENTS, "OB003")
    # no way back has a refusal of its own
    if table == "workflows":
        legal["update of the status"] = "OB002"
    assert answers == legal


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", PARTS)
def test_nothing_comes_in_and_nothing_gets_out(db: Connection, flows: dict[str, str], table: str, role: str) -> None:
    answers = {what: refusal(db, _part(table, statement, flows), role) for what, statement in PART_STATEMENTS.items()}
    assert answers == dict.fromkeys(PART_STATEMENTS, "OB003")


@pytest.mark.parametrize("table", PARTS)
def test_nothing_is_copied_in(db: Connection, flows: dict[str, str], table: str) -> None:
    columns, values = {
        "workflow_nodes": ("type", ["text"]),
        "workflow_edges": ("source, target, when_outcome", ["call", "bye", "busy"]),
    }[table]
    team_id = _scalar(db, "select team_id from public.workflows where id = %s", flows["live"])
    for status in ("DRAFT", flows["status"]):
        with (
            pytest.raises(psycopg.Error) as refused,
            db.transaction(),
            db.cursor().copy(
                f"copy public.{table} (team_id, workflow_id, id, status, {columns}) from stdin".encode()
            ) as copy,
        ):
            copy.write_row([team_id, flows["live"], "new", status, *values])
        assert refused.value.sqlstate == "OB003"


def test_nobody_begins_as_anything_but_a_draft(db: Connection, flows: dict[str, str]) -> None:
    """A row that is published without ever having been validated is no way round either."""
    columns = "team_id, lineage_id, name, status, version, published_at, archived_at"
    insert = (
        f"insert into public.workflows ({columns})"
        " select team_id, lineage_id, name, status, 9, published_at, archived_at"
        f" from public.workflows where id = '{flows['live']}'"
    )
    assert refusal(db, insert, "postgres") == "OB003"


@pytest.mark.parametrize("role", ["authenticated", "anon", "service_role", "outbound_worker"])
@pytest.mark.parametrize("table", TABLES)
def test_no_role_of_the_outside_can_even_try(db: Connection, flows: dict[str, str], table: str, role: str) -> None:
    """As they are granted: reading at most."""
    key = "id" if table == "workflows" else "workflow_id"
    for statement in (
        f"update public.{table} set status = 'DRAFT'",
        f"delete from public.{table} where {key} = '{flows['draft']}'",
        f"truncate public.{table} cascade",
        f"insert into public.{table} select * from public.{table}",
    ):
        assert refusal(db, statement, role, is_granted_all=False) == "42501"


def test_the_rows_are_as_they_were(db: Connection, flows: dict[str, str]) -> None:
    """What is refused leaves nothing behind, in the middle of many rows either."""

    def whole(workflow_id: str) -> Any:
        return _scalar(db, "select engine.workflow_graph(team_id, id) from public.workflows where id = %s", workflow_id)

    before = whole(flows["live"])
    assert refusal(db, "update public.workflow_nodes set label = 'x'", "postgres") == "OB003"
    assert refusal(db, "delete from public.workflows", "postgres") == "OB003"
    assert (whole(flows["live"]), whole(flows["draft"])) == (before, before)


def test_a_draft_takes_all_that_is_no_trigger(db: Connection, flows: dict[str, str]) -> None:
    """The same statements on a draft: the refusals above are about the status and nothing else."""
    draft = {**flows, "live": flows["draft"]}
    for table in TABLES:
        assert refusal(db, _whole(table, STATEMENTS["update"], draft), "postgres") is None
        assert refusal(db, _whole(table, STATEMENTS["upsert"], draft), "postgres") is None
    assert refusal(db, _part("workflow_nodes", PART_STATEMENTS["insert as a draft's"], draft), "postgres") is None
    assert refusal(db, _whole("workflows", STATEMENTS["delete"], draft), "postgres") is None
    assert refusal(db, _whole("workflow_edges", STATEMENTS["delete"], draft), "postgres") is None


def test_each_table_guards_itself_against_each_kind_of_write(db: Connection) -> None:
    """Emptying one empties those that refer to it, whose triggers refuse too: this asks for each one's own."""
    kinds = {"insert": 4, "delete": 8, "update": 16, "truncate": 32}
    found = db.execute(
        "select c.relname, k.kind from pg_trigger as t join pg_class as c on t.tgrelid = c.oid"
        " join unnest(%s::text[], %s::int[]) as k (kind, bit) on t.tgtype & k.bit > 0"
        " where c.relname = any(%s) and t.tgtype & 2 > 0 and t.tgenabled = 'O'",
        [list(kinds), list(kinds.values()), list(TABLES)],
    ).fetchall()
    assert set(found) == {(table, kind) for table in TABLES for kind in kinds}
