"""How tests are shared among processes."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.support.schedule import ByStack, scheduler


class Config:
    """What xdist asks of pytest."""

    def __init__(self, dist: str) -> None:
        self._told = {"dist": dist, "tx": ["3*popen"]}

    def getvalue(self, name: str) -> Any:
        return self._told[name]

    getoption = getvalue


def sharing(dist: str) -> Any:
    return scheduler(cast("pytest.Config", Config(dist)), None)


def test_what_shares_a_stack_stays_together_and_everything_else_goes_by_file() -> None:
    shared = sharing("loadfile")
    assert isinstance(shared, ByStack)
    given = ["api/test_a.py::test_b", "api/test_c.py::test_d[e::f]", "cli/test_a.py::test_b"]
    units = [shared._split_scope(f"tests/{nodeid}") for nodeid in given]
    assert units == ["tests/api/", "tests/api/", "tests/cli/test_a.py"]


def test_another_way_of_sharing_is_left_as_it_is() -> None:
    assert sharing("worksteal") is None


def test_processes_share_tests_in_that_way(pytestconfig: pytest.Config) -> None:
    asked = pytestconfig.hook.pytest_xdist_make_scheduler.get_hookimpls()
    assert "tests/conftest.py" in {str(one.plugin_name)[-len("tests/conftest.py") :] for one in asked}
