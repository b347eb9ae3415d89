"""Differences of two graphs, said in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.text import Text

from cli.workflows.words import count, duration, plain, quoted

_LONG = 60

Item = dict[str, Any]


def change_lines(changes: dict[str, Any]) -> list[Text]:
    """What `compare_workflows` or a refused save tells, for people: `+` added, `-` removed, `~` changed, by field."""
    nodes, edges = changes["nodes"], changes["edges"]
    lines = [
        *([_renamed(changes["name"])] if changes.get("name") else []),
        *_section(nodes, _node),
        *([_moved(nodes["moved"])] if nodes.get("moved") else []),
        *_section(edges, _edge),
    ]
    return lines or [Text("No differences.", style="dim")]


def _renamed(name: dict[str, Any]) -> Text:
    return Text(f"~ name: {quoted(name['from'])} → {quoted(name['to'])}", style="yellow")


def _section(section: dict[str, Any], words: Any) -> Iterator[Text]:
    for item in section["added"]:
        yield Text(f"+ {words(item)}", style="green")
    for item in section["removed"]:
        yield Text(f"- {words(item)}", style="red")
    for item in section["changed"]:
        yield Text(f"~ {words(item)}", style="yellow")
        for change in item["fields"]:
            before, after = value_words(change.get("from")), value_words(change.get("to"))
            yield Text(f"    {change['field'].removeprefix('data.')}: {before} → {after}")


def _node(item: Item) -> str:
    label = f" {quoted(item['label'])}" if item.get("label") else ""
    return f"{plain(item.get('type') or 'node')}{label} [{plain(item['id'])}]"


def _edge(item: Item) -> str:
    when = f" on {plain(item['when'])}" if item.get("when") else ""
    return f"edge {plain(item['source'])} → {plain(item['target'])}{when} [{plain(item['id'])}]"


def _moved(moved: list[Any]) -> Text:
    ids = [plain(item["id"] if isinstance(item, dict) else item) for item in moved]
    return Text(f"  {count(len(ids), 'node')} moved: {', '.join(ids)}", style="dim")


def value_words(value: Any) -> str:
    """A setting's value, short enough for a line."""
    if value is None:
        return "none"
    if isinstance(value, str):
        words = duration(value)
        return words if words != plain(value) else _short(quoted(value) if " " in value else plain(value))
    return _short(json.dumps(value, ensure_ascii=False))


def _short(words: str) -> str:
    return words if len(words) <= _LONG else words[: _LONG - 1] + "…"
