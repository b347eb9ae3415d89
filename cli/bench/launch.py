"""`launch`: a campaign over a large list, against the plain inserting of the rows that come out of it.

The product's side is one call of `launch_campaign` by a signed-in person: members are judged (exclusions, suppressions,
unknown time zones), enrolled, and given their first jobs with due times inside business hours and legal hours of every
zone, dealt into batches; counters are kept. It is one transaction that is on the disk at the end.

The bare side inserts the very enrollments and jobs that came out, by one `insert … select` for each table, in one
transaction, into logged tables with the columns of ours and their primary, unique and foreign keys, and the indexes
that those need. It knows no other index, no check and no trigger. A second bare side has no foreign keys, a third has
every index of ours as well.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from psycopg import sql

from cli.bench.contract import Benchmark, Claim, Measurement, repeated, scaled
from cli.bench.launch_scene import Scene, forget_campaign, make_campaign, set_scene
from cli.bench.place import Database, Place
from cli.bench.timing import Times
from cli.errors import CommandError

_LIMIT = 2.0
_FLAT = 1.5
_ROUNDS = 3
_TABLES = ("enrollments", "jobs")
_KEYS = """
    create table bare.enrollments (
        like engine.enrollments, primary key (team_id, id), unique (team_id, campaign_id, contact_id)
    );
    create table bare.jobs (
        like engine.jobs, primary key (team_id, id), unique (team_id, enrollment_id, node_id, visit)
    );
"""
_EVERY_INDEX = """
    create table bare.enrollments (like engine.enrollments including indexes);
    create table bare.jobs (like engine.jobs including indexes);
"""
_FOREIGN_KEYS = """
    alter table bare.enrollments
        add foreign key (team_id, campaign_id) references public.campaigns (team_id, id),
        add foreign key (team_id, contact_id) references public.contacts (team_id, id);
    alter table bare.jobs
        add foreign key (team_id, enrollment_id) references bare.enrollments (team_id, id),
        add foreign key (team_id, workflow_id, node_id) references public.workflow_nodes (team_id, workflow_id, id),
        add foreign key (team_id, integration_id) references public.integrations (team_id, id);
"""
_THEIR_INDEXES = """
    create index on bare.enrollments (team_id, contact_id);
    create index on bare.jobs (team_id, workflow_id, node_id);
"""
_BARE = {
    "keys": _KEYS + _FOREIGN_KEYS + _THEIR_INDEXES,
    "keys without foreign ones": _KEYS,
    "keys and every index": _EVERY_INDEX + _FOREIGN_KEYS,
}


def measure(scale: float, place: Place) -> Measurement:
    """Launch over a list and insert what came of it, a few times in turns."""
    members = scaled(1_000_000, scale, 500)
    times = {side: Times() for side in ("launch", *_BARE)}
    peaks: list[int] = []
    found: dict[str, int] = {}
    with place.database() as database:
        place.say(f"Making a list of {members:,} …")
        scene = set_scene(database, members)
        small = _launch(database, scene, scene.tenth_id)
        forget_campaign(database)
        rounds = repeated(_ROUNDS, scale)
        for count in range(rounds):
            place.say(f"Launching over {members:,} members, {count + 1} of {rounds} …")
            launched = _launch(database, scene, scene.list_id)
            times["launch"].seconds.append(launched[0])
            peaks.append(launched[1])
            found = _demand_counts(database, scene, members)
            for side, script in _BARE.items():
                times[side].seconds.append(_insert(database, script))
            forget_campaign(database)
    medians = {side: taken.median for side, taken in times.items()}
    return Measurement(
        claims=[
            Claim(
                f"{members:,} members against insert … select into tables with the same keys",
                medians["launch"] / medians["keys"],
                _LIMIT,
            ),
            Claim(
                f"memory of the launching backend: its peak at {members:,} members against that at {members // 10:,}",
                max(peaks) / small[1],
                _FLAT,
            ),
        ],
        sizes={"members": members, **found},
        figures={
            "launch_ms": times["launch"].median_ms,
            "insert_ms": {side: times[side].median_ms for side in _BARE},
            "ratios": {side: round(medians["launch"] / medians[side], 2) for side in _BARE},
            "members_per_second": round(members / medians["launch"]),
            "peak_mb": {str(members // 10): small[1] >> 20, str(members): max(peaks) >> 20},
        },
    )


def _launch(database: Database, scene: Scene, list_id: UUID) -> tuple[float, int]:
    """Launch a new campaign over a list: seconds, and the most memory of its own that the backend held."""
    campaign_id = make_campaign(database, scene, list_id)
    database.settle()
    with database.connect_as(scene.team.admin_id) as connection:
        connection.execute("set statement_timeout = 0")  # PostgREST sets what the function asks for
        with _watched(connection.info.backend_pid) as peak:
            began = time.perf_counter()
            connection.execute("select public.launch_campaign(%s)", [campaign_id])
            taken = time.perf_counter() - began
    return taken, peak[0]


@contextlib.contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """The peak of a process's own memory in bytes, in a list of one; 1 where that can't be seen."""
    peak, done = [1], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                    if line.startswith("RssAnon:"):
                        peak[0] = max(peak[0], int(line.split()[1]) << 10)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _demand_counts(database: Database, scene: Scene, members: int) -> dict[str, int]:
    """Everybody must be accounted for, and everybody who can be called have one job."""
    with database.connect("supabase_admin") as admin:
        row = admin.execute(
            """
            select
                (select count(*) from engine.enrollments),
                (select count(*) from engine.enrollments where status <> 'ACTIVE'),
                (select count(*) from engine.jobs),
                (select count(distinct run_at) from engine.jobs)
            """
        ).fetchone()
    assert row is not None
    found = {"enrolled": row[0], "left_out": row[1], "jobs": row[2], "due_times": row[3]}
    if (
        found["enrolled"] != members
        or found["left_out"] != scene.left_out
        or found["jobs"] + found["left_out"] != members
    ):
        raise CommandError("The launch did not enroll whom it should, so it measures something else.", detail=found)
    return found


def _insert(database: Database, script: str) -> float:
    """Insert what the launch has made into fresh tables; how long that took, on the disk included."""
    with database.connect("supabase_admin") as connection:
        connection.execute("create schema bare")
        connection.execute(script.encode())
        connection.execute("checkpoint")
        began = time.perf_counter()
        with connection.transaction():
            for table in _TABLES:
                names = sql.Identifier("bare", table), sql.Identifier("engine", table)
                connection.execute(sql.SQL("insert into {} select * from {}").format(*names))
        taken = time.perf_counter() - began
        connection.execute("drop schema bare cascade")
    return taken


BENCHMARK = Benchmark(
    name="launch",
    measures="A campaign over a list of 1,000,000: exclusions, suppressions, enrollments, first jobs with their due "
    "times; against a bare insert … select of the enrollments and jobs that come out.",
    limit="2 x the insert into tables with the same primary, unique and foreign keys; the backend's memory flat",
    run=measure,
)
