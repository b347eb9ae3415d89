"""Graphs in files: read whatever React Flow or this command line wrote, and find a place in the text again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cli.errors import CommandError

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()
_STEP = re.compile(r'\[(\d+)\]|\.("(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z0-9_]*)')

Step = str | int


def read_graph(path: Path) -> tuple[Any, str]:
    """The graph in a file, and the file's text. What `show --json` printed is read as well as a bare graph."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CommandError(f"{path} cannot be read: {reason}.") from error
    try:
        return json.loads(text), text
    except ValueError as error:
        raise CommandError(
            f"{path} is not JSON: {error}.", hint="Export the graph with React Flow's toObject()."
        ) from error
    except RecursionError as error:
        raise CommandError(f"{path} is nested too deeply to be a graph.") from error


def steps_of(path: str) -> list[Step]:
    """A JSON path such as `$.nodes[3].data."a b"` as keys and positions."""
    return [int(number) if number else json.loads(key) if key[0] == '"' else key for number, key in _STEP.findall(path)]


class Places:
    """Where in a JSON text the values are that paths name. Each list and object is walked once, however many ask."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._members: dict[int, dict[Step, int]] = {}

    def line_of(self, path: str) -> int:
        """The line, from 1, on which the value at a path begins; where it is missing, that of what should hold it."""
        position = self._skip(0)
        for step in steps_of(path):
            found = self._members_at(position).get(step)
            if found is None:
                break
            position = found
        return self._text.count("\n", 0, position) + 1

    def _members_at(self, position: int) -> dict[Step, int]:
        if position not in self._members:
            self._members[position] = self._walk(position) if self._text[position : position + 1] in ("{", "[") else {}
        return self._members[position]

    def _walk(self, position: int) -> dict[Step, int]:
        """Keys or positions of an object or a list, each with where its value begins."""
        found: dict[Step, int] = {}
        is_object = self._text[position] == "{"
        position = self._skip(position + 1)
        while self._text[position] not in "}]":
            key: Step = len(found)
            if is_object:
                key, position = _DECODER.raw_decode(self._text, position)
                position = self._skip(self._skip(position) + 1)
            found[key] = position
            position = self._skip(_DECODER.raw_decode(self._text, position)[1])
            if self._text[position] == ",":
                position = self._skip(position + 1)
        return found

    def _skip(self, position: int) -> int:
        space = _SPACE.match(self._text, position)
        return space.end() if space else position
