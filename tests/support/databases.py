"""The databases that tests run on: built once a run, copied for each module or test.

`outbound dev test` builds them for its gates and hands them over in an environment variable; pytest
alone builds what the chosen tests need.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus

from cli.dev import databases
from cli.dev.databases import Server
from cli.dev.statements import split
from cli.errors import CommandError

SUPPORT = Path(__file__).resolve().parents[1] / "pgtap" / "support"
# pgTAP's functions are found without a prefix; so are the helpers, but nothing of the product.
SEARCH_PATH = "tap, tests"


class Target(enum.Enum):
    """Where the SQL suite runs: both ways of building the database, and the embedded server's version."""

    SOURCE = databases.SOURCE
    MIGRATIONS = databases.MIGRATIONS
    EMBEDDED = databases.EMBEDDED


@dataclasses.dataclass(frozen=True)
class Database:
    """A copy that belongs to one test or module."""

    server: Server
    name: str
    is_pooled: ClassVar[bool] = False
    """Whether workers reach it through a transaction pooler."""

    def url(self, role: str = "supabase_admin", **parameters: str) -> str:
        """Connection URL of a role that may log in: supabase_admin, postgres, authenticator or outbound_worker."""
        url = self.server.url(self.name, role)
        return make_conninfo(url, **parameters) if parameters else url

    @contextlib.contextmanager
    def connect(self, role: str = "supabase_admin", *, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
        """A connection, rolled back and closed at the end. The helpers of schema `tests` are on its search path."""
        with contextlib.closing(psycopg.connect(self.url(role), autocommit=True)) as connection:
            if role == "supabase_admin":
                connection.execute(f"set search_path = {SEARCH_PATH}")
            connection.autocommit = autocommit
            try:
                yield connection
            finally:
                # so that its locks are gone when the test goes on; the server notices a closed connection only later
                if connection.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
                    with contextlib.suppress(psycopg.OperationalError):
                        connection.rollback()


class Targets:
    """Servers and templates of one pytest process."""

    KEY = pytest.StashKey["Targets"]()

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._servers = databases.handed_over()
        self._ready: set[Target] = set()
        self._broken: dict[Target, Exception] = {}
        self._pgtap: dict[Target, psycopg.Connection[Any]] = {}

    def close(self) -> None:
        """Stop what was started."""
        for connection in self._pgtap.values():
            connection.close()
        self._stack.close()

    def server(self, target: Target = Target.SOURCE) -> Server:
        """The server of a target, started when it is first asked for."""
        if target.value not in self._servers:
            kind = databases.KINDS[target.value]
            self._servers[target.value] = self._stack.enter_context(databases.scratch_server(kind))
        return self._servers[target.value]

    def template(self, target: Target = Target.SOURCE) -> str:
        """The database that is copied for the tests of a target, built when it is first asked for."""
        if target in self._broken:
            # building it again would break the same way, for every test
            raise self._broken[target]
        if target not in self._ready:
            try:
                self._build(self.server(target), target)
            except (CommandError, psycopg.Error) as error:
                self._broken[target] = error
                raise
            self._ready.add(target)
        return f"{target.value}_tests"

    def _build(self, server: Server, target: Target) -> None:
        finished, unfinished = f"{target.value}_tests", f"{target.value}_unfinished"
        with server.cluster.connect() as connection:
            # the processes of one run share the servers, and the first that comes builds
            connection.execute("select pg_advisory_lock(hashtext(%s))", [target.value])
            if server.has(finished):
                return
            if not server.has(target.value):
                databases.build(server, target.value)
            server.cluster.allow_login("outbound_worker")
            server.drop(unfinished)
            install_test_tools(server.admin_url(server.copy(target.value, unfinished)))
            connection.execute(f"alter database {unfinished} rename to {finished}".encode())

    @contextlib.contextmanager
    def copy(self, target: Target = Target.SOURCE) -> Iterator[Database]:
        """A database of one's own, gone afterwards."""
        template, server = self.template(target), self.server(target)
        name = server.copy(template, f"t_{uuid.uuid4().hex[:16]}")
        try:
            yield Database(server, name)
        finally:
            server.drop(name)

    def pgtap_connection(self, target: Target) -> psycopg.Connection[Any]:
        """One superuser's connection for all SQL tests of a target; each of them rolls back."""
        connection = self._pgtap.get(target)
        if connection is None or connection.closed:
            database = self._stack.enter_context(self.copy(target))
            connection = psycopg.connect(database.url(), autocommit=True, prepare_threshold=None)
            connection.execute(f"set search_path = {SEARCH_PATH}")
            self._pgtap[target] = connection
        return connection


def install_test_tools(admin_url: str) -> None:
    """Add pgTAP and our helpers to a database; as plain SQL, because the embedded server has no such extension."""
    with psycopg.connect(admin_url) as connection:
        connection.execute("create schema tap")
        connection.execute("create schema tests")
        connection.execute("grant usage on schema tap, tests to public")
        connection.execute("set local search_path = tap")
        connection.execute(_pgtap_script().read_bytes())
        connection.execute(f"set local search_path = {SEARCH_PATH}")
        load_helpers(connection)
        connection.execute("grant execute on all functions in schema tap, tests to public")


def load_helpers(connection: psycopg.Connection[Any], folder: Path = SUPPORT) -> None:
    """Make the helpers of schema `tests`, which is there and empty."""
    for path in sorted(folder.glob("*.sql")):
        for statement in split(path.read_text()):
            connection.execute(statement.text.encode())


def _pgtap_script() -> Path:
    scripts = sorted(Path("/usr/share/postgresql").glob("*/extension/pgtap.sql"))
    if not scripts:
        pytest.fail("pgTAP is not installed; `make setup` installs it")
    return scripts[-1]
