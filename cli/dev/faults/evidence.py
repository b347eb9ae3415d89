"""What explains a run that is stuck: its connections, and where its workers are in their code."""

from __future__ import annotations

import asyncio
import faulthandler
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

ASK = signal.SIGUSR1
_TABLE = Path("/proc/net/tcp")
# net/tcp_states.h of Linux
_STATES = {
    "01": "established", "02": "syn sent", "03": "syn received", "04": "fin wait 1", "05": "fin wait 2",
    "06": "time wait", "07": "closed", "08": "close wait", "09": "last ack", "0A": "listening", "0B": "closing",
}  # fmt: skip


def connections(port: int) -> Iterator[str]:
    """Both ends of each connection to a port of this machine, and what each has not sent or read yet; Linux only."""
    rows = _TABLE.read_text().splitlines()[1:] if _TABLE.exists() else []
    for _, local, remote, state, queues, *_ in map(str.split, rows):
        ends = [int(end.split(":")[1], 16) for end in (local, remote)]
        if port in ends and _STATES[state] not in {"listening", "time wait"}:
            unsent, unread = (int(queue, 16) for queue in queues.split(":"))
            yield f"{ends[0]} to {ends[1]} {_STATES[state]}, {unsent} bytes not sent, {unread} not read"


def stacks_beside(log: Path) -> Path:
    """Where workers with this log answer."""
    return log.with_suffix(".stacks")


def answer_to(path: Path) -> None:
    """Have this process write into a file, whenever it is asked, where its threads and tasks are."""
    file = path.open("a")
    signal.signal(ASK, lambda *_: _tell_tasks(file))
    faulthandler.register(ASK, file, chain=True)  # also while no Python runs


def _tell_tasks(file: TextIO) -> None:
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:  # no loop runs
        return
    for task in tasks:
        task.print_stack(file=file)
    file.flush()
