"""The judge of pgTAP output, against every way in which a run can be less than a full pass."""

from __future__ import annotations

import pytest

from cli.dev.statements import split
from tests.support.pgtap import check_shape
from tests.support.tap import TapFailure, judge


def test_a_full_planned_run_passes() -> None:
    assert judge(["1..2", "ok 1 - first", "ok 2 - second"]) == 2


@pytest.mark.parametrize(
    ("name", "output", "problem"),
    [
        ("a failure", ["1..1", "not ok 1 - x\n# Failed test 1"], "not ok 1"),
        ("a failure marked todo", ["1..1", "not ok 1 - x # TODO later"], "not ok 1"),
        ("a short plan", ["1..1", "ok 1", "ok 2"], "planned 1 tests but ran 2"),
        ("a long plan", ["1..3", "ok 1"], "planned 3 tests but ran 1"),
        ("no plan", ["ok 1"], "no plan"),
        ("a plan made afterwards", ["ok 1", "1..1"], "not the first line"),
        ("two plans", ["1..1", "1..1", "ok 1"], "second plan"),
        ("an empty plan", ["1..0"], "empty plan"),
        ("a skip of everything", ["1..0 # SKIP no pgcrypto"], "not TAP"),
        ("a skipped test", ["1..1", "ok 1 - # SKIP not today"], "todo and skip"),
        ("a bail out", ["1..1", "ok 1", "Bail out! tired"], "Bail out!"),
        ("a number twice", ["1..2", "ok 1", "ok 1"], "calls itself 1"),
        ("other output", ["1..1", "ok 1", "(1 row)"], "not TAP"),
        ("nothing", [], "no plan"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_anything_less_fails(name: str, output: list[str], problem: str) -> None:
    with pytest.raises(TapFailure, match=problem):
        judge(output)


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("select plan(1); select ok(true); select finish(); rollback;", "begin with"),
        ("begin; select plan(1); select ok(true); select finish();", "end with"),
        ("begin; select plan(1); select ok(true); rollback;", "finish"),
        ("begin; select no_plan(); select ok(true); select finish(); rollback;", "no_plan"),
        ("begin; select plan(1); commit; begin; select finish(); rollback;", "must not commit"),
        ("", "begin with"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(sql: str, problem: str) -> None:
    with pytest.raises(TapFailure, match=problem):
        check_shape(list(split(sql)))
