"""What a worker tells of itself over HTTP."""

from __future__ import annotations

import httpx

from tests.support.exposition import parse
from tests.support.waiting import until
from tests.workers.memory_ledger import MemoryLedger
from tests.workers.test_runner import QUICK, accept, running
from workers.health import health_app, serving
from workers.runner import Runner


async def test_health_and_metrics_are_served() -> None:
    ledger = MemoryLedger()
    ledger.add("call", 2)
    async with running(ledger) as (runner, _stop, _task), serving(health_app(runner), "127.0.0.1", 0) as port:
        await until(lambda: len(ledger.results) == 2)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            health = await http.get("/healthz")
            assert (health.status_code, health.json()["status"], health.json()["worker"]) == (200, "ok", "worker-1")
            await until(lambda: ledger.calls["tick_lag"], "a look at the queues and the tick")
            metrics = await http.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    read = parse(metrics.text)
    assert read["outbound_dispatches_total"].samples == {
        ("outbound_dispatches_total", (("queue", "call"), ("verdict", "accepted"))): 2
    }
    assert read["outbound_request_seconds"].samples["outbound_request_seconds_count", (("queue", "call"),)] == 2
    assert read["outbound_claim_lag_seconds"].samples["outbound_claim_lag_seconds_count", (("queue", "call"),)] == 2
    assert read["outbound_queue_lag_seconds"].samples == {("outbound_queue_lag_seconds", (("queue", "call"),)): 1.5}
    assert read["outbound_in_flight"].kind == "gauge"
    assert read["outbound_tick_lag_seconds"].samples == {("outbound_tick_lag_seconds", ()): 240}
    assert read["outbound_tick_failing_steps"].samples == {("outbound_tick_failing_steps", ()): 1}


async def test_a_worker_without_its_database_is_not_healthy() -> None:
    runner = Runner(MemoryLedger(), "worker-1", {"call": accept}, pace=QUICK)
    runner._contact -= 3600
    async with serving(health_app(runner), "127.0.0.1", 0) as port, httpx.AsyncClient() as http:
        health = await http.get(f"http://127.0.0.1:{port}/healthz")
    assert (health.status_code, health.json()["status"]) == (503, "database_silent")
