"""`history`: jobs through the engine with ten million finished ones behind it, against the same with none.

Two databases on one server, with the same people. One has two years of campaigns behind it: ten in which everybody was
called twice, ended and moved to the history as the tick moves them, but for those of the last three days, which are in
the hot tables. A campaign is launched in each, and its first calls go from claim to the next job, a batch here and a
batch there, over the engine's real functions as the worker's role; the provider answers at once. The launch is not
timed.
"""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import psycopg

from cli.bench.contract import Benchmark, Claim, Measurement, repeated, scaled
from cli.bench.history_scene import CAMPAIGNS, VISITS, Site, add_past, make_site, start_campaign
from cli.bench.place import Place
from cli.bench.timing import Times
from cli.errors import CommandError

_LIMIT = 1.2
_BATCH = 250
# A day each, from a Monday: the weekend would be closed.
_ROUNDS = 4
_LEASE = timedelta(minutes=2)
_CLAIM = "select job_id from engine.claim_jobs('bench', array['call'], %s, %s)"
_BEGIN = "select attempt_id from engine.begin_attempts('bench', %s)"
_RECORD = "select job_status::text from engine.record_dispatches('bench', %s)"
_INGEST = "select result from engine.ingest_event(%s)"


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
        workers = {}
        for side, site in sites.items():
            start_campaign(site)
            workers[side] = stack.enter_context(site.database.connect("outbound_worker"))
        for count in range(-(-called // _BATCH)):
            # the first one is last the next time
            for side in sorted(sites, reverse=count % 2 == 0):
                began = time.perf_counter()
                done[side] += _turn(workers[side])
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


def _turn(worker: psycopg.Connection[Any]) -> int:
    """One batch from claim to outcome; how many jobs it ended."""
    jobs = [row[0] for row in worker.execute(_CLAIM, [_BATCH, _LEASE]).fetchall()]
    if not jobs:
        return 0
    calls = {str(row[0]): str(uuid.uuid4()) for row in worker.execute(_BEGIN, [jobs]).fetchall()}
    answers = [{"attempt_id": attempt, "verdict": "accepted", "provider_id": call} for attempt, call in calls.items()]
    worker.execute(_RECORD, [json.dumps(answers)])
    reports = [
        {
            "provider": "vapi", "event_key": f"{call}:end-of-call-report", "type": "end-of-call-report",
            "provider_id": call, "attempt_id": attempt,
            "payload": {"endedReason": "voicemail", "analysis": {"structuredData": {"booked": False}}},
        }
        for attempt, call in calls.items()
    ]  # fmt: skip
    results = worker.execute(_INGEST, [json.dumps(reports)]).fetchall()
    return sum(result == ("applied",) for result in results)


BENCHMARK = Benchmark(
    name="history",
    measures="Calls from claim to the next job with 10,000,000 finished jobs of two years behind them, against the "
    "same with none.",
    limit="1.2 x the time without history",
    run=measure,
)
