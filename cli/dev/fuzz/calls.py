"""A call as it is written down: small, readable, the same on every scene; and as it is sent."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from random import Random
from string import ascii_letters
from typing import Any
from urllib.parse import urlencode

from cli.dev.fuzz.arguments import Rpc, fill
from cli.dev.fuzz.scene import Scene

# Stand for what would be long to write down: so many equal letters, letters that can't be compressed, brackets.
LONG, NOISE, DEEP, DEEP_OBJECT = "{long.%d}", "{noise.%d}", "{deep.%d}", "{deeper.%d}"
_LONG = re.compile(r"\{long\.(\d+)\}")
_NOISE = re.compile(r"\{noise\.(\d+)\}")
_DEEP = re.compile(r'"\{deep\.(\d+)\}"')
_DEEP_OBJECT = re.compile(r'"\{deeper\.(\d+)\}"')
_SHORT = re.compile(r"\{(long|noise|deep|deeper)\.\d+\}")
# What PostgREST takes for a filter of the rows and not for an argument: `eq.5`, `not.is.null`, `fts(simple).x`.
_FILTER = re.compile(r"\w+(\([^)]*\))?\.")
# As much of a name in an address as PostgREST reads: `p_limit; --` is p_limit to it.
_REST_OF_NAME = re.compile(r"\W.*", re.DOTALL)
_LONGEST_ADDRESS = 6000
"""Characters before they are escaped; servers refuse addresses that are much longer."""


@cache
def _noise(length: int) -> str:
    return "".join(Random(length).choices(ascii_letters, k=length))  # noqa: S311 -- the same each time


@dataclass(frozen=True)
class Call:
    """Who calls which RPC with what. The arguments are JSON, mostly an object of them by name; of a GET it is texts."""

    function: str
    persona: str
    arguments: Any
    method: str = "POST"

    def by_get(self, rpc: Rpc) -> Call | None:
        """The same call with its arguments in the address; None where they can't be said or have no room there."""
        if not isinstance(self.arguments, dict):
            return None
        given = {name: value for name, value in self.arguments.items() if value is not None}
        texts = {_whole(name): _text(value, rpc.arguments.get(name, "")) for name, value in given.items()}
        whole = "".join(texts.values())
        if len(whole) > _LONGEST_ADDRESS or _SHORT.search(whole) or any(map(_FILTER.match, texts.values())):
            return None
        if any(_REST_OF_NAME.sub("", name) in rpc.arguments for name in texts if name not in rpc.arguments):
            return None  # read as that argument, given twice
        return Call(self.function, self.persona, texts, "GET")

    def query(self, scene: Scene) -> str:
        """The query of the address of a GET."""
        return urlencode(fill(self.arguments, scene))

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
        told = {"function": self.function, "persona": self.persona, "arguments": self.arguments}
        return json.dumps(told if self.method == "POST" else {**told, "method": self.method})

    @classmethod
    def read(cls, line: str) -> Call:
        """What `written` wrote."""
        told = json.loads(line)
        return cls(told["function"], told["persona"], told["arguments"], told.get("method", "POST"))


def _whole(text: str) -> str:
    """Without halves of surrogate pairs, which no address can hold."""
    return text.encode(errors="replace").decode()


def _text(value: Any, kind: str) -> str:
    """A value as it stands in an address: PostgreSQL reads it as the argument's type."""
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, list) and kind.endswith("[]"):
        return f"{{{','.join(_element(item, kind) for item in value)}}}"
    return json.dumps(value)


def _element(value: Any, kind: str) -> str:
    if value is None:
        return "null"
    text = _text(value, kind)
    if isinstance(value, list):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


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
