"""The stack's database: a local server of its own, or one that exists already; migrated, and open for its parts."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from cli.errors import CommandError
from cli.stack import migrations
from cli.stack.binaries import Binaries, Kind, choose
from cli.stack.cluster import Cluster
from cli.stack.parts import POSTGRES, Databases, log_of
from cli.stack.shape import SHAPE, shape_database
from cli.stack.state import PostgresState, StackState

WORKER_ROLE = "outbound_worker"


@dataclass(frozen=True)
class Prepared:
    """A database that is ready for the parts."""

    owner_url: str
    """As the owner of the schema: what migrations run as."""
    databases: Databases
    migrated: Sequence[migrations.Migration]
    is_sandbox: bool
    """Whether rehearsals may run on it; a production database is never given to the sandbox's workers."""


def cluster_of(folder: Path, state: StackState) -> Cluster | None:
    """The local server that the stack remembers, to be asked or stopped; None where there is none."""
    remembered = state.postgres
    if remembered is None or remembered.kind == "external" or POSTGRES not in state.ports:
        return None
    binaries = Binaries(remembered.kind, Path(), remembered.version, remembered.pg_cron)
    return _cluster(folder, binaries, state.ports[POSTGRES])


def _cluster(folder: Path, binaries: Binaries, port: int) -> Cluster:
    return Cluster(folder / "postgres", binaries, port, log_file=log_of(folder, POSTGRES))


def settle_kind(state: StackState, kind: Kind | None, external_url: str | None) -> Binaries | None:
    """Which PostgreSQL this stack runs on, noted in its state; None for an external one.

    A stack keeps the kind that it was first started with: its data is there.
    """
    remembered = state.postgres
    wanted = "external" if external_url else kind
    if remembered is not None and wanted is not None and remembered.kind != wanted:
        raise CommandError(
            f"This stack runs on the {remembered.kind} PostgreSQL {remembered.version}, and its data is there.",
            hint="Leave the option out, name another folder in OUTBOUND_STACK_DIR, or: outbound stack reset",
        )
    if external_url or (remembered is not None and remembered.kind == "external"):
        return None
    binaries = choose(remembered.kind if remembered is not None and remembered.kind != "external" else kind)
    if remembered is None:
        state.postgres = PostgresState(kind=binaries.kind, version=binaries.version, pg_cron=binaries.pg_cron)
    else:
        remembered.version, remembered.pg_cron = binaries.version, binaries.pg_cron
    return binaries


def prepare_local(folder: Path, state: StackState, binaries: Binaries) -> Prepared:
    """Start the stack's own server, shape its database like a hosted project and migrate it."""
    cluster = _cluster(folder, binaries, state.ports[POSTGRES])
    cluster.init()
    cluster.start()
    remembered = state.postgres
    assert remembered is not None  # settle_kind() has noted it
    digest = hashlib.sha256(SHAPE.read_bytes()).hexdigest()
    if remembered.shape != digest:
        shape_database(cluster)
        remembered.shape = digest
    owner_url = cluster.url(role="postgres")
    migrated = migrations.apply(owner_url)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        is_sandbox = _become_sandbox(connection)
        has_worker = _has_role(connection, WORKER_ROLE)
    if has_worker:
        cluster.allow_login(WORKER_ROLE)
    databases = Databases(
        api=cluster.url(role="authenticator"),
        auth=cluster.url(role="supabase_auth_admin"),
        worker=cluster.url(role=WORKER_ROLE),
    )
    return Prepared(owner_url, databases, migrated, is_sandbox)


def prepare_external(
    state: StackState, url: str | None, *, worker_url: str | None, migrate: bool, sandbox: bool
) -> Prepared:
    """Look at a database that exists, migrate it if that was asked for, and find out how workers get in."""
    remembered = state.postgres
    url = url or (remembered.url if remembered else None)
    assert url is not None  # an external database has a URL, given now or remembered
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise CommandError(f"The database does not let us in: {str(error).strip().splitlines()[0]}") from error
    with connection:
        state.postgres = _look_at(connection, url)
        state.postgres.worker_url = worker_url or (remembered.worker_url if remembered else None)
        waiting = migrations.pending(connection)
        if waiting and not migrate:
            raise CommandError(
                f"The database lacks {len(waiting)} migration(s), the first is {waiting[0].path.name}.",
                hint="Apply them with `supabase db push`, or repeat this with --migrate.",
            )
        migrated = migrations.apply(url) if waiting else []
        is_sandbox = _become_sandbox(connection) if sandbox else _is_sandbox(connection)
        worker = state.postgres.worker_url = state.postgres.worker_url or _open_for_workers(connection, url)
    return Prepared(url, Databases(api=url, auth=url, worker=worker), migrated, is_sandbox)


