"""The runner of SQL tests, on files that must not pass; and the rule that CI skips nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli.dev.project import ROOT
from tests.support.databases import Target, Targets
from tests.support.pgtap import run_file
from tests.support.tap import TapFailure

GOOD = "begin;\nselect plan(2);\nselect ok(true, 'one');\nselect is(1, 1, 'two');\nselect * from finish();\nrollback;\n"


@pytest.fixture(params=list(Target), ids=lambda target: target.value)
def connection(targets: Targets, request: pytest.FixtureRequest) -> psycopg.Connection[Any]:
    return targets.pgtap_connection(request.param)


@pytest.fixture
def one_connection(targets: Targets) -> Iterator[psycopg.Connection[Any]]:
    """A connection that a test may break."""
    with targets.copy() as database, database.connect(autocommit=True) as connection:
        yield connection


def written(folder: Path, text: str) -> Path:
    path = folder / "planted.sql"
    path.write_text(text)
    return path


def test_a_good_file_passes_everywhere(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    assert run_file(connection, written(tmp_path, GOOD)) == 2


def test_what_a_file_does_is_undone(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    changing = GOOD.replace("select ok", "create table public.left_behind (a int);\nset local role anon;\nselect ok")
    run_file(connection, written(tmp_path, changing))
    row = connection.execute("select to_regclass('public.left_behind'), current_user::text").fetchone()
    assert row == (None, "supabase_admin")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param("plan(2)", "plan(3)", "planned 3 tests but ran 2", id="a plan that is too long"),
        pytest.param("plan(2)", "plan(1)", "planned 1 tests but ran 2", id="a plan that is too short"),
        pytest.param("select plan(2);\n", "", "plan", id="no plan"),
        pytest.param("plan(2)", "no_plan()", "no_plan", id="a plan that counts afterwards"),
        pytest.param("ok(true", "ok(false", "not ok 1", id="a failing test"),
        pytest.param("is(1, 1", "is(1, 2", r"have: 1\n.*want: 2", id="a difference, which is shown"),
        pytest.param("select ok(true, 'one')", "select 1 / 0", "planted.sql:3: 22012", id="an error, with its line"),
        pytest.param("rollback", "commit", "rollback", id="a commit"),
        pytest.param(
            "select ok(true, 'one')",
            "select pg_terminate_backend(pg_backend_pid())",
            "planted.sql:3: ",
            id="a connection that dies",
        ),
        pytest.param("select * from finish();\n", "", "finish", id="no finish"),
        pytest.param("select ok(true, 'one')", "select skip('later', 1)", "todo and skip", id="a skip"),
    ],
)
def test_anything_less_fails(
    one_connection: psycopg.Connection[Any], tmp_path: Path, old: str, new: str, problem: str
) -> None:
    with pytest.raises(TapFailure, match=problem):
        run_file(one_connection, written(tmp_path, GOOD.replace(old, new)))


def test_the_next_file_gets_a_new_connection_after_one_died(targets: Targets, tmp_path: Path) -> None:
    dying = GOOD.replace("select ok(true, 'one')", "select pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(TapFailure):
        run_file(targets.pgtap_connection(Target.SOURCE), written(tmp_path, dying))
    assert run_file(targets.pgtap_connection(Target.SOURCE), written(tmp_path, GOOD)) == 2


SKIPPING = {
    "in_the_test": "def test_a():\n    pytest.skip('not today')\n",
    "by_a_mark": "@pytest.mark.skipif(True, reason='never')\ndef test_a():\n    pass\n",
    "of_a_module": "pytest.skip('all of it', allow_module_level=True)\n",
    "of_a_missing_package": "pytest.importorskip('nothing_of_that_name')\n",
}


@pytest.mark.parametrize(("in_ci", "refused"), [("true", len(SKIPPING)), ("", 0)])
def test_a_skip_fails_in_ci_alone(tmp_path: Path, in_ci: str, refused: int) -> None:
    for name, text in SKIPPING.items():
        (tmp_path / f"test_{name}.py").write_text(f"import pytest\n\n{text}")
    (tmp_path / "test_other.py").write_text("def test_b():\n    pass\n")
    options = ["-p", "tests.conftest", "--continue-on-collection-errors", "-rA", "-c", os.devnull]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "CI": in_ci},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    assert len(told) == refused, ran.stdout
    assert min(ran.returncode, 1) == min(refused, 1)
    assert "1 passed" in ran.stdout
