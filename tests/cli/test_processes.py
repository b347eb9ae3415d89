"""How a part that was started is known again, also in the moment in which it has no environment to show yet."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli.stack.processes import MARK, Handle, spawn


@pytest.fixture
def part(tmp_path: Path) -> Iterator[Handle]:
    started = spawn(["sleep", "600"], environment=os.environ, mark="one:part", log=tmp_path / "log", folder=tmp_path)
    yield started
    os.kill(started.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(started.pid)], timeout=10)
    assert not started.alive()


@pytest.mark.parametrize(
    ("seen", "ours"), [({MARK: "one:part"}, True), ({MARK: "another:part"}, False), ({"HOME": "/"}, False), ({}, True)]
)
def test_a_process_is_known_by_its_mark_and_by_its_start_while_it_shows_none(
    part: Handle, monkeypatch: pytest.MonkeyPatch, seen: dict[str, str], ours: bool
) -> None:
    monkeypatch.setattr(psutil.Process, "environ", lambda _: seen)
    assert part.alive() is ours
    assert replace(part, started=part.started - 60).alive() is (ours and bool(seen))


def test_where_nobody_sees_an_environment_the_start_tells(part: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(process: psutil.Process) -> Any:
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "environ", denied)
    assert part.alive()
    assert not replace(part, started=part.started - 60).alive()
