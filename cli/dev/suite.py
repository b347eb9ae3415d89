"""Runs what CI runs, in its order: gates first, cheapest first, then every test."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from cli.dev import checks, gate, lint, migration, releases
from cli.dev.databases import MIGRATIONS, SOURCE, Server, Servers, hand_over, start_servers
from cli.dev.project import ROOT, memory_folder
from cli.errors import CommandError
from cli.output import print_error, say

_CHECKED = "outbound_checked"


@dataclass
class Stages:
    """The stages of a run, each printed with its duration; a failed one does not keep the next from running."""

    failed: list[str] = field(default_factory=list)

    def run(self, name: str, stage: Callable[[], str | None]) -> None:
        """Run one stage. It returns what it has to say, or raises with what is wrong."""
        started = time.monotonic()
        try:
            said = stage()
        except CommandError as error:
            self.failed.append(name)
            say(f"✗ {name} ({time.monotonic() - started:.1f} s)")
            print_error(error)
        else:
            say(f"✓ {name} ({time.monotonic() - started:.1f} s){f': {said}' if said else ''}")

    def demand(self) -> None:
        """Refuse when a stage has failed."""
        if self.failed:
            raise CommandError(f"Failed: {', '.join(self.failed)}.")


def static_gates(stages: Stages) -> None:
    """The gates that need no database."""
    stages.run("lint: ruff", lint.ruff)
    stages.run("lint: sqlfluff", lint.sqlfluff)
    stages.run("lint: squawk", lint.squawk)
    stages.run("lint: prettier", lint.prettier)
    stages.run("types: mypy", lint.mypy)
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
    stages = Stages()
    static_gates(stages)
    with built_servers(stages) as servers:
        database_gates(stages, servers)
        stages.demand()
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
