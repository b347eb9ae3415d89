"""What a stack remembers between commands: ports, secrets, and which processes it started."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import jwt
from pydantic import BaseModel, Field, ValidationError

from cli.errors import CommandError
from cli.stack.processes import Handle

PostgresKind = Literal["system", "embedded", "external"]

_TEN_YEARS = 10 * 365 * 24 * 3600


class PostgresState(BaseModel):
    """Which PostgreSQL the stack runs on."""

    kind: PostgresKind
    version: str
    pg_cron: bool
    url: str | None = None
    """Only of an external one: as given, with its password."""
    worker_url: str | None = None
    """Only of an external one."""
    shape: str | None = None
    """Digest of the shape that the database was given last."""


class ProcessState(BaseModel):
    """A process that was started."""

    pid: int
    started: float
    log_start: int = 0
    """How long its log was when it started: what it said itself comes after."""
    settings: str
    """Digest of what it was started with: a part that should run with other settings is started again."""


class StackState(BaseModel):
    """`state.json`. Holds secrets: readable by its owner alone."""

    format: Literal[1] = 1
    id: str = Field(default_factory=lambda: secrets.token_hex(8))
    postgres: PostgresState | None = None
    requested: list[str] = Field(default_factory=list)
    """The parts that `up` was asked for; empty while the stack is down."""
    parts: list[str] = Field(default_factory=list)
    """The parts that are meant to run; empty while the stack is down."""
    ports: dict[str, int] = Field(default_factory=dict)
    processes: dict[str, ProcessState] = Field(default_factory=dict)
    jwt_secret: str = Field(default_factory=lambda: secrets.token_urlsafe(40))
    secrets: dict[str, str] = Field(default_factory=dict)
    """By the name under which the parts get them: `OUTBOUND_SECRET_<name>`."""
    connection: dict[str, Any] | None = None
    """What `outbound stack status --json` prints; None while the stack is down."""

    def api_key(self, role: str) -> str:
        """The project key of an API role, as Supabase makes them: a token that names only the role."""
        issued = 1_700_000_000  # fixed, so that a key stays the same for the life of the secret
        claims = {"iss": "supabase", "role": role, "iat": issued, "exp": issued + _TEN_YEARS}
        return jwt.encode(claims, self.jwt_secret, algorithm="HS256")

    def handle(self, part: str) -> Handle | None:
        """The process of a part, running or not; None when it was never started."""
        process = self.processes.get(part)
        return Handle(process.pid, process.started, f"{self.id}:{part}") if process else None


class StateFile:
    """`state.json` in a stack's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "state.json"

    def load(self) -> StackState | None:
        """What is remembered; None where no stack was ever up here."""
        try:
            return StackState.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise CommandError(
                f"{self.path} belongs to another account.",
                hint="Use that account, or another folder for the stack: OUTBOUND_STACK_DIR.",
            ) from error
        except ValidationError as error:
            raise CommandError(
                f"{self.path} cannot be read: it was written by another version of this program, or is damaged.",
                hint="Start afresh with: outbound stack reset",
            ) from error

    def load_or_none(self) -> StackState | None:
        """What is remembered, where it can be read."""
        try:
            return self.load()
        except CommandError:
            return None

    def save(self, state: StackState) -> None:
        """Replace the file in one step, so that a reader never sees half of it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(state.model_dump(mode="json"), file, indent=2)
            file.write("\n")
        fresh.replace(self.path)

    @contextlib.contextmanager
    def lock(self, seconds: float = 120.0) -> Iterator[None]:
        """One command at a time changes a stack; a second one waits for the first."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("w")
        except OSError as error:
            raise CommandError(
                f"The stack's folder {self.folder} cannot be written ({error.strerror}).",
                hint="Name another one in OUTBOUND_STACK_DIR.",
            ) from error
        with lock:
            deadline = time.monotonic() + seconds
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise CommandError("Another `outbound stack` command is still at work on this stack.") from None
                    time.sleep(0.1)
            yield
