"""Judges what a pgTAP file printed, strictly: whatever is not a full, planned, passing run is a failure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLAN = re.compile(r"1\.\.(\d+)\s*$")
_RESULT = re.compile(r"(?P<not>not )?ok (?P<number>\d+)(?P<rest>.*)")
_DIRECTIVE = re.compile(r"#\s*(todo|skip)\b", re.IGNORECASE)


class TapFailure(AssertionError):
    """A pgTAP file that did not pass; the message is everything that is wrong with it."""


def judge(output: Iterable[str]) -> int:
    """The number of passed tests, or a failure that lists all problems.

    The plan comes first and is a number, every planned test ran, in order, and passed; `todo` and
    `skip` are refused, because a test that is known not to hold says so by not being there.
    """
    lines = [line for text in output for line in text.splitlines()]
    problems: list[str] = []
    planned: int | None = None
    ran = 0
    for position, line in enumerate(lines):
        if line.startswith("Bail out!"):
            problems.append(line)
        elif match := _PLAN.match(line):
            if planned is not None:
                problems.append("a second plan")
            elif position > 0:
                problems.append("the plan is not the first line: `select plan(n)` must open the file")
            planned = int(match[1])
        elif match := _RESULT.match(line):
            ran += 1
            problems += _result(match, ran)
        elif line.startswith("#") and problems:
            problems.append(f"  {line}")
        elif line and not line.startswith("#"):
            problems.append(f"not TAP: {line}")
    if planned is None:
        problems.append("no plan")
    elif planned == 0:
        problems.append("an empty plan")
    elif planned != ran:
        problems.append(f"planned {planned} tests but ran {ran}")
    if problems:
        raise TapFailure("\n".join(problems))
    return ran


def _result(match: re.Match[str], expected: int) -> list[str]:
    problems = []
    if int(match["number"]) != expected:
        problems.append(f"test {expected} calls itself {match['number']}")
    if match["not"]:
        problems.append(match.group())
    elif _DIRECTIVE.search(match["rest"]):
        problems.append(f"todo and skip are refused: {match.group()}")
    return problems
