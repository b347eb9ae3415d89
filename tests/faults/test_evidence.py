"""Of a run that is stuck one can see what it waits for, and where."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cli.dev.databases import Server
from cli.dev.faults.crew import Crew, Nursery
from cli.dev.faults.director import Director
from cli.dev.faults.draw import make_plan
from cli.dev.faults.frost import Freezer
from cli.dev.faults.scene import staged
from tests.support.waiting import until

PATIENCE_SECONDS = 60.0


@pytest.mark.asyncio(loop_scope="module")
async def test_half_a_request_and_the_code_of_workers_can_be_seen(
    server: Server, nursery: Nursery, tmp_path: Path
) -> None:
    log = tmp_path / "workers.log"
    log.touch()
    async with staged(server, make_plan(1)) as scene:
        hold = scene.sandbox.driver.hold
        crew = Crew(nursery, scene.environment(), log, deque(), hold, Freezer(scene.sandbox.stage, hold))
        director = Director(scene, crew)
        port = urlsplit(scene.sandbox_url).port or 0
        async with crew.at_work(1):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /vapi/call HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf")
            await until(scene.sandbox.asked)
            told = ""
            async with asyncio.timeout(PATIENCE_SECONDS):
                while "Stack for <Task" not in told:  # it is just starting
                    told = await director.standing()
            mine: int = writer.get_extra_info("sockname")[1]
            assert "asked ['vapi POST /vapi/call arrives']" in told
            assert f"{port} to {mine} established, 0 bytes not sent, 0 not read" in told
            assert "most recent call first" in told  # of threads
            writer.close()
