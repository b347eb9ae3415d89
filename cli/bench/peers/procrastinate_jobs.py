"""No-op jobs of procrastinate, in an interpreter that has it: see `cli.bench.rivals`.

    python procrastinate_jobs.py URL drain COUNT

Prints {"seconds": [...]}: from the first job's start to the last one's end. The concurrency is the best that was found.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from procrastinate import App, PsycopgConnector

_AT_ONCE = 1000
_CONCURRENCY = 20


async def drain(url: str, count: int) -> list[float]:
    """The time of a worker that finds `count` jobs waiting."""
    app = App(connector=PsycopgConnector(conninfo=url))
    times: list[float] = []

    @app.task(name="noop")  # type: ignore[untyped-decorator, unused-ignore] # the package may be missing
    async def noop() -> None:
        times.append(time.perf_counter())

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for first in range(0, count, _AT_ONCE):
            await noop.batch_defer_async(*({} for _ in range(min(_AT_ONCE, count - first))))
        await app.run_worker_async(wait=False, concurrency=_CONCURRENCY, listen_notify=False)
    if len(times) != count:
        raise SystemExit(f"{len(times)} of {count} jobs ran")
    return [times[-1] - times[0]]


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"seconds": asyncio.run(drain(sys.argv[1], int(sys.argv[3])))}) + "\n")
