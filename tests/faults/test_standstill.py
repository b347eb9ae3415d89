"""What is waited for goes on before the run is taken for stuck."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cli.dev.faults import director, frost
from cli.dev.faults.standstill import Standstill


def test_it_lasts_since_the_last_move(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 1.0, 6.0, 7.0, 14.0])
    monkeypatch.setattr("cli.dev.faults.standstill.time", SimpleNamespace(monotonic=lambda: next(moments)))
    still = Standstill()
    assert [still.look(state) for state in ("six", "six", "seven", "seven")] == [0.0, 5.0, 0.0, 7.0]


def test_a_frozen_worker_goes_on_before_the_run_is_stuck() -> None:
    """Campaign time may have moved since it froze, and stand still because of it only then."""
    assert frost.STILL_SECONDS + 10 * frost.LOOK_SECONDS < director.STUCK_SECONDS
