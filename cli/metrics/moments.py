"""Moments as people say them: so long ago, a day, or a moment; read in a zone, and by the campaign's clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cli.errors import CommandError

_AGO = re.compile(r"([0-9]{1,4}) ?(m|min|h|d|w)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_HINT = "Say 90m, 24h, 7d or 2w back, today, yesterday, now, a day like 2027-03-01, or a moment like 2027-03-01T09:00."


def zone_of(name: str) -> ZoneInfo:
    """An IANA zone by its name."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # not there; or no name of a file that could be there
        raise CommandError(f'There is no time zone "{name}".', hint="Write it like America/New_York.") from None


def moment_of(said: str, now: datetime, zone: ZoneInfo) -> datetime:
    """What is meant, in the zone.

    Days and weeks go back on the wall's clock, so that seven days ago it was as late as now whatever the clocks did;
    minutes and hours are as long as they always are. A moment without an offset is one of the zone.
    """
    here, words = now.astimezone(zone), said.strip().lower()
    ago = _AGO.fullmatch(words)
    try:
        if ago:
            back = timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            return here - back if ago[2] in "dw" else (now.astimezone(UTC) - back).astimezone(zone)
        if words == "now":
            return here
        if words in ("today", "yesterday"):
            return _midnight(here - timedelta(days=words == "yesterday"))
        found = datetime.fromisoformat(said.strip())
        return found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)
    except (ValueError, OverflowError):
        raise CommandError(f'"{said}" is no moment.', hint=_HINT) from None


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
