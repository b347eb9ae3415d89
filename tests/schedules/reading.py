"""Reads summaries back: ours and cron-descriptor's, each by the words it uses, into what they claim.

What is compared is all that a sentence can claim: the set of times of a day, the set of months, and on which days of
the month and weekdays. Day 32 stands for the last day of the month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"]
MONTHS.append("December")
WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
ALL_DAYS = frozenset(range(1, 33))
ALL_WEEKDAYS = frozenset(range(7))


@dataclass(frozen=True)
class Claim:
    """What a sentence says; `days` are the pairs of day and weekday on which it says that something runs."""

    times: frozenset[tuple[int, int]]
    days: frozenset[tuple[int, int]]
    months: frozenset[int]


def day_pairs(days: Iterable[int], weekdays: Iterable[int], *, either: bool) -> frozenset[tuple[int, int]]:
    """Pairs of a day and a weekday that match, by either or by both."""
    days, weekdays = frozenset(days), frozenset(weekdays)
    return frozenset(
        (day, weekday)
        for day in ALL_DAYS
        for weekday in ALL_WEEKDAYS
        if ((day in days or weekday in weekdays) if either else (day in days and weekday in weekdays))
    )


def _numbers(text: str, join: str) -> set[int]:
    found: set[int] = set()
    for low, high in re.findall(rf"(\d+)(?: {join} (\d+))?", text):
        found |= set(range(int(low), int(high or low) + 1))
    return found


def _names(text: str, names: Sequence[str], join: str, first: int) -> set[int]:
    """Names and ranges of names in a text, as numbers from `first`; a range may go on from the beginning."""
    name = "|".join(names)
    found: set[int] = set()
    for low, high in re.findall(rf"\b({name})\b(?: {join} ({name})\b)?", text):
        number, last = names.index(low), names.index(high or low)
        found.add(number)
        while number != last:
            number = (number + 1) % len(names)
            found.add(number)
    return {number + first for number in found}


def _clock(text: str) -> list[tuple[int, int]]:
    return [(int(hour), int(minute)) for hour, minute in re.findall(r"(\d\d):(\d\d)", text)]


def _times(hours: Iterable[int], minutes: Iterable[int]) -> frozenset[tuple[int, int]]:
    minutes = list(minutes)
    return frozenset((hour, minute) for hour in hours for minute in minutes)


def _windows(text: str) -> set[int]:
    clock = [hour for hour, _ in _clock(text)]
    return {hour for low, high in zip(clock[::2], clock[1::2], strict=True) for hour in range(low, high + 1)}


def read_ours(text: str) -> Claim:
    """A summary of `describe_cron`. What does not fit the words raises."""
    match = re.fullmatch(
        r"(?P<times>(?:At|Every) .*?)(?: every day)?"
        r"(?:, (?:on )?(?P<days>(?:day|the last|every \d)[^M]*?of the month)?"
        r"(?P<how> or on | if that day is |(?<=on ))?"
        r"(?P<weekdays>(?:(?:, | and | or | to )?\w+day)+)?)?"
        r"(?:, (?:in )?(?P<months>(?:(?:, | and | to )?(?:" + "|".join(MONTHS) + r"))+))?",
        text,
    )
    assert match is not None, text
    days, weekdays, months = match["days"], match["weekdays"], match["months"]
    day_numbers: Iterable[int] = ALL_DAYS
    if days is not None:
        step = re.match(r"every (\d+)\w\w day from (\d+) to (\d+)", days)
        day_numbers = _numbers(days, "to")
        if step is not None:
            day_numbers = range(int(step[2]), int(step[3]) + 1, int(step[1]))
        elif days.startswith("the last"):
            day_numbers = {32}
    return Claim(
        _our_times(match["times"]),
        day_pairs(
            day_numbers,
            ALL_WEEKDAYS if weekdays is None else _names(weekdays, WEEKDAYS, "to", 0),
            either=match["how"] == " or on ",
        ),
        frozenset(range(1, 13) if months is None else _names(months, MONTHS, "to", 1)),
    )


def _our_times(text: str) -> frozenset[tuple[int, int]]:
    if re.match(r"At \d\d:", text):
        return frozenset(_clock(text))
    if found := re.fullmatch(r"Every (?:(\d+) )?hours? from (\d\d):(\d\d) to (\d\d):\d\d", text):
        return _times(range(int(found[2]), int(found[4]) + 1, int(found[1] or 1)), [int(found[3])])
    if found := re.fullmatch(r"Every (?:(\d+) )?hours?(?: at minute (\d+))?", text):
        return _times(range(0, 24, int(found[1] or 1)), [int(found[2] or 0)])
    found = re.fullmatch(
        r"(?:Every (?:(?P<step>\d+) )?minutes?(?: from minute (?P<low>\d+) to (?P<high>\d+) of each hour)?"
        r"|At minutes? (?P<list>[\d, andto]+) of each hour)"
        r"(?: in every (?P<nth>\d+)\w\w hour from (?P<from>\d\d):00 to (?P<to>\d\d):59| (?P<windows>between .*))?",
        text,
    )
    assert found is not None, text
    minutes: Iterable[int] = range(int(found["low"] or 0), int(found["high"] or 59) + 1, int(found["step"] or 1))
    if found["list"] is not None:
        minutes = _numbers(found["list"], "to")
    hours: Iterable[int] = range(24)
    if found["nth"] is not None:
        hours = range(int(found["from"]), int(found["to"]) + 1, int(found["nth"]))
    elif found["windows"] is not None:
        hours = _windows(found["windows"])
    return _times(hours, minutes)


def read_descriptor(text: str) -> Claim:
    """A text of cron-descriptor in English with a clock of 24 hours; its clauses are told apart by their words."""
    clauses = re.split(r", (?=between|every|only|or on|on |minutes|at |January|[A-Z]\w+ through)", text)
    times, rest = [clauses[0]], clauses[1:]
    days, weekdays, months, either = set(ALL_DAYS), set(ALL_WEEKDAYS), set(range(1, 13)), False
    for clause in rest:
        if step := re.fullmatch(r"every (\d+) days", clause):
            days &= set(range(1, 33, int(step[1])))
        elif "between day" in clause:
            low, high = map(int, re.findall(r"\d+", clause))
            days = set(range(low, high + 1)) if len(days) == 32 else {n for n in range(low, high + 1) if n in days}
        elif "on day" in clause:
            days = _numbers(clause, "through")
        elif step := re.fullmatch(r"every (\d+) months", clause):
            months = set(range(1, 13, int(step[1])))
        elif found := _names(clause, MONTHS, "through", 1):
            months = found
        elif found := _names(clause, WEEKDAYS, "through", 0):
            weekdays, either = found, clause.startswith("or on")
        else:
            times.append(clause)
    return Claim(_their_times(times), day_pairs(days, weekdays, either=either), frozenset(months))


def _their_times(clauses: list[str]) -> frozenset[tuple[int, int]]:
    head, hours = clauses[0], set(range(24))
    if re.match(r"At \d\d:", head):
        return frozenset(_clock(head))
    if head.startswith("Every minute between"):
        [(hour, low), (_, high)] = _clock(head)
        return _times([hour], range(low, high + 1))
    if found := re.fullmatch(r"Every (?:(\d+) )?hours?", head):
        minutes, hours = {0}, set(range(0, 24, int(found[1] or 1)))
    elif found := re.fullmatch(r"Every (?:(\d+) )?minutes?", head):
        minutes = set(range(0, 60, int(found[1] or 1)))
    else:
        assert re.fullmatch(r"(At|Minutes) .* past the hour", head), head
        minutes = _numbers(head, "through")
    for clause in clauses[1:]:
        if found := re.fullmatch(r"minutes (\d+) through (\d+) past the hour", clause):
            minutes = set(range(int(found[1]), int(found[2]) + 1, sorted(minutes)[1]))
        elif found := re.fullmatch(r"every (\d+) hours", clause):
            hours = set(range(0, 24, int(found[1])))
        elif clause.startswith("between"):
            hours = _windows(clause)
        else:
            assert clause.startswith("at "), clause
            hours = {hour for hour, _ in _clock(clause)}
    return _times(hours, minutes)
