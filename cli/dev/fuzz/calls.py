"""A call as it is written down: small, readable, the same on every scene; and as it is sent."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from random import Random
from string import ascii_letters
from typing import Any

from cli.dev.fuzz.arguments import fill
from cli.dev.fuzz.scene import Scene

# Stand for what would be long to write down: so many equal letters, letters that can't be compressed, brackets.
LONG, NOISE, DEEP, DEEP_OBJECT = "{long.%d}", "{noise.%d}", "{deep.%d}", "{deeper.%d}"
_LONG = re.compile(r"\{long\.(\d+)\}")
_NOISE = re.compile(r"\{noise\.(\d+)\}")
_DEEP = re.compile(r'"\{deep\.(\d+)\}"')
_DEEP_OBJECT = re.compile(r'"\{deeper\.(\d+)\}"')


@cache
def _noise(length: int) -> str:
    return "".join(Random(length).choices(ascii_letters, k=length))  # noqa: S311 -- the same each time


@dataclass(frozen=True)
class Call:
    """Who calls which RPC with what. The arguments are JSON, mostly an object of them by name."""

    function: str
    persona: str
    arguments: Any

    def body(self, scene: Scene) -> bytes:
        """The request's body."""
        text = json.dumps(fill(self.arguments, scene))
        text = _DEEP.sub(lambda n: "[" * int(n[1]) + "]" * int(n[1]), text)
        text = _DEEP_OBJECT.sub(lambda n: '{"a":' * int(n[1]) + "1" + "}" * int(n[1]), text)
        text = _NOISE.sub(lambda n: _noise(int(n[1])), text)
        return _LONG.sub(lambda n: "x" * int(n[1]), text).encode()

    def is_half_a_character(self) -> bool:
        """Whether half of a surrogate pair stands somewhere: PostgREST takes it for no JSON."""
        try:
            json.dumps(self.arguments, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return True
        return False

    def written(self) -> str:
        """One line, for `--replay`."""
        return json.dumps({"function": self.function, "persona": self.persona, "arguments": self.arguments})

    @classmethod
    def read(cls, line: str) -> Call:
        """What `written` wrote."""
        told = json.loads(line)
        return cls(told["function"], told["persona"], told["arguments"])


@dataclass(frozen=True)
class Answer:
    """What PostgREST answered."""

    status: int
    body: bytes
    seconds: float

    def error(self) -> dict[str, Any]:
        """The error in the body; empty where the body is none."""
        try:
            told = json.loads(self.body)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}
