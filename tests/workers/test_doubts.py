from __future__ import annotations

from uuid import uuid4

import pytest

from tests.workers.memory_ledger import MemoryLedger
from workers.doubts import Doubts
from workers.errors import DatabaseFaultError, DatabaseUnavailableError
from workers.ledger import Resolution
from workers.metrics import Metrics


def answers(count: int) -> list[Resolution]:
    return [Resolution(uuid4(), found=True, provider_id=f"c{n}", payload={"id": f"c{n}"}) for n in range(count)]


async def test_one_answer_that_is_refused_does_not_hold_up_the_others() -> None:
    ledger, metrics, found = MemoryLedger(), Metrics(), answers(20)
    ledger.cannot_resolve = {found[7].attempt_id}
    await Doubts(ledger, "w1", metrics).resolve(found)
    assert ledger.resolutions == found[:7] + found[8:]
    assert metrics.value("results_rejected_total") == 1


@pytest.mark.parametrize("count", [1, 3])
async def test_where_every_answer_is_refused_that_is_raised(count: int) -> None:
    ledger, metrics, found = MemoryLedger(), Metrics(), answers(count)
    ledger.cannot_resolve = {one.attempt_id for one in found}
    with pytest.raises(DatabaseFaultError):
        await Doubts(ledger, "w1", metrics).resolve(found)
    assert metrics.value("results_rejected_total") == count


async def test_a_database_that_is_away_refuses_nothing() -> None:
    ledger, metrics = MemoryLedger(away={"resolve_attempts": 1}), Metrics()
    with pytest.raises(DatabaseUnavailableError):
        await Doubts(ledger, "w1", metrics).resolve(answers(3))
    assert ledger.calls["resolve_attempts"] == 1
    assert metrics.value("results_rejected_total") == 0
