"""Every sweep finds nothing on the database, and finds the offender that was planted for it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.catalogue.sweeps import CRON, SWEEPS, Sweep

ALL = [*SWEEPS, CRON]


def offenders(connection: psycopg.Connection[Any], sweep: Sweep) -> list[str]:
    return sorted(str(name) for (name,) in connection.execute(sweep.query.encode()))


@pytest.mark.parametrize("sweep", ALL, ids=lambda sweep: sweep.rule)
def test_the_rule_holds(db: psycopg.Connection[Any], sweep: Sweep) -> None:
    found = offenders(db, sweep)
    assert [name for name in found if name not in sweep.exceptions] == [], sweep.rule
    assert [name for name in sweep.exceptions if name not in found] == [], "exceptions that nothing needs any more"


@pytest.mark.parametrize("sweep", ALL, ids=lambda sweep: sweep.rule)
def test_the_rule_catches_what_is_planted(db: psycopg.Connection[Any], sweep: Sweep) -> None:
    before = offenders(db, sweep)
    db.execute(sweep.plant.encode())
    new = [name for name in offenders(db, sweep) if name not in before]
    assert any("planted" in name for name in new), sweep.rule
