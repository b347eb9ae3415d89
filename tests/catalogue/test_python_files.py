"""How the Python code is written, as far as linters do not see it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.dev.project import ROOT

MAX_LINES = 400
# Where SQL text may stand: the workers' one module for it, and what makes, checks or measures databases.
SQL_HOMES = ("workers/db/", "cli/stack/", "cli/dev/", "cli/bench/", "cli/doctor/workers.py", "tests/")

_SQL = re.compile(
    r"\s*(select\s.+\sfrom\s|select\s+\w+\.\w+\(|insert\s+into\s|update\s+\w+(\.\w+)?\s+set\s|delete\s+from\s|copy\s+\w+"
    r"(\.\w+)?\s*[(\s].*from\s+stdin|listen\s+\w+|with\s+\w+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)
_HOSTS = re.compile(r"\b(pypi|npmjs|debian|pythonhosted)\.org\b")


def sources() -> Iterator[tuple[str, str]]:
    for folder in ("cli", "workers", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def too_long(text: str) -> bool:
    return text.count("\n") > MAX_LINES


def sql_in(text: str) -> list[int]:
    """The lines of string literals that hold SQL; docstrings are prose."""
    tree = ast.parse(text)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in prose
        if _SQL.match(node.value if isinstance(node.value, str) else node.value.decode(errors="replace"))
    ]


def test_no_module_is_too_long_to_read() -> None:
    assert [name for name, text in sources() if too_long(text)] == []
    assert too_long("\n" * (MAX_LINES + 1))


def test_sql_stands_where_it_belongs() -> None:
    found = [f"{name}:{line}" for name, text in sources() if not name.startswith(SQL_HOMES) for line in sql_in(text)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        'run("select 1 from t")',
        'run("SELECT engine.tick()")',
        'x = b"insert into t values (1)"',
        'f("""\n  update engine.jobs set a = 1""")',
        'run(f"delete from {table}")',
        'copy("copy engine.import_rows (a) from stdin")',
        'run("with a as (select 1) select 2")',
    ],
)
def test_planted_sql_is_found(text: str) -> None:
    assert sql_in(text) != []


@pytest.mark.parametrize("text", ['"""select a row from the table."""', 'say("Select one.")', 'say("copy the file")'])
def test_prose_is_not_sql(text: str) -> None:
    assert sql_in(text) == []


def tracked() -> list[Path]:
    folders = ("cli", "workers", "tests", "sql", "supabase", "docs", "scripts")
    roots = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [*roots, *(path for path in ROOT.iterdir() if path.is_file())]


def test_no_file_names_a_registry_host() -> None:
    text_like = [
        path for path in tracked() if path.suffix in {".py", ".sql", ".md", ".toml", ".json", ".sh", ".txt", ""}
    ]
    assert [
        path.name for path in text_like if path != Path(__file__) and _HOSTS.search(path.read_text(errors="replace"))
    ] == []
    assert _HOSTS.search("https://files.python" + "hosted.org/x") is not None
