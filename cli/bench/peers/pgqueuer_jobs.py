"""No-op jobs of pgqueuer with its default settings, in an interpreter that has it: see `cli.bench.rivals`.

    python pgqueuer_jobs.py URL drain COUNT     enqueue, then work everything off
    python pgqueuer_jobs.py URL pickup COUNT    enqueue one job after the other for an idle worker

Prints {"seconds": [...]}: from the first job's start to the last one's end, or from each enqueueing to its start.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import asyncpg
from pgqueuer import AsyncpgDriver, Job, Queries, QueueManager
from pgqueuer.types import QueueExecutionMode

_AT_ONCE = 1000


async def drain(url: str, count: int) -> list[float]:
    """The time of a worker that finds `count` jobs waiting."""
    connection = await asyncpg.connect(url)
    queries = Queries(AsyncpgDriver(connection))
    await queries.install()
    for first in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - first)
        await queries.enqueue(["noop"] * size, [None] * size, [0] * size)
    await connection.execute("analyze")
    manager = QueueManager(queries)
    times: list[float] = []

    @manager.entrypoint("noop")  # type: ignore[untyped-decorator, unused-ignore] # the package may be missing
    async def noop(_: Job) -> None:
        times.append(time.perf_counter())

    await manager.run(mode=QueueExecutionMode.drain)
    if len(times) != count:
        raise SystemExit(f"{len(times)} of {count} jobs ran")
    return [times[-1] - times[0]]


async def pickup(url: str, count: int) -> list[float]:
    """How long each of `count` jobs waits for a worker that has nothing else to do."""
    queries = Queries(AsyncpgDriver(await asyncpg.connect(url)))
    await queries.install()
    manager = QueueManager(Queries(AsyncpgDriver(await asyncpg.connect(url))))
    started: asyncio.Queue[float] = asyncio.Queue()

    @manager.entrypoint("noop")  # type: ignore[untyped-decorator, unused-ignore] # the package may be missing
    async def noop(_: Job) -> None:
        await started.put(time.perf_counter())

    worker = asyncio.create_task(manager.run())
    waits = []
    await asyncio.sleep(1)
    for _ in range(count):
        began = time.perf_counter()
        await queries.enqueue("noop", None)
        waits.append(await started.get() - began)
        await asyncio.sleep(0.05)  # idle again
    manager.shutdown.set()
    await worker
    return waits


if __name__ == "__main__":
    address, mode, jobs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seconds = asyncio.run((drain if mode == "drain" else pickup)(address, jobs))
    sys.stdout.write(json.dumps({"seconds": seconds}) + "\n")
