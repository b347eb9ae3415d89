"""Processes that outlive the command that started them, and how they are known again later.

A process id alone says little: it may belong to somebody else by now. Each part is started with a mark in its
environment, and only a process that carries the mark is counted as ours or sent a signal.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

MARK = "OUTBOUND_STACK_PART"
FOLDER = "OUTBOUND_STACK_DIR"

# a log that has grown past this is put aside at the next start
_LOG_BYTES = 20_000_000


@dataclass(frozen=True)
class Handle:
    """A process that was started, known by its id, its mark, and the moment it started."""

    pid: int
    started: float
    mark: str

    def alive(self) -> bool:
        """Whether that very process still runs."""
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            try:
                return process.environ().get(MARK) == self.mark
            except psutil.AccessDenied:  # some systems show nobody's environment
                return abs(process.create_time() - self.started) < 2
        except psutil.Error:
            return False

    def end(self, seconds: float) -> None:
        """Ask it to end, and end it when it has not after `seconds`; its own children go with it."""
        if not self.alive():
            return
        process = psutil.Process(self.pid)
        for sign, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 10.0)):
            with contextlib.suppress(ProcessLookupError):
                # it leads a process group of its own
                os.killpg(self.pid, sign)
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(patience)
                return


def spawn(command: Sequence[str], *, environment: Mapping[str, str], mark: str, log: Path, folder: Path) -> Handle:
    """Start a process in a session of its own, its output appended to `log`, with nothing else of ours open."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.old"))
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**environment, MARK: mark},
            cwd=folder,
            start_new_session=True,
        )
    return Handle(process.pid, psutil.Process(process.pid).create_time(), mark)


def strays(stack_folder: Path) -> list[Handle]:
    """Every living process that some stack in this folder started, remembered or not."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            environment = process.environ()
            # what a part starts inherits the mark; only the part itself leads a process group
            if MARK in environment and environment.get(FOLDER) == str(stack_folder) and _leads(process.pid):
                found.append(Handle(process.pid, process.create_time(), environment[MARK]))
    return found


def _leads(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except OSError:
        return False


def last_lines(log: Path, count: int) -> list[str]:
    """The end of a log; empty where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 64_000))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []
