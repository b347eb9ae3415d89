"""Two connections at once: the second is seen to wait for the first before that commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import psycopg

from tests.support.databases import Database
from tests.support.waiting import wait_until_blocked

Connection = psycopg.Connection[Any]


def race(
    database: Database, first: Callable[[Connection], Any], second: Callable[[Connection], Any]
) -> tuple[Any, Any]:
    """Do the first, and the second while the first has not committed; wait until it is blocked, then commit.

    What the first returned, and what the second returned or raised.
    """
    with database.connect() as one:
        won = first(one)
        return won, after(database, second, one.commit)


def after(database: Database, second: Callable[[Connection], Any], then: Callable[[], Any]) -> Any:
    """Begin something that an open transaction blocks; once it is seen to wait, do what ends that transaction.

    What it returned or raised.
    """
    with database.connect(autocommit=True) as two, database.connect(autocommit=True) as eye:
        answer: Future[Any] = Future()

        def run() -> None:
            try:
                answer.set_result(second(two))
            except psycopg.Error as error:
                answer.set_exception(error)

        thread = threading.Thread(target=run)
        thread.start()
        wait_until_blocked(eye, two.info.backend_pid)
        then()
        thread.join()
        return answer.exception() or answer.result()
