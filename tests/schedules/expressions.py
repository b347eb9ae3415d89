"""Random cron expressions whose meaning is known because it was drawn first, not read from the text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
LIMITS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
NAMES: list[Sequence[str]] = [(), (), (), MONTHS, WEEKDAYS]

# Whole and half hours, gaps at midnight, half an hour of daylight saving, Ramadan, the south, none at all.
ZONES = [
    "America/New_York", "America/Chicago", "America/Phoenix", "America/Los_Angeles", "America/St_Johns",
    "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Beirut", "Africa/Cairo", "America/Santiago", "America/Havana",
    "Europe/London", "Europe/Dublin", "Asia/Kathmandu", "Pacific/Chatham", "Antarctica/Troll", "UTC",
]  # fmt: skip


@dataclass(frozen=True)
class Expression:
    """A text and what it means; weekdays count from Sunday, 0."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_last_day: bool

    @property
    def is_either_day(self) -> bool:
        """Whether one of the day fields is enough: neither begins with a star."""
        _, _, day, _, weekday = self.text.split()
        return not day.startswith("*") and not weekday.startswith("*")

    def runs_on(self, day: date) -> bool:
        """Whether a day is one of the schedule's."""
        if day.month not in self.months:
            return False
        is_day = day.day in self.days or (self.is_last_day and (day + timedelta(days=1)).day == 1)
        is_weekday = day.isoweekday() % 7 in self.weekdays
        return is_day or is_weekday if self.is_either_day else is_day and is_weekday


def _word(rng: random.Random, number: int, names: Sequence[str], low: int) -> str:
    if names and number - low < len(names) and rng.random() < 0.4:
        name = names[number - low]
        return rng.choice([name, name.upper(), name.capitalize()])
    return rng.choice([str(number), str(number), str(number), f"0{number}"])


def _item(rng: random.Random, field: int, common: bool) -> tuple[str, set[int]]:
    (low, high), names = LIMITS[field], NAMES[field]
    kinds = ["number", "number", "range", "range/step", "backwards", "*/step"]
    if common and field == 4:
        high, kinds = 6, kinds[:-1]
    kind = rng.choice(kinds)
    step = rng.randint(1, high)
    if kind == "*/step":
        return f"*/{step}", set(range(low, high + 1, step))
    first = rng.randint(low, high)
    if kind == "number":
        return _word(rng, first, names, low), {first}
    if kind == "backwards" and low < first <= high - (field == 4):
        last = rng.randint(low, first - 1)
        text = f"{_word(rng, first, names, low)}-{_word(rng, last, names, low)}"
        return text, {*range(first, high + 1), *range(low, last + 1)}
    if common and first == high:
        first -= 1
    last = rng.randint(first + common, high)
    text = f"{_word(rng, first, names, low)}-{_word(rng, last, names, low)}"
    if kind != "range/step":
        return text, set(range(first, last + 1))
    return f"{text}/{step}", set(range(first, last + 1, step))


def _field(rng: random.Random, field: int, star: float, common: bool) -> tuple[str, set[int]]:
    low, high = LIMITS[field]
    if rng.random() < star:
        return "*", set(range(low, high + 1))
    items = [_item(rng, field, common) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    return ",".join(text for text, _ in items), set().union(*(numbers for _, numbers in items))


def draw(rng: random.Random, *, common: bool = False) -> Expression:
    """One expression; `common` leaves out spellings that other libraries read differently.

    Those are a range whose ends are equal (croniter takes it for everything), and steps and ranges of weekdays up to 7.
    """
    parts = [_field(rng, field, star, common) for field, star in enumerate((0.2, 0.3, 0.6, 0.7, 0.6))]
    is_last_day = rng.random() < 0.05
    if is_last_day:
        parts[2] = ("$", set())
    minutes, hours, days, months, weekdays = (frozenset(numbers) for _, numbers in parts)
    text = " ".join(text for text, _ in parts)
    return Expression(text, minutes, hours, days, months, frozenset(n % 7 for n in weekdays), is_last_day)
