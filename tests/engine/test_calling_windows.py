"""When the law lets people be reached: an oracle of the wall clock agrees, and the gate obeys, as clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.support import engine

Connection = psycopg.Connection[Any]
Window = tuple[time | None, time | None]

DEFAULT: Window = (time(8), time(21))
# The two weekends on which clocks change, and the days around them.
WEEKENDS = [datetime(2027, 3, 13, tzinfo=UTC), datetime(2027, 11, 6, tzinfo=UTC)]


def windows(db: Connection, channel: str) -> dict[tuple[str, int], Window]:
    rows = db.execute(
        "select region, weekday, starts_at, ends_at from reference.calling_windows where channel = %s", [channel]
    ).fetchall()
    return {(region, day): (starts, ends) for region, day, starts, ends in rows}


def is_open(rules: dict[tuple[str, int], Window], at: datetime, zones: list[str], regions: list[str]) -> bool:
    """Whether every zone and every region that may be meant allows it, by what clocks on the wall show there."""
    for zone in zones:
        wall = at.astimezone(ZoneInfo(zone))
        for region in regions or [""]:
            starts, ends = rules.get((region, wall.isoweekday()), rules["", wall.isoweekday()])
            if starts is None or ends is None or not starts <= wall.time() < ends:
                return False
    return bool(zones)


@pytest.mark.parametrize("channel", ["call", "text"])
def test_the_default_holds_every_day_and_no_state_is_wider(db: Connection, channel: str) -> None:
    rules = windows(db, channel)
    for day in range(1, 8):
        assert rules["", day] == DEFAULT
    narrower = {key: window for key, window in rules.items() if key[0]}
    for (region, _day), (starts, ends) in narrower.items():
        assert (starts is None) == (ends is None), region
        if starts and ends:
            assert (starts, ends) != DEFAULT or region in {"FL", "OK", "MD"}, region
            assert DEFAULT[0] is not None
            assert DEFAULT[1] is not None
            assert DEFAULT[0] <= starts < ends <= DEFAULT[1], region


@pytest.mark.parametrize("channel", ["call", "text"])
def test_states_whose_laws_are_narrower_are_there(db: Connection, channel: str) -> None:
    rules = windows(db, channel)
    closed = {region for (region, day), window in rules.items() if day == 7 and window == (None, None)}
    assert {"AL", "LA", "MS", "RI", "SD", "UT"} == closed
    for region in ("AL", "FL", "LA", "MA", "MD", "MS", "OK", "WA", "WY"):
        assert rules[region, 1] == (time(8), time(20)), region
    assert rules["TX", 7] == (time(12), time(21))
    limits = dict(
        db.execute(
            "select distinct region, daily_limit from reference.calling_windows where daily_limit is not null"
        ).fetchall()
    )
    assert limits == {"FL": 3, "MD": 3, "OK": 3}


# Hours are asked for once for each area code and weekend: `offset 0` keeps the planner from asking for every quarter.
_OPEN_QUARTERS = """
    select
        c.area_code, c.timezones, c.regions, w.begins_at,
        array(
            select t.at
            from generate_series(
                w.begins_at, w.begins_at + interval '3 days' - interval '15 minutes', interval '15 minutes'
            ) as t (at)
            where h.hours @> t.at
        )
    from reference.area_codes as c
    cross join unnest(%s::timestamptz[]) as w (begins_at)
    cross join lateral (
        select
            engine.open_hours(
                'call', null, 'UTC', c.timezones, c.regions, w.begins_at, w.begins_at + interval '3 days'
            ) as hours
        offset 0
    ) as h
    where
        c.country = 'US' and c.kind = 'geographic'
        and (cardinality(c.timezones) > 1 or c.area_code::integer %% 20 = 3)
"""


def test_every_area_code_is_open_exactly_when_all_its_zones_and_states_allow(db: Connection) -> None:
    rules = windows(db, "call")
    found = db.execute(_OPEN_QUARTERS, [WEEKENDS]).fetchall()
    assert len({code for code, zones, *_ in found if len(zones) > 1}) > 10
    assert len(found) == len({code for code, *_ in found}) * len(WEEKENDS)
    for code, zones, regions, begins_at, opened in found:
        quarters = [begins_at.astimezone(UTC) + timedelta(minutes=15 * n) for n in range(3 * 96)]
        expected = [at for at in quarters if is_open(rules, at, zones, regions)]
        assert [at.astimezone(UTC) for at in opened] == expected, code


@pytest.mark.parametrize(
    ("phone", "closed", "opened"),
    [
        # 850 is in two zones, both of Florida: from eight by Chicago's clocks until eight by New York's, less the
        # minute in which what has begun leaves
        ("+18505550101", ["03-02 08:59:59-05", "03-02 19:59-05"], ["03-02 09:00-05", "03-02 19:58:59-05"]),
        # 208 reaches from Denver's clocks to Los Angeles's
        ("+12085550101", ["03-02 08:59:59-07", "03-02 20:59-07"], ["03-02 09:00-07", "03-02 20:58:59-07"]),
        # clocks go forward in the night: eight is an hour earlier than the day before
        ("+12125550101", ["03-14 11:59:59+00", "03-15 00:59+00"], ["03-14 12:00+00", "03-15 00:58:59+00"]),
        # and back: an hour later
        ("+12125550101", ["11-07 12:59:59+00", "11-08 01:59+00"], ["11-07 13:00+00", "11-08 01:58:59+00"]),
        # Texas begins on Sundays at noon; Alabama has none
        ("+12145550101", ["03-07 11:59-06"], ["03-07 12:00-06"]),
        ("+12055550101", ["03-06 19:59-06", "03-07 12:00-06"], ["03-06 19:58:59-06"]),
    ],
)  # fmt: skip
def test_the_gate_lets_nobody_be_called_outside(
    admin: Connection, phone: str, closed: list[str], opened: list[str]
) -> None:
    scene = engine.set_scene(admin, launch=False)
    admin.execute(
        "update public.contacts set timezones = z.timezones, regions = z.regions from engine.zones_for(%s) as z",
        [phone],
    )
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    [job] = [row[0] for row in admin.execute("select id from engine.jobs").fetchall()]
    # a clock only goes forward
    for at in sorted(closed + opened):
        admin.execute("select engine.set_clock(%s, 0)", [f"2027-{at}"])
        admin.execute("update engine.jobs set due_at = engine.now(), run_at = date_trunc('second', engine.now())")
        verdict = admin.execute("select decision from engine.check_eligibility(array[%s]::uuid[])", [job]).fetchone()
        assert verdict == ("pass" if at in opened else "defer",), at
