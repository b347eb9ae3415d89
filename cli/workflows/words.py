"""Settings of nodes and edges in words, as they stand in a drawing, a comparison and a timeline."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def plain(value: Any) -> str:
    """A text on one line, without anything that moves the cursor of a terminal or has no width."""
    kept = (
        " " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char
        for char in str(value)
        if unicodedata.category(char) != "Cf"
    )
    return " ".join("".join(kept).split())


def count(number: int, what: str) -> str:
    """A number of things: `1 node`, `2 nodes`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def duration(value: Any) -> str:
    """`PT1H30M` as `1h 30m`; what is no such duration as it is."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        return plain(value)
    parts = [f"{int(number)}{unit}" for number, unit in zip(match.groups(), "wdhms", strict=True) if int(number or 0)]
    return " ".join(parts) or "0s"


def quoted(value: Any) -> str:
    """A text in quotation marks."""
    return f"“{plain(value)}”"


def edge_words(data: Any) -> str:
    """An edge by priority, rule, delay, phrases and label: `2 not_booked, after 15m`."""
    data = data if isinstance(data, dict) else {}
    words = f"{plain(data.get('priority', 1))} {plain(data.get('when') or 'any')}"
    if data.get("delay") not in (None, "PT0S"):
        words += f", after {duration(data['delay'])}"
    if data.get("when") == "reply_matches" and isinstance(data.get("phrases"), list):
        words += ": " + ", ".join(map(quoted, data["phrases"]))
    label = plain(data.get("label") or "")
    return f"{words} ({label})" if label and label.casefold() != str(data.get("when")).replace("_", " ") else words


def node_words(data: Any, assistants: Mapping[str, str] | None = None) -> list[str]:
    """The main settings of a node, a line each. Assistants are named where their names are known."""
    data = data if isinstance(data, dict) else {}
    lines = []
    assistant = data.get("assistant_id")
    opening = f"opens with {quoted(data['first_message'])}" if data.get("first_message") else ""
    if assistant:
        who = f"assistant {plain((assistants or {}).get(str(assistant), assistant))}"
        lines.append(f"{who}, {opening}" if opening else who)
    elif opening:
        lines.append(opening)
    if data.get("template"):
        lines.append(quoted(data["template"]))
    if data.get("reply_window"):
        lines.append(f"waits {duration(data['reply_window'])} for a reply")
    for setting, words in (("business_hours", _hours), ("batching", _batching), ("retry", _retry)):
        if isinstance(data.get(setting), dict):
            lines.append(words(data[setting]))
    return lines


def _hours(hours: dict[str, Any]) -> str:
    """Business hours with equal days in a row put together: `Mon-Fri 09:00-17:00, contact's time`."""
    windows = hours.get("windows")
    windows = windows if isinstance(windows, dict) else {}
    groups: list[tuple[str, str, str]] = []
    for number, day in enumerate(_DAYS):
        times = _times(windows.get(day))
        short = day[:3].title()
        if times and groups and groups[-1][2] == times and groups[-1][1] == _DAYS[number - 1][:3].title():
            groups[-1] = (groups[-1][0], short, times)
        elif times:
            groups.append((short, short, times))
    days = "; ".join(f"{first if first == last else f'{first}-{last}'} {times}" for first, last, times in groups)
    zone = plain(hours.get("timezone") or "contact")
    whose = f"{zone}'s time" if zone in ("contact", "team") else zone
    return f"{days or 'never open'} ({whose})"


def _times(windows: Any) -> str:
    if not isinstance(windows, list):
        return ""
    return ", ".join(
        f"{plain(window.get('start'))}-{plain(window.get('end'))}" for window in windows if isinstance(window, dict)
    )


def _batching(batching: dict[str, Any]) -> str:
    return f"at most {plain(batching.get('size'))} every {duration(batching.get('interval'))}"


def _retry(retry: dict[str, Any]) -> str:
    outcomes = retry.get("outcomes")
    after = ", ".join(map(plain, outcomes)) if isinstance(outcomes, list) else "?"
    times = retry.get("max_retries")
    how_often = "once" if times == 1 else f"{plain(times)} times"
    return f"tries again after {after}: {how_often}, {duration(retry.get('delay'))} apart"
