"""Cuts a SQL file into statements, so that an error can name a line and a migration can copy a part.

It knows what may hide a semicolon: quotes, dollar quotes, comments, and `begin atomic … end` bodies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# One token: what may contain a semicolon without ending the statement, a word, or any character.
_TOKEN = re.compile(
    r"""
      (?P<line_comment>--[^\n]*)
    | (?P<block_comment>/\*)
    | (?P<escape_string>[eE]'(?:[^'\\]|''|\\.)*')
    | (?P<string>'(?:[^']|'')*')
    | (?P<identifier>"(?:[^"]|"")*")
    | (?P<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)
    | (?P<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Statement:
    """One statement; `text` starts at its first word, and `lead` holds the comments above it."""

    text: str
    lead: str
    line: int


class UnterminatedSql(ValueError):
    """A quote, a comment or a dollar quote that never ends; the message names its line."""


def split(sql: str) -> Iterator[Statement]:
    """The statements of a file in order; the last one may lack its semicolon."""
    start = 0
    body: int | None = None
    parens = 0
    atomic = 0
    previous = ""
    position = 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        assert match is not None
        kind, token = match.lastgroup, match.group()
        position = match.end()
        if kind == "block_comment":
            position = _end_of_comment(sql, match.start())
        elif kind == "dollar":
            position = _end_of_dollar_quote(sql, match.start(), token)
        elif kind == "other" and token in "'\"":
            raise UnterminatedSql(f"line {_line(sql, match.start())}: {token} is never closed")
        if kind in ("space", "line_comment", "block_comment"):
            continue
        if body is None:
            body = match.start()
        if kind == "word":
            word = token.lower()
            if word == "atomic" and previous == "begin":
                atomic = 1
            elif atomic and word == "case":
                atomic += 1
            elif atomic and word == "end":
                atomic -= 1
            previous = word
        elif token == "(":
            parens += 1
        elif token == ")":
            parens -= 1
        elif token == ";" and parens <= 0 and not atomic:
            yield _statement(sql, start, body, position)
            start, body, parens, previous = position, None, 0, ""
    if body is not None:
        yield _statement(sql, start, body, len(sql))


def _statement(sql: str, start: int, body: int, end: int) -> Statement:
    return Statement(text=sql[body:end].rstrip(), lead=sql[start:body].strip("\n"), line=_line(sql, body))


def _line(sql: str, position: int) -> int:
    return sql.count("\n", 0, position) + 1


def _end_of_comment(sql: str, start: int) -> int:
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(sql, start):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    raise UnterminatedSql(f"line {_line(sql, start)}: the comment is never closed")


def _end_of_dollar_quote(sql: str, start: int, tag: str) -> int:
    end = sql.find(tag, start + len(tag))
    if end < 0:
        raise UnterminatedSql(f"line {_line(sql, start)}: {tag} is never closed")
    return end + len(tag)
