"""The judge of pgTAP output, against every way in which a run can be less than a full pass."""

from __future__ import annotations

import pytest

from cli.dev.statements import split
from tests.support.pgtap import check_shape
from tests.support.tap import TapFailure, judge


def test_a_full_planned_run_passes() -> None:
    assert judge(["1..2", "ok 1 - first", "ok 2 - second"]) == 2


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        pytest.param(["1..1", "not ok 1 - x\n# Failed test 1"], "not ok 1", id="a failure"),
        pytest.param(["1..1", "not ok 1 - x # TODO later"], "not ok 1", id="a failure marked todo"),
        pytest.param(["1..1", "ok 1", "ok 2"], "planned 1 tests but ran 2", id="a short plan"),
        pytest.param(["1..3", "ok 1"], "planned 3 tests but ran 1", id="a long plan"),
        pytest.param(["ok 1"], "no plan", id="no plan"),
        pytest.param(["ok 1", "1..1"], "not the first line", id="a plan made afterwards"),
        pytest.param(["1..1", "1..1", "ok 1"], "second plan", id="two plans"),
        pytest.param(["1..0"], "empty plan", id="an empty plan"),
        pytest.param(["1..0 # SKIP no pgcrypto"], "not TAP", id="a skip of everything"),
        pytest.param(["1..1", "ok 1 - # SKIP not today"], "todo and skip", id="a skipped test"),
        pytest.param(["1..1", "ok 1", "Bail out! tired"], "Bail out!", id="a bail out"),
        pytest.param(["1..2", "ok 1", "ok 1"], "calls itself 1", id="a number twice"),
        pytest.param(["1..1", "ok 1", "(1 row)"], "not TAP", id="other output"),
        pytest.param([], "no plan", id="nothing"),
    ],
)
def test_anything_less_fails(output: list[str], problem: str) -> None:
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
