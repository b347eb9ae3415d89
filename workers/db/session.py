"""A pool of sessions with the database: what every call of the engine goes through, and the wake-ups.

Every call is one statement and so one transaction; none is held open while a provider is spoken to. The pool hands out
connections that work, reconnecting by itself; a call that fails because the database is away raises
`DatabaseUnavailableError` and may be made again, because the engine's functions can all be called twice.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Self, TypeVar

import psycopg
from psycopg import errors as pg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from workers.config import Settings
from workers.errors import ERRORS, DatabaseFaultError, DatabaseUnavailableError, OutboundError
from workers.logs import get_logger
from workers.storable import UnstorableError, storable
from workers.waiting import backoff

log = get_logger(__name__)

T = TypeVar("T")
Row = dict[str, Any]
Connection = psycopg.AsyncConnection[Row]

CHANNEL = "outbound_jobs"

_PASSING = (
    pg.OperationalError,
    psycopg.InterfaceError,
    pg.SerializationFailure,
    pg.DeadlockDetected,
    PoolTimeout,
    PoolClosed,
    ConnectionError,
)
"""What another try can mend: the server is away or restarting, a pooler dropped us, two transactions collided."""


class Session:
    """Sessions with the database. Use it as an async context manager."""

    def __init__(self, url: str, *, connections: int = 4, transaction_pooling: bool = False) -> None:
        self._url = url
        self._suspect = False
        # A transaction pooler gives each transaction another session, in which no prepared statement is known.
        self._connection_options: dict[str, Any] = {
            "autocommit": True,
            "row_factory": dict_row,
            "prepare_threshold": None if transaction_pooling else 5,
            "application_name": "outbound-worker",
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        }
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=psycopg.AsyncConnection[Row],
            kwargs=self._connection_options,
            min_size=1,
            max_size=connections,
            timeout=5,
            max_lifetime=30 * 60,
            reconnect_timeout=10,
            open=False,
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The database that the settings name."""
        return cls(
            settings.database_url.get_secret_value(),
            connections=settings.database_connections,
            transaction_pooling=settings.transaction_pooling,
        )

    async def __aenter__(self) -> Self:
        await self._pool.open(wait=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    async def listen(self) -> AsyncIterator[str]:
        """Yield the payload of every notification, forever; after each (re)connection an empty one.

        The empty payload means "anything may have happened": what was notified while nobody listened is lost.
        """
        delays = backoff(0.2, 10)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, **self._connection_options) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    yield ""
                    delays = backoff(0.2, 10)
                    async for notification in connection.notifies():
                        yield notification.payload
            except _PASSING as error:
                delay = next(delays)
                log.warning("listen_lost", error=type(error).__name__, retry_in_seconds=delay)
                await asyncio.sleep(delay)

    async def _row(self, statement: str, arguments: dict[str, Any] | None = None) -> Row:
        [row] = await self._rows(statement, arguments)
        return row

    async def _rows(self, statement: str, arguments: dict[str, Any] | None = None) -> list[Row]:
        with translated():
            arguments = arguments and {name: _storable(value) for name, value in arguments.items()}
            if self._suspect:
                self._suspect = False
                await self._pool.check()
            async with self._pool.connection() as connection:
                try:
                    cursor = await connection.execute(statement, arguments)
                    return await cursor.fetchall()
                except pg.OperationalError:
                    # One dead connection after a restart means that the idle ones are dead too.
                    self._suspect = self._suspect or connection.closed
                    raise


def _storable(argument: Any) -> Any:
    """What providers and people wrote may be in any argument, and one NUL among it would have the statement refused."""
    return Jsonb(storable(argument.obj)) if isinstance(argument, Jsonb) else storable(argument)


async def when_reachable(ask: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T | None:
    """What asking the database gives, once it answers; `None` when `stop` was set first."""
    delays = backoff(0.2, 5)
    while not stop.is_set():
        try:
            return await ask()
        except (DatabaseUnavailableError, DatabaseFaultError) as error:
            delay = next(delays)
            log.warning("database_not_ready", error=str(error), retry_in_seconds=round(delay, 2))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), delay)
    return None


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn psycopg's errors into ours."""
    try:
        yield
    except pg.QueryCanceled as error:  # it took too long, and would again
        raise DatabaseFaultError(f"{error.sqlstate} {error.diag.message_primary}") from error
    except _PASSING as error:
        raise DatabaseUnavailableError(type(error).__name__) from error
    except psycopg.Error as error:
        state, parts = error.sqlstate or "", error.diag
        if state in ERRORS:
            raise OutboundError.from_parts(
                state, parts.message_primary or "", parts.message_detail, parts.message_hint
            ) from error
        msg = f"{state} {parts.message_primary or type(error).__name__}"
        raise DatabaseFaultError(msg) from error
    except UnstorableError as error:
        raise DatabaseFaultError(str(error)) from error
