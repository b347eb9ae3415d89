"""Times of several pieces of work, taken in turns, so that a slow moment of the machine meets all of them alike."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Times:
    """The durations of one piece of work, in seconds."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Half of them took at most this long."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """19 of 20 took at most this long."""
        ordered = sorted(self.seconds)
        return ordered[math.ceil(0.95 * len(ordered)) - 1]

    @property
    def median_ms(self) -> float:
        """The median in milliseconds, rounded for print."""
        return round(self.median * 1000, 4)

    @property
    def p95_ms(self) -> float:
        """The 95th percentile in milliseconds, rounded for print."""
        return round(self.p95 * 1000, 4)


def interleaved(work: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 1) -> dict[str, Times]:
    """Time each piece once a round, in the order given; the rounds before the first that counts warm up."""
    times = {name: Times() for name in work}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for count in range(-warm_up, rounds):
            for name, run in work.items():
                began = time.perf_counter()
                run()
                taken = time.perf_counter() - began
                if count >= 0:
                    times[name].seconds.append(taken)
    finally:
        if collecting:
            gc.enable()
    return times
