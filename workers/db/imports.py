"""Imports of files: rows are copied, checked and stored by several connections at once, in one step for who watches.

One transaction, the holder's, holds the run from the first row to the last and is what makes the members: the list is
as it was until it commits. Beside it two connections copy and check rows, each its own chunk, in a staging that nobody
sees. When every row is checked, one of them stores new contacts, range by range in order of their numbers, and the
holder follows a range behind and makes them members. Whoever dies on the way leaves no member, only contacts that are
in no list, and the next import of the file finds those.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import errors as pg

from workers.db.session import Connection, Row, Session, translated
from workers.waiting import end

_START_RUN = "select lease_expires_at from engine.start_run(p_team_id => %(team)s, p_run_id => %(run)s)"
_COPY_IMPORT_ROWS = """
    copy engine.import_rows (
        team_id, run_id, row_number, phone, first_name, last_name, full_name, email, timezone, postal_code,
        servicetitan_customer_id, reader_problem
    ) from stdin (format csv)
"""
_CHECK_STAGED_ROWS = """
    select engine.check_staged_rows(
        p_team_id => %(team)s, p_run_id => %(run)s, p_first => %(first)s, p_last => %(last)s
    )
"""
_SETTLE_RUN = """
    select from_phone, before_phone, new_count
    from engine.settle_run(p_team_id => %(team)s, p_run_id => %(run)s, p_rows_of_range => %(rows)s)
"""
_STORE_CONTACTS = """
    select engine.store_contacts(
        p_team_id => %(team)s, p_run_id => %(run)s, p_from => %(from_phone)s, p_before => %(before_phone)s
    ) as stored
"""
_BEGIN_STORING = "select engine.begin_storing(p_team_id => %(team)s, p_run_id => %(run)s)"
_STORE_MEMBERS = """
    select engine.store_members(
        p_team_id => %(team)s, p_run_id => %(run)s, p_from => %(from_phone)s, p_before => %(before_phone)s
    )
"""
_END_STORING = """
    select engine.describe_run(r) as run from engine.end_storing(p_team_id => %(team)s, p_run_id => %(run)s) as r
"""
_FINISH_RUN = """
    select engine.describe_run(r) as run from engine.finish_run(p_team_id => %(team)s, p_run_id => %(run)s) as r
"""
_FAIL_RUN = """
    select id
    from engine.fail_run(p_team_id => %(team)s, p_run_id => %(run)s, p_code => %(code)s, p_message => %(message)s)
"""
_CHECKERS = 2
_ROWS_OF_RANGE = 160_000  # each is a look through all checked rows, and what a connection holds in memory

Arguments = dict[str, Any]


@dataclass(frozen=True)
class RowChunk:
    """Rows as CSV in the order of engine.import_rows, and the numbers of the first and the last."""

    first: int
    last: int
    data: bytes


class _MetOthersError(Exception):
    """Somebody else adds the same people at this moment: what was stored beside the holder is not all."""


class ImportCalls(Session):
    """Imports, as whoever reads a file sees them."""

    async def import_rows(self, team_id: UUID, run_id: UUID, chunks: Iterable[RowChunk]) -> Row:
        """Copy the rows of a queued run, in order of their numbers, and finish it; the run as it ended.

        The run is seen as running meanwhile, and its members come in one transaction. Chunks are made in a thread,
        while the database works on those before. A single one is checked and stored where it was copied.
        """
        run: Arguments = {"team": team_id, "run": run_id}
        await self._row(_START_RUN, run)
        with translated():
            async with self._pool.connection() as holder, holder.transaction():
                await holder.execute(_START_RUN, run)
                rows = iter(chunks)
                first, second = [await asyncio.to_thread(next, rows, None) for _ in range(2)]
                if first and second:
                    await self._check_chunks(holder, run, _followed_by([first, second], rows))
                    return await self._store(holder, run)
                if first:
                    await _copy(holder, first)
                return await _ended(holder, _FINISH_RUN, run)

    async def fail_run(self, team_id: UUID, run_id: UUID, code: str, message: str) -> None:
        """Give a run up, with a reason for people."""
        await self._row(_FAIL_RUN, {"team": team_id, "run": run_id, "code": code, "message": message})

    async def _check_chunks(self, holder: Connection, run: Arguments, chunks: Iterator[RowChunk]) -> None:
        """Copy and check chunks, several at a time; they are committed, and whoever fails ends them all."""
        waiting: asyncio.Queue[RowChunk | None] = asyncio.Queue(1)

        async def read() -> None:
            while chunk := await asyncio.to_thread(next, chunks, None):
                # the holder has nothing to do yet; this shows whether it is there, and renews the run's lease
                await holder.execute(_START_RUN, run)
                await waiting.put(chunk)
            for _ in range(_CHECKERS):
                await waiting.put(None)

        async def check() -> None:
            async with self._pool.connection() as connection:
                while chunk := await waiting.get():
                    async with connection.transaction():
                        await _copy(connection, chunk)
                        await connection.execute(_CHECK_STAGED_ROWS, run | {"first": chunk.first, "last": chunk.last})

        await _together(read(), *(check() for _ in range(_CHECKERS)))

    async def _store(self, holder: Connection, run: Arguments) -> Row:
        async with self._pool.connection() as helper:
            cursor = await helper.execute(_SETTLE_RUN, run | {"rows": _ROWS_OF_RANGE})
            ranges = [run | dict(row) for row in await cursor.fetchall()]
            if ranges:
                try:
                    async with holder.transaction():
                        await _store_ranges(holder, helper, run, ranges)
                    return await _ended(holder, _END_STORING, run)
                except (_MetOthersError, pg.DeadlockDetected, pg.UniqueViolation):
                    # what the holder has done is undone; it looks again, and waits for the others with all it has
                    pass
        return await _ended(holder, _FINISH_RUN, run)


async def _store_ranges(holder: Connection, helper: Connection, run: Arguments, ranges: list[Arguments]) -> None:
    """Contacts by the helper, who commits each range; members by the holder, a range behind."""
    complete: asyncio.Queue[bool] = asyncio.Queue()

    async def store_contacts() -> None:
        for people in ranges:
            [row] = await (await helper.execute(_STORE_CONTACTS, people)).fetchall()
            await complete.put(row["stored"] == people["new_count"])

    async def store_members() -> None:
        await holder.execute(_BEGIN_STORING, run)
        for people in ranges:
            if not await complete.get():
                raise _MetOthersError
            await holder.execute(_STORE_MEMBERS, people)

    await _together(store_contacts(), store_members())


async def _copy(connection: Connection, chunk: RowChunk) -> None:
    async with connection.cursor().copy(_COPY_IMPORT_ROWS) as copy:
        await copy.write(chunk.data)


async def _ended(holder: Connection, statement: str, run: Arguments) -> Row:
    [ended] = await (await holder.execute(statement, run)).fetchall()
    return dict(ended["run"])


def _followed_by(first: list[RowChunk], rest: Iterator[RowChunk]) -> Iterator[RowChunk]:
    yield from first
    yield from rest


async def _together(*work: Coroutine[Any, Any, None]) -> None:
    """Do all of it at once. The first that fails ends the others, and its failure is raised.

    Not a `TaskGroup`, which cancels once: see `workers.waiting.end`. One that lost that would be waited for for ever.
    """
    tasks = [asyncio.create_task(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            await task
    finally:
        await end(tasks)
