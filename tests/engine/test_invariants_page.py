"""docs/engine.md names, for each rule of the engine, tests that are there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.pages import coded, rows_under

ROOT = Path(__file__).parents[2]
RULES = {row[0]: coded(row[2]) for row in rows_under("engine.md", "# What the engine keeps")}


def is_there(named: str) -> bool:
    """Whether a test exists: a file of SQL, or a function of a module."""
    path, _, function = named.partition("::")
    if not (ROOT / path).is_file():
        return False
    if not function:
        return path.endswith(".sql")
    defined = ast.parse((ROOT / path).read_text()).body
    return function in {node.name for node in defined if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_there_are_ten_rules() -> None:
    assert [rule.split(". ")[0] for rule in RULES] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("rule", RULES)
def test_what_proves_a_rule_is_there(rule: str) -> None:
    assert RULES[rule]
    assert [named for named in RULES[rule] if not is_there(named)] == []


def test_a_test_that_is_not_there_is_missed() -> None:
    assert not is_there("tests/engine/test_once.py::test_of_nothing")
    assert not is_there("tests/engine/test_never.py::test_of_nothing")
    assert not is_there("tests/engine/test_once.py")
    assert not is_there("tests/pgtap/check_eligibility/never.sql")
