"""Life cycle of one local PostgreSQL server, over any installed version: made, started, stopped, recovered.

The stack and the tests share it. A server listens on 127.0.0.1 alone (no unix socket, whose path could be too long
for the system), asks for passwords always, and is otherwise set up as for production: commits are durable.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import locale
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from cli.stack.binaries import Binaries, ClusterError
from cli.stack.privileges import launcher, server_account
from cli.stack.processes import wait_until

SUPERUSER = "supabase_admin"
DATABASE = "postgres"

_SECRET_FILE = "outbound.secret"
_SETTINGS_FILE = "outbound.conf"
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


class Cluster:
    """One data folder and the server that runs on it.

    Passwords of its roles are derived from one secret in the data folder, so that whoever may read that folder can
    connect, and nothing else has to be kept: `url("postgres", role="postgres")`.
    """

    def __init__(
        self,
        data_dir: Path,
        binaries: Binaries,
        port: int,
        *,
        cron_database: str = DATABASE,
        log_file: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`settings` adds to or overrides the server's own, such as `{"fsync": "off"}` for a throw-away one."""
        self.data_dir = data_dir.resolve()
        self.binaries = binaries
        self.port = port
        self.cron_database = cron_database
        self.log_file = log_file or self.data_dir.with_name(f"{self.data_dir.name}.log")
        self._settings = dict(settings or {})
        self._server: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    # --- connecting -------------------------------------------------------------------------------------------------

    def password(self, role: str) -> str:
        """The password of a role of this server."""
        try:
            secret = (self.data_dir / _SECRET_FILE).read_bytes()
        except OSError as error:
            raise ClusterError(
                f"The secret of the database in {self.data_dir} cannot be read ({error.strerror}).",
                hint="Use the account that made it, or start afresh with: outbound stack reset",
            ) from error
        return _password(secret, role)

    def url(self, database: str = DATABASE, role: str = SUPERUSER) -> str:
        """Connection URL of a role, with its password."""
        return f"postgresql://{role}:{quote(self.password(role))}@127.0.0.1:{self.port}/{quote(database)}"

    @contextlib.contextmanager
    def connect(self, database: str = DATABASE, role: str = SUPERUSER) -> Iterator[psycopg.Connection]:
        """A connection in autocommit, closed at the end."""
        with psycopg.connect(self.url(database, role), autocommit=True, connect_timeout=10) as connection:
            yield connection

    def allow_login(self, role: str) -> None:
        """Let a role log in with its derived password, sent hashed so that no log can hold it."""
        with self.connect() as connection:
            hashed = connection.pgconn.encrypt_password(self.password(role).encode(), role.encode(), b"scram-sha-256")
            connection.execute(
                sql.SQL("alter role {} with login password {}").format(
                    sql.Identifier(role), sql.Literal(hashed.decode())
                )
            )

    def create_database(self, name: str, *, template: str = "template0", owner: str | None = None) -> None:
        """Create a database, or copy one that nobody is connected to."""
        statement = sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        if owner is not None:
            statement += sql.SQL(" owner {}").format(sql.Identifier(owner))
        with self.connect() as connection:
            connection.execute(statement)

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whoever is connected to it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    # --- life cycle -------------------------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        """Whether the data folder holds a database."""
        return (self.data_dir / "PG_VERSION").exists()

    @property
    def pid(self) -> int | None:
        """Process id of the running server, verified to be a PostgreSQL on this very folder."""
        try:
            pid = int((self.data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
            command = psutil.Process(pid).cmdline()
        except (OSError, ValueError, psutil.Error):
            return None
        return pid if str(self.data_dir) in command and "postgres" in command[0] else None

    def is_running(self) -> bool:
        """Whether the server accepts connections."""
        return self.pid is not None and self._answers() is None

    def init(self) -> None:
        """Make the data folder, whole or not at all; nothing happens where it is there already."""
        if self.exists:
            self._refuse_foreign_data()
            return
        if self.data_dir.exists() and any(self.data_dir.iterdir()):
            raise ClusterError(
                f"{self.data_dir} is neither empty nor a database.",
                hint="Look what is in there; `outbound stack reset` removes it.",
            )
        unfinished = self.data_dir.with_name(f"{self.data_dir.name}.unfinished")
        password_file = self.data_dir.with_name(f"{self.data_dir.name}.password")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        secret = secrets.token_bytes(32)
        try:
            _write_private(password_file, _password(secret, SUPERUSER).encode())
            _hand_over(unfinished, password_file)
            self._initdb(unfinished, password_file)
            _write_private(unfinished / _SECRET_FILE, secret)
            _write_private(unfinished / _SETTINGS_FILE, b"")
            _hand_over(unfinished / _SECRET_FILE, unfinished / _SETTINGS_FILE)
            with (unfinished / "postgresql.conf").open("a") as configuration:
                configuration.write(f"\ninclude '{_SETTINGS_FILE}'\n")
            unfinished.rename(self.data_dir)
        finally:
            password_file.unlink(missing_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it answers; nothing happens where it runs already."""
        if self.pid is None:
            self._refuse_foreign_data()
            self._write_settings()
            self._clear_stale_lock()
            self._spawn()
        self._wait_until_ready()

    def stop(self, *, immediate: bool = False) -> None:
        """Stop the server: sessions are ended, what was committed stays."""
        pid = self.pid
        if pid is None:
            return
        for how in [signal.SIGQUIT] if immediate else [signal.SIGINT, signal.SIGQUIT]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            if wait_until(lambda: _has_ended(pid), _STOP_SECONDS):
                return
        raise ClusterError(f"PostgreSQL (process {pid}) does not stop.", hint=f"See {self.log_file}.")

    def crash(self) -> None:
        """End the server at once, as a crash would, and start it: it recovers what was committed."""
        self.stop(immediate=True)
        self.start()

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop(immediate=True)
        shutil.rmtree(self.data_dir, ignore_errors=True)
        self.log_file.unlink(missing_ok=True)

    # --- how it is done ---------------------------------------------------------------------------------------------

    def _initdb(self, data_dir: Path, password_file: Path) -> None:
        programs = self.binaries.bin_dir
        start = launcher(programs / "initdb", data_dir)
        made = subprocess.run(  # noqa: PLW1510 - told below, with what it said
            start.command(
                [
                    programs / "initdb",
                    f"--pgdata={data_dir}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--no-sync",
                    *_locale_options(),
                ]
            ),
            capture_output=True,
            text=True,
            env=_environment(),
            **start.options,
        )
        if made.returncode != 0:
            reason = made.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise ClusterError(f"PostgreSQL could not make its data folder: {reason[0]}")

    def _refuse_foreign_data(self) -> None:
        try:
            written_by = (self.data_dir / "PG_VERSION").read_text().strip()
        except FileNotFoundError as error:
            raise ClusterError(f"There is no database in {self.data_dir}.") from error
        except OSError as error:
            raise ClusterError(
                f"{self.data_dir} cannot be read ({error.strerror}): another account made it.",
                hint="Use that account, or another folder: OUTBOUND_STACK_DIR.",
            ) from error
        if written_by != str(self.binaries.major):
            raise ClusterError(
                f"The data in {self.data_dir} was written by PostgreSQL {written_by}, and this is "
                f"{self.binaries.version} ({self.binaries.kind}).",
                hint="Use that version, or give the data up with: outbound stack reset",
            )

    def _write_settings(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "max_worker_processes": "32",
            "shared_buffers": "256MB",
            "wal_compression": "on",
            "max_wal_size": "4GB",
            "checkpoint_timeout": "15min",
            "random_page_cost": "1.1",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        }
        if self.binaries.pg_cron:
            settings |= {
                "shared_preload_libraries": "pg_cron",
                "cron.database_name": self.cron_database,
                # jobs run inside the server: pg_cron's own connections would need a password
                "cron.use_background_workers": "on",
            }
        settings |= self._settings
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items()]
        (self.data_dir / _SETTINGS_FILE).write_text("# written anew at every start\n" + "".join(lines))

    def _clear_stale_lock(self) -> None:
        """Remove a lock whose process is gone, or is by now something else: PostgreSQL tells only the first."""
        with contextlib.suppress(FileNotFoundError):
            (self.data_dir / "postmaster.pid").unlink()

    def _spawn(self) -> None:
        postgres = self.binaries.bin_dir / "postgres"
        start = launcher(postgres, self.data_dir)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._log_start = log.tell()
            self._server = subprocess.Popen(
                start.command([postgres, "-D", self.data_dir]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                start_new_session=True,
                **start.options,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            problem = self._answers()
            if problem is None:
                return
            ended = self._server is not None and self._server.poll() is not None
            if ended and "pre-existing shared memory block" in self._log_since_start():
                # the last server was killed and its sessions are still going away
                time.sleep(0.2)
                self._spawn()
            elif ended:
                raise self._why_it_ended()
            if time.monotonic() > deadline:
                raise ClusterError(f"PostgreSQL does not answer: {problem}", hint=f"See {self.log_file}.")
            time.sleep(0.03)

    def _answers(self) -> str | None:
        """None when a session can be opened, else why not."""
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            return str(error).strip()
        return None

    def _log_since_start(self) -> str:
        with self.log_file.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _why_it_ended(self) -> ClusterError:
        log = self._log_since_start().splitlines()
        lines = [line.split("FATAL:", 1)[1].strip() for line in log if "FATAL:" in line]
        if any("could not create any TCP/IP sockets" in line for line in lines):
            return ClusterError(
                f"Port {self.port} is taken by another program, so PostgreSQL could not start.",
                hint="Run the same command again: it moves to a free port.",
            )
        reason = lines[-1] if lines else "it ended without a reason"
        return ClusterError(f"PostgreSQL could not start: {reason}.", hint=f"See {self.log_file}.")


def _password(secret: bytes, role: str) -> str:
    digest = hmac.new(secret, role.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _hand_over(*paths: Path) -> None:
    account = server_account()
    if account is not None:
        for path in paths:
            os.chown(path, account.uid, account.gid)


def _environment() -> dict[str, str]:
    """The server's environment: nothing of the caller's PG* settings or secrets reaches it."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "TZDIR") if name in os.environ} | {
        "LC_ALL": "C"
    }


def _locale_options() -> list[str]:
    """Text is compared by code point and upper-cased by Unicode, where the system has that locale."""
    current = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return ["--no-locale"]
    finally:
        locale.setlocale(locale.LC_CTYPE, current)
    return ["--locale=C.UTF-8"]


def _has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
