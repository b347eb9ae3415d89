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
    lines = [line for text in output for line in text.splitlines() if line]
    plans = [(position, int(match[1])) for position, line in enumerate(lines) if (match := _PLAN.match(line))]
    problems = _plan_problems(plans)
    ran = 0
    for line in lines:
        if match := _RESULT.match(line):
            ran += 1
            problems += _result(match, ran)
        elif line.startswith("#"):
            # what pgTAP explains belongs to the failure above it
            problems += [f"  {line}"] if problems else []
        elif line.startswith("Bail out!"):
            problems.append(line)
        elif not _PLAN.match(line):
            problems.append(f"not TAP: {line}")
    if plans and plans[0][1] not in (0, ran):
        problems.append(f"planned {plans[0][1]} tests but ran {ran}")
    if problems:
        raise TapFailure("\n".join(problems))
    return ran


def _plan_problems(plans: list[tuple[int, int]]) -> list[str]:
    if not plans:
        return ["no plan"]
    position, planned = plans[0]
    problems = ["a second plan"] if len(plans) > 1 else []
    if position > 0:
        problems.append("the plan is not the first line: `select plan(n)` must open the file")
    if planned == 0:
        problems.append("an empty plan")
    return problems


def _result(match: re.Match[str], expected: int) -> list[str]:
    problems = []
    if int(match["number"]) != expected:
        problems.append(f"test {expected} calls itself {match['number']}")
    if match["not"]:
        problems.append(match.group())
    elif _DIRECTIVE.search(match["rest"]):
        problems.append(f"todo and skip are refused: {match.group()}")
    return problems
