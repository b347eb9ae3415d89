"""`timeseries`: how long a series takes, against grouping the events that it shows.

Two campaigns have as many events each: one over a year, asked for by day, and one over a single day, asked for by
minute. The events are in narrow tables of their own, with nothing else in them, and are counted into the timeline as
the engine's triggers count and its tick folds; the last ones have not been folded yet. Another pair of campaigns has a
hundredth of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from cli.bench import launch_scene
from cli.bench.contract import Benchmark, Claim, Measurement, repeated, scaled
from cli.bench.place import Place
from cli.bench.timing import Times, interleaved
from cli.errors import CommandError

_FASTER = 100.0
_GROWTH = 1.5
_FEWER = 100
_ZONE = "America/New_York"
_PHASES = ("enrolled", "dialled", "answered", "sent", "delivered", "replied", "booked", "opted_out", "failed")
_SERIES = {
    "a year by day": ("day", datetime(2027, 1, 1, 5, tzinfo=UTC), timedelta(days=365)),
    "a day by minute": ("minute", datetime(2027, 3, 1, 5, tzinfo=UTC), timedelta(days=1)),
}
_EVENTS = """
    create table bench_events_{number} as
    select (n.number %% 9)::smallint as phase, %(begin)s::timestamptz + %(span)s * random() as at
    from generate_series(1, %(events)s) as n (number)
"""
_STORE = """
    insert into engine.timeline_changes (team_id, campaign_id, starts_at, shard, {phases})
    select %(team)s, %(campaign)s, date_trunc('minute', e.at), 1, {counts}
    from bench_events_{number} as e group by 3
"""
_NAIVE = """
    select date_trunc(%(bucket)s, e.at, %(zone)s), e.phase, count(*) from bench_events_{number} as e group by 1, 2
"""
_ASK = "select public.get_campaign_timeseries(array[%s::uuid], %s, %s, %s, %s)"


def measure(scale: float, place: Place) -> Measurement:
    """Ask for series of many and of few events, and group the many."""
    events = scaled(10_000_000, scale, 20_000)
    counts = {"many": events, "few": events // _FEWER}
    with place.database() as database:
        scene = launch_scene.set_scene(database, 100)
        work: dict[str, Callable[[], object]] = {}
        with database.connect_as(scene.team.admin_id) as person, database.connect("supabase_admin") as admin:
            number = 0
            for series in _SERIES:
                for size, count in counts.items():
                    number += 1
                    place.say(f"Making {count:,} events for {series} …")
                    campaign_id = launch_scene.make_campaign(database, scene, scene.list_id)
                    _let_happen(admin, scene.team.id, campaign_id, series, number, count)
                    work[f"{series}, {size}"] = _ask(person, campaign_id, series)
                    _demand_the_truth(admin, work[f"{series}, {size}"], series, number)
                    if size == "many":
                        work[f"{series}, grouped"] = _group(admin, series, number)
            database.settle()
            times = interleaved(work, rounds=repeated(7, scale), warm_up=repeated(2, scale))
    return Measurement(
        claims=[claim for series in _SERIES for claim in _claims(times, series, counts)],
        sizes={"events": events, "fewer_events": counts["few"]},
        figures={"median_ms": {name: taken.median_ms for name, taken in times.items()}},
    )


def _claims(times: dict[str, Times], series: str, counts: dict[str, int]) -> list[Claim]:
    many, few, grouped = (times[f"{series}, {of}"].median for of in ("many", "few", "grouped"))
    return [
        Claim(f"grouping the events against {series}", grouped / many, _FASTER, "at least"),
        Claim(f"{series}: {counts['many']:,} events against {counts['few']:,}", many / few, _GROWTH),
    ]


def _let_happen(
    admin: psycopg.Connection[Any], team_id: UUID, campaign_id: UUID, series: str, number: int, events: int
) -> None:
    """Events, counted and folded, but for the last thousand rows of the count."""
    _, begin, span = _SERIES[series]
    counts = ", ".join(f"count(*) filter (where e.phase = {place})" for place in range(len(_PHASES)))
    admin.execute(_EVENTS.format(number=number).encode(), {"begin": begin, "span": span, "events": events})
    admin.execute(
        _STORE.format(number=number, phases=", ".join(_PHASES), counts=counts).encode(),
        {"team": team_id, "campaign": campaign_id},
    )
    while (waiting := admin.execute("select count(*) from engine.timeline_changes").fetchone()) and waiting[0] > 1_000:
        admin.execute("select engine.fold_timeline()")


def _ask(person: psycopg.Connection[Any], campaign_id: UUID, series: str) -> Callable[[], list[Any]]:
    bucket, begin, span = _SERIES[series]
    return lambda: person.execute(_ASK, [campaign_id, begin, begin + span, bucket, _ZONE]).fetchall()


def _group(admin: psycopg.Connection[Any], series: str, number: int) -> Callable[[], list[Any]]:
    query = _NAIVE.format(number=number).encode()
    return lambda: admin.execute(query, {"bucket": _SERIES[series][0], "zone": _ZONE}).fetchall()


def _demand_the_truth(admin: psycopg.Connection[Any], ask: Callable[[], Any], series: str, number: int) -> None:
    """Whoever is wrong is faster: each point must be what grouping finds."""
    truth: dict[tuple[Any, str], int] = {
        (at, _PHASES[phase]): count for at, phase, count in _group(admin, series, number)()
    }
    found = {
        (datetime.fromisoformat(point["bucket"]), phase): point[phase]
        for [series_found] in ask()
        for point in series_found["points"]
        for phase in _PHASES
        if point[phase]
    }
    if found != truth:
        raise CommandError(f"The series of {series} is not what grouping the events finds.")


BENCHMARK = Benchmark(
    name="timeseries",
    measures="get_campaign_timeseries, one year by day and one day by minute, over 10,000,000 events each, against "
    "grouping the events; and over 100,000.",
    limit="100 x faster than grouping; 10,000,000 events at most 1.5 x the time of 100,000",
    run=measure,
)
