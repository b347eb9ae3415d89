"""The numbers as tables for people, and as flat rows for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from cli.campaigns.options import STYLES
from cli.output import console, print_table

CONTACTS = ("enrolled", "active", "completed", "booked", "opted_out", "suppressed", "failed", "cancelled")
"""Contacts: the first is the sum of the others."""
JOBS = ("waiting", "queued", "in_progress", "completed", "failed", "skipped", "cancelled")
"""Calls and texts of a channel or a node, by state."""
CAME = ("booked", "replied", "opted_out")
"""What people did at a node."""
_WIDE = 120  # columns from which each state of a job has one of its own
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def percent(share: Any) -> str:
    """A share as people read it; nothing where there is nothing to share."""
    return "" if share is None else f"{float(share):.1%}"


def title(name: str) -> str:
    """The name of a number as the head of a column."""
    return name.replace("_", " ")


def moment(as_of: str, zone: ZoneInfo) -> str:
    """A moment on the wall's clock, with the zone that it hangs in."""
    return f"{datetime.fromisoformat(as_of).astimezone(zone):%a %Y-%m-%d %H:%M} ({zone.key})"


def print_campaigns(metrics: Sequence[Mapping[str, Any]]) -> None:
    """Contacts and what is open: of one campaign a line for each state, of several a line for each campaign."""
    if len(metrics) == 1:
        [one] = metrics
        print_table(
            (one["name"], "contacts", "share"),
            [(title(name), f"{one[name]:,}", percent(one[name] / max(one["enrolled"], 1))) for name in CONTACTS],
            right=("contacts", "share"),
        )
    else:
        shown = [name for name in CONTACTS if name == "enrolled" or any(row[name] for row in metrics)]
        heads = [title(name) for name in shown]
        print_table(
            ("campaign", "status", *heads),
            [(row["name"], row["status"], *(row[name] for name in shown)) for row in metrics],
            right=heads,
            styles=STYLES,
        )
    for row in metrics:
        rate = (
            f"{percent(row['booking_rate'])} of the reached booked" if row["booking_rate"] is not None else "nobody yet"
        )
        name = f"{row['name']}: " if len(metrics) > 1 else ""
        console.print(Text(f"{name}{row['status']}, {row['completed_today']} completed today; {rate}."), soft_wrap=True)
    console.print()
    _print_channels(metrics)


def _print_channels(metrics: Sequence[Mapping[str, Any]]) -> None:
    """Calls and texts of all campaigns together, a line for each state."""
    channels = list(dict.fromkeys(channel for row in metrics for channel in row["channels"]))
    print_table(
        ("jobs", *(f"{channel}s" for channel in channels)),
        [
            (
                title(state),
                *(sum(row["channels"].get(channel, {}).get(state, 0) for row in metrics) for channel in channels),
            )
            for state in JOBS
        ],
        right=[f"{channel}s" for channel in channels],
    )


def print_nodes(nodes: Sequence[Mapping[str, Any]]) -> None:
    """Calls and texts, a row for each node of the workflow, and what came of them."""
    counts = [dict(node, open=node["waiting"] + node["queued"] + node["in_progress"]) for node in nodes]
    names = ("scheduled", *(JOBS if console.width >= _WIDE else ("open", "failed")), *CAME)
    shown = [name for name in names if name == "scheduled" or any(node[name] for node in counts)]
    heads = [title(name) for name in shown]
    print_table(
        ("node", *heads),
        [(name_of(node), *(node[name] for name in shown)) for node in counts],
        right=heads,
    )
    print_table(("node", "outcomes"), [(name_of(node), outcomes(node["outcomes"])) for node in nodes])


def name_of(node: Mapping[str, Any]) -> str:
    """What people call a node."""
    return str(node["label"] or node["node_id"])


def outcomes(counts: Mapping[str, int]) -> str:
    """Outcomes with their numbers, the most frequent first."""
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {title(outcome)}" for outcome, count in most)


def print_audience(audience: Sequence[Mapping[str, Any]]) -> None:
    """Who could be, was, and may still be reached: all of them, by source and by zone."""
    heads = ("size", "reached", "reachable", "booked")
    rows: list[tuple[Any, ...]] = [(row["name"], *(row[name] for name in heads)) for row in audience]
    print_table(("audience", *heads), rows, right=heads)
    for key, head in (("by_source", "source"), ("by_zone", "time zone")):
        groups = added(audience, key)
        print_table(
            (head, "size", "reached", "booked"),
            [(name, *(group.get(one, 0) for one in ("size", "reached", "booked"))) for name, group in groups.items()],
            right=("size", "reached", "booked"),
        )
    reasons = suppressed(audience)
    if reasons:
        print_table(("suppressed because", "contacts"), list(reasons.items()), right=("contacts",))


def added(audience: Sequence[Mapping[str, Any]], key: str) -> dict[str, dict[str, int]]:
    """`by_source` or `by_zone` of several campaigns together, the biggest group first."""
    groups: dict[str, dict[str, int]] = {}
    for row in audience:
        for name, counts in row[key].items():
            group = groups.setdefault(name, {})
            for one, count in counts.items():
                group[one] = group.get(one, 0) + count
    return dict(sorted(groups.items(), key=lambda item: (-item[1].get("size", 0), item[0])))


def suppressed(audience: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Why contacts were left alone, of several campaigns together, the most frequent reason first."""
    reasons: dict[str, int] = {}
    for row in audience:
        for reason, count in row["suppressed"].items():
            reasons[reason] = reasons.get(reason, 0) + count
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows for a spreadsheet: an object's fields become columns (`channels.call.queued`), lists become words.

    A text that a spreadsheet would take for a formula gets an apostrophe in front: names and labels are other people's.
    """
    flat = [dict(_flat(row)) for row in rows]
    columns = dict.fromkeys(name for row in flat for name in row)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_safe(name) for name in columns])
    for row in flat:
        writer.writerow([_safe(row.get(name, "")) for name in columns])
    return text.getvalue()


def _flat(value: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            found += _flat(inner, f"{prefix}{name}.")
        elif isinstance(inner, list):
            found.append((prefix + name, " ".join(map(str, inner))))
        else:
            found.append((prefix + name, inner))
    return found


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
