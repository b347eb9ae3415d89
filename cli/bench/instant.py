"""`instant`: how long the numbers of a running campaign take, whatever its size, while it is being written.

Two campaigns of one team run over the same workflow, whose batching makes some ten thousand due times of the large one.
Meanwhile a worker calls whoever is due, a tick folds as every minute, and time passes quickly. A person asks for the
metrics of both in turns; the same is counted from the jobs with an index that has all it takes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

from cli.bench import launch_scene
from cli.bench.contract import Benchmark, Claim, Measurement, repeated, scaled
from cli.bench.dispatch_scene import Scene
from cli.bench.dispatch_sides import engine_turn
from cli.bench.graphs import edge, node
from cli.bench.place import Database, Place
from cli.bench.timing import Times, interleaved
from cli.errors import CommandError

_FASTER = 50.0
_GROWTH = 1.5
_DUE_TIMES = 20_000
_BATCH = 100
# Campaign time runs so many times as fast as the clock on the wall: jobs become due while people look.
_RATE = 120
_INDEX = "create index bench_counted on engine.jobs (team_id, campaign_id, node_id, status, outcome)"
_COUNT = """
    select node_id, status, outcome, count(*) from engine.jobs
    where team_id = %s and campaign_id = %s group by node_id, status, outcome
"""
_ASKED = {
    "metrics": "select * from public.get_instant_metrics(array[%s::uuid])",
    "nodes": "select * from public.get_node_metrics(%s)",
}
_ENROLLED = "select enrolled from public.get_instant_metrics(array[%s::uuid])"


def measure(scale: float, place: Place) -> Measurement:
    """Ask for the numbers of a large and a small campaign, and count the large one's jobs."""
    people = scaled(1_000_000, scale, 1_000)
    with place.database() as database:
        place.say(f"Launching a campaign over {people:,} people and one over {people // 100:,} …")
        scene = launch_scene.set_scene(database, people)
        workflow_id = _publish(database, scene, max(1, people // _DUE_TIMES))
        lists = {"large": scene.list_id, "small": scene.excluded_id}
        campaigns = {size: _launch(database, scene, workflow_id, list_id) for size, list_id in lists.items()}
        with database.connect("supabase_admin") as admin:
            admin.execute(_INDEX)
            sizes = {size: _number(admin, _ENROLLED, campaign_id) for size, campaign_id in campaigns.items()}
            due_times = _number(
                admin, "select count(*) from engine.due_counters where campaign_id = %s", campaigns["large"]
            )
        database.settle()
        with (
            _running(database, Scene(scene.team, campaigns["large"], scene.phone_number_id, people)) as called,
            database.connect_as(scene.team.admin_id) as person,
            database.connect("supabase_admin") as admin,
        ):
            work = _work(person, admin, scene.team.id, campaigns)
            times = interleaved(work, rounds=repeated(60, scale), warm_up=repeated(3, scale))
        _demand_the_truth(database, campaigns)
    return Measurement(
        claims=_claims(times, sizes),
        sizes=sizes | {"due_times": due_times},
        figures={
            "median_ms": {name: taken.median_ms for name, taken in times.items()},
            "p95_ms": {name: taken.p95_ms for name, taken in times.items()},
            "called_meanwhile": called[0],
        },
    )


def _claims(times: Mapping[str, Times], sizes: Mapping[str, int]) -> list[Claim]:
    counted = times["counting"].median
    return [
        *(
            Claim(f"counting the jobs against {name}", counted / times[f"{name}, large"].median, _FASTER, "at least")
            for name in _ASKED
        ),
        *(
            Claim(
                f"{name}: p95 of a campaign of {sizes['large']:,} against one of {sizes['small']:,}",
                times[f"{name}, large"].p95 / times[f"{name}, small"].p95, _GROWTH,
            )
            for name in _ASKED
        ),
    ]  # fmt: skip


def _work(
    person: psycopg.Connection[Any], admin: psycopg.Connection[Any], team_id: UUID, campaigns: Mapping[str, UUID]
) -> dict[str, Callable[[], object]]:
    def ask(query: str, campaign_id: UUID) -> Callable[[], object]:
        return lambda: person.execute(query.encode(), [campaign_id]).fetchall()

    work = {
        f"{name}, {size}": ask(query, campaign_id)
        for name, query in _ASKED.items()
        for size, campaign_id in campaigns.items()
    }
    return work | {"counting": lambda: admin.execute(_COUNT, [team_id, campaigns["large"]]).fetchall()}


@contextmanager
def _running(database: Database, scene: Scene) -> Iterator[list[int]]:
    """A worker and a tick, until the block ends; how many were called so far."""
    done, called = threading.Event(), [0]
    errors: list[BaseException] = []
    with database.connect("supabase_admin") as admin:
        admin.execute("select engine.set_clock(engine.now(), %s)", [_RATE])

    def until_done(role: str, turn: Callable[[psycopg.Connection[Any]], Callable[[], int]], pause: float) -> None:
        try:
            with database.connect(role) as connection:
                take = turn(connection)
                while not done.wait(pause):
                    called[0] += take()
        except BaseException as error:  # noqa: BLE001 -- raised again where the threads are joined
            errors.append(error)

    def worker(connection: psycopg.Connection[Any]) -> Callable[[], int]:
        return engine_turn(connection, scene, _BATCH)

    def ticker(connection: psycopg.Connection[Any]) -> Callable[[], int]:
        return lambda: connection.execute("select 0 from engine.tick()").rowcount - 1

    threads = [
        threading.Thread(target=until_done, args=["outbound_worker", worker, 0.01]),
        threading.Thread(target=until_done, args=["outbound_worker", ticker, 60 / _RATE]),
    ]
    for thread in threads:
        thread.start()
    try:
        yield called
    finally:
        done.set()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]


def _demand_the_truth(database: Database, campaigns: Mapping[str, UUID]) -> None:
    """Whoever is wrong is faster: the counters must be those of the rows."""
    with database.connect("supabase_admin") as admin:
        for campaign_id in campaigns.values():
            wrong = admin.execute("select * from engine.compare_counters(%s)", [campaign_id]).fetchall()
            if wrong:
                raise CommandError(
                    "The counters are not what the rows say.", detail={"found": [str(row) for row in wrong[:10]]}
                )


def _publish(database: Database, scene: launch_scene.Scene, batch: int) -> UUID:
    """Two calls, so many people a minute, and a text for those who book."""
    with database.connect("supabase_admin") as admin:
        assistant = admin.execute("select id from public.assistants where team_id = %s", [scene.team.id]).fetchone()
    assert assistant is not None  # the scene has made one
    call = {
        "assistant_id": str(assistant[0]), "first_message": "Hi {{first_name|there}}!",
        "batching": {"size": batch, "interval": "PT1M"},
    }  # fmt: skip
    graph = {
        "nodes": [
            node("start", "trigger", label="Start"),
            node("call1", "call", label="Call", **call),
            node("call2", "call", label="Again", **call),
            node("thanks", "text", label="Confirmation", template="You are booked, {{first_name|neighbor}}."),
        ],
        "edges": [
            edge("start", "call1", "any"), edge("call1", "call2", "voicemail", delay="PT1H"),
            edge("call1", "thanks", "booked"), edge("call2", "thanks", "booked"),
        ],
    }  # fmt: skip
    with database.connect_as(scene.team.admin_id) as person:
        row = person.execute("select public.create_workflow('Two calls', %s)", [json.dumps(graph)]).fetchone()
        assert row is not None  # a workflow, or an error
        person.execute("select public.publish_workflow(%s, null)", [row[0]["id"]])
    return UUID(str(row[0]["id"]))


def _launch(database: Database, scene: launch_scene.Scene, workflow_id: UUID, list_id: UUID) -> UUID:
    with database.connect_as(scene.team.admin_id) as person:
        person.execute("set statement_timeout = 0")
        row = person.execute(
            "select id from public.create_campaign('Running', %s, %s, %s)",
            [list_id, workflow_id, scene.phone_number_id],
        ).fetchone()
        assert row is not None  # a campaign, or an error
        person.execute("select public.launch_campaign(%s)", [row[0]])
    return UUID(str(row[0]))


def _number(connection: psycopg.Connection[Any], query: str, campaign_id: UUID) -> int:
    row = connection.execute(query.encode(), [campaign_id]).fetchone()
    assert row is not None  # each of these answers with one number
    return int(row[0])


BENCHMARK = Benchmark(
    name="instant",
    measures="get_instant_metrics and get_node_metrics on a running campaign of 1,000,000 with 20,000 due times, under "
    "writes, against one of 10,000; and against counting its jobs with an index made for it.",
    limit="50 x faster than counting; p95 at most 1.5 x that of the campaign of 10,000",
    run=measure,
)
