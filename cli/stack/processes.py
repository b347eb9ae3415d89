"""Processes that outlive the command that started them, and how they are known again later.

A process id alone says little: it may belong to somebody else by now. Each part is started with a mark in its
environment, and only a process that carries the mark is counted as ours or sent a signal.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
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
            seen = _environment(process)
            return seen.get(MARK) == self.mark if seen else abs(process.create_time() - self.started) < 2
        except psutil.Error:
            return False

    def ask_to_end(self) -> None:
        """Tell it to end, and the processes that it started, without waiting."""
        self._signal(signal.SIGTERM)

    def see_it_end(self, seconds: float) -> None:
        """Wait for its end, and bring it about when it has not come after `seconds`."""
        if not wait_until(lambda: not self.alive(), seconds):
            self._signal(signal.SIGKILL)
            wait_until(lambda: not self.alive(), 10.0)

    def end(self, seconds: float) -> None:
        """Ask it to end and see to it."""
        self.ask_to_end()
        self.see_it_end(seconds)

    def _signal(self, sign: signal.Signals) -> None:
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                # it leads a process group of its own
                os.killpg(self.pid, sign)


def _environment(process: psutil.Process) -> dict[str, str]:
    """What a process was started with; empty where systems show it to nobody, and for a moment in which it starts.

    Whoever has started a program hears of it before the program has its environment.
    """
    try:
        return process.environ()
    except psutil.AccessDenied:
        return {}


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether something became so in time.

    Asked again and again: who waits for a process to vanish waits for whoever collects it, long after it ended.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def put_aside(log: Path) -> None:
    """Start a new log where one has grown too long."""
    if size_of(log) > _LOG_BYTES:
        log.replace(log.with_suffix(".log.old"))


def spawn(command: Sequence[str], *, environment: Mapping[str, str], mark: str, log: Path, folder: Path) -> Handle:
    """Start a process in a session of its own, its output appended to `log`, with nothing else of ours open."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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


def last_lines(log: Path, count: int, *, since: int = 0) -> list[str]:
    """The end of a log, of what was written after its first `since` bytes; empty where there is none."""
    try:
        with log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - 64_000, since if since <= end else 0))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []


def last_words(log: Path, *, since: int = 0) -> str:
    """What a process said last, for a person: of a line of JSON only its message."""
    lines = [line for line in last_lines(log, 20, since=since) if line.strip()]
    if not lines:
        return "it said nothing; perhaps it was killed"
    try:
        entry = json.loads(lines[-1])
    except ValueError:
        return lines[-1].strip()
    if not isinstance(entry, dict):
        return lines[-1].strip()
    said = (entry.get("event") or entry.get("message"), entry.get("error") or entry.get("reason"))
    return ": ".join(str(part) for part in said if part) or lines[-1].strip()


def size_of(log: Path) -> int:
    """How long a log is now."""
    try:
        return log.stat().st_size
    except OSError:
        return 0
