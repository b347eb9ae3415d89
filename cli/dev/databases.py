"""Throw-away servers, and the databases that the gates and tests build on them."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from cli.dev import source
from cli.dev.checks import SUPABASE_ENV
from cli.dev.project import ROOT, node_tool, run
from cli.stack.binaries import Kind, choose
from cli.stack.cluster import Cluster, free_port
from cli.stack.shape import shape_database

# A hosted project before anything of ours. pg_cron can be installed in its own database, where its
# launcher's connection keeps others from copying it, and in one of this name.
EMPTY_PROJECT = "contrib_regression"

# Nothing of these servers outlives its run, so nothing needs to reach the disk.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "150"}


class Server:
    """A running throw-away server, with an empty Supabase-shaped project to copy."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    @property
    def pg_dump(self) -> Path:
        """The pg_dump of the same version as the server."""
        return self.cluster.binaries.bin_dir / "pg_dump"

    def admin_url(self, database: str) -> str:
        """Connects as the superuser, who sees everything."""
        return self.cluster.url(database)

    def url(self, database: str, role: str = source.OWNER) -> str:
        """Connects as a role that may log in; the owner of the schema, unless another is named."""
        return self.cluster.url(database, role)

    def copy(self, template: str, name: str) -> str:
        """Make a database out of another that nobody is connected to; returns its name."""
        self.cluster.create_database(name, template=template, owner=source.OWNER)
        return name

    def drop(self, name: str) -> None:
        """Drop a database and end whoever is connected to it."""
        self.cluster.drop_database(name)

    def build_from_source(self, name: str, files: list[source.SourceFile] | None = None) -> str:
        """Database A: an empty project with `sql/` loaded into it."""
        self.copy(EMPTY_PROJECT, name)
        source.load(self.url(name), files)
        return name

    def build_from_migrations(self, name: str, workdir: Path = ROOT) -> str:
        """Database B: an empty project with the migrations pushed to it, exactly as a user pushes them."""
        self.copy(EMPTY_PROJECT, name)
        push = [node_tool("supabase"), "db", "push", f"--remote={self.url(name)}", f"--workdir={workdir}", "--yes"]
        run(push, env=SUPABASE_ENV)
        return name


@contextlib.contextmanager
def scratch_server(kind: Kind = "system") -> Iterator[Server]:
    """A server in a folder of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="outbound-dev-") as folder:
        server = Server(Cluster(Path(folder) / "data", choose(kind), free_port(), settings=_SETTINGS))
        start(server)
        try:
            yield server
        finally:
            server.cluster.stop(immediate=True)


def start(server: Server) -> None:
    """Initialise and start a server, and give it its empty project."""
    server.cluster.init()
    server.cluster.start()
    shape_database(server.cluster, EMPTY_PROJECT)


def open_server(kind: Kind, data_dir: Path, port: int) -> Server:
    """A server that another process started."""
    return Server(Cluster(data_dir, choose(kind), port, settings=_SETTINGS))


def allow_worker_login(server: Server) -> None:
    """Give the workers' role, which the source creates without login, the password that `url` uses."""
    server.cluster.allow_login("outbound_worker")


def run_sql(url: str, script: str) -> None:
    """Run a script in a transaction of its own."""
    with psycopg.connect(url) as connection:
        connection.execute(script.encode())
