"""The gates that read text: formatters, linters, type checks and import contracts."""

from __future__ import annotations

from cli.dev import migration
from cli.dev.project import ROOT, SQL, GateFailed, node_tool, python_tool, run
from cli.stack.migrations import stands_alone

PYTHON = ("cli", "workers", "tests")
PGTAP = ROOT / "tests" / "pgtap"


def ruff() -> None:
    """Style and likely mistakes of the Python code."""
    run([python_tool("ruff"), "check", *PYTHON])
    run([python_tool("ruff"), "format", "--check", *PYTHON])


def mypy() -> None:
    """Types, strictly."""
    run([python_tool("mypy")])


def prettier() -> None:
    """Form of the TypeScript, and of the tests' scripts for Node."""
    run([node_tool("prettier"), "--check", "types", "tests/**/*.{ts,mjs}"])


def tsc() -> None:
    """Types of the TypeScript, strictly."""
    run([node_tool("tsc"), "--project", ROOT])


def imports() -> None:
    """Which layer may import which."""
    run([python_tool("lint-imports"), "--no-cache"])


def squawk() -> str | None:
    """Migrations that would stop a database in use; the first one makes an empty database and stops nobody."""
    later = migration.existing()[1:]
    if not later:
        return "there is only the first migration, which nobody waits for"
    command = [python_tool("squawk"), "--reporter=gcc", "--pg-version=15"]
    alone = [path for path in later if stands_alone(path.read_text())]
    if within := [path for path in later if path not in alone]:
        run([*command, "--assume-in-transaction", *within])
    if alone:
        # it is one statement: there is no place for timeouts, and it waits for others without making anybody wait
        run([*command, "--exclude=require-lock-timeout,require-statement-timeout", *alone])
    return None


def sqlfluff() -> None:
    """Style of the SQL. Function bodies are strings to it; a test looks at those."""
    done = run(
        [python_tool("sqlfluff"), "lint", "--processes", "2", "--disable-progress-bar", "--nocolor", SQL, PGTAP],
        check=False,
    )
    if done.returncode != 0:
        raise GateFailed(f"sqlfluff\n{done.stdout.strip()}\n{done.stderr.strip()}")
