"""Small random workflows, with settings and rules of every kind."""

from __future__ import annotations

from random import Random
from typing import Any

from cli.dev.faults.places import WEEKDAYS

Graph = dict[str, Any]

ASSISTANT = "ASSISTANT"
"""Stands for the assistant's id, which is not known before the team is there."""

_CALL_RULES: tuple[str, ...] = ("booked", "not_booked", "answered", "no_answer", "voicemail", "busy", "failed", "any")
_TEXT_RULES: tuple[str, ...] = ("undeliverable", "failed", "any")
_REPLY_RULES = ("replied", "no_reply", "reply_matches")
_WINDOWS = (
    [{"start": "09:00", "end": "12:30"}, {"start": "13:00", "end": "18:00"}],
    [{"start": "07:00", "end": "22:00"}],
    [{"start": "10:15", "end": "16:45"}],
    [{"start": "08:00", "end": "20:00"}],
)


def random_graph(chance: Random) -> Graph:
    """A valid workflow of one to four nodes; most begin with a call."""
    size = chance.choices([1, 2, 3, 4], [1, 3, 4, 2])[0]
    nodes = [_node(chance, f"n{place}", first=place == 0) for place in range(size)]
    edges = [_edge("first", "start", "n0", "any", 1, delay=chance.choice(["PT0S", "PT0S", "PT20M"]))]
    for place in range(1, size):
        parents = sorted({place - 1, chance.randrange(place)})
        edges += [_random_edge(chance, nodes[parent], place) for parent in parents]
    trigger = {"id": "start", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {}}
    return {"nodes": [trigger, *nodes], "edges": edges}


def with_assistant(graph: Graph, assistant_id: str) -> Graph:
    """The graph with the assistant's id in its place."""
    nodes = [
        {**node, "data": {**node["data"], "assistant_id": assistant_id}} if node["type"] == "call" else node
        for node in graph["nodes"]
    ]
    return {**graph, "nodes": nodes}


def business_hours(graph: Graph) -> dict[str, dict[str, Any] | None]:
    """Business hours by node."""
    return {node["id"]: node["data"].get("business_hours") for node in graph["nodes"]}


def _node(chance: Random, name: str, *, first: bool) -> dict[str, Any]:
    kind = "call" if chance.random() < (0.75 if first else 0.45) else "text"
    data: dict[str, Any] = {"label": name}
    if chance.random() < 0.4:
        data["business_hours"] = _hours(chance)
    if chance.random() < 0.3:
        data["batching"] = {"size": chance.randint(2, 6), "interval": chance.choice(["PT5M", "PT20M", "PT1H"])}
    if kind == "call":
        data |= {"assistant_id": ASSISTANT, "first_message": "Hi {{first_name|there}}!"}
        outcomes = ["no_answer", "busy", "voicemail", "failed"]
    else:
        data["template"] = f"{name}: hi {{{{first_name|there}}}}, reply YES to book."
        outcomes = ["undeliverable", "failed"]
        if chance.random() < 0.6:
            data["reply_window"] = chance.choice(["PT30M", "PT4H", "P1D"])
    if chance.random() < 0.6:
        data["retry"] = {
            "outcomes": chance.sample(outcomes, chance.randint(1, len(outcomes))),
            "max_retries": chance.randint(1, 2),
            "delay": chance.choice(["PT15M", "PT4H", "P1D"]),
        }
    return {"id": name, "type": kind, "position": {"x": 0, "y": 0}, "data": data}


def _hours(chance: Random) -> dict[str, Any]:
    days = chance.sample(WEEKDAYS, chance.randint(4, 7))
    zone = chance.choice(["contact", "contact", "team", "America/Denver"])
    return {"timezone": zone, "windows": {day: chance.choice(_WINDOWS) for day in sorted(days)}}


def _random_edge(chance: Random, source: dict[str, Any], place: int) -> dict[str, Any]:
    rules = _CALL_RULES if source["type"] == "call" else _TEXT_RULES
    if "reply_window" in source["data"]:
        rules += _REPLY_RULES
    when = chance.choice(rules)
    more = {"phrases": ["yes", "sure"]} if when == "reply_matches" else {}
    delay = chance.choice(["PT0S", "PT0S", "PT10M", "PT3H", "P1D"])
    return _edge(f"{source['id']}-n{place}", source["id"], f"n{place}", when, place, delay=delay, **more)


def _edge(name: str, source: str, target: str, when: str, priority: int, **data: Any) -> dict[str, Any]:
    return {"id": name, "source": source, "target": target, "data": {"when": when, "priority": priority, **data}}
