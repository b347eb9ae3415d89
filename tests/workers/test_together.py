"""Work that is done side by side ends together, also when one of it loses a cancellation."""

from __future__ import annotations

import asyncio

import pytest

from workers.db.imports import _together


async def test_one_that_loses_its_cancellation_is_not_waited_for_for_ever() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise KeyError("the one that matters")

    async def loses() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:  # as asyncio.wait_for does when the answer comes in that moment
            await asyncio.Event().wait()

    async with asyncio.timeout(30):
        with pytest.raises(KeyError, match="the one that matters"):
            await _together(loses(), fails())


async def test_whoever_waits_and_is_cancelled_leaves_nothing_running() -> None:
    ended: list[bool] = []

    async def works() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    waiting = asyncio.create_task(_together(works(), works()))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == [True, True]