def _look_at(connection: psycopg.Connection, url: str) -> PostgresState:
    missing = [
        role
        for role in ("anon", "authenticated", "service_role", "auth.users")
        if not (_has_table(connection, role) if "." in role else _has_role(connection, role))
    ]
    if missing:
        raise CommandError(
            f"The database is not a Supabase project: it has no {', '.join(missing)}.",
            hint="Give the connection string of a Supabase project, or leave --database-url out.",
        )
    row = connection.execute(
        "select current_setting('server_version'), exists (select from pg_extension where extname = 'pg_cron')"
    ).fetchone()
    assert row is not None
    if connection.info.server_version < 150000:
        raise CommandError(f"The database runs PostgreSQL {row[0]}; 15 or later is needed.")
    return PostgresState(kind="external", version=str(row[0]).split(" ")[0], pg_cron=bool(row[1]), url=url)


def _open_for_workers(connection: psycopg.Connection, url: str) -> str:
    """Let the workers' role log in with a new password, unless somebody has given it one already."""
    can_login = connection.execute("select rolcanlogin from pg_roles where rolname = %s", [WORKER_ROLE]).fetchone()
    if can_login is None:
        raise CommandError(f"The database has no role {WORKER_ROLE}.", hint="Repeat this with --migrate.")
    if can_login[0]:
        raise CommandError(
            f"The role {WORKER_ROLE} has a password already, and workers elsewhere may be using it.",
            hint="Say how to connect as that role: --worker-database-url",
        )
    password = secrets.token_urlsafe(24)
    hashed = connection.pgconn.encrypt_password(password.encode(), WORKER_ROLE.encode(), b"scram-sha-256")
    connection.execute(
        sql.SQL("alter role {} with login password {}").format(
            sql.Identifier(WORKER_ROLE), sql.Literal(hashed.decode())
        )
    )
    parts = urlsplit(url)
    # a pooler is told the project after a dot: postgres.<project>
    _, dot, project = (parts.username or "").partition(".")
    user = f"{WORKER_ROLE}{dot}{project}"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password)}@{host}"))


def _become_sandbox(connection: psycopg.Connection) -> bool:
    """Make a database without teams a sandbox, whose clock can be set; whether it is one now."""
    if not _has_table(connection, "engine.deployment"):
        return False
    if not _is_sandbox(connection):
        try:
            connection.execute("select engine.become_sandbox()")
        except psycopg.Error as error:
            if error.sqlstate != "OB002":
                raise
    return _is_sandbox(connection)


def _is_sandbox(connection: psycopg.Connection) -> bool:
    if not _has_table(connection, "engine.deployment"):
        return False
    row = connection.execute("select environment::text from engine.deployment").fetchone()
    return row is not None and row[0] == "sandbox"


def _has_role(connection: psycopg.Connection, role: str) -> bool:
    return connection.execute("select from pg_roles where rolname = %s", [role]).fetchone() is not None


def _has_table(connection: psycopg.Connection, table: str) -> bool:
    return connection.execute("select where to_regclass(%s) is not null", [table]).fetchone() is not None


def is_migrated(url: str) -> bool:
    """Whether the database has the engine."""
    with psycopg.connect(url, autocommit=True) as connection:
        return _has_table(connection, "engine.deployment")


def contents(url: str) -> list[str]:
    """How much of what people made is in a database, in words; nothing where it can't be asked."""
    counts = []
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            for table in ("auth.users", "public.teams", "public.contacts", "public.campaigns"):
                if _has_table(connection, table):
                    row = connection.execute(
                        sql.SQL("select count(*) from {}").format(sql.Identifier(*table.split(".")))
                    ).fetchone()
                    assert row is not None
                    counts.append(f"{row[0]} {table.split('.')[1]}")
    except psycopg.Error:
        return []
    return [f"in the database: {', '.join(counts)}"] if counts else []


def stop_unknown(folder: Path) -> None:
    """Stop the server on the stack's data folder when nothing else is known of it."""
    _cluster(folder, Binaries("system", Path(), "0", pg_cron=False), 0).stop()
