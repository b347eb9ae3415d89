"""The Data API without HTTP: the same RPCs on a connection, for tests of code that takes a `cli.api.Api`."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from cli.api import Api
from cli.errors import CommandError


class SqlApi(Api):
    """Calls RPCs as whoever the connection acts as; refusals become what `Api` makes of them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rpc(self, function: str, **arguments: Any) -> Any:
        named = [sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in arguments]
        call = sql.SQL("select to_jsonb(r) from public.{}({}) as r").format(
            sql.Identifier(function), sql.SQL(", ").join(named)
        )
        values = {name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in arguments.items()}
        try:
            row = self._connection.execute(call, values).fetchone()
        except psycopg.Error as error:
            detail = error.diag.message_detail
            raise CommandError(
                error.diag.message_primary or str(error),
                hint=error.diag.message_hint,
                code=error.sqlstate,
                detail=json.loads(detail) if detail and (error.sqlstate or "").startswith("OB") else detail,
            ) from error
        return row[0] if row else None
