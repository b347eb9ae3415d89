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
    | (?P<string>(?:[uU]&)?'(?:[^']|'')*')
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
    start, lines = 0, _Lines(sql)
    body: int | None = None
    nesting = _Nesting()
    for token in _tokens(sql):
        if body is None:
            body = token.start
        if nesting.ends_with(token):
            yield _statement(sql, start, body, token.end, lines)
            start, body, nesting = token.end, None, _Nesting()
    if body is not None:
        yield _statement(sql, start, body, len(sql), lines)


def words(statement: Statement) -> Iterator[tuple[int, str]]:
    """The words of a statement with their lines, those of dollar-quoted bodies too, those in quotes not."""
    yield from _words(statement.text, statement.line)


def _words(sql: str, line: int) -> Iterator[tuple[int, str]]:
    lines = _Lines(sql, line)
    for token in _tokens(sql):
        here = lines.at(token.start)
        if token.text.startswith("$"):
            tag = token.text[: token.text.index("$", 1) + 1]
            body = token.text[len(tag) : -len(tag)]
            yield from _words(body, here)
        elif token.text[0].isalpha() and not token.text.endswith("'"):
            yield here, token.text


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


class _Lines:
    """Numbers of lines at positions that only grow: each part of a text is looked at once, however long it is."""

    def __init__(self, sql: str, first: int = 1) -> None:
        self._sql = sql
        self._line = first
        self._position = 0

    def at(self, position: int) -> int:
        self._line += self._sql.count("\n", self._position, position)
        self._position = position
        return self._line


class _Nesting:
    """How deep in parentheses and `begin atomic … end` bodies a statement is."""

    def __init__(self) -> None:
        self._parentheses = 0
        self._blocks = 0
        self._previous = ""

    def ends_with(self, token: _Token) -> bool:
        word, previous = token.text.lower(), self._previous
        self._previous = word
        if word in "()":
            self._parentheses += 1 if word == "(" else -1
        elif word == "atomic" and previous == "begin":
            self._blocks = 1
        elif self._blocks and word in ("case", "end"):
            self._blocks += 1 if word == "case" else -1
        return word == ";" and self._parentheses <= 0 and not self._blocks


def _tokens(sql: str) -> Iterator[_Token]:
    """What the text is made of, without comments and white space; a dollar-quoted string is one token."""
    position = 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        assert match is not None  # the pattern's last branch takes any character
        kind, text, start, position = match.lastgroup, match.group(), match.start(), match.end()
        if kind == "block_comment":
            position = _end_of_comment(sql, start)
        elif kind == "dollar":
            position = _end_of_dollar_quote(sql, start, text)
        elif kind == "other" and text in "'\"":
            raise UnterminatedSql(f"line {_line(sql, start)}: {text} is never closed")
        if kind not in ("space", "line_comment", "block_comment"):
            yield _Token(sql[start:position], start, position)


def _statement(sql: str, start: int, body: int, end: int, lines: _Lines) -> Statement:
    return Statement(text=sql[body:end].rstrip(), lead=sql[start:body].strip("\n"), line=lines.at(body))


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
