"""`dispatch`: how many jobs pass through the engine in a second, from claim to the next job.

The benchmark plays worker, provider and receiver over the engine's real functions and the worker's real role; the
provider answers at once. Each job here passes the gate, has a ledger entry before its request, and moves a contact
over an edge. The floor writes the same rows in the same batches and transactions, into tables with the same
keys, indexes and checks, by statements that decide nothing. Peers work off jobs that do nothing.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import psutil
import psycopg

from cli.bench import rivals
from cli.bench.contract import Benchmark, Claim, Measurement, repeated, scaled
from cli.bench.dispatch_scene import CALLS, MONDAY, Scene, next_day, set_scene
from cli.bench.dispatch_sides import Turn, engine_turn, floor_turn, furnish_floor
from cli.bench.place import Database, Place
from cli.errors import CommandError

_OF_THE_FLOOR = 0.5
_BATCH = 500
_SESSIONS = 2
_ROUNDS = 3
# How many times faster than each peer, and how many of its jobs are measured: slow ones need no more.
_PEERS = {"dbos": (5.0, 5_000), "procrastinate": (5.0, 2_000), "pgqueuer": (1.0, 20_000)}
_OUTCOMES = {
    "engine": ("engine.jobs", "engine.enrollments", "engine.events"),
    "floor": ("floor.jobs", "floor.enrollments", "floor.events"),
}


class Rates:
    """Jobs a second of each side, and what each job cost the server in processor time."""

    def __init__(self) -> None:
        self.rates: dict[str, list[float]] = {}
        self.microseconds: dict[str, list[float]] = {}

    def add(self, side: str, jobs: int, seconds: float, cpu_seconds: float | None = None) -> None:
        """One more round."""
        self.rates.setdefault(side, []).append(jobs / seconds)
        if cpu_seconds is not None:
            self.microseconds.setdefault(side, []).append(cpu_seconds * 1e6 / jobs)

    def median(self, side: str) -> float:
        """Half of its rounds were at least as fast."""
        return statistics.median(self.rates[side])


def measure(scale: float, place: Place) -> Measurement:
    """Engine, floor and peers in turns, a few rounds."""
    people = scaled(4_000, scale, 20)
    peers = {peer: scaled(jobs, scale, 20) for peer, (_, jobs) in _PEERS.items() if rivals.installed(peer)}
    rates = Rates()
    rounds = repeated(_ROUNDS, scale)
    for count in range(rounds):
        place.say(f"Calling {people:,} people {CALLS} times, {count + 1} of {rounds} …")
        with place.database() as database:
            scene = set_scene(database, people)
            with database.connect("supabase_admin") as admin:
                furnish_floor(admin, scene)
            database.settle()
            for side in _OUTCOMES:
                jobs, seconds, cpu = work_off(database, scene, side)
                rates.add(side, jobs, seconds, cpu)
        for peer, jobs in peers.items():
            rates.add(peer, jobs, rivals.drain(place, peer, jobs))
    engine = rates.median("engine")
    return Measurement(
        claims=[
            Claim("the rate of the floor", engine / rates.median("floor"), _OF_THE_FLOOR, "at least"),
            *(
                Claim(f"the rate of {peer}", engine / rates.median(peer) if peer in peers else None, times, "at least")
                for peer, (times, _) in _PEERS.items()
            ),
        ],
        sizes={"people": people, "jobs": people * CALLS, "batch": _BATCH, "sessions": _SESSIONS},
        figures=_figures(rates, peers),
    )


def _figures(rates: Rates, peers: Mapping[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "jobs_per_second": {side: round(rates.median(side)) for side in rates.rates},
        "server_microseconds_per_job": {
            side: round(statistics.median(taken)) for side, taken in rates.microseconds.items()
        },
        "load_average": round(psutil.getloadavg()[0], 1),
    }
    if missing := [peer for peer in _PEERS if peer not in peers]:
        found["not_installed"] = ", ".join(missing)
        found["to_measure_them"] = f"see the first lines of {rivals.PACKAGES.name}"
    return found


def work_off(database: Database, scene: Scene, side: str) -> tuple[int, float, float]:
    """Every call of the campaign; how many, and the seconds and the server's processor seconds that it took."""
    role, make = {"engine": ("outbound_worker", engine_turn), "floor": ("supabase_admin", floor_turn)}[side]
    seconds = cpu = 0.0
    with ExitStack() as stack:
        connections = [stack.enter_context(database.connect(role)) for _ in range(_SESSIONS)]
        turns = [make(connection, scene, _BATCH) for connection in connections]
        with database.connect("supabase_admin") as admin:
            admin.execute("select engine.set_clock(%s, 0)", [MONDAY])
        for day in range(CALLS):
            if day:
                next_day(database)
            before, began = _processor_seconds(connections), time.perf_counter()
            _in_parallel(turns)
            seconds += time.perf_counter() - began
            cpu += _processor_seconds(connections) - before
    demand_everything_ended(database, scene, side)
    return scene.people * CALLS, seconds, cpu


def _processor_seconds(connections: list[psycopg.Connection[Any]]) -> float:
    times = [psutil.Process(connection.info.backend_pid).cpu_times() for connection in connections]
    return sum(taken.user + taken.system for taken in times)


def _in_parallel(turns: list[Turn]) -> None:
    """Take turns in every session until none has anything to do."""
    errors: list[BaseException] = []

    def work(turn: Callable[[], int]) -> None:
        try:
            while turn():
                pass
        except BaseException as error:  # noqa: BLE001 -- raised again where the threads are joined
            errors.append(error)

    threads = [threading.Thread(target=work, args=[turn]) for turn in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def demand_everything_ended(database: Database, scene: Scene, side: str) -> None:
    """Whoever does less is faster: every job must be done, everybody through, every report stored, counters exact."""
    jobs, enrollments, events = _OUTCOMES[side]
    counters = "floor.counters" if side == "floor" else "engine.counters"
    with database.connect("supabase_admin") as admin:
        found = admin.execute(
            f"""
            select
                (select count(*) from {jobs} where campaign_id = %(id)s and status = 'DONE' and outcome = 'voicemail'),
                (select count(*) from {jobs} where campaign_id = %(id)s),
                (select count(*) from {enrollments} where campaign_id = %(id)s and status = 'COMPLETED'),
                (select count(*) from {events} where result = 'applied'),
                (select sum(amount) from {counters} where campaign_id = %(id)s and state = 'DONE'),
                (select sum(amount) from {counters} where campaign_id = %(id)s and node_id <> '')
            """.encode(),  # noqa: S608 -- names from this module
            {"id": scene.campaign_id},
        ).fetchone()
    every = scene.people * CALLS
    if found != (every, every, scene.people, every, every, every):
        raise CommandError(
            f"The {side} did not do what it was measured by.",
            detail={"found": [str(count) for count in found or ()], "people": scene.people, "calls": every},
        )


BENCHMARK = Benchmark(
    name="dispatch",
    measures="Calls of a campaign of 4,000 people, five each: claim, attempt, dispatched, outcome, next job in batches "
    "of 500 by two sessions; against plain SQL that writes the same rows in the same batches, and against no-op jobs "
    "of DBOS, procrastinate and pgqueuer (default settings).",
    limit="half of the plain SQL's rate; 5 x DBOS, 5 x procrastinate, 1 x pgqueuer",
    run=measure,
)
