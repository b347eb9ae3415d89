"""A series equals a naive grouping of what happened, in any zone and range, on both days of a change of clocks."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.support import engine

_ZONES = (
    "America/New_York", "America/St_Johns", "America/Havana", "Europe/London", "UTC", "Asia/Kolkata", "Asia/Kathmandu",
    "Pacific/Chatham", "Australia/Lord_Howe", "Africa/Cairo",
)  # fmt: skip
_PHASES = ("enrolled", "dialled", "answered", "sent", "delivered", "replied", "booked", "opted_out", "failed")
# Days on which the clocks of some of these zones change, forward and back.
_CHANGES = (
    "2027-03-14", "2027-11-07", "2027-03-28", "2027-10-31", "2027-04-04", "2027-10-03", "2027-09-26", "2027-04-30",
    "2027-10-29",
)  # fmt: skip
_LONGEST = {"minute": 0.9, "quarter_hour": 9, "hour": 40, "day": 120, "week": 300, "month": 400}
_EVENTS = """
    create temp table happened on commit drop as
    select e.phase, e.at from unnest(%(phases)s::text[], %(moments)s::timestamptz[]) as e (phase, at)
"""
_STORE = """
    insert into engine.timeline_changes as t (team_id, campaign_id, starts_at, shard, {phases})
    select %(team)s, %(campaign)s, date_trunc('minute', h.at), (extract(epoch from h.at))::bigint %% 3, {counts}
    from happened as h
    where h.at %(side)s
    group by 3, 4
"""
# Each moment of a fine grid, and each event, is in the bucket that its zone's clocks show; a bucket begins with the
# first moment of the grid that is in it. An hour that the clocks show twice is two.
_NAIVE = """
    with grid as (
        select g.at, %(key)s as key
        from generate_series(
            date_trunc('hour', %(from)s::timestamptz) - %(slack)s, %(to)s::timestamptz + %(slack)s, %(step)s
        ) as g (at)
    ), buckets as (
        select key, min(at) as bucket from grid group by key
        having bool_or(at + %(step)s > %(from)s and at < %(to)s)
    )
    select b.bucket, {counts}
    from buckets as b
    left join (select h.phase, %(event_key)s as key from happened as h) as e on b.key = e.key
    group by b.bucket order by b.bucket
