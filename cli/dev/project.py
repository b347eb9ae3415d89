"""Where things are: the project's folders, and the tools that the developer commands run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.errors import CommandError

ROOT = Path(__file__).resolve().parents[2]
SQL = ROOT / "sql"
MIGRATIONS = ROOT / "supabase" / "migrations"


class ToolMissing(CommandError):
    """A program that a gate needs is not installed; the hint says how to get it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not installed.", hint="`make setup` installs it.")


class GateFailed(CommandError):
    """A gate has findings; the message is what a developer has to read to mend them."""


def python_tool(name: str) -> str:
    """The path of a console script that `make setup` installs beside the running interpreter."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise ToolMissing(name)
    return found


def node_tool(name: str) -> str:
    """The path of a program from `node_modules`, else from the PATH."""
    local = ROOT / "node_modules" / ".bin" / name
    found = str(local) if local.exists() else shutil.which(name)
    if found is None:
        raise ToolMissing(name)
    return found


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a tool without a terminal and with its output captured; a failure carries that output."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode != 0:
        output = "\n".join(part.strip() for part in (done.stdout, done.stderr) if part.strip())
        raise GateFailed(f"{Path(str(command[0])).name} ended with {done.returncode}\n{output}")
    return done
