"""Forks workers: a process that has imported all of a worker, so that a new one is there in milliseconds.

It reads one order a line (JSON: `environment`, `log`, `death`), answers `started PID`, and tells `ended PID STATUS` of
each worker that is no more. When nobody gives orders any longer, it ends, and all its workers with it.
"""

from __future__ import annotations

import asyncio
import ctypes
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workers import logs, process
from workers.config import Secrets, Settings, redactor
from workers.db import Database

DURING_SECONDS = 0.001
_DIE_WITH_PARENT = 1
_LIVING: set[int] = set()


def mortal(call: str, nth: int, when: str) -> Callable[[Settings], Database]:
    """Makes a database at whose nth call of a kind the process dies: before, during or after it."""

    def connect(settings: Settings) -> Database:
        database = Database.from_settings(settings)
        whole, calls = getattr(database, call), itertools.count(1)

        async def counted(*arguments: Any) -> Any:
            if next(calls) != nth:
                return await whole(*arguments)
            if when == "before":
                _die()
            if when == "during":
                asyncio.get_running_loop().call_later(DURING_SECONDS, _die)
            answer = await whole(*arguments)
            _die()
            return answer

        setattr(database, call, counted)
        return database

    return connect


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


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
    os.environ.clear()
    os.environ.update(order["environment"])
    settings, secrets = Settings.load(), Secrets.from_environment()
    logs.configure(settings.log_level, redactor(settings, secrets), part="worker")
    connect = mortal(**order["death"]) if order["death"] else Database.from_settings
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
    """Tell of every worker that has ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _LIVING.discard(pid)
        _tell(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def main() -> int:
    """Take orders until there is nobody to give any."""
    signal.signal(signal.SIGCHLD, _reap)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this ends it
    for line in sys.stdin:
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
