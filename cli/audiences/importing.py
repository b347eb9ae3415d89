"""The import of a file: authorised through the Data API, copied by the worker's connection, checked in the database."""

from __future__ import annotations

import asyncio
import csv
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from cli import settings
from cli.api import Api
from cli.bars import bar_of_bytes, endless_bar
from cli.csv_reader import CsvFile, UnreadableFileError, open_csv
from cli.errors import CommandError
from cli.output import stderr
from workers.config import PoolingSettings
from workers.db import Database, RowChunk
from workers.errors import ConfigurationError, DatabaseFaultError, DatabaseUnavailableError, OutboundError

_FIELDS = (
    "phone",
    "first_name",
    "last_name",
    "full_name",
    "email",
    "timezone",
    "postal_code",
    "servicetitan_customer_id",
)
_PREVIEW_ROWS = 5000
_PAGE = 1000
# Some 15,000 rows; several such pieces are checked while the next is read.
_CHUNK_CHARACTERS = 2_000_000
_ROWS_AT_ONCE = 250  # few enough that Python's memory of them stays in the processor's
_INDEXED_AT_ONCE = 10_000
_GIVE_UP_SECONDS = 10.0
_LINE_END = "\r\n"


@dataclass(frozen=True)
class ImportRequest:
    """What is asked for: a file, and the list by name or id."""

    path: Path
    list_name: str
    partial: bool = False
    mapping: dict[str, list[str]] | None = None
    delimiter: str | None = None
    encoding: str | None = None
    team_id: UUID | None = None

    def target(self) -> dict[str, str]:
        """The list as the RPC takes it: anything that is spelled like an id is one."""
        try:
            return {"p_list_id": str(UUID(self.list_name))}
        except ValueError:
            return {"p_list_name": self.list_name}


def run_import(api: Api, request: ImportRequest) -> dict[str, Any]:
    """Import a file; the run as it ended, which may be FAILED with its rows' problems kept."""
    file = open_csv(request.path, delimiter=request.delimiter, encoding=request.encoding)
    database_url = worker_database_url()
    asyncio.run(_reach(database_url))
    sample = _sample(file, 200)
    started = api.rpc(
        "start_audience_import",
        p_sample=sample,
        p_mapping=request.mapping,
        p_partial=request.partial,
        p_file_name=request.path.name,
        p_team_id=str(request.team_id) if request.team_id else None,
        **request.target(),
    )
    return asyncio.run(_copy(database_url, file, started, sample))


def index_imported(database_url: str) -> None:
    """Let the index of the search follow what was imported, while somebody watches.

    Searches are exact without it, only slower, and workers do it as well: nothing that happens here is a failure.
    """
    with suppress(OutboundError, DatabaseUnavailableError, DatabaseFaultError, KeyboardInterrupt):
        asyncio.run(_index(database_url))


def preview(
    api: Api,
    path: Path,
    mapping: dict[str, list[str]] | None,
    delimiter: str | None,
    encoding: str | None,
    team_id: UUID | None,
) -> dict[str, Any]:
    """What the first rows of a file would become; nothing is written."""
    file = open_csv(path, delimiter=delimiter, encoding=encoding)
    result: dict[str, Any] = api.rpc(
        "validate_audience_csv",
        p_rows=_sample(file, _PREVIEW_ROWS),
        p_mapping=mapping,
        p_team_id=str(team_id) if team_id else None,
    )
    return result


def problems(api: Api, run_id: str) -> Iterator[dict[str, Any]]:
    """Every problem of a run in order of the file."""
    return api.pages("get_audience_run_errors", p_run_id=run_id, p_limit=_PAGE)


def first_problems(api: Api, run_id: str, count: int) -> list[dict[str, Any]]:
    """The first problems, those that refused rows before those that did not."""
    found: list[dict[str, Any]] = []
    for severity in ("error", "warning", "info"):
        if len(found) < count:
            page = api.rpc("get_audience_run_errors", p_run_id=run_id, p_severity=severity, p_limit=count - len(found))
            found += page["items"]
    return found


def worker_database_url() -> str:
    """Where rows are copied to: OUTBOUND_DATABASE_URL, else the running stack's."""
    url = os.environ.get("OUTBOUND_DATABASE_URL")
    if url:
        return url
    connection = (settings.stack_state() or {}).get("connection") or {}
    url = connection.get("worker_database_url")
    if not url:
        raise CommandError(
            "There is no database to copy rows into: OUTBOUND_DATABASE_URL is not set and no local stack is up.",
            hint="Set it to the worker role's URL, or start a stack with: outbound stack up",
        )
    return str(url)


def _sample(file: CsvFile, rows: int) -> list[list[str]]:
    sample = file.sample(rows)
    if not any(any(cell.strip() for cell in cells) for cells in sample):
        raise UnreadableFileError(f"{file.path.name} has no rows.")
    return sample


def _open(database_url: str, connections: int) -> Database:
    """Sessions over the workers' connection, as the workers have them."""
    try:
        pooled = PoolingSettings.load().transaction_pooling
    except ConfigurationError as error:
        raise CommandError(f"{error}.") from error
    return Database(database_url, connections=connections, transaction_pooling=pooled)


async def _reach(database_url: str) -> None:
    """Look whether rows can be copied, before the list is taken for an import that can't begin."""
    async with _open(database_url, 1) as database:
        try:
            await database.read()
        except (DatabaseUnavailableError, DatabaseFaultError) as error:
            raise CommandError(
                f"The database that rows are copied into cannot be reached ({error}).",
                hint="See OUTBOUND_DATABASE_URL; nothing was begun.",
            ) from error


