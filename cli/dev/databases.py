"""Throw-away servers, and the databases that the gates and tests build on them."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
from psycopg import sql

from cli.dev import source
from cli.dev.checks import SUPABASE_ENV
from cli.dev.project import ROOT, memory_folder, node_tool, run
from cli.stack.binaries import Kind, choose
from cli.stack.cluster import Cluster
from cli.stack.ports import free_port
from cli.stack.shape import shape_database

# The databases that everything is checked and tested on, each on a server of its own, because roles
# belong to the server: from sql/, from the migrations, and from sql/ on the embedded PostgreSQL.
SOURCE, MIGRATIONS, EMBEDDED = "source", "migrations", "embedded"
KINDS: dict[str, Kind] = {SOURCE: "system", MIGRATIONS: "system", EMBEDDED: "embedded"}

# A hosted project before anything of ours. pg_cron can be installed in its own database, where its
# launcher's connection keeps others from copying it, and in one of this name.
_EMPTY_PROJECT = "contrib_regression"
# Nothing of these servers outlives its run, so nothing needs to reach the disk.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
# Readers of a template take a second; this is for a busy machine.
_COPY_SECONDS = 60.0
_HANDED_OVER = "OUTBOUND_TEST_SERVERS"


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

    def has(self, database: str) -> bool:
        """Whether the server has a database of that name."""
        with self.cluster.connect() as connection:
            found = connection.execute("select from pg_database where datname = %s", [database]).fetchone()
        return found is not None

    def copy(self, template: str, name: str) -> str:
        """Make a database out of another; returns its name. Waits while a gate still reads the template."""
        # by file, which is twice as fast here as through the log
        statement = sql.SQL("create database {} template {} owner {} strategy file_copy").format(
            *map(sql.Identifier, (name, template, source.OWNER))
        )
        deadline = time.monotonic() + _COPY_SECONDS
        while True:
            try:
                with self.cluster.connect() as connection:
                    connection.execute(statement)
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return name

    def drop(self, name: str) -> None:
        """Drop a database and end whoever is connected to it."""
        self.cluster.drop_database(name)

    def build_from_source(self, name: str = SOURCE, files: list[source.SourceFile] | None = None) -> str:
        """Database A: an empty project with `sql/` loaded into it."""
        self.copy(_EMPTY_PROJECT, name)
        source.load(self.url(name), files)
        return name

    def build_from_migrations(self, name: str = MIGRATIONS, workdir: Path = ROOT) -> str:
        """Database B: an empty project with the migrations pushed to it, exactly as a user pushes them."""
        self.copy(_EMPTY_PROJECT, name)
        self.push(name, workdir)
        return name

    def push(self, name: str, workdir: Path = ROOT) -> None:
        """Apply the migrations that a database lacks, as its owner."""
        push = [node_tool("supabase"), "db", "push", f"--remote={self.url(name)}", f"--workdir={workdir}", "--yes"]
        run(push, env=SUPABASE_ENV)


Servers = dict[str, Server]


@contextlib.contextmanager
def scratch_server(
    kind: Kind = "system", settings: Mapping[str, str] | None = None, *, on_disk: bool = False
) -> Iterator[Server]:
    """A server in a folder of its own that is gone afterwards; `settings` go before those of throw-away ones.

    It is in memory where there is room, unless it is to be `on_disk`.
    """
    with tempfile.TemporaryDirectory(prefix="outbound-dev-", dir=None if on_disk else memory_folder()) as folder:
        cluster = Cluster(Path(folder) / "data", choose(kind), free_port(), settings={**_SETTINGS, **(settings or {})})
        try:
            cluster.init()
            cluster.start()
            shape_database(cluster, _EMPTY_PROJECT)
            yield Server(cluster)
        finally:
            cluster.stop(immediate=True)


def build(server: Server, name: str) -> str:
    """Build one of the three databases on its server."""
    return server.build_from_migrations(name) if name == MIGRATIONS else server.build_from_source(name)


@contextlib.contextmanager
def start_servers(names: tuple[str, ...] = (SOURCE, MIGRATIONS, EMBEDDED)) -> Iterator[Servers]:
    """Servers with the databases of these names, made side by side."""
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(scratch_server(KINDS[name])) for name in names}
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda name: build(servers[name], name), names))
        yield servers


def hand_over(servers: Servers) -> dict[str, str]:
    """The environment of a process that is to use these servers instead of starting its own."""
    clusters = {name: server.cluster for name, server in servers.items()}
    places = {name: [str(cluster.data_dir), cluster.port] for name, cluster in clusters.items()}
    return {**os.environ, _HANDED_OVER: json.dumps(places)}


def handed_over() -> Servers:
    """The servers that whoever started this process has built."""
    places: dict[str, tuple[str, int]] = json.loads(os.environ.get(_HANDED_OVER, "{}"))
    return {
        name: Server(Cluster(Path(folder), choose(KINDS[name]), port, settings=_SETTINGS))
        for name, (folder, port) in places.items()
    }


def run_sql(url: str, script: str) -> None:
    """Run a script in a transaction of its own."""
    with psycopg.connect(url) as connection:
        connection.execute(script.encode())
