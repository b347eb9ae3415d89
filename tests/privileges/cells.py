"""One cell of the matrix: a persona calls a function, the way PostgREST does it, and everything is rolled back."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from cli.dev.fuzz.arguments import Rpc, fill
from cli.dev.fuzz.scene import Scene

PERSONAS = ("anon", "outbound_worker", "stranger", "other", "viewer", "operator", "admin", "service_role")
"""Who calls; `other` administers the other team, and the stranger has signed in but is in no team."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Answer:
    """What came of a call: its rows, or why it was refused; and how many rows it wrote."""

    code: str
    rows: str = ""
    message: str = ""
    detail: str = ""
    hint: str = ""
    path: str = ""
    """The lines of the functions that refused."""
    written: int = 0

    def without_ids(self) -> tuple[str, ...]:
        """All that the caller is told, and the way there, with the ids taken out."""
        told = (self.code, self.rows, self.message, self.detail, self.hint, self.path)
        return tuple(_UUID.sub("(id)", text) for text in told)


@dataclass(frozen=True)
class Theatre:
    """The scene, what is called, and a superuser's connection in a transaction."""

    connection: psycopg.Connection[Any]
    scene: Scene
    rpcs: dict[str, Rpc]

    def call(self, persona: str, rpc: Rpc, arguments: dict[str, Any]) -> Answer:
        """Call an RPC with named arguments, as a persona."""
        given = fill(arguments, self.scene)
        named = ", ".join(f"{name} => %s::{rpc.arguments[name]}" for name in given)
        values = [json.dumps(value) if rpc.arguments[name] == "jsonb" else value for name, value in given.items()]
        return self.run(persona, f"select * from public.{rpc.name}({named})", values)

    def run(self, persona: str, statement: str, values: list[Any] | None = None) -> Answer:
        """A statement by a persona, undone afterwards."""
        try:
            (before,) = self._row(_BECOME, self._claims(persona))
            rows = self.connection.execute(statement.encode(), values).fetchall()
            (after,) = self._row(_WRITTEN, {})
            return Answer("", rows=str(rows), written=after - before)
        except psycopg.Error as error:
            told = error.diag
            return Answer(
                told.sqlstate or type(error).__name__,
                message=told.message_primary or "",
                detail=told.message_detail or "",
                hint=told.message_hint or "",
                path=told.context or "",
            )
        finally:
            self.connection.rollback()

    def statements_done(self, persona: str, statements: Sequence[str]) -> list[str]:
        """Which of these statements are not refused for want of a right, each tried and undone on its own."""
        try:
            for query in (_TRY, "grant execute on function tests.not_denied to public"):
                self.connection.execute(query.encode())
            self._row(_BECOME, self._claims(persona))
            done = self.connection.execute("select tests.not_denied(%s)", [list(statements)]).fetchall()
            return [statement for (statement,) in done]
        finally:
            self.connection.rollback()

    def _claims(self, persona: str) -> dict[str, str]:
        """The role and the claims that PostgREST sets for a token of this persona's."""
        if persona in ("anon", "outbound_worker", "service_role"):
            return {"role": persona, "claims": json.dumps({"role": persona})}
        own, other = self.scene.own.people, self.scene.other.people
        users = {**own, "other": other["admin"], "stranger": self.scene.stranger}
        return {
            "role": "authenticated",
            "claims": json.dumps({"role": "authenticated", "sub": users[persona]}),
        }

    def _row(self, query: str, values: dict[str, str]) -> Any:
        row = self.connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return row


# Rows that this session has written and not yet reported: what counts is the difference.
_WRITTEN = "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int as rows from pg_stat_xact_user_tables"
_BECOME = f"""
    select w.rows
    from ({_WRITTEN}) as w
    cross join lateral (
        select set_config('request.jwt.claims', %(claims)s, true), set_config('role', %(role)s, true)
    ) as s
"""
# Each in a block of its own; what another error stops was allowed to begin.
_TRY = """
    create function tests.not_denied(p_statements text[]) returns setof text language plpgsql as $$
    declare
      v_statement text;
    begin
      foreach v_statement in array p_statements loop
        begin
          execute v_statement;
          return next v_statement;
          raise exception 'undone';
        exception
          when insufficient_privilege then null;
          when raise_exception then null;
          when others then return next v_statement;
        end;
      end loop;
    end
    $$
"""