"""


def key(bucket: str, of: str) -> str:
    """The bucket of a moment, as SQL."""
    local = f"({of} at time zone %(zone)s)"
    if bucket == "minute":
        return f"date_trunc('minute', {of})::text"
    if bucket == "quarter_hour":
        return f"date_bin('15 minutes', {of}, '2000-01-01 00:00Z')::text"
    offset = f"({local} - ({of} at time zone 'UTC'))"
    return f"date_trunc('{bucket}', {local})::text" + (f" || {offset}::text" if bucket == "hour" else "")


def naive(connection: psycopg.Connection[Any], bucket: str, zone: str, begin: datetime, end: datetime) -> list[Any]:
    """The series, by grouping everything."""
    counts = ", ".join(f"count(*) filter (where e.phase = '{phase}')" for phase in _PHASES)
    query = (
        _NAIVE.replace("{counts}", counts)
        .replace("%(key)s", key(bucket, "g.at"))
        .replace("%(event_key)s", key(bucket, "h.at"))
    )
    slack, step = {
        "minute": ("1 hour", "1 minute"), "quarter_hour": ("1 hour", "15 minutes"), "hour": ("3 hours", "15 minutes"),
        "day": ("2 days", "15 minutes"), "week": ("8 days", "15 minutes"), "month": ("32 days", "15 minutes"),
    }[bucket]  # fmt: skip
    named = {"zone": zone, "from": begin, "to": end, "slack": timedelta(0), "step": timedelta(0)}
    for name, text in (("slack", slack), ("step", step)):
        number, unit = text.split()
        named[name] = timedelta(**{unit if unit.endswith("s") else f"{unit}s": int(number)})
    return connection.execute(query.encode(), named).fetchall()


@pytest.fixture
def campaign(db: psycopg.Connection[Any]) -> engine.Scene:
    """A campaign in which nothing has happened yet."""
    return engine.set_scene(db, launch=False)


def let_happen(db: psycopg.Connection[Any], campaign: engine.Scene, chance: random.Random, centre: datetime) -> None:
    """Events around a moment, most of them near; half of them folded into rollups, half not yet."""
    moments = [
        centre + timedelta(seconds=chance.choice([1, 1, 1, 10, 60]) * chance.uniform(-3, 3) * 86400) for _ in range(600)
    ]
    db.execute("drop table if exists happened")
    db.execute("truncate engine.timeline, engine.timeline_changes")
    db.execute(_EVENTS, {"phases": chance.choices(_PHASES, k=len(moments)), "moments": moments})
    counts = ", ".join(f"count(*) filter (where h.phase = '{phase}')" for phase in _PHASES)
    store = _STORE.replace("{phases}", ", ".join(_PHASES)).replace("{counts}", counts)
    known = {"team": campaign.team.id, "campaign": campaign.campaign_id}
    for side in ("< %(centre)s", ">= %(centre)s"):
        db.execute(store.replace("%(side)s", side).encode(), known | {"centre": centre})
        if side.startswith("<"):
            db.execute("select engine.fold_timeline()")


@pytest.mark.parametrize("seed", range(2))
def test_a_series_equals_a_naive_grouping(db: psycopg.Connection[Any], campaign: engine.Scene, seed: int) -> None:
    chance = random.Random(seed)
    for change in chance.sample(_CHANGES, 2):
        centre = datetime.fromisoformat(change).replace(tzinfo=UTC)
        let_happen(db, campaign, chance, centre)
        for bucket, longest in _LONGEST.items():
            for zone in chance.sample(_ZONES, 2):
                begin = centre + timedelta(seconds=round(chance.uniform(-longest / 2, 1) * 86400))
                end = begin + timedelta(seconds=chance.randint(1, round(longest * 86400)))
                found = db.execute(
                    "select * from tests.series(array[%s::uuid], %s, %s, %s, %s)",
                    [campaign.campaign_id, begin, end, bucket, zone],
                ).fetchall()
                assert found == naive(db, bucket, zone, begin, end), f"{bucket} in {zone}, {begin} to {end}"


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2027-03-14", 23),
        ("America/New_York", "2027-11-07", 25),
        ("America/Havana", "2027-11-07", 25),
        ("Africa/Cairo", "2027-04-30", 23),
        ("Australia/Lord_Howe", "2027-04-04", 25),
        ("Australia/Lord_Howe", "2027-10-03", 24),
    ],
)
def test_a_day_of_a_change_of_clocks_is_whole(
    db: psycopg.Connection[Any], campaign: engine.Scene, zone: str, day: str, hours: int
) -> None:
    let_happen(db, campaign, random.Random(day), datetime.fromisoformat(day).replace(tzinfo=UTC))
    series = "select bucket, dialled from tests.series(array[%s::uuid], %s, %s, %s, %s)"
    (bounds,) = db.execute(
        "select engine.wall_instant(%s::date::timestamp, %s), engine.wall_instant(%s::date + time '24:00', %s)",
        [day, zone, day, zone],
    ).fetchall()
    by_day = db.execute(series, [campaign.campaign_id, *bounds, "day", zone]).fetchall()
    by_hour = db.execute(series, [campaign.campaign_id, *bounds, "hour", zone]).fetchall()
    assert [row[0] for row in by_day] == [bounds[0]]
    assert len(by_hour) == hours
    assert sum(row[1] for row in by_hour) == by_day[0][1] > 0


def test_a_text_that_waits_for_a_reply_has_reached_when_it_arrives(db: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(db)
    for _ in range(2):
        engine.ingest(db, engine.call_report(engine.dispatch(db)[0], "customer-did-not-answer"))
        engine.move_clock(db, "4 hours")

    def told() -> dict[str, int]:
        row = db.execute(
            "select sum(dialled), sum(answered), sum(sent), sum(delivered), sum(replied)"
            " from tests.series(array[%s::uuid], '2027-03-01', '2027-03-05')",
            [scene.campaign_id],
        ).fetchone()
        assert row is not None
        (reached,) = db.execute(
            "select reached from public.get_audience_stats(array[%s::uuid])", [scene.campaign_id]
        ).fetchone() or (None,)
        assert db.execute("select * from engine.compare_counters(%s)", [scene.campaign_id]).fetchall() == []
        names = ("dialled", "answered", "sent", "delivered", "replied")
        return {name: int(count) for name, count in zip(names, row, strict=True) if count} | {
            "reached": int(reached or 0)
        }

    engine.move_clock(db, "16 hours")
    (text,) = engine.dispatch(db)
    assert told() == {"dialled": 2, "sent": 1, "reached": 0}
    engine.ingest(db, engine.text_status(text, "sent"), engine.text_status(text, "delivered"))
    assert told() == {"dialled": 2, "sent": 1, "delivered": 1, "reached": 1}
    engine.ingest(db, engine.inbound_text(scene.team.id, engine.only_phone(db), "Maybe later"))
    assert told() == {"dialled": 2, "sent": 1, "delivered": 1, "replied": 1, "reached": 1}
