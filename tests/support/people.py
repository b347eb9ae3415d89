"""Acting as a person or a role on one connection, the way PostgREST does after it has verified a token."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg


@contextlib.contextmanager
def acting_as(
    connection: psycopg.Connection[Any], user_id: UUID | str | None = None, *, role: str = "authenticated"
) -> Iterator[psycopg.Connection[Any]]:
    """Every statement inside is that person's; the connection belongs to a superuser, who is back afterwards.

    Without a user it is the role alone: anon, service_role or outbound_worker.
    """
    claims = {"role": role} | ({"sub": str(user_id)} if user_id is not None else {})
    connection.execute("select set_config('request.jwt.claims', %s, false)", [json.dumps(claims)])
    connection.execute("select set_config('role', %s, false)", [role])
    try:
        yield connection
    finally:
        if not connection.closed:
            if connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
                connection.rollback()
            connection.execute("reset role")
            connection.execute("reset request.jwt.claims")
