"""Runs seeds: one after the other, or shared among processes that have a server each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from cli.dev.faults.crew import Nursery
from cli.dev.faults.draw import make_plan
from cli.dev.faults.judge import Finding
from cli.dev.faults.play import Report, play
from cli.dev.faults.scene import fault_server
from cli.dev.project import ROOT
from cli.errors import CommandError
from workers.logs import configure
from workers.redaction import Redactor

CANCEL_AGAIN_SECONDS = 10.0
Heard = Callable[[Report], None]


@dataclass
class Summary:
    """What many runs came to."""

    tried: Counter[str] = field(default_factory=Counter)
    failed: list[Report] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, report: Report) -> None:
        """Take a run in."""
        self.tried.update(report.tried)
        self.seconds.append(report.seconds)
        if report.findings:
            self.failed.append(report)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "tried": dict(sorted(self.tried.items())),
            "seconds_a_run": round(sum(self.seconds) / max(len(self.seconds), 1), 2),
            "failed": [report.as_json() for report in sorted(self.failed, key=lambda report: report.seed)],
        }


def run(seeds: Sequence[int], heard: Heard) -> None:
    """Run seeds in this process, on one server; each report is told when it is there."""
    with quiet(), fault_server() as server:

        async def play_all() -> None:
            playing = asyncio.current_task()
            assert playing is not None
            # Told to end, the run alone is cancelled: what it cleans up with must go on.
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _insist_on_end, playing)
            async with Nursery.open() as nursery:
                for seed in seeds:
                    heard(await play(server, nursery, make_plan(seed)))

        try:
            asyncio.run(play_all())
        except asyncio.CancelledError:
            sys.exit(128 + signal.SIGTERM)


def _insist_on_end(playing: asyncio.Task[None]) -> None:
    """Cancel, again and again: a cancellation can be lost (see `workers.waiting.end`)."""
    if not playing.done():
        playing.cancel()
        asyncio.get_running_loop().call_later(CANCEL_AGAIN_SECONDS, _insist_on_end, playing)


def run_shared(seeds: Sequence[int], jobs: int, heard: Heard) -> None:
    """Share seeds among processes."""
    lock, failures = threading.Lock(), []
    shares: list[subprocess.Popen[str]] = []

    def lead(share: Sequence[int]) -> None:
        command = [sys.executable, "-m", "cli.dev.faults", *map(str, share)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            shares.append(process)
            for line in process.stdout:
                with lock:
                    heard(read_report(line))
        if process.returncode != 0:
            failures.append(process.returncode)

    threads = [threading.Thread(target=lead, args=(seeds[place::jobs],)) for place in range(min(jobs, len(seeds)))]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:
        for process in shares:
            process.terminate()
    if failures:
        raise CommandError(f"A process that ran seeds ended with {failures[0]}; not all of them were run.")


def read_report(line: str) -> Report:
    """A report that another process has written."""
    told = json.loads(line)
    findings = [Finding(one["rule"], one["what"]) for one in told["findings"]]
    return Report(told["seed"], findings, told["seconds"], Counter(told["tried"]), told["happened"])


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep receiver and sandbox, which are in this process, from logging what they are made to suffer."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    configure("critical", Redactor([]), part="faults")
    logging.disable()  # the pool of connections has a level of its own
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        root.handlers, root.level = handlers, level
        structlog.configure(**before)
