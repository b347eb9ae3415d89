"""The workers of a run: started, killed, replaced."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psutil

from cli.dev.faults import evidence
from cli.dev.faults.frost import Freezer
from cli.dev.faults.plan import Death, Fate, Frost
from cli.dev.project import ROOT

STOP_SECONDS = 20.0
START_SECONDS = 10.0
ANSWER_SECONDS = 0.5


@dataclass
class Worker:
    """A worker process."""

    pid: int
    ended: asyncio.Future[int]
    stopped: Callable[[Worker], None]
    """Whom to tell when it was stopped."""
    fate: Fate | None
    is_ready: bool = False
    frozen_for: timedelta = timedelta(0)

    @property
    def may_die(self) -> bool:
        """Whether it need not end by itself when told to: it has not started yet, or it has its death planned."""
        return not self.is_ready or isinstance(self.fate, Death)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Nursery:
    """The process that forks workers."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: deque[Callable[[int], None]] = deque()
        self._living: dict[int, Worker] = {}

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls) -> AsyncIterator[Nursery]:
        """Start one; it ends with the block, and every worker that is left ends with it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli.dev.faults.nursery",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        nursery = cls(process)
        hearing = asyncio.create_task(nursery._hear())
        try:
            yield nursery
        finally:
            assert process.stdin
            process.stdin.close()
            await process.wait()
            await hearing

    async def start(
        self, environment: Mapping[str, str], log: Path, fate: Fate | None, stopped: Callable[[Worker], None]
    ) -> Worker:
        """Fork a worker; whenever it was stopped that is told."""
        answer: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()

        def started(pid: int) -> None:
            ended = asyncio.get_running_loop().create_future()
            worker = self._living[pid] = Worker(pid, ended, stopped, fate)
            worker.frozen_for = fate.lasting if isinstance(fate, Frost) else timedelta(0)
            answer.set_result(worker)

        self._waiting.append(started)
        order = {"environment": dict(environment), "log": str(log), "fate": _order(fate)}
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()
        return await answer

    async def _hear(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            word, pid, *rest = line.split()
            if word == b"started":
                self._waiting.popleft()(int(pid))
            elif word == b"stopped":
                worker = self._living[int(pid)]
                worker.stopped(worker)
            else:
                self._living.pop(int(pid)).ended.set_result(int(rest[0]))


def _order(fate: Fate | None) -> dict[str, str | int] | None:
    """What a worker is to do to itself."""
    if fate is None:
        return None
    blow = signal.SIGKILL if isinstance(fate, Death) else signal.SIGSTOP
    return {"call": fate.call, "nth": fate.nth, "when": fate.when, "blow": int(blow)}


def _state(pid: int) -> str:
    try:
        return psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return "gone"


@dataclass
class Crew:
    """So many workers, whatever happens to them: each that dies is replaced at once.

    `hold` keeps campaign time from going on while one is starting: it would be days late when it is there.
    """

    nursery: Nursery
    environment: Mapping[str, str]
    log: Path
    fates: deque[Fate | None]
    hold: Callable[[], AbstractContextManager[None]]
    freezer: Freezer
    killed: int = 0
    died: list[str] = field(default_factory=list)
    """The planned deaths that came true."""
    strange_ends: list[int] = field(default_factory=list)
    """Exit statuses that nobody asked for."""
    _workers: dict[int, Worker] = field(default_factory=dict)
    _keeping: list[asyncio.Task[None]] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def at_work(self, count: int) -> AsyncIterator[None]:
        """Keep so many workers running."""
        self._keeping = [asyncio.create_task(self._keep(place)) for place in range(count)]
        try:
            yield
        finally:
            self._stop_keeping()
            await asyncio.gather(*self._keeping, self.freezer.close(), return_exceptions=True)
            left = list(self._workers.values())
            for worker in left:
                worker.signal(signal.SIGKILL)
            await asyncio.gather(*(worker.ended for worker in left))

    def kill(self, place: int) -> None:
        """SIGKILL one worker, or with -1 all of them, now."""
        for worker in self._at(place):
            worker.signal(signal.SIGKILL)
            self.killed += 1

    def suspend(self, place: int, lasting: timedelta) -> None:
        """SIGSTOP one worker, or with -1 all of them, now; the freezer lets them go on."""
        for worker in self._at(place):
            if worker.is_ready:
                worker.frozen_for = lasting
                worker.signal(signal.SIGSTOP)

    def _at(self, place: int) -> list[Worker]:
        return [
            worker
            for number, worker in self._workers.items()
            if (place < 0 or number == place % len(self._keeping)) and not worker.ended.done()
        ]

    async def dismiss(self) -> list[int]:
        """Ask every worker to stop, as an operator does; the exit statuses of those that had to obey.

        -9 is that of a worker that did not in time.
        """
        self._stop_keeping()
        await asyncio.gather(*self._keeping, self.freezer.thaw_all(), return_exceptions=True)
        workers, self._workers = list(self._workers.values()), {}
        for worker in workers:
            worker.signal(signal.SIGTERM)
        _, late = await asyncio.wait([worker.ended for worker in workers], timeout=STOP_SECONDS)
        for worker in workers:
            if worker.ended in late:
                worker.signal(signal.SIGKILL)
        return [await worker.ended for worker in workers if not worker.may_die or worker.ended in late]

    def states(self) -> list[str]:
        """How each worker is, as the system has it: whoever is stopped and nobody lets go on would be seen here."""
        return [f"{worker.pid} {_state(worker.pid)}" for worker in self._workers.values() if not worker.ended.done()]

    async def stacks(self) -> str:
        """Where each worker is in its code; who is stopped does not say."""
        told = evidence.stacks_beside(self.log)
        for worker in self._workers.values():
            if worker.is_ready:
                worker.signal(evidence.ASK)
        await asyncio.sleep(ANSWER_SECONDS)
        return told.read_text() if told.exists() else ""

    def _stop_keeping(self) -> None:
        for task in self._keeping:
            task.cancel()

    async def _keep(self, place: int) -> None:
        while True:
            fate = self.fates.popleft() if self.fates else None
            with self.hold():
                # Not to be interrupted: a worker that nobody knows of would never be stopped.
                starting = asyncio.ensure_future(
                    self.nursery.start(self.environment, self.log, fate, self.freezer.stopped)
                )
                starting.add_done_callback(lambda done: self._workers.update({place: done.result()}))
                worker = await asyncio.shield(starting)
                await self._until_ready(worker)
            status = await asyncio.shield(worker.ended)
            if status != -signal.SIGKILL:
                self.strange_ends.append(status)
                await asyncio.sleep(0.2)
            elif isinstance(fate, Death):
                self.died.append(str(fate))

    async def _until_ready(self, worker: Worker) -> None:
        """Wait until a worker has logged that it has started, or is gone."""
        deadline = time.monotonic() + START_SECONDS
        mark = f":{worker.pid}:".encode()
        while not worker.ended.done() and time.monotonic() < deadline:
            if any(b'"started"' in line and mark in line for line in self.log.read_bytes().splitlines()):
                worker.is_ready = True
                return
            await asyncio.sleep(0.02)