async def _copy(
    database_url: str, file: CsvFile, started: dict[str, Any], sample: Sequence[list[str]]
) -> dict[str, Any]:
    team_id, run_id = UUID(started["team_id"]), UUID(started["run_id"])
    async with _open(database_url, 3) as database:
        try:
            with _progress(file) as advance:
                return await database.import_rows(team_id, run_id, csv_chunks(file, started, sample, advance))
        except OutboundError as error:
            await _give_up(database, team_id, run_id, "refused", error.message)
            raise CommandError(error.message, code=error.code, detail=error.detail, hint=error.hint) from error
        except (DatabaseUnavailableError, DatabaseFaultError) as error:
            said = f"The database took the import back ({error}); the list is as it was."
            code = "database_unavailable" if isinstance(error, DatabaseUnavailableError) else "database_fault"
            given_up = await _give_up(database, team_id, run_id, code, said)
            if given_up is False:
                raise CommandError(
                    f"The import has ended, but its answer was lost ({error}).",
                    hint="See what came of it: outbound audiences runs",
                ) from error
            hint = "Run the command again."
            if given_up is None:
                hint = "Run the command again; if the list is then still taken, it is free after fifteen minutes."
                said = f"The database took the import back ({error})."
            raise CommandError(said, hint=hint) from error
        except UnreadableFileError as error:
            await database.fail_run(team_id, run_id, "file_unreadable", error.message)
            raise
        except asyncio.CancelledError:
            await _give_up(database, team_id, run_id, "stopped", "Whoever ran this stopped it; the list is as it was.")
            raise


async def _give_up(database: Database, team_id: UUID, run_id: UUID, code: str, message: str) -> bool | None:
    """End a run that broke off, so that its list is free at once; false when it had ended, `None` when nobody knows.

    A connection that only seems broken may still hold the run: then it is not waited for.
    """
    try:
        async with asyncio.timeout(_GIVE_UP_SECONDS):
            await database.fail_run(team_id, run_id, code, message)
    except OutboundError:
        return False
    except (DatabaseUnavailableError, DatabaseFaultError, TimeoutError):
        return None
    return True


async def _index(database_url: str) -> None:
    count = 0
    with stderr.status("") as status:
        async with _open(database_url, 1) as database:
            while True:
                status.update(f"Indexing contacts for searches: {count:,} (Ctrl-C leaves it to a worker)")
                indexed = await database.index_contacts(_INDEXED_AT_ONCE)
                count += indexed
                if indexed < _INDEXED_AT_ONCE:
                    return


@contextmanager
def _progress(file: CsvFile) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes read; when they are all there, the database works."""
    with ExitStack() as bars:
        show = bars.enter_context(bar_of_bytes(f"Reading {file.path.name}", file.size))

        def advance(position: int) -> None:
            show(position)
            if position >= file.size:
                bars.close()
                bars.enter_context(endless_bar("Checking and storing every row"))

        yield advance


def csv_chunks(
    file: CsvFile, started: dict[str, Any], sample: Sequence[list[str]], advance: Callable[[int], None]
) -> Iterator[RowChunk]:
    """The rows below the header in the form of engine.import_rows, in pieces."""
    header_row: int = started["header_row"]
    width = len(sample[header_row - 1]) if header_row else None
    picked = _picked(started["places"], width)
    run_cells = f"{started['team_id']},{started['run_id']}"
    commas = len(_FIELDS)  # between the fields and what is odd about the row
    lines: list[str] = []
    characters, first, number = 0, header_row + 1, 0
    for position, batch in file.batches(_ROWS_AT_ONCE):
        for number, cells in batch:
            # a row of nothing but delimiters and spaces is none
            if number > header_row and any(map(str.strip, cells)):
                line = ",".join(picked(cells))
                if line.count(",") != commas or '"' in line or "\n" in line or "\r" in line:
                    line = _quoted(picked(cells))
                lines.append(line := f"{run_cells},{number},{line}\n")
                characters += len(line)
        advance(position)
        if characters >= _CHUNK_CHARACTERS:
            yield RowChunk(first, number, "".join(lines).encode())
            characters, first = 0, number + 1
            lines.clear()
    if lines:
        yield RowChunk(first, number, "".join(lines).encode())


def _quoted(cells: Sequence[str]) -> str:
    """Cells as CSV, those with a comma, a quote or a line break among them; most rows have none and need no writer."""
    text = io.StringIO(newline="")
    # a writer quotes the characters of its line's end, of which either alone would be one for COPY
    csv.writer(text, lineterminator=_LINE_END).writerow(cells)
    return text.getvalue().removesuffix(_LINE_END)


def _picked(fields: Mapping[str, Sequence[int]], width: int | None) -> Callable[[list[str]], tuple[str, ...]]:
    """How the cells of all fields, and what is odd about the row, are taken from a row.

    A row is made as wide as the header; then follow a cell for what no column is mapped to, and one for the row's
    problem. The cells of several phone columns become lines of one.
    """
    wide = width or max(place for places in fields.values() for place in places)
    several = {field: [place - 1 for place in places] for field, places in fields.items() if len(places) > 1}
    joined = {field: wide + 2 + place for place, field in enumerate(several)}
    indexes = [joined.get(field, fields[field][0] - 1 if fields.get(field) else wide) for field in _FIELDS]
    pick = itemgetter(*indexes, wide + 1)

    def picked(cells: list[str]) -> tuple[str, ...]:
        problem = ""
        if len(cells) != wide:
            if width and any(map(str.strip, cells[wide:])):
                problem = "row_has_extra_cells"
            cells = [*cells[:wide], *[""] * (wide - len(cells))]
        more = (
            ["\n".join(cells[i] for i in places if cells[i].strip()) for places in several.values()] if several else ()
        )
        found: tuple[str, ...] = pick((*cells, "", problem, *more))
        return found

    return picked
