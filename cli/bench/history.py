"""`history`: jobs through the engine with ten million finished ones behind it, against the same with none.

Two databases on one server, with the same people. One has two years of campaigns behind it: ten in which everybody was
called twice, ended and moved to the history as the tick moves them, but for those of the last three days, which are in
the hot tables. A campaign is launched in each, and its first calls go from claim to the next job, a batch here and a
batch there, over the engine's real functions as the worker's role; the provider answers at once. The launch is not
timed.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping

from cli.bench.contract import Benchmark, Claim, Measurement, repeated, scaled
from cli.bench.dispatch_sides import engine_turn
from cli.bench.history_scene import CAMPAIGNS, VISITS, Site, add_past, make_site, start_campaign
from cli.bench.place import Place
from cli.bench.timing import Times
from cli.errors import CommandError

_LIMIT = 1.2
_BATCH = 250
# A day each, from a Monday: the weekend would be closed.
_ROUNDS = 4


def measure(scale: float, place: Place) -> Measurement:
    """Call everybody once a round, in the one database and in the other."""
    finished = scaled(10_000_000, scale, 2_000)
    people = finished // (CAMPAIGNS * VISITS)
    called = min(scaled(4_000, scale * 10, 50), 4_000, people // 2)
    batches = {side: Times() for side in ("without", "with")}
    with place.database() as empty, place.database() as full:
        place.say(f"Making {finished:,} finished jobs …")
        sites = {"without": make_site(empty, people, called), "with": make_site(full, people, called)}
        behind = add_past(sites["with"], people)
        for site in sites.values():
            site.database.settle()
        # the first is not counted
        rounds = repeated(_ROUNDS, scale, 2)
        for count in range(rounds):
            place.say(f"Calling {called:,} people, {count + 1} of {rounds} …")
            for side, taken in _call_everybody(sites, called).items():
                if count > 0:
                    batches[side].seconds += taken.seconds
        ticks = {side: _tick(site) for side, site in sites.items()}
    return Measurement(
        claims=[
            Claim(
                f"a batch of {_BATCH} jobs with {behind:,} finished ones behind them against none",
                batches["with"].median / batches["without"].median,
                _LIMIT,
            )
        ],
        sizes={"finished_jobs": behind, "jobs": called, "batch": min(_BATCH, called)},
        figures={
            "batch_ms": {side: taken.median_ms for side, taken in batches.items()},
            "fastest_ratio": round(min(batches["with"].seconds) / min(batches["without"].seconds), 3),
            "tick_ms": ticks,
        },
    )


def _call_everybody(sites: Mapping[str, Site], called: int) -> dict[str, Times]:
    """One campaign in each database, batch by batch in turns; how long the batches took."""
    times = {side: Times() for side in sites}
    done = dict.fromkeys(sites, 0)
    with contextlib.ExitStack() as stack:
        turns = {}
        for side, site in sites.items():
            start_campaign(site)
            worker = stack.enter_context(site.database.connect("outbound_worker"))
            turns[side] = engine_turn(worker, None, _BATCH)
        for count in range(-(-called // _BATCH)):
            # the first one is last the next time
            for side in sorted(sites, reverse=count % 2 == 0):
                began = time.perf_counter()
                done[side] += turns[side]()
                times[side].seconds.append(time.perf_counter() - began)
    if any(number != called for number in done.values()):
        raise CommandError(f"Not all of {called} people were called, so it measures something else.", detail=done)
    return times


def _tick(site: Site) -> float:
    """Milliseconds of a tick after all that."""
    with site.database.connect("outbound_worker") as worker:
        began = time.perf_counter()
        worker.execute("select engine.tick()")
        return round((time.perf_counter() - began) * 1000, 1)


BENCHMARK = Benchmark(
    name="history",
    measures="Calls from claim to the next job with 10,000,000 finished jobs of two years behind them, against the "
    "same with none.",
    limit="1.2 x the time without history",
    run=measure,
)
