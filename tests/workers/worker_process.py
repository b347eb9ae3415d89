"""A worker as a process of its own, and what no line that it prints may hold."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path


@contextlib.asynccontextmanager
async def worker_process(
    environment: Mapping[str, str],
    secrets: Iterable[str],
    *command: str,
    folder: Path | None = None,
    log: list[bytes] | None = None,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs `command` (a worker, unless named); told to stop at the end, if it still runs. It printed no secret.

    What it prints is in `log`, line by line.
    """
    process = await asyncio.create_subprocess_exec(
        *(command or (sys.executable, "-m", "workers")), env=environment, cwd=folder, stderr=asyncio.subprocess.PIPE
    )
    lines: list[bytes] = [] if log is None else log

    async def keep() -> None:
        assert process.stderr
        async for line in process.stderr:
            lines.append(line)  # noqa: PERF401 - at once, because somebody may be watching

    reading = asyncio.create_task(keep())
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await reading
        text = b"".join(lines).decode()
        assert not [secret for secret in secrets if secret in text]
