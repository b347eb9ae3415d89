"""What a worker measures of itself and of its queues: every metric of the runner, with its words.

docs/operations.md explains each; a test keeps the two equal.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, Protocol

from workers.ledger import Begun, QueueLag, TickLag
from workers.metrics import Metrics

_COUNTERS: Final = {
    "claims_total": "Looks for due jobs, by queue and whether there were any.",
    "jobs_claimed_total": "Due jobs that this worker took up.",
    "attempts_begun_total": "Attempts written before their requests left.",
    "jobs_not_begun_total": "Jobs that were taken up, and that the gate put off or closed before anything was sent.",
    "jobs_stuck_total": "Claimed jobs that the database could not begin, while others were.",
    "dispatches_total": "Requests to providers, by what became of them.",
    "results_recorded_total": "Results written to the ledger.",
    "results_rejected_total": "Results, and answers about attempts in doubt, that the ledger refused.",
    "leases_extended_total": "Leases prolonged while a request was out.",
    "leases_lost_total": "Jobs whose lease ran out while their request was out.",
    "leases_released_total": "Jobs given back because they were not begun.",
    "doubts_total": "Attempts that a provider was asked about.",
    "database_failures_total": "Calls that the database did not answer or refused.",
    "ticks_total": "Calls of the engine's tick, by part.",
    "tick_failures_total": "Steps of the tick that could not be done.",
    "contacts_indexed_total": "Contacts that the index of the search has followed.",
}
_HISTOGRAMS: Final = {
    "request_seconds": (
        "How long providers took to answer, in real seconds.",
        (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    ),
    "claim_lag_seconds": (
        "How long jobs had been due when they were claimed, in campaign seconds.",
        (0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600),
    ),
}
_OF_A_QUEUE: Final[dict[str, tuple[str, Callable[[QueueLag], float]]]] = {
    "queue_due_jobs": ("Jobs of active campaigns that are due, in the whole database.", lambda lag: lag.due_jobs),
    "queue_jobs_in_progress": ("Jobs that workers or providers have.", lambda lag: lag.jobs_in_progress),
    "queue_jobs_in_doubt": ("Jobs whose request may or may not have arrived.", lambda lag: lag.jobs_in_doubt),
    "queue_lag_seconds": ("Campaign seconds that the next job in line has waited.", lambda lag: lag.lag_seconds),
}


class Measured(Protocol):
    """What the numbers of a runner are read from."""

    stopping: bool

    @property
    def in_flight(self) -> int:
        """Requests that are out now."""
        ...

    @property
    def unrecorded(self) -> int:
        """Results that wait to be written down."""
        ...

    @property
    def seconds_without_database(self) -> float:
        """Since the database last answered."""
        ...


class Queues:
    """The last look at the queues and the tick, whoever calls that."""

    def __init__(self, metrics: Metrics, queues: Iterable[str]) -> None:
        self._seen = {queue: QueueLag(queue, 0, 0, 0, 0.0) for queue in queues}
        for queue in self._seen:
            for name, (text, read) in _OF_A_QUEUE.items():
                metrics.gauge(name, text, partial(self._read, read, queue), queue=queue)
        self._tick = TickLag(0.0, 0)
        metrics.gauge(
            "tick_lag_seconds",
            "Campaign seconds for which the oldest thing has waited for the tick.",
            lambda: self._tick.lag_seconds,
        )
        metrics.gauge("tick_failing_steps", "Steps of the tick that fail.", lambda: self._tick.failing_steps)

    def note(self, lags: Iterable[QueueLag], tick: TickLag) -> None:
        """Remember how far they are behind; queues that this worker doesn't serve are left out."""
        self._seen |= {lag.queue: lag for lag in lags if lag.queue in self._seen}
        self._tick = tick

    def _read(self, read: Callable[[QueueLag], float], queue: str) -> float:
        return read(self._seen[queue])


def describe(metrics: Metrics, runner: Measured) -> None:
    """Say what a runner counts and measures."""
    metrics.tell_release()
    for name, text in _COUNTERS.items():
        metrics.describe(name, text)
    for name, (text, bounds) in _HISTOGRAMS.items():
        metrics.histogram(name, text, bounds)
    metrics.gauge("in_flight", "Requests to providers that are out now.", lambda: runner.in_flight)
    metrics.gauge("unrecorded", "Results that wait to be recorded.", lambda: runner.unrecorded)
    metrics.gauge(
        "database_silent_seconds", "Since the database last answered.", lambda: runner.seconds_without_database
    )
    metrics.gauge("draining", "1 while the worker finishes what began and takes nothing new.", lambda: runner.stopping)


def note_begun(metrics: Metrics, queue: str, begun: Begun) -> None:
    """Count a look for due jobs and what came of it."""
    looked_at = len(begun.attempts) + begun.put_off
    metrics.count("claims_total", queue=queue, found="yes" if looked_at else "no")
    metrics.count("jobs_claimed_total", looked_at, queue=queue)
    metrics.count("attempts_begun_total", len(begun.attempts), queue=queue)
    metrics.count("jobs_not_begun_total", begun.put_off, queue=queue)
    for late in begun.late_seconds:
        metrics.observe("claim_lag_seconds", max(late, 0), queue=queue)
