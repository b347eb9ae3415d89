"""Graphs in files: whatever React Flow or this command line wrote is read, and each problem has its place."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from cli.errors import CommandError
from cli.output import stderr
from cli.workflows.places import Place, Places, find_graphs, path_of

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity', re.DOTALL)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MEANING = {  # of Python's words for a syntax error
    "Expecting value": "a value is missing here",
    "Expecting ':' delimiter": "a colon is missing here",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing here",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing here",
    "Unterminated string starting at": "the text that begins here has no end",
    "Extra data": "there is more after the end",
    "Invalid control character at": "a text can't go over the end of a line, and has no tabs",
    "Invalid \\escape": 'after a backslash comes one of "\\/bfnrtu',
}
_EXPORT_HINT = "Export the graph with React Flow's toObject()."


@dataclass(frozen=True)
class GraphFile:
    """A file with a graph in it. `at` is the JSON path of the graph, `$` unless other JSON is around it."""

    name: str
    text: str
    graph: Any
    at: str
    has_repeated_keys: bool

    @cached_property
    def places(self) -> Places:
        """Where in the file things are."""
        return Places(self.text)

    @cached_property
    def repeated_keys(self) -> list[dict[str, Any]]:
        """Keys that an object has twice, in the form of issues: all but the last are lost without a word."""
        if not self.has_repeated_keys:
            return []
        issues = []
        for path, position, key in self.places.repeated_keys():
            place = self.places.at(position, position + len(json.dumps(key, ensure_ascii=False)))
            message = f"The key “{key}” stands here twice, and only the last one counts. Delete one of them."
            issues.append(
                {"code": "json_key_duplicate", "severity": "error", "path": path, "message": message, "place": place}
            )
        return sorted(issues, key=lambda issue: (issue["place"].line, issue["place"].column))

    def locate(self, issue: dict[str, Any]) -> dict[str, Any]:
        """An issue of the graph with its path in the file and its place."""
        path = self.at + issue["path"].removeprefix("$")
        return {**issue, "path": path, "place": self.places.place_of(path)}


def excerpt(place: Place) -> list[str]:
    """A place as the lines below a refusal, as wide as the terminal that it is printed on."""
    return place.lines(stderr.width - 2)


def read_graph(path: Path) -> GraphFile:
    """Read a graph; `-` is standard input. What `show --json` printed is read as well as a bare graph."""
    name, text, value, repeated = _read(path)
    at, graph = _find(name, value)
    return GraphFile(name, text, graph, at, repeated)


def read_json(path: Path) -> Any:
    """Read any JSON; a problem is told with its place."""
    return _read(path)[2]


def read_sound_graph(path: Path) -> GraphFile:
    """Read a graph that is going to be used, so that nothing in the file may be ambiguous."""
    file = read_graph(path)
    if file.repeated_keys:
        first = file.repeated_keys[0]
        place = first["place"]
        raise CommandError(
            f"{file.name}:{place.line}:{place.column}: {first['message']}",
            hint=f"See all with: outbound workflows validate {file.name}",
            detail=excerpt(place),
        )
    return file


def _read(path: Path) -> tuple[str, str, Any, bool]:
    """Name, text and value of a file, and whether an object in it has a key twice."""
    name, text = _read_text(path)
    repeated = False

    def members_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        members = dict(pairs)
        repeated = repeated or len(members) < len(pairs)
        return members

    try:
        value = json.loads(text, object_pairs_hook=members_of)
    except json.JSONDecodeError as error:
        _refuse_at(name, text, error.pos, f"This is not JSON: {_MEANING.get(error.msg, error.msg)}.", _EXPORT_HINT)
    except ValueError as error:
        raise CommandError(f"{name} is not JSON: {error}.", hint=_EXPORT_HINT) from error
    except RecursionError as error:
        raise CommandError(f"{name} is nested too deeply to be a graph.") from error
    _refuse_unstorable(name, text)
    return name, text, value, repeated


def _read_text(path: Path) -> tuple[str, str]:
    name = "standard input" if str(path) == "-" else str(path)
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return name, content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CommandError(f"{name} cannot be read: {reason}.") from error


def _find(name: str, value: Any) -> tuple[str, Any]:
    """The graph in what was read. Where it is none, the whole is answered: validation says what is missing."""
    if isinstance(value, dict) and ("nodes" in value or "edges" in value):
        return "$", value
    found = find_graphs(value)
    if len(found) > 1:
        raise CommandError(
            f"There are {len(found)} graphs in {name}.",
            hint="Put one of them into a file of its own.",
            detail=[path_of(steps) for steps in found[:10]],
        )
    if not found:
        return "$", value
    for step in found[0]:
        value = value[step]
    return path_of(found[0]), value


def _refuse_unstorable(name: str, text: str) -> None:
    """What Python reads as JSON and Postgres does not: numbers that are none, zero characters, halves of a pair."""
    if "\\u" not in text and "NaN" not in text and "Infinity" not in text:
        return
    for token in _TOKEN.finditer(text):
        if token[0][0] != '"':
            _refuse_at(name, text, token.start(), f"This is not JSON: {token[0]} is no number.", _EXPORT_HINT)
        if "\\u" in token[0] and _UNSTORABLE.search(json.loads(token[0], strict=False)):
            message = "This text has a character that can't be stored: \\u0000, or half of a surrogate pair."
            _refuse_at(name, text, token.start(), message, "Delete the character.")


def _refuse_at(name: str, text: str, position: int, message: str, hint: str) -> NoReturn:
    place = Places(text).at(position)
    raise CommandError(f"{name}:{place.line}:{place.column}: {message}", hint=hint, detail=excerpt(place))
