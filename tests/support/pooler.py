"""PgBouncer in transaction mode before a test's database, where the machine has it.

Its pool is small and it takes its sessions in turns, so two transactions of one client are hardly ever in the same.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import psycopg
from psycopg.conninfo import make_conninfo

from cli.stack.ports import free_port
from cli.stack.privileges import launcher, server_account
from tests.support.databases import Database
from tests.support.waiting import wait_until

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
WAYS = ["direct", *(["transaction_pooler"] if PGBOUNCER else [])]
"""How workers may reach their database on this machine: a test of both is collected for what there is."""
WORKER = "outbound_worker"
SESSIONS = 2
_SETTINGS = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {sessions}
server_round_robin = 1
max_client_conn = 200
"""


@dataclasses.dataclass(frozen=True)
class PooledDatabase(Database):
    """A copy that workers reach through a pooler only; everybody else connects to it directly."""

    port: int
    log: Path
    is_pooled: ClassVar[bool] = True

    def url(self, role: str = "supabase_admin", **parameters: str) -> str:
        """As that of the copy, with the pooler's port for workers."""
        direct = super().url(role, **parameters)
        return make_conninfo(direct, port=self.port) if role == WORKER else direct

    def troubles(self) -> list[str]:
        """What the pooler warned of: parameters that it does not know, clients and sessions that it had to give up."""
        return [line for line in self.log.read_text().splitlines() if " WARNING " in line or " ERROR " in line]


@contextlib.contextmanager
def transaction_pooler(database: Database, sessions: int = SESSIONS) -> Iterator[PooledDatabase]:
    """The database behind a pooler with so many sessions."""
    assert PGBOUNCER is not None
    cluster, port = database.server.cluster, free_port()
    with tempfile.TemporaryDirectory(prefix="outbound-pooler-") as made:
        users, settings, log = (Path(made, name) for name in ("users.txt", "pgbouncer.ini", "log"))
        users.write_text(f'"{WORKER}" "{cluster.password(WORKER)}"\n')
        settings.write_text(_SETTINGS.format(server=cluster.port, port=port, users=users, sessions=sessions))
        account = server_account()
        for path in (Path(made), users, settings):
            if account is not None:
                os.chown(path, account.uid, account.gid)
        start = launcher(Path(PGBOUNCER), settings)
        with log.open("wb") as said:
            process = subprocess.Popen(
                start.command([PGBOUNCER, settings]),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                **start.options,
            )
        pooled = PooledDatabase(database.server, database.name, port, log)
        try:
            wait_until(lambda: _answers(pooled) or process.poll() is not None, "the pooler to answer")
            assert process.poll() is None, log.read_text()
            yield pooled
        finally:
            process.terminate()
            process.wait()


@contextlib.contextmanager
def reached(database: Database, way: str) -> Iterator[Database]:
    """The database as workers reach it in one of the ways."""
    if way == "direct":
        yield database
        return
    with transaction_pooler(database) as pooled:
        yield pooled


def _answers(pooled: PooledDatabase) -> bool:
    try:
        psycopg.connect(pooled.url(WORKER), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
