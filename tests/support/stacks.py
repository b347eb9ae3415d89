"""Stacks of the tests' own: in a folder that is gone afterwards, never the developer's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support import warm

OUTBOUND = Path(sys.executable).with_name("outbound")
# What stays and waits for signals is started as a person does.
_STAY = {"demo", "worker", "dev", "bench"}


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, read."""
        return json.loads(self.out)


@dataclass(frozen=True)
class OwnStack:
    """A stack in a folder of its own, driven through the command line as a person does."""

    folder: Path

    def run(
        self,
        *arguments: str,
        stdin: str | None = None,
        folder: str | None = None,
        cold: bool = False,
        **environment: str,
    ) -> Outcome:
        """Run `outbound …` on this stack, without a terminal; `cold` starts the program as a person does."""
        # nothing of the developer's own settings may reach a test
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("OUTBOUND_")}
        settings = {**inherited, "OUTBOUND_STACK_DIR": str(self.folder), "COLUMNS": warm.COLUMNS, **environment}
        stays = arguments[0] in _STAY or arguments[:2] == ("sandbox", "serve")
        if not (cold or stays) and settings["COLUMNS"] == warm.COLUMNS:
            return Outcome(*warm.run(arguments, settings, stdin or "", folder))
        done = subprocess.run(
            [OUTBOUND, *arguments],
            env=settings,
            input=stdin or "",
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def up(self, *arguments: str, cold: bool = False, **environment: str) -> dict[str, Any]:
        """Bring it up; what `status --json` says then."""
        outcome = self.run("stack", "up", "--json", *arguments, cold=cold, **environment)
        assert outcome.status == 0, outcome.err
        shown: dict[str, Any] = outcome.json
        return shown

    def status(self) -> dict[str, Any]:
        """What `status --json` says."""
        shown: dict[str, Any] = self.run("stack", "status", "--json").json
        return shown

    def states(self) -> dict[str, str]:
        """The state of each part by its name."""
        return {part["name"]: part["state"] for part in self.status()["parts"]}

    def pids(self) -> dict[str, int | None]:
        """The process of each part by its name."""
        return {part["name"]: part["pid"] for part in self.status()["parts"]}

    def processes(self) -> list[psutil.Process]:
        """Every living process of this stack, its database server among them, found without asking the stack."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("OUTBOUND_STACK_DIR") == str(self.folder)
                server = str(self.folder / "postgres") in process.cmdline()
                if (ours or server) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


@contextmanager
def throwaway_stack(folder: Path) -> Iterator[OwnStack]:
    """A stack in this folder, not up yet; deleted with all that runs in it at the end."""
    stack = OwnStack(folder.resolve())
    try:
        yield stack
    finally:
        stack.run("stack", "reset", "--yes")
        left = [process.cmdline() for process in stack.processes()]
        assert not left, f"the stack left these running: {left}"
        assert not stack.folder.exists()
