"""docs/operations.md knows every metric and every reason, and its alerts name metrics and labels that there are."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from tests.support.exposition import Family, parse
from tests.support.pages import coded, rows_under
from tests.workers.memory_ledger import MemoryLedger
from workers.config import Secrets, Settings
from workers.inboxes import InboxReader
from workers.ledger import BegunAttempt, DispatchResult
from workers.metrics import Metrics
from workers.runner import Runner
from workers.tasks import TaskRunner
from workers.webhooks.app import Receiver

PAGE = "operations.md"


async def never(_: BegunAttempt) -> DispatchResult:
    raise NotImplementedError


def exposed() -> dict[str, Family]:
    """Everything that a worker and the receiver expose, before anything happened."""
    metrics = Metrics()
    Runner(MemoryLedger(), "w", {"call": never}, metrics=metrics)
    TaskRunner(None, "w", {}, metrics=metrics)  # type: ignore[arg-type]  # it is not run
    InboxReader(None, None, Secrets({}), every=60, metrics=metrics)  # type: ignore[arg-type]  # nor is this
    settings = Settings.load(database_url="postgresql://w@127.0.0.1/x", webhook_public_url="http://127.0.0.1:1")
    Receiver(settings, Secrets({}), None, metrics=metrics)  # type: ignore[arg-type]
    return parse(metrics.render())


def test_every_metric_is_on_the_page_with_its_kind() -> None:
    told = {coded(row[0])[0]: row[1] for row in rows_under(PAGE, "## Metrics")}
    assert told == {name: family.kind for name, family in exposed().items()}


def test_an_alert_asks_for_what_is_measured() -> None:
    told = {coded(row[0])[0]: coded(row[2]) for row in rows_under(PAGE, "## Metrics")}
    alerts = [" ".join(coded(row[0])) for row in rows_under(PAGE, "## What to watch")]
    assert len(alerts) > 8
    for alert in alerts:
        named = re.findall(r"(outbound_\w+?)(?:_bucket)?(?:\{(\w+)=\"\w+\"\})?(?=[\[\s)]|$)", alert)
        assert named, alert
        for name, label in named:
            assert name in told, alert
            assert not label or label in told[name], alert


def test_every_reason_is_on_the_page(db: psycopg.Connection[Any]) -> None:
    told = [(coded(row[0])[0], row[1], row[2]) for row in rows_under(PAGE, "## Reasons")]
    stored = db.execute("select code, message, cure from reference.reasons").fetchall()
    assert sorted(told) == sorted(stored)
