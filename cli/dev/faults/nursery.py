"""Forks workers: a process that has imported all of a worker, so that a new one is there in milliseconds.

It reads one order a line (JSON: `environment`, `log`, `fate`) and answers `started PID`. It tells `stopped PID` of each
worker that was frozen and `ended PID STATUS` of each that is no more. When nobody gives orders any longer, it ends, and
all its workers with it.
"""

from __future__ import annotations

import asyncio
import ctypes
import itertools
import json
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cli.dev.faults import evidence
from workers import logs, process
from workers.config import Secrets, Settings, redactor
from workers.db import Database

DURING_SECONDS = 0.001
LOOK_SECONDS = 0.05
_DIE_WITH_PARENT = 1
_LIVING: set[int] = set()


def fated(call: str, nth: int, when: str, blow: int) -> Callable[[Settings], Database]:
    """Makes a database at whose nth call of a kind a signal strikes this process: before, during or after it.

    Most calls of some kinds find nothing to do: after the nth that did something, therefore.
    """

    def connect(settings: Settings) -> Database:
        database = Database.from_settings(settings)
        whole, calls = getattr(database, call), itertools.count(1)

        async def counted(*arguments: Any) -> Any:
            if when == "after":
                answer = await whole(*arguments)
                if getattr(answer, "attempts", answer) and next(calls) == nth:
                    _Blow(blow)()
                return answer
            if next(calls) != nth:
                return await whole(*arguments)
            strike = _Blow(blow)
            if when == "before":
                strike()
            if when == "during":
                asyncio.get_running_loop().call_later(DURING_SECONDS, strike)
            answer = await whole(*arguments)
            strike()
            return answer

        setattr(database, call, counted)
        return database

    return connect


class _Blow:
    """A signal to this process, once; whoever was only stopped goes on from here."""

    def __init__(self, number: int) -> None:
        self._left = [number]

    def __call__(self) -> None:
        while self._left:
            os.kill(os.getpid(), self._left.pop())


def _work(order: dict[str, Any]) -> int:
    """Be a worker; the exit status."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    with Path(os.devnull).open("r+b") as nothing, Path(order["log"]).open("ab") as log:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
        os.dup2(log.fileno(), 2)
    evidence.answer_to(evidence.stacks_beside(Path(order["log"])))
    os.environ.clear()
    os.environ.update(order["environment"])
    settings, secrets = Settings.load(), Secrets.from_environment()
    logs.configure(settings.log_level, redactor(settings, secrets), part="worker")
    connect = fated(**order["fate"]) if order["fate"] else Database.from_settings
    return process.main(settings, secrets, connect)


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        status = _work(order)
    finally:
        sys.stderr.flush()
        os._exit(status)  # nothing of the nursery's own may be flushed or cleaned up a second time


def _tell(what: str) -> None:
    os.write(1, f"{what}\n".encode())


def _reap(*_: object) -> None:
    """Tell of every worker that has ended, or was stopped."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if os.WIFSTOPPED(status):
            _tell(f"stopped {pid}")
            continue
        _LIVING.discard(pid)
        _tell(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def _orders() -> Iterator[bytes]:
    """Lines of standard input, which is looked at again and again.

    Python handles a signal that comes right before a read when that read is over: of a worker that was stopped nobody
    would be told until the next order.
    """
    left = b""
    while True:
        while not select.select([0], [], [], LOOK_SECONDS)[0]:
            pass
        read = os.read(0, 65536)
        if not read:
            return
        *lines, left = (left + read).split(b"\n")
        yield from lines


def main() -> int:
    """Take orders until there is nobody to give any."""
    signal.signal(signal.SIGCHLD, _reap)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this ends it
    for line in _orders():
        # An end must not be told before its start.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = _fork(json.loads(line))
        _LIVING.add(pid)
        _tell(f"started {pid}")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for pid in tuple(_LIVING):
        os.kill(pid, signal.SIGKILL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
