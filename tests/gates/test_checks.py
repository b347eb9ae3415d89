"""The gates that look at a database say nothing of ours and something of what is planted."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.dev import checks
from cli.dev.databases import Server, run_sql
from cli.dev.project import ROOT, GateFailed, python_tool
from tests.support.databases import Database, Target, Targets

FUNCTION = """
    create function engine.planted(p_a integer) returns integer language {language} set search_path = ''
    as $$ {body} $$
"""

CHECKS = [checks.plpgsql_findings, checks.sql_function_findings, checks.supabase_lint_findings]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_functions_of_ours_are_clean(database: Database, check: Callable[[str], list[str]]) -> None:
    assert check(database.url()) == []


@pytest.mark.parametrize(
    ("check", "language", "body", "finding"),
    [
        (checks.plpgsql_findings, "plpgsql", "begin return nope; end", "42703"),
        (checks.plpgsql_findings, "plpgsql", "declare v_a integer; begin return p_a; end", "unused variable"),
        (checks.plpgsql_findings, "plpgsql", "begin return 'x'::jsonb; end", "22P02"),
        (checks.supabase_lint_findings, "plpgsql", "begin return nope; end", "nope"),
        (checks.sql_function_findings, "sql", "select nope", "42703"),
    ],
)
def test_a_planted_function_is_found(
    database: Database, check: Callable[[str], list[str]], language: str, body: str, finding: str
) -> None:
    script = FUNCTION.format(language=language, body=body)
    run_sql(database.url("postgres"), f"set check_function_bodies = off; {script}")
    found = check(database.url())
    assert any("engine.planted" in text and finding in text for text in found), found


def test_a_trigger_function_without_a_trigger_is_found(database: Database) -> None:
    body = "create function engine.planted() returns trigger language plpgsql as $$ begin return new; end $$"
    run_sql(database.url("postgres"), body)
    assert any("no trigger calls" in text for text in checks.plpgsql_findings(database.url()))


def test_a_finding_that_may_stand_and_is_not_said_any_more_is_found(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_STANDING", {"engine.gone(): ": "it was wrong"})
    assert any(text.startswith("engine.gone(): : not said") for text in checks.plpgsql_findings(database.url()))


@pytest.fixture
def pure(targets: Targets) -> Server:
    """The server of the migrations; its database holds nothing of the tests."""
    targets.template(Target.MIGRATIONS)
    return targets.server(Target.MIGRATIONS)


def test_the_advisors_say_nothing_of_ours_and_see_what_is_planted(pure: Server) -> None:
    name = pure.copy(Target.MIGRATIONS.value, "advised")
    try:
        assert checks.advisors_findings(pure.admin_url(name)) == []
        planted = "create table public.planted (a int); create view public.seen as select * from auth.users;"
        run_sql(pure.url(name), f"{planted} grant select on public.planted, public.seen to anon")
        found = " ".join(checks.advisors_findings(pure.admin_url(name)))
    finally:
        pure.drop(name)
    assert "rls_disabled_in_public" in found
    assert "auth_users_exposed" in found


def test_a_gate_with_findings_lists_them() -> None:
    checks.demand("gate", [])
    with pytest.raises(GateFailed, match="gate: 2 findings\n  one\n  two"):
        checks.demand("gate", ["one", "two"])


@pytest.mark.parametrize(
    ("sql", "rule"),
    [("SELECT 1;\n", "CP01"), ("select a from t\nwhere a <> 1 and b !=2;\n", "CV01"), ("select a b from t;\n", "AL02")],
)
def test_sqlfluff_follows_our_style(tmp_path: Path, sql: str, rule: str) -> None:
    path = tmp_path / "planted.sql"
    path.write_text(sql)
    command = [python_tool("sqlfluff"), "lint", "--config", str(ROOT / ".sqlfluff"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert rule in done.stdout
