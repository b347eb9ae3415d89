"""The gates that read text: formatters, linters, type checks and import contracts."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cli.dev import migration
from cli.dev.project import ROOT, SQL, GateFailed, python_tool, run
from cli.dev.source import SourceFile, read_source
from cli.dev.statements import split

PYTHON = ("cli", "workers", "tests")
PGTAP = ROOT / "tests" / "pgtap"


def ruff() -> None:
    """Style and likely mistakes of the Python code."""
    run([python_tool("ruff"), "check", *PYTHON])
    run([python_tool("ruff"), "format", "--check", *PYTHON])


def mypy() -> None:
    """Types, strictly."""
    run([python_tool("mypy")])


def imports() -> None:
    """Which layer may import which."""
    run([python_tool("lint-imports"), "--no-cache"])


def sqlfluff() -> None:
    """Style of the SQL. Function bodies are strings to it; a test looks at those."""
    done = run(
        [python_tool("sqlfluff"), "lint", "--processes", "2", "--disable-progress-bar", "--nocolor", SQL, PGTAP],
        check=False,
    )
    if done.returncode != 0:
        raise GateFailed(f"sqlfluff\n{done.stdout.strip()}\n{done.stderr.strip()}")
