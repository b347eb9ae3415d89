"""No-op workflows of DBOS from a queue, in an interpreter that has it: see `cli.bench.rivals`.

    python dbos_jobs.py URL drain COUNT

Prints {"seconds": [...]}: from the first workflow's start to the last one's end.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from dbos import DBOS, DBOSClient

_WAIT_SECONDS = 300


def drain(url: str, count: int) -> list[float]:
    """The time of an executor that finds `count` workflows waiting."""
    DBOS(config={"name": "noop", "system_database_url": url, "log_level": "ERROR", "application_version": "1"})
    times: list[float] = []
    done = threading.Event()

    @DBOS.workflow()  # type: ignore[untyped-decorator, unused-ignore] # the package may be missing
    def noop() -> None:
        times.append(time.perf_counter())
        if len(times) == count:
            done.set()

    DBOS.launch()  # makes the tables
    client = DBOSClient(system_database_url=url)
    for _ in range(count):
        client.enqueue({"queue_name": "noops", "workflow_name": noop.__qualname__, "app_version": "1"})
    DBOS.register_queue("noops")
    finished = done.wait(_WAIT_SECONDS)
    DBOS.destroy()
    if not finished:
        raise SystemExit(f"{len(times)} of {count} workflows ran")
    return [max(times) - min(times)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"seconds": drain(sys.argv[1], int(sys.argv[3]))}) + "\n")
