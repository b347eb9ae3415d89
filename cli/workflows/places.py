"""Places in a JSON text: where the value is that a path names, and how to show it to a person."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()
_STEP = re.compile(r'\[(\d+)\]|\.("(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z0-9_]*)')
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Step = str | int


def steps_of(path: str) -> list[Step]:
    """A JSON path such as `$.nodes[3].data."a b"` as keys and positions."""
    return [int(number) if number else json.loads(key) if key[0] == '"' else key for number, key in _STEP.findall(path)]


def path_of(steps: tuple[Step, ...]) -> str:
    """Keys and positions as a JSON path: what `steps_of` reads."""
    return "$" + "".join(
        f"[{step}]"
        if isinstance(step, int)
        else f".{step}"
        if _PLAIN_KEY.fullmatch(step)
        else f".{json.dumps(step, ensure_ascii=False)}"
        for step in steps
    )


@dataclass(frozen=True)
class Place:
    """A stretch of one line; line and column count from 1, as editors do."""

    line: int
    column: int
    length: int
    text: str

    def lines(self, width: int) -> list[str]:
        """The line with its number, or what `width` has room for of it, and below a mark under what is meant."""
        number = str(self.line)
        room = max(20, width - len(number) - len(" | "))
        excerpt, shift = _window(self.text, self.column - 1, room)
        start = self.column - 1 - shift
        mark = " " * start + "^" * max(1, min(self.length, len(excerpt) - start))
        return [f"{number} | {excerpt}", f"{' ' * len(number)} | {mark}"]


class Places:
    """Where in a JSON text the values are that paths name. Each list and object is walked once, however many ask."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._members: dict[int, dict[Step, int]] = {}
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line_of(self, path: str) -> int:
        """The line on which the value at a path begins; where it is missing, that of what should hold it."""
        return self.place_of(path).line

    def place_of(self, path: str) -> Place:
        """The value at a path; where it is missing, the opening of what should hold it."""
        position = self._skip(0)
        for step in steps_of(path):
            found = self._members_at(position).get(step)
            if found is None:
                return self.at(position)
            position = found
        return self.at(position, self._end_of(position))

    def at(self, position: int, end: int | None = None) -> Place:
        """The place of a position of the text; with `end`, of all between, as far as it is on one line."""
        line = bisect_right(self._line_starts, position)
        start = self._line_starts[line - 1]
        stop = self._text.find("\n", start)
        whole = self._text[start : stop if stop >= 0 else len(self._text)].rstrip("\r").replace("\t", " ")
        column = position - start
        length = min(end - position, len(whole) - column) if end is not None else 1
        return Place(line, column + 1, max(1, length), whole)

    def repeated_keys(self) -> Iterator[tuple[str, int, str]]:
        """Keys that an object has more than once: path, position and key of each one that does not count."""
        open_values: list[tuple[tuple[Step, ...], int]] = [((), self._skip(0))]
        while open_values:
            steps, position = open_values.pop()
            if self._text[position : position + 1] not in ("{", "["):
                continue
            last: dict[Step, int] = {}
            for key, key_position, value_position in self._walk(position):
                if key in last:
                    yield path_of((*steps, key)), last[key], str(key)
                last[key] = key_position
                open_values.append(((*steps, key), value_position))

    def _end_of(self, position: int) -> int:
        if self._text[position : position + 1] in ("{", "["):
            return position + 1
        return _DECODER.raw_decode(self._text, position)[1]

    def _members_at(self, position: int) -> dict[Step, int]:
        if position not in self._members:
            is_container = self._text[position : position + 1] in ("{", "[")
            self._members[position] = {key: at for key, _, at in self._walk(position)} if is_container else {}
        return self._members[position]

    def _walk(self, position: int) -> Iterator[tuple[Step, int, int]]:
        """Keys or positions of an object or a list, each with where it and where its value begins."""
        is_object = self._text[position] == "{"
        position = self._skip(position + 1)
        count = 0
        while self._text[position] not in "}]":
            key: Step = count
            key_position = position
            if is_object:
                key, position = _DECODER.raw_decode(self._text, position)
                position = self._skip(self._skip(position) + 1)
            yield key, key_position, position
            count += 1
            position = self._skip(_DECODER.raw_decode(self._text, position)[1])
            if self._text[position] == ",":
                position = self._skip(position + 1)

    def _skip(self, position: int) -> int:
        space = _SPACE.match(self._text, position)
        return space.end() if space else position


def _window(line: str, column: int, room: int) -> tuple[str, int]:
    """What is shown of a line, and how many characters further left the column stands in it."""
    if len(line) <= room:
        return line, 0
    start = max(0, min(column - room // 3, len(line) - room))
    before, after = start > 0, start + room < len(line)
    shown = line[start + before : start + room - after]
    return f"{'…' * before}{shown}{'…' * after}", start


def find_graphs(value: Any, *, depth: int = 5) -> list[tuple[Step, ...]]:
    """Where in a JSON value the objects are that have both nodes and edges; what is inside of one is not looked at."""
    found: list[tuple[Step, ...]] = []
    level: list[tuple[tuple[Step, ...], Any]] = [((), value)]
    for _ in range(depth):
        below: list[tuple[tuple[Step, ...], Any]] = []
        for steps, inner in level:
            if isinstance(inner, dict) and isinstance(inner.get("nodes"), list) and "edges" in inner:
                found.append(steps)
            elif isinstance(inner, dict):
                below += [((*steps, key), member) for key, member in inner.items()]
            elif isinstance(inner, list):
                below += [((*steps, number), member) for number, member in enumerate(inner)]
        level = below
    return found
