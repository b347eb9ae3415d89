"""Waiting for what another connection does, by looking instead of sleeping for a while and hoping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg

# Long enough that only a defect reaches it; a test that waits so long fails, and none passes because of it.
_LIMIT_SECONDS = 120.0
_LOOK_EVERY_SECONDS = 0.01
# What is waited for needs the machine more than who waits.
_REST_FOR_A_LOOK = 2.0


T = TypeVar("T")


class NeverHappened(AssertionError):
    """What a test waited for did not come."""


def wait_until(condition: Callable[[], bool], what: str, *, limit: float = _LIMIT_SECONDS) -> None:
    """Look until something is so."""
    deadline = time.monotonic() + limit
    began = time.monotonic()
    while not condition():
        if time.monotonic() > deadline:
            raise NeverHappened(f"after {limit:g} s still not: {what}")
        time.sleep(_rest(began))
        began = time.monotonic()


async def until(look: Callable[[], T], what: str = "what the test waits for", *, limit: float = _LIMIT_SECONDS) -> T:
    """What looking gives, once that is something; the look has a thread of its own and may ask the database."""
    deadline = time.monotonic() + limit
    began = time.monotonic()
    while not (seen := await asyncio.to_thread(look)):
        if time.monotonic() > deadline:
            raise NeverHappened(f"after {limit:g} s still not: {what}")
        await asyncio.sleep(_rest(began))
        began = time.monotonic()
    return seen


def _rest(began: float) -> float:
    """How long to leave the machine to others after a look that began then: longer after one that took long."""
    return max(_LOOK_EVERY_SECONDS, _REST_FOR_A_LOOK * (time.monotonic() - began))


def wait_until_blocked(connection: psycopg.Connection[Any], pid: int) -> None:
    """Look until the backend waits for a lock that another one holds. The connection is in autocommit."""

    def blocked() -> bool:
        row = connection.execute(
            "select cardinality(pg_blocking_pids(%s)) > 0 from pg_stat_activity where pid = %s and state = 'active'",
            [pid, pid],
        ).fetchone()
        return row == (True,)

    wait_until(blocked, f"backend {pid} waits for a lock")


def wait_until_idle(connection: psycopg.Connection[Any], pid: int) -> None:
    """Look until the backend has finished its statement. The connection is in autocommit."""

    def idle() -> bool:
        row = connection.execute("select state from pg_stat_activity where pid = %s", [pid]).fetchone()
        return row is not None and row[0] in ("idle", "idle in transaction")

    wait_until(idle, f"backend {pid} is idle")
