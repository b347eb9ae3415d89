"""The local stack as a whole: up, down, how it is, and giving it up."""

from __future__ import annotations

import hashlib
import http.client
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psycopg

from cli.errors import CommandError
from cli.settings import PROJECT
from cli.stack import database, ports
from cli.stack.binaries import Kind
from cli.stack.parts import (
    ALL_NAMES,
    BY_NAME,
    PARTS,
    POSTGRES,
    Databases,
    Part,
    log_of,
    make_secrets,
    part_environment,
    url_of,
    with_needs,
)
from cli.stack.processes import last_words, put_aside, size_of, spawn, strays
from cli.stack.state import ProcessState, StackState, StateFile

PartStatus = Literal["running", "unhealthy", "dead", "stopped"]

# a machine that is busy with much else takes its time; what has ended is told at once
_READY_SECONDS = 90.0
# parts that play the providers: never started on a production database
_REHEARSAL = ("sandbox", "worker")


@dataclass(frozen=True)
class Options:
    """What `up` was asked for."""

    postgres: Kind | None = None
    database_url: str | None = None
    worker_database_url: str | None = None
    migrate: bool = False
    sandbox: bool = False
    only: Sequence[str] = ()


@dataclass
class Changes:
    """What a command did, for people to read."""

    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Stack:
    """One stack in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = StateFile(folder)

    # --- up ---------------------------------------------------------------------------------------------------------

    def up(self, options: Options, progress: Callable[[str], None] = lambda _: None) -> Changes:
        """Start what does not run; `progress` is told what is being done. A second time nothing happens."""
        changes = Changes()
        with self.file.lock():
            state = self.file.load() or StackState()
            wanted = state.requested = with_needs(list(options.only) or state.requested or list(ALL_NAMES))
            # before anything is started: is everything there that will be?
            commands = {part.name: part.command() for part in PARTS if part.name in wanted}
            binaries = database.settle_kind(state, options.postgres, options.database_url)
            make_secrets(state)
            self._settle_ports(state)
            state.parts = wanted if binaries is not None else [name for name in wanted if name != POSTGRES]
            self.file.save(state)

            progress("database")
            was_running = self._postgres_status(state)[0] == "running"
            if binaries is not None:
                prepared = database.prepare_local(self.folder, state, binaries)
            else:
                prepared = database.prepare_external(
                    state,
                    options.database_url,
                    worker_url=options.worker_database_url,
                    migrate=options.migrate,
                    sandbox=options.sandbox,
                )
            if binaries is not None and not was_running:
                changes.started.append(POSTGRES)
            changes.migrations = [migration.path.name for migration in prepared.migrated]
            self._leave_production_alone(state, prepared, changes)
            self.file.save(state)

            for name in (part.name for part in PARTS if part.name in state.parts):
                if self._ensure(BY_NAME[name], commands[name], state, prepared.databases, changes):
                    self.file.save(state)
            self._wait_until_ready(state, progress)
            if prepared.migrated and "postgrest" not in changes.started:
                _reload_api(prepared.owner_url)
            state.connection = self._connection(state, prepared)
            self.file.save(state)
        return changes

    def _settle_ports(self, state: StackState) -> None:
        busy = {
            port
            for part in PARTS
            if (handle := state.handle(part.name)) is not None and handle.alive()
            for port in part.ports
        }
        cluster = database.cluster_of(self.folder, state)
        if cluster is not None and cluster.pid is not None:
            busy.add(POSTGRES)
        ports.settle_ports(state, [POSTGRES, *(port for part in PARTS for port in part.ports)], busy)

    @staticmethod
    def _leave_production_alone(state: StackState, prepared: database.Prepared, changes: Changes) -> None:
        left_out = [name for name in _REHEARSAL if name in state.parts]
        if prepared.is_sandbox or not left_out or not database.is_migrated(prepared.owner_url):
            return
        state.parts = [name for name in state.parts if name not in left_out]
        changes.notes.append(
            f"This is a production database, so {' and '.join(left_out)} are left out: they would mark its jobs as "
            "done without calling anybody. A database without teams becomes one for rehearsals with --sandbox."
        )

    def _ensure(
        self, part: Part, command: list[str], state: StackState, databases: Databases, changes: Changes
    ) -> bool:
        """Start a part that does not run, or runs with other settings; whether anything was done."""
        environment = part_environment(self.folder, part, state, databases)
        own = {name: value for name, value in environment.items() if name.startswith(("OUTBOUND_", "PGRST_"))}
        digest = hashlib.sha256(json.dumps([command, own], sort_keys=True).encode()).hexdigest()
        handle = state.handle(part.name)
        if handle is not None and handle.alive():
            if state.processes[part.name].settings == digest:
                return False
            handle.end(part.patience)
        mark = f"{state.id}:{part.name}"
        log = log_of(self.folder, part.name)
        put_aside(log)
        log_start = size_of(log)
        started = spawn(command, environment=environment, mark=mark, log=log, folder=PROJECT)
        state.processes[part.name] = ProcessState(
            pid=started.pid, started=started.started, log_start=log_start, settings=digest
        )
        changes.started.append(part.name)
        return True

    def _wait_until_ready(self, state: StackState, progress: Callable[[str], None]) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        waiting = [part for part in PARTS if part.name in state.parts]
        while waiting:
            progress(", ".join(part.name for part in waiting))
            for part in list(waiting):
                status, problem = self._part_status(part, state)
                if status == "running":
                    waiting.remove(part)
                elif status == "dead":
                    raise CommandError(
                        f"{part.name} ended right after it started: {problem}",
                        hint=f"Its log is {log_of(self.folder, part.name)}; `outbound stack down` stops the rest.",
                    )
                elif time.monotonic() > deadline:
                    raise CommandError(
                        f"{part.name} runs but does not answer: {problem}",
                        hint=f"Its log is {log_of(self.folder, part.name)}; `outbound stack down` stops the rest.",
                    )
            if waiting:
                time.sleep(0.05)

    def _connection(self, state: StackState, prepared: database.Prepared) -> dict[str, Any]:
        postgres = state.postgres
        assert postgres is not None  # it has been prepared
        return {
            "database_url": prepared.owner_url,
            "worker_database_url": prepared.databases.worker,
            "api_url": url_of(state, "gateway"),
            "anon_key": state.api_key("anon"),
            "service_role_key": state.api_key("service_role"),
            "jwt_secret": state.jwt_secret,
            "webhook_url": url_of(state, "webhooks"),
            "sandbox_urls": {
                "vapi": url_of(state, "sandbox", "/vapi"),
                "twilio": url_of(state, "sandbox", "/twilio"),
                "servicetitan": url_of(state, "sandbox", "/servicetitan"),
                "control": url_of(state, "sandbox", "/control"),
            },
            "postgres": {"version": postgres.version, "kind": postgres.kind, "pg_cron": postgres.pg_cron},
        }

    # --- status -----------------------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """What `outbound stack status --json` prints. Every URL is null while the stack is down."""
        state = self.file.load() or StackState()
        empty = dict.fromkeys(
            ("database_url", "worker_database_url", "api_url", "anon_key", "service_role_key", "jwt_secret",
             "webhook_url", "sandbox_urls", "postgres")
        )  # fmt: skip
        rows = []
        for name in ALL_NAMES:
            if name == POSTGRES:
                condition, detail = self._postgres_status(state)
                pid, address = self._postgres_place(state)
            else:
                part = BY_NAME[name]
                condition, detail = self._part_status(part, state)
                handle = state.handle(name)
                pid = handle.pid if handle is not None and condition in ("running", "unhealthy") else None
                address = part.address(state) if condition != "stopped" else None
            rows.append({"name": name, "state": condition, "pid": pid, "address": address, "detail": detail})
        return {**empty, **(state.connection or {}), "parts": rows}

    def _part_status(self, part: Part, state: StackState) -> tuple[PartStatus, str | None]:
        handle = state.handle(part.name)
        alive = handle is not None and handle.alive()
        if part.name not in state.parts and not alive:
            return "stopped", None
        if not alive:
            process = state.processes.get(part.name)
            return "dead", last_words(log_of(self.folder, part.name), since=process.log_start if process else 0)
        port, path = part.health
        problem = _ask(state.ports[port], path)
        return ("running", None) if problem is None else ("unhealthy", problem)

    def _postgres_status(self, state: StackState) -> tuple[PartStatus, str | None]:
        postgres = state.postgres
        if postgres is not None and postgres.kind == "external":
            return self._external_status(state)
        cluster = database.cluster_of(self.folder, state)
        if cluster is None or (POSTGRES not in state.parts and cluster.pid is None):
            return "stopped", None
        if cluster.pid is None:
            return "dead", last_words(cluster.log_file)
        if not cluster.is_running():
            return "unhealthy", "it accepts no connections"
        assert postgres is not None  # a cluster is remembered with it
        return "running", f"{postgres.kind} {postgres.version}, {_cron(pg_cron=postgres.pg_cron)}"

    @staticmethod
    def _external_status(state: StackState) -> tuple[PartStatus, str | None]:
        postgres = state.postgres
        if postgres is None or postgres.url is None or not state.parts:
            return "stopped", None
        try:
            psycopg.connect(postgres.url, connect_timeout=5).close()
        except psycopg.Error as error:
            return "unhealthy", str(error).strip().splitlines()[0]
        return "running", f"external {postgres.version}, {_cron(pg_cron=postgres.pg_cron)}"

    def _postgres_place(self, state: StackState) -> tuple[int | None, str | None]:
        cluster = database.cluster_of(self.folder, state)
        if cluster is None or cluster.pid is None:
            return None, None
        return cluster.pid, f"127.0.0.1:{cluster.port}"

    # --- down and reset ---------------------------------------------------------------------------------------------

    def down(self, progress: Callable[[str], None] = lambda _: None) -> Changes:
        """Stop what was started, last first. Data stays."""
        changes = Changes()
        if not self.folder.exists():
            return changes
        with self.file.lock():
            state = self.file.load()
            if state is None:
                return changes
            running = [
                (part, handle)
                for part in reversed(PARTS)
                if (handle := state.handle(part.name)) is not None and handle.alive()
            ]
            changes.stopped = [part.name for part, _ in running]
            if running and running[0][0].name == "worker":
                # it finishes what it began with the others' help; they need no order among themselves
                part, handle = running.pop(0)
                progress(part.name)
                handle.end(part.patience)
            for _, handle in running:
                handle.ask_to_end()
            for part, handle in running:
                progress(part.name)
                handle.see_it_end(part.patience)
            self._end_strays()
            cluster = database.cluster_of(self.folder, state)
            if cluster is not None and cluster.pid is not None:
                progress(POSTGRES)
                cluster.stop()
                changes.stopped.append(POSTGRES)
            state.processes, state.requested, state.parts, state.connection = {}, [], [], None
            self.file.save(state)
        return changes

    def _end_strays(self) -> None:
        """End what was started by a command that was killed before it could note it."""
        for handle in strays(self.folder):
            handle.end(5.0)

    def reset(self) -> None:
        """Stop everything and delete the folder: data, logs, secrets."""
        if (self.folder / "state.json").exists():
            try:
                self.down()
            except CommandError:
                # a state that can't be read is one reason for a reset; the server is found by its own lock file
                self._end_strays()
                database.stop_unknown(self.folder)
        shutil.rmtree(self.folder)

    def losses(self) -> list[str]:
        """What a reset would delete, in words."""
        if not self.folder.exists():
            return []
        size = sum(path.lstat().st_size for path in self.folder.rglob("*") if path.is_file())
        lines = [f"{self.folder} ({size / 1_000_000:.0f} MB): its database, logs, keys and secrets"]
        state = self.file.load_or_none()
        if state is not None and state.postgres is not None and state.postgres.kind == "external":
            lines[0] = lines[0].replace("its database, ", "") + "; the database itself stays as it is"
        elif state is not None and state.connection is not None:
            lines += database.contents(state.connection["database_url"])
        return lines


def _reload_api(url: str) -> None:
    """PostgREST keeps the schema in its memory."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("notify pgrst, 'reload schema'")


def _cron(*, pg_cron: bool) -> str:
    return "pg_cron" if pg_cron else "no pg_cron: the worker keeps time"


def _ask(port: int, path: str) -> str | None:
    """None when a request is answered with success, else what is wrong."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return None if answer.status < 300 else f"answers {answer.status}"
    except OSError as error:
        return error.strerror or str(error)
    except http.client.HTTPException as error:
        return type(error).__name__
    finally:
        connection.close()
