"""`outbound workflows diff`: two workflows, two files, or one of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.text import Text

from cli.api import Api
from cli.output import JsonOption, console, print_json, say
from cli.workflows.changes import change_lines
from cli.workflows.files import GraphFile
from cli.workflows.options import id_or_file

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_DURATION_KEYS = {"delay", "interval", "reply_window"}
_EDGE_DEFAULTS = {"when": "any", "delay": "PT0S", "priority": 1}
_SHARED = {"label", "assistant_id", "business_hours", "batching", "retry"}
_SETTINGS = {  # what docs/workflows.md lists for each kind; everything else is an editor's own and dropped on save
    "trigger": {"label"},
    "call": _SHARED | {"first_message"},
    "text": _SHARED | {"template", "template_overrides", "reply_window"},
}
_EDGE_SETTINGS = {"label", "when", "phrases", "delay", "priority"}


def diff(
    before: Annotated[str, typer.Argument(metavar="FROM", help="Id of a workflow, or a file with a graph.")],
    after: Annotated[str, typer.Argument(metavar="TO", help="Id of a workflow, or a file with a graph.")],
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit status 1 when they differ.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Tell two workflows apart: nodes and edges added, removed, changed, and which settings.

    Example: outbound workflows diff 0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11 flow.json
    """
    compared = _compare(id_or_file(before), id_or_file(after))
    if as_json:
        print_json(compared)
    else:
        console.print(Text.assemble(("from  ", "bold"), _title(compared["from"])), soft_wrap=True)
        console.print(Text.assemble(("to    ", "bold"), _title(compared["to"])), soft_wrap=True)
        for line in change_lines(compared):
            console.print(line, soft_wrap=True)
    if not compared["equal"] and exit_code:
        raise typer.Exit(1)


def _compare(before: UUID | GraphFile, after: UUID | GraphFile) -> dict[str, Any]:
    if isinstance(before, UUID) and isinstance(after, UUID):
        with Api.from_settings() as api:
            compared: dict[str, Any] = api.rpc("compare_workflows", p_from_id=str(before), p_to_id=str(after))
            return compared
    sides = [_read(before), _read(after)]
    changes = compare_graphs(sides[0][1], sides[1][1])
    equal = not any(items for part in changes.values() for items in part.values())
    return {"from": sides[0][0], "to": sides[1][0], "equal": equal, **changes}


def _read(side: UUID | GraphFile) -> tuple[dict[str, Any], Any]:
    if isinstance(side, GraphFile):
        if side.repeated_keys:
            say(f"{side.name} has keys twice; see: outbound workflows validate {side.name}")
        return {"file": side.name}, side.graph
    with Api.from_settings() as api:
        found = api.rpc("get_workflow", p_workflow_id=str(side))
    return {key: found[key] for key in ("id", "name", "status", "version", "revision")}, found


def _title(side: dict[str, Any]) -> str:
    if "file" in side:
        return str(side["file"])
    version = f"version {side['version']}" if side["version"] else f"revision {side['revision']}"
    return f"{side['name']} ({side['status']}, {version})"


def compare_graphs(before: Any, after: Any) -> dict[str, dict[str, list[Any]]]:
    """What `compare_workflows` says of stored graphs, for graphs of which one is not stored.

    What is left out in a file counts as its default, and a duration is the same in any spelling.
    """
    return {
        "nodes": _compare_elements(_elements(before, "nodes"), _elements(after, "nodes"), ("type",), moves=True),
        "edges": _compare_elements(_elements(before, "edges"), _elements(after, "edges"), ("source", "target", "when")),
    }


def _compare_elements(
    before: dict[str, Any], after: dict[str, Any], facts: tuple[str, ...], *, moves: bool = False
) -> dict[str, list[Any]]:
    def named(element: dict[str, Any]) -> dict[str, Any]:
        known = {**element["data"], **element}
        return {key: known.get(key) for key in ("id", *facts, "label")}

    changed = []
    for key, element in after.items():
        old = before.get(key, element)
        fields = [
            field for part in (set(element) | set(old)) - {"id", "position"} for field in _fields(part, old, element)
        ]
        if fields:
            changed.append({**named(element), "fields": sorted(fields, key=lambda field: field["field"])})
    found: dict[str, list[Any]] = {
        "added": [named(element) for key, element in after.items() if key not in before],
        "removed": [named(element) for key, element in before.items() if key not in after],
        "changed": changed,
    }
    if moves:
        found["moved"] = [
            key for key, element in after.items() if element["position"] != before.get(key, element)["position"]
        ]
    return found


def _fields(key: str, before: dict[str, Any], after: dict[str, Any], prefix: str = "") -> Iterator[dict[str, Any]]:
    """The settings that differ under a key, by path. A list is one setting."""
    old, new, field = before.get(key), after.get(key), f"{prefix}{key}"
    if isinstance(old, dict) and isinstance(new, dict):
        for inner in old.keys() | new.keys():
            yield from _fields(inner, old, new, f"{field}.")
    elif not _same(_length(key, old), _length(key, new)):
        yield {"field": field, "from": old, "to": new}


def _same(old: Any, new: Any) -> bool:
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)


def _elements(graph: Any, key: str) -> dict[str, dict[str, Any]]:
    """Nodes or edges by id as they would be stored; what has no id can't be compared."""
    items = graph.get(key) if isinstance(graph, dict) else None
    normal = _node if key == "nodes" else _edge
    return {
        str(item["id"]): normal(item)
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    }


def _node(item: dict[str, Any]) -> dict[str, Any]:
    kind = str(item.get("type"))
    position = item.get("position")
    position = position if isinstance(position, dict) else {}
    return {
        "id": item["id"],
        "type": kind,
        "position": {"x": position.get("x", 0), "y": position.get("y", 0)},
        "data": _settings(item.get("data"), _SETTINGS.get(kind)),
    }


def _edge(item: dict[str, Any]) -> dict[str, Any]:
    ends = {key: item[key] for key in ("source", "target", "sourceHandle") if item.get(key) is not None}
    data = _EDGE_DEFAULTS | _settings(item.get("data"), _EDGE_SETTINGS)
    if data["when"] != "reply_matches":
        data.pop("phrases", None)
    return {"id": item["id"], **ends, "data": data}


def _settings(data: Any, known: set[str] | None) -> dict[str, Any]:
    if not isinstance(data, dict):
        return {}
    return {key: _value(key, value) for key, value in data.items() if value is not None and (not known or key in known)}


def _value(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        if key == "business_hours":
            value = {"timezone": "contact", **value}
        return {inner: _value(inner, member) for inner, member in value.items() if member is not None}
    return value


def _length(key: str, value: Any) -> Any:
    """A duration as days and seconds, which are the same in any spelling; every other setting as it is."""
    match = _DURATION.fullmatch(value) if key in _DURATION_KEYS and isinstance(value, str) else None
    if match is None:
        return value
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return 7 * weeks + days, 3600 * hours + 60 * minutes + seconds
