"""Runs what CI runs, in its order: gates first, cheapest first, then every test."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from cli.dev import checks, gate, lint, migration, releases
from cli.dev.databases import MIGRATIONS, SOURCE, Server, Servers, hand_over, start_servers
from cli.dev.project import ROOT, memory_folder
from cli.errors import CommandError
from cli.output import print_error, say

_CHECKED = "outbound_checked"


@dataclass(frozen=True)
class _Outcome:
    """How a stage went."""

    seconds: float
    said: str | None = None
    error: CommandError | None = None


def _timed(stage: Callable[[], str | None]) -> _Outcome:
    started = time.monotonic()
    try:
        said = stage()
    except CommandError as error:
        return _Outcome(time.monotonic() - started, error=error)
    return _Outcome(time.monotonic() - started, said)


@dataclass
class Stages:
    """The stages of a run, each printed with its duration; a failed one does not keep the next from running."""

    failed: list[str] = field(default_factory=list)

    def run(self, name: str, stage: Callable[[], str | None]) -> None:
        """Run one stage. It returns what it has to say, or raises with what is wrong."""
        self._tell(name, _timed(stage))

    @contextlib.contextmanager
    def beside(self, name: str, stage: Callable[[], str | None]) -> Iterator[None]:
        """Run a stage while others run, and tell at the end how it went: one that keeps a single processor busy."""
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(_timed, stage)
            try:
                yield
            finally:
                self._tell(name, running.result())

    def _tell(self, name: str, outcome: _Outcome) -> None:
        took = f"({outcome.seconds:.1f} s)"
        if outcome.error is None:
            say(f"✓ {name} {took}{f': {outcome.said}' if outcome.said else ''}")
        else:
            self.failed.append(name)
            say(f"✗ {name} {took}")
            print_error(outcome.error)

    def demand(self) -> None:
        """Refuse when a stage has failed."""
        if self.failed:
            raise CommandError(f"Failed: {', '.join(self.failed)}.")


@contextlib.contextmanager
def all_gates(stages: Stages) -> Iterator[Servers]:
    """Every gate; gives the servers that the last of them have looked at."""
    with contextlib.ExitStack() as stack:
        with stages.beside("types: mypy", lint.mypy):
            static_gates(stages)
            servers = stack.enter_context(built_servers(stages))
            database_gates(stages, servers)
        stages.demand()
        yield servers


def static_gates(stages: Stages) -> None:
    """The gates that need no database; mypy, which takes long, runs beside all of them."""
    stages.run("lint: ruff", lint.ruff)
    stages.run("lint: sqlfluff", lint.sqlfluff)
    stages.run("lint: squawk", lint.squawk)
    stages.run("lint: prettier", lint.prettier)
    stages.run("types: tsc", lint.tsc)
    stages.run("import contracts", lint.imports)


def database_gates(stages: Stages, servers: Servers) -> None:
    """Parity, and the checks of functions, security and performance, on the database that users get."""

    def parity() -> str:
        migration.demand_finished()
        releases.demand_unchanged()
        gate.demand_parity(servers[SOURCE], servers[MIGRATIONS])
        return "sql/ and the migrations build the same database"

    def prove() -> str:
        return f"noticed {', '.join(gate.prove(servers[MIGRATIONS]))}"

    stages.run("parity", parity)
    stages.run("parity proves itself", prove)
    with _copy(servers[MIGRATIONS]) as url:
        # before the checkers: they install an extension that the advisors would speak of
        advisors = checks.advisors_findings
        stages.run("advisors", lambda: checks.demand("supabase db advisors", advisors(url)))
        stages.run("plpgsql_check", lambda: checks.demand("plpgsql_check", checks.plpgsql_findings(url)))
        stages.run("function bodies", lambda: checks.demand("functions in SQL", checks.sql_function_findings(url)))
        stages.run("supabase db lint", lambda: checks.demand("supabase db lint", checks.supabase_lint_findings(url)))


@contextlib.contextmanager
def _copy(server: Server) -> Iterator[str]:
    server.copy(MIGRATIONS, _CHECKED)
    try:
        yield server.admin_url(_CHECKED)
    finally:
        server.drop(_CHECKED)


@contextlib.contextmanager
def built_servers(stages: Stages) -> Iterator[Servers]:
    """Servers with both databases; there is nothing to check or test where one can't be built."""
    with contextlib.ExitStack() as stack:
        servers: Servers = {}

        def build() -> None:
            servers.update(stack.enter_context(start_servers()))

        stages.run("build the databases", build)
        if not servers:
            stages.demand()
        yield servers


def run_all(pytest_arguments: Sequence[str]) -> int:
    """Everything; returns the exit status."""
    with all_gates(Stages()) as servers:
        return pytest(pytest_arguments, servers)


def pytest(arguments: Sequence[str], servers: Servers) -> int:
    """Every test, on the servers that the gates have looked at; its own summary is the last thing printed."""
    sys.stderr.flush()
    # much of the time is waiting for servers to start and clocks to run; a file stays in one process
    command = [sys.executable, "-m", "pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", *arguments]
    # hundreds of processes import the same modules: none is to compile them anew, also where the caller keeps nothing
    environment = {**hand_over(servers), "PYTHONDONTWRITEBYTECODE": ""}
    if (memory := memory_folder()) is not None:
        environment |= {"TMPDIR": memory}  # the stacks that tests start are there, too
    return subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
