"""Where people may be, and when the law lets them be reached: written down a second time, for the judge.

Nothing here is read from the database: a rule that is wrong there must be seen as wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

OPENS = time(8)
CLOSES = time(21)
CLOSES_EARLY = time(20)
EARLY = frozenset({"FL", "OK"})
NO_SUNDAYS = frozenset({"AL", "LA"})
THRICE_A_DAY = frozenset({"FL", "OK"})
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Place:
    """An area code, the ZIP code of an address if one is known, and what follows from the two."""

    area_code: str
    postal_code: str | None
    zones: tuple[str, ...]
    states: tuple[str, ...]


PLACES = (
    Place("212", None, ("America/New_York",), ("NY",)),
    Place("305", None, ("America/New_York",), ("FL",)),
    Place("850", None, ("America/Chicago", "America/New_York"), ("FL",)),
    Place("850", "32501", ("America/Chicago",), ("FL",)),
    Place("205", None, ("America/Chicago",), ("AL",)),
    Place("504", None, ("America/Chicago",), ("LA",)),
    Place("405", None, ("America/Chicago",), ("OK",)),
    Place("208", None, ("America/Boise", "America/Los_Angeles"), ("ID",)),
    Place("602", None, ("America/Phoenix",), ("AZ",)),
    Place("808", None, ("Pacific/Honolulu",), ("HI",)),
    Place("415", None, ("America/Los_Angeles",), ("CA",)),
    Place("415", "33101", ("America/New_York",), ("CA", "FL")),
    Place("907", None, ("America/Adak", "America/Anchorage"), ("AK",)),
)


def is_legal(place: Place, at: datetime) -> bool:
    """Whether the law lets somebody be reached at a moment: in every zone, by the rules of every state."""
    for zone in place.zones:
        local = at.astimezone(ZoneInfo(zone))
        closes = CLOSES_EARLY if EARLY & set(place.states) else CLOSES
        if not OPENS <= local.time() < closes:
            return False
        if local.isoweekday() == 7 and NO_SUNDAYS & set(place.states):
            return False
    return True


def is_business(hours: dict[str, Any] | None, place: Place, team_zone: str, at: datetime) -> bool:
    """Whether a node's business hours are open at a moment."""
    if hours is None:
        return True
    named = hours["timezone"]
    zones = place.zones if named == "contact" else (team_zone if named == "team" else named,)
    return all(_is_open(hours["windows"], at.astimezone(ZoneInfo(zone))) for zone in zones)


def daily_limit(place: Place) -> int | None:
    """How many contacts a day the law allows, if it counts them."""
    return 3 if THRICE_A_DAY & set(place.states) else None


def _is_open(windows: dict[str, list[dict[str, str]]], local: datetime) -> bool:
    return any(
        time.fromisoformat(window["start"]) <= local.time() < time.fromisoformat(window["end"])
        for window in windows.get(WEEKDAYS[local.weekday()], [])
    )
