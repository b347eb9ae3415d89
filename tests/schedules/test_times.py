"""When schedules run: against croniter over five years, and minute by minute around every change of clocks.

Where croniter has another rule, ours is stated here, and nothing else is left out:

* a wall-clock minute that is shown twice runs the first time; croniter runs it both times
* a day field that names every day without a star is restricted all the same, so that either field is enough, as in
  Vixie's cron and pg_cron; croniter takes it for a star
* a range whose ends are equal is one number; croniter takes it for everything (such spellings are not drawn)
* weekdays end at 7, which is Sunday again; croniter counts steps and ranges to 6 only (such spellings are not drawn)
* where midnight is in the gap, croniter sometimes forgets the run that fell into it, so the first minute after such a
  gap is left out of that comparison
* `$`, the last day of the month, is `l` there

The test around the changes of clocks leaves nothing out: its oracle walks over the minutes that were drawn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from croniter import CroniterBadDateError, croniter

from tests.schedules.expressions import ZONES, Expression, draw

Case = tuple[Expression, str, datetime]
BEGIN, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
TIMES = 4

_NEXT = """
    select array(select engine.next_runs(engine.parse_cron(c.expression), c.zone, c.after, c.count) order by 1)
    from unnest(%s::text[], %s::text[], %s::timestamptz[], %s::integer[])
        with ordinality as c (expression, zone, after, count, n)
    order by c.n
"""


def ours(db: psycopg.Connection[Any], cases: list[Case], counts: list[int]) -> list[list[datetime]]:
    columns = [[case[0].text for case in cases], [case[1] for case in cases], [case[2] for case in cases]]
    return [row[0] for row in db.execute(_NEXT, [*columns, counts])]


def draw_case(rng: random.Random) -> Case:
    seconds = rng.randrange(int((END - BEGIN).total_seconds()))
    return draw(rng, common=True), rng.choice(ZONES), BEGIN + timedelta(seconds=seconds)


def is_disputed(expression: Expression) -> bool:
    """Whether a day field names every day without a star; see above."""
    return expression.is_either_day and (len(expression.days) == 31 or len(expression.weekdays) == 7)


def ends_midnight_gap(at: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks have just left out a midnight."""
    shown, before = at.astimezone(zone), (at - timedelta(minutes=1)).astimezone(zone)
    return shown.date() != before.date() and (shown.hour, shown.minute) != (0, 0)


def theirs(case: Case) -> Iterator[datetime]:
    expression, zone, after = case
    fields = expression.text.lower().split()
    fields[2] = "l" if expression.is_last_day else fields[2]
    iterator = croniter(" ".join(fields), after.astimezone(ZoneInfo(zone)), implement_cron_bug=True)
    while True:
        try:
            found = iterator.get_next(datetime)
        except CroniterBadDateError:
            return
        if found.fold == 0:  # shown for the first time
            yield found.astimezone(UTC)


def first(times: Iterator[datetime], count: int) -> list[datetime]:
    found: list[datetime] = []
    for at in times:
        if not found or at != found[-1]:  # several that one gap swallows
            found.append(at)
        if len(found) == count:
            break
    return found


def test_random_schedules_run_when_croniter_says(db: psycopg.Connection[Any]) -> None:
    rng = random.Random(20260301)
    cases = [case for case in (draw_case(rng) for _ in range(1500)) if not is_disputed(case[0])]
    assert len(cases) > 1400
    for case, found in zip(cases, ours(db, cases, [TIMES + 1] * len(cases)), strict=True):
        zone = ZoneInfo(case[1])
        expected = (at for at in theirs(case) if not ends_midnight_gap(at, zone))
        assert first((at for at in found if not ends_midnight_gap(at, zone)), TIMES) == first(expected, TIMES), case


def transitions(zone: ZoneInfo) -> Iterator[datetime]:
    """The hours in which a zone's clocks change, in the years of the test."""
    hour = BEGIN
    while hour < END:
        later = hour + timedelta(hours=1)
        if hour.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            yield hour
        hour = later


