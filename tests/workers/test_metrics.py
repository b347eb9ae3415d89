"""What a scraper reads."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.support.exposition import parse
from tests.workers.memory_ledger import TEAM, MemoryLedger
from workers.ledger import Begun, BegunAttempt
from workers.metrics import Metrics
from workers.numbers import describe, note_begun
from workers.runner import Runner


def test_numbers_of_every_kind_are_read_as_they_were_written() -> None:
    metrics = Metrics()
    metrics.describe("calls_total", "Calls,\nby \\ kind.")
    metrics.count("calls_total", 1234567, kind='a "b"\\\n', queue="call")
    metrics.count("calls_total", queue="text", kind="c")
    metrics.describe("never_total", "Nothing yet.")
    metrics.gauge("depth", "How deep.", lambda: 0.1 + 0.2, queue="call")
    metrics.gauge("depth", "How deep.", lambda: 7, queue="text")
    metrics.histogram("took_seconds", "How long.", [1, 0.1, 10])
    for value in (0.05, 0.1, 0.5, 99):
        metrics.observe("took_seconds", value, queue="call")
    read = parse(metrics.render())
    assert read["outbound_calls_total"].samples == {
        ("outbound_calls_total", (("kind", r"a \"b\"\\\n"), ("queue", "call"))): 1234567,
        ("outbound_calls_total", (("kind", "c"), ("queue", "text"))): 1,
    }
    assert list(read["outbound_never_total"].samples.values()) == [0]
    assert sorted(read["outbound_depth"].samples.values()) == pytest.approx([0.3, 7])
    histogram = read["outbound_took_seconds"].samples
    assert [value for (name, _), value in histogram.items() if name.endswith("_bucket")] == [2, 3, 3, 4]
    assert histogram["outbound_took_seconds_sum", (("queue", "call"),)] == pytest.approx(99.65)
    assert histogram["outbound_took_seconds_count", (("queue", "call"),)] == 4
    assert metrics.names() == set(read)


@pytest.mark.parametrize(
    "broken",
    [
        "# HELP a_total A.\na_total 1\n",
        "# HELP a_total A.\n# TYPE a_total counter\na_total 1",
        "# HELP a A.\n# TYPE a counter\na 1\n",
        '# HELP a_total A.\n# TYPE a_total counter\na_total{x="1"} 1\na_total{x="1"} 2\n',
        '# HELP a_total A.\n# TYPE a_total counter\na_total{x="1" 1\n',
        '# HELP a_total A.\n# TYPE a_total counter\na_total{x="a"b"} 1\n',
        '# HELP a A.\n# TYPE a histogram\na_bucket{le="1"} 3\na_bucket{le="+Inf"} 2\na_sum 1\na_count 2\n',
        '# HELP a A.\n# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 2\n',
    ],
)
def test_the_reader_refuses_what_a_scraper_would(broken: str) -> None:
    with pytest.raises(AssertionError):
        parse(broken)


def test_every_metric_of_a_worker_has_words_before_anything_happened() -> None:
    runner = Runner(MemoryLedger(), "w", {})
    read = parse(runner.metrics.render())
    assert {"outbound_request_seconds", "outbound_leases_released_total", "outbound_draining"} <= set(read)
    assert all(family.text for family in read.values())


def test_what_a_look_for_due_jobs_began_is_counted() -> None:
    metrics = Metrics()
    describe(metrics, Runner(MemoryLedger(), "w", {}))
    attempts = [BegunAttempt(TEAM, uuid4(), uuid4(), 1, "vapi", "ACME", None, {}) for _ in range(3)]
    note_begun(metrics, "call", Begun(attempts, [7.0, 0.0, -1.0], 2))
    note_begun(metrics, "call", Begun([], []))
    read = parse(metrics.render())
    assert read["outbound_claim_lag_seconds"].samples["outbound_claim_lag_seconds_sum", (("queue", "call"),)] == 7
    assert read["outbound_claims_total"].samples == {
        ("outbound_claims_total", (("found", "no"), ("queue", "call"))): 1,
        ("outbound_claims_total", (("found", "yes"), ("queue", "call"))): 1,
    }
