"""Where benchmarks run: a throw-away server set up as for production, and databases of their own on it."""

from __future__ import annotations

import contextlib
import json
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import psycopg

from cli.bench.data_api import DataApi, serve
from cli.dev import databases
from cli.dev.databases import SOURCE, Server
from cli.output import say

# As a production server is set: a commit reaches the disk before it is answered.
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "max_wal_size": "4GB"}


@dataclass(frozen=True)
class Team:
    """A sandbox team and the person who administers it."""

    id: UUID
    admin_id: UUID


@dataclass(frozen=True)
class Database:
    """A database of a benchmark's own, built from sql/."""

    server: Server
    name: str

    def url(self, role: str = "postgres") -> str:
        """Connection URL of a role that may log in: postgres, authenticator, outbound_worker or supabase_admin."""
        return self.server.url(self.name, role)

    @contextlib.contextmanager
    def connect(self, role: str = "postgres", *, autocommit: bool = True) -> Iterator[psycopg.Connection[Any]]:
        """A connection, closed at the end."""
        with contextlib.closing(psycopg.connect(self.url(role), autocommit=autocommit)) as connection:
            yield connection

    @contextlib.contextmanager
    def connect_as(self, user_id: UUID) -> Iterator[psycopg.Connection[Any]]:
        """A connection whose every statement is that person's, as PostgREST's are once it has verified a token."""
        with self.connect("authenticator") as connection:
            claims = json.dumps({"sub": str(user_id), "role": "authenticated"})
            connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
            connection.execute("set role authenticated")
            # the statement timeout of a signed-in person on a hosted project
            connection.execute("set statement_timeout = '8s'")
            yield connection

    def make_team(self, name: str = "Evergreen Heating", timezone: str = "America/New_York") -> Team:
        """A sandbox team with an admin, who is made as well."""
        user_id = uuid.uuid4()
        with self.connect("supabase_admin", autocommit=False) as connection:
            connection.execute(
                "insert into auth.users (id, email, aud, role) values (%s, %s, 'authenticated', 'authenticated')",
                [user_id, f"{user_id.hex}@example.com"],
            )
            row = connection.execute(
                """
                with team as (
                    insert into public.teams (name, timezone, is_sandbox) values (%s, %s, true) returning id
                )
                insert into public.team_members (team_id, user_id, role)
                select team.id, %s, 'admin' from team
                returning team_id
                """,
                [name, timezone, user_id],
            ).fetchone()
            connection.commit()
        assert row is not None  # the statement inserts one row
        return Team(row[0], user_id)

    def settle(self) -> None:
        """Bring statistics and visibility up to date, as autovacuum has on a database in use."""
        with self.connect("supabase_admin") as connection:
            connection.execute("vacuum analyze")
            connection.execute("checkpoint")

    @contextlib.contextmanager
    def data_api(self) -> Iterator[DataApi]:
        """The Data API over this database, on ports of its own: gateway and PostgREST."""
        with (
            tempfile.TemporaryDirectory(prefix="outbound-bench-") as folder,
            serve(Path(folder), self.url("authenticator"), self.url("supabase_auth_admin")) as api,
        ):
            yield api


class Place:
    """What a benchmark is given. The server starts when it is first asked for and serves all of a run."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._server: Server | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def server(self) -> Server:
        """The server, with the template that databases are copied from."""
        if self._server is None:
            say("Building a database …")
            server = self._stack.enter_context(databases.scratch_server(settings=_DURABLE, on_disk=True))
            databases.build(server, SOURCE)
            server.cluster.allow_login("outbound_worker")
            self._server = server
        return self._server

    @contextlib.contextmanager
    def database(self, *, is_sandbox: bool = True) -> Iterator[Database]:
        """A fresh database, gone afterwards: a sandbox, or one whose clock is the real one."""
        name = self.server.copy(SOURCE, f"bench_{uuid.uuid4().hex[:12]}")
        database = Database(self.server, name)
        try:
            if is_sandbox:
                with database.connect() as connection:
                    connection.execute("select engine.become_sandbox()")
            yield database
        finally:
            self.server.drop(name)

    @staticmethod
    def say(text: str) -> None:
        """Tell the person who waits what is going on."""
        say(text)
