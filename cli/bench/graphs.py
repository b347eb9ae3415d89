"""Workflows of any size for measuring: one as people draw them, and two whose shape is the worst case of a walk."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

Graph = dict[str, Any]

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
_HOURS = (
    {"timezone": "contact", "windows": {day: [{"start": "09:00", "end": "17:00"}] for day in _WEEK}},
    {"timezone": "team", "windows": {day: [{"start": "08:30", "end": "12:00"}, {"start": "13:00", "end": "18:30"}]
                                     for day in (*_WEEK, "saturday")}},
    {"timezone": "America/Denver", "windows": {day: [{"start": "10:00", "end": "19:00"}] for day in _WEEK}},
)  # fmt: skip
_BATCHING = ({"size": 50, "interval": "PT5M"}, {"size": 200, "interval": "PT1H"})
_CALL_RETRY = (
    {"outcomes": ["no_answer", "busy"], "max_retries": 2, "delay": "PT4H"},
    {"outcomes": ["no_answer", "voicemail"], "max_retries": 3, "delay": "P1D"},
)
_TEXT_RETRY = {"outcomes": ["failed"], "max_retries": 1, "delay": "PT1H"}
_BODIES = (
    "Hi {{first_name|there}}, it is time for the yearly check of your furnace. Reply YES and we will call you back.",
    "{{first_name|Hello}}, {{team_name|we}} will be in your street this week. Would a visit suit you? Reply YES.",
    "Hi {{first_name}}, {{unit}} is due for its tune-up. We still have mornings free; reply YES to hold one.",
)


def node(node_id: str, kind: str, **data: Any) -> dict[str, Any]:
    """A node as React Flow holds it."""
    place = int("".join(filter(str.isdigit, node_id)) or 0)
    return {
        "id": node_id,
        "type": kind,
        "position": {"x": 280.5 * (place % 40), "y": 160 * (place // 40)},
        "data": data,
    }


def edge(source: str, target: str, when: str, priority: int = 1, **data: Any) -> dict[str, Any]:
    """An edge as React Flow holds it; its id is made from its ends and its rule."""
    return {"id": f"{source}-{when}-{target}", "source": source, "target": target,
            "data": {"when": when, "priority": priority, **data}}  # fmt: skip


def campaign(size: int, assistants: Sequence[str]) -> Graph:
    """A campaign of call, second call, text, reminder and confirmation, again and again; 9 edges for 5 nodes.

    `assistants` are ids of active assistants for calls. The graph is in order: no error, no warning.
    """
    nodes = [node("start", "trigger", label="Start")]
    edges: list[dict[str, Any]] = []
    tail, way_on = "start", "any"
    for block in range((size - 1) // 5):
        call, again, text, remind, confirm = (f"n{block * 5 + place}" for place in range(1, 6))
        nodes += [
            _call(call, block, "First call", assistants),
            _call(again, block + 1, "Second call", assistants),
            _text(text, block, "Offer", reply_window="PT4H", retry=_TEXT_RETRY,
                  business_hours=_HOURS[block % 3], batching=_BATCHING[block % 2]),
            _text(remind, block + 1, "Reminder"),
            _text(confirm, block + 2, "Confirmation"),
        ]  # fmt: skip
        edges += [
            edge(tail, call, way_on, 1, delay="P1D"),
            edge(call, confirm, "booked", 1, label="booked"),
            edge(call, text, "voicemail", 2, delay="PT15M"),
            edge(call, again, "any", 9, delay="P2D"),
            edge(again, confirm, "booked", 1),
            edge(again, text, "any", 9, delay="PT30M"),
            edge(text, confirm, "reply_matches", 1, phrases=["yes", "ok please", "call me"], label="says yes"),
            edge(text, confirm, "booked", 2),
            edge(text, remind, "any", 9, delay="P3D"),
        ]
        tail = remind
    for number in range(len(nodes), size):
        nodes.append(_text(f"n{number}", number, "Last word"))
        edges.append(edge(tail, f"n{number}", "any", 1, delay="P7D"))
        tail = f"n{number}"
    return {"nodes": nodes, "edges": edges}


def chain(size: int) -> Graph:
    """One text after the other: as many steps as nodes."""
    names = ["start", *(f"n{number}" for number in range(1, size))]
    nodes = [node("start", "trigger"), *(_text(name, place, "Text") for place, name in enumerate(names[1:]))]
    return {"nodes": nodes, "edges": [edge(a, b, "any") for a, b in itertools.pairwise(names)]}


def ladder(size: int) -> Graph:
    """Diamond upon diamond: the number of ways through doubles with each three nodes."""
    names = ["start", *(f"n{number}" for number in range(1, size))]
    nodes = [node("start", "trigger"), *(_text(name, place, "Text") for place, name in enumerate(names[1:]))]
    edges = [edge("start", names[1], "any")] if size > 1 else []
    for top in range(1, size - 1, 3):
        sides, foot = names[top + 1 : top + 3], names[top + 3 : top + 4]
        for side, when in zip(sides, ("undeliverable", "any"), strict=False):
            edges.append(edge(names[top], side, when, 1 + (when == "any")))
            edges += [edge(side, bottom, "any") for bottom in foot]
    return {"nodes": nodes, "edges": edges}


def _call(node_id: str, turn: int, label: str, assistants: Sequence[str]) -> dict[str, Any]:
    return node(
        node_id, "call", label=f"{label} {turn}", assistant_id=assistants[turn % len(assistants)],
        first_message="Hi {{first_name|there}}, this is {{team_name}} about your furnace.",
        business_hours=_HOURS[turn % 3], batching=_BATCHING[turn % 2], retry=_CALL_RETRY[turn % 2],
    )  # fmt: skip


def _text(node_id: str, turn: int, label: str, **data: Any) -> dict[str, Any]:
    body = _BODIES[turn % 3]
    own = {"template_overrides": {"unit": "your air conditioner"}} if "{{unit}}" in body else {}
    return node(node_id, "text", label=f"{label} {turn}", template=body, **own, **data)
