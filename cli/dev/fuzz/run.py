"""Runs calls of every RPC until as many were made as were asked for, and keeps count; failures are made small."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky

from cli.dev import databases
from cli.dev.fuzz.api import Api, serving
from cli.dev.fuzz.arguments import Rpc, rpcs
from cli.dev.fuzz.calls import Answer, Call
from cli.dev.fuzz.judge import Judge, Judgement, Verdict
from cli.dev.fuzz.scene import furnish
from cli.dev.fuzz.values import calls, sweep
from cli.errors import CommandError

# Hypothesis keeps all that it made for one run in memory.
_AT_ONCE = 1000


class _Wrong(AssertionError):
    """A call that was answered wrongly: what Hypothesis makes smaller."""


@dataclass(frozen=True)
class Finding:
    """The smallest call that is answered wrongly in this way."""

    call: Call
    judgement: Judgement
    answer: Answer


@dataclass
class Tally:
    """What came of the calls of one RPC."""

    function: str
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    by_get: int = 0
    slowest: tuple[float, str] = (0.0, "")
    findings: list[Finding] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many were made."""
        return self.verdicts.total()

    def add(self, call: Call, answer: Answer, judgement: Judgement) -> None:
        """Count one."""
        self.verdicts[judgement.verdict] += 1
        self.by_get += call.method == "GET"
        if judgement.code:
            self.codes[judgement.code] += 1
        if answer.seconds > self.slowest[0]:
            self.slowest = (answer.seconds, call.written())

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "function": self.function,
            "calls": self.calls,
            "by_get": self.by_get,
            **{verdict.value.replace(" ", "_"): self.verdicts[verdict] for verdict in Verdict},
            "codes": dict(sorted(self.codes.items())),
            "slowest_seconds": round(self.slowest[0], 3),
            "slowest_call": self.slowest[1],
            "findings": [
                {"call": one.call.written(), "code": one.judgement.code, "why": one.judgement.why}
                for one in self.findings
            ],
        }


@dataclass(frozen=True)
class Fuzzer:
    """What calls are made with."""

    api: Api
    judge: Judge
    rpcs: dict[str, Rpc]

    def play(self, call: Call) -> tuple[Answer, Judgement]:
        """Make one call and judge its answer."""
        answer = self.api.send(call)
        return answer, self.judge.judge(call, answer)

    def probe(self, function: str, examples: int, start: int) -> Tally:
        """Make so many calls of an RPC: up to half of them from the sweep, the others at random.

        The same seed makes the same calls on every scene.
        """
        tally, rounds = Tally(function), 0
        known: set[str] = set()
        self._sweep(tally, examples // 2, start, known)
        while tally.calls < examples:
            count = min(examples - tally.calls, _AT_ONCE)
            before = tally.calls
            finding = self._search(tally, count, start + rounds, known)
            rounds += 1
            if finding is not None:
                known.add(finding.judgement.kind)
                tally.findings.append(finding)
            elif tally.calls - before < count // 2:
                break  # there are no more different ones
        return tally

    def _sweep(self, tally: Tally, examples: int, start: int, known: set[str]) -> None:
        every = list(sweep(self.rpcs[tally.function]))
        chance = Random(f"{tally.function} {start}")  # noqa: S311 -- to be drawn again, not to be secret
        for call in chance.sample(every, min(examples, len(every))):
            answer, judgement = self.play(call)
            tally.add(call, answer, judgement)
            if judgement.verdict is Verdict.WRONG and judgement.kind not in known:
                known.add(judgement.kind)
                tally.findings.append(Finding(call, judgement, answer))

    def _search(self, tally: Tally, examples: int, start: int, known: set[str]) -> Finding | None:
        found: list[Finding] = []

        @seed(f"{tally.function} {start}")
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
        )
        @given(calls(self.rpcs[tally.function]))
        def each_is_answered_well(call: Call) -> None:
            answer, judgement = self.play(call)
            tally.add(call, answer, judgement)
            is_wrong = judgement.verdict is Verdict.WRONG and judgement.kind not in known
            # while one is made smaller, another is not taken for it
            if is_wrong and (not found or found[-1].judgement.kind == judgement.kind):
                found.append(Finding(call, judgement, answer))
                raise _Wrong(judgement.kind)

        try:
            each_is_answered_well()
        except _Wrong:
            pass
        except Flaky as error:  # it was answered wrongly once, and well when it was made again
            found[-1] = Finding(found[-1].call, Judgement(Verdict.WRONG, "flaky", str(error)[:200]), found[-1].answer)
        return found[-1] if found else None


@contextlib.contextmanager
def fuzzer(server: databases.Server, database: str) -> Iterator[Fuzzer]:
    """Furnish a database, put PostgREST before it, and be ready to call."""
    with psycopg.connect(server.admin_url(database), autocommit=True) as connection:
        scene = furnish(connection)
        found = rpcs(connection)
        with serving(server.url(database, "authenticator"), scene) as api:
            yield Fuzzer(api, Judge(connection, scene, found), found)


def run(functions: Sequence[str], examples: int, start: int, heard: Callable[[Tally], None]) -> None:
    """Make calls on a server of this run's own, of these RPCs or of all; each one's tally is told when it is there."""
    with _own_server() as ready:
        unknown = sorted(set(functions) - set(ready.rpcs))
        if unknown:
            raise CommandError(f"There is no RPC {unknown[0]!r}.", hint="They are listed in docs/functions.md.")
        chosen = list(functions) or sorted(ready.rpcs)
        for place, name in enumerate(chosen):
            share = examples // len(chosen) + (place < examples % len(chosen))
            heard(ready.probe(name, share, start))


def replay(call: Call) -> tuple[Answer, Judgement]:
    """Make one call on a server of its own."""
    with _own_server() as ready:
        if call.function not in ready.rpcs:
            raise CommandError(f"There is no RPC {call.function!r}.")
        return ready.play(call)


@contextlib.contextmanager
def _own_server() -> Iterator[Fuzzer]:
    with databases.scratch_server() as server:
        server.build_from_source("fuzz")
        with fuzzer(server, "fuzz") as ready:
            yield ready
