"""How a run of all gates ends."""

from __future__ import annotations

import threading

import pytest

from cli.dev import suite
from cli.dev.databases import Servers
from cli.dev.project import GateFailed
from cli.errors import CommandError


def fails() -> None:
    raise GateFailed("what is wrong")


def test_a_failed_stage_is_told_and_the_next_one_runs(capsys: pytest.CaptureFixture[str]) -> None:
    stages = suite.Stages()
    stages.run("first", fails)
    stages.run("second", lambda: "fine")
    said = capsys.readouterr().err
    assert "✗ first" in said
    assert "what is wrong" in said
    assert "✓ second" in said
    with pytest.raises(CommandError, match=r"Failed: first\."):
        stages.demand()


def test_a_stage_beside_others_runs_while_they_do_and_is_told_after_them(capsys: pytest.CaptureFixture[str]) -> None:
    stages, both = suite.Stages(), threading.Barrier(2, timeout=60)

    def meets() -> str:
        both.wait()
        return "met"

    with stages.beside("slow", meets):
        stages.run("quick", meets)
    told = [line for line in capsys.readouterr().err.splitlines() if line]
    assert [(line[:3], line.endswith("met")) for line in told] == [("✓ q", True), ("✓ s", True)]
    stages.demand()


def test_what_fails_beside_others_fails_the_run_also_when_they_could_not_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stages = suite.Stages()
    with pytest.raises(GateFailed), stages.beside("slow", fails):
        fails()
    assert stages.failed == ["slow"]
    assert "✗ slow" in capsys.readouterr().err


def test_nothing_is_refused_when_all_passed() -> None:
    stages = suite.Stages()
    stages.run("only", lambda: None)
    stages.demand()


def test_nothing_is_tested_when_a_database_cannot_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "start_servers", fails)
    with pytest.raises(CommandError, match="build the databases"), suite.built_servers(suite.Stages()):
        pytest.fail("went on")


@pytest.mark.parametrize(("arguments", "status"), [(["--version"], 0), (["--no-such-option"], 4)])
def test_the_exit_status_is_that_of_pytest(arguments: list[str], status: int) -> None:
    servers: Servers = {}
    assert suite.pytest(arguments, servers) == status