def minutes_around(zone: ZoneInfo, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Every wall-clock minute between two moments, and the instant that it counts as. No change is of three hours."""
    found = []
    wall = begin.astimezone(zone).replace(tzinfo=None) - timedelta(hours=3)
    last = end.astimezone(zone).replace(tzinfo=None) + timedelta(hours=3)
    while wall <= last:
        shown = wall
        while (at := shown.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(tzinfo=None) != shown:
            shown += timedelta(minutes=1)  # in a gap: on to the first minute that is shown
        found.append((wall, at))
        wall += timedelta(minutes=1)
    return [(wall, at) for wall, at in found if begin < at <= end]


def walk(expression: Expression, minutes: list[tuple[datetime, datetime]]) -> list[datetime]:
    """The runs among these minutes."""
    named = {day: expression.runs_on(day) for day in {wall.date() for wall, _ in minutes}}
    return sorted(
        {
            at
            for wall, at in minutes
            if wall.minute in expression.minutes and wall.hour in expression.hours and named[wall.date()]
        }
    )


@pytest.mark.parametrize(
    "name", [*(zone for zone in ZONES if zone not in ("UTC", "America/Phoenix", "Asia/Kathmandu"))]
)
def test_around_every_change_of_clocks_each_minute_runs_once(db: psycopg.Connection[Any], name: str) -> None:
    zone = ZoneInfo(name)
    rng = random.Random(name)
    changes = list(transitions(zone))
    assert len(changes) >= 8
    for change in changes:
        begin = change - timedelta(minutes=rng.randrange(30, 120))
        end = change + timedelta(hours=4)
        cases = [(draw(rng), name, begin) for _ in range(8)]
        minutes = minutes_around(zone, begin, end)
        expected = [walk(case[0], minutes) for case in cases]
        for case, found, runs in zip(
            cases, ours(db, cases, [len(runs) + 1 for runs in expected]), expected, strict=True
        ):
            assert [at for at in found if at <= end] == runs, case


# zone, expression, after (UTC), the next runs (UTC)
BY_HAND = [
    ("America/New_York", "30 2 * * *", "2026-03-07 08:00", ["2026-03-08 07:00", "2026-03-09 06:30"]),
    ("America/New_York", "0,20,40 2 * * *", "2026-03-08 00:00", ["2026-03-08 07:00", "2026-03-09 06:00"]),
    ("America/New_York", "30 2,3 * * *", "2026-03-08 00:00", ["2026-03-08 07:00", "2026-03-08 07:30"]),
    ("America/New_York", "30 1 * * *", "2026-11-01 00:00", ["2026-11-01 05:30", "2026-11-02 06:30"]),
    ("America/New_York", "30 1 * * *", "2026-11-01 06:00", ["2026-11-02 06:30"]),
    ("America/New_York", "30 1 * * *", "2026-11-01 06:30", ["2026-11-02 06:30"]),
    ("America/New_York", "*/30 * * * *", "2026-11-01 05:00", ["2026-11-01 05:30", "2026-11-01 07:00"]),
    ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03 00:00", ["2026-10-03 15:30", "2026-10-04 15:15"]),
    ("Australia/Lord_Howe", "45 1 * * *", "2026-04-04 00:00", ["2026-04-04 14:45", "2026-04-05 15:15"]),
    ("Africa/Casablanca", "30 2 * * *", "2026-02-15 00:00", ["2026-02-15 01:30", "2026-02-16 02:30"]),
    ("Africa/Casablanca", "30 2 * * *", "2026-03-22 00:00", ["2026-03-22 02:00", "2026-03-23 01:30"]),
    ("America/Sao_Paulo", "0 0 * * *", "2018-11-03 12:00", ["2018-11-04 03:00", "2018-11-05 02:00"]),
    ("America/Sao_Paulo", "30 23 * * *", "2018-02-17 12:00", ["2018-02-18 01:30", "2018-02-19 02:30"]),
    ("Asia/Beirut", "15 0 * * 0", "2022-03-26 12:00", ["2022-03-26 22:00", "2022-04-02 21:15"]),
    ("Pacific/Apia", "0 12 * * *", "2011-12-29 12:00", ["2011-12-29 22:00", "2011-12-30 10:00", "2011-12-30 22:00"]),
    ("Pacific/Apia", "0 12 30 12 *", "2011-12-01 00:00", ["2011-12-30 10:00", "2012-12-29 22:00"]),
    ("America/New_York", "0 0 29 2 */7", "2026-01-01 00:00", ["2032-02-29 05:00", "2060-02-29 05:00"]),
    ("UTC", "0 0 29 2 */7", "2077-01-01 00:00", ["2088-02-29 00:00", "2128-02-29 00:00"]),
    ("UTC", "0 0 30 2 *", "2026-01-01 00:00", []),
    ("UTC", "0 0 31 4,6,9,11 *", "2026-01-01 00:00", []),
    ("UTC", "0 0 31 2 1", "2026-01-01 00:00", ["2026-02-02 00:00"]),
    ("UTC", "* * * * *", "2026-01-01 00:00:59.999", ["2026-01-01 00:01", "2026-01-01 00:02"]),
    ("UTC", "@reboot", "2026-01-01 00:00", []),
    ("UTC", "30 seconds", "2026-01-01 00:00:10", ["2026-01-01 00:00:40", "2026-01-01 00:01:10"]),
]


@pytest.mark.parametrize(("zone", "expression", "after", "runs"), BY_HAND)
def test_by_hand(db: psycopg.Connection[Any], zone: str, expression: str, after: str, runs: list[str]) -> None:
    [(found,)] = db.execute(_NEXT, [[expression], [zone], [f"{after}+00"], [max(len(runs), 1)]]).fetchall()
    assert found == [datetime.fromisoformat(f"{at}+00:00") for at in runs]
