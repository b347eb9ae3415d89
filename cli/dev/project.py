"""Where things are: the project's folders, and the tools that the developer commands run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from cli.errors import CommandError

ROOT = Path(__file__).resolve().parents[2]
SQL = ROOT / "sql"
MIGRATIONS = ROOT / "supabase" / "migrations"


# Databases are thousands of small files: to make and drop one costs a tenth there of what it costs on a disk.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in it is made as in any other for temporary files
_ROOM = 4 << 30


def memory_folder() -> str | None:
    """A folder in memory for what nobody keeps; None where there is none with room."""
    try:
        found = os.statvfs(_MEMORY)
    except OSError:
        return None
    room = min(found.f_bavail * found.f_frsize, psutil.virtual_memory().available)
    usable = os.access(_MEMORY, os.W_OK | os.X_OK) and not found.f_flag & os.ST_NOEXEC
    return str(_MEMORY) if usable and room >= _ROOM else None


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
