"""`import`: a file of contacts into a list, against the plain copying of what comes out of it.

The product's side is all that `outbound audiences import` does once it has started: it reads the file, asks the Data
API for the import, copies the cells, and the database normalises, checks, de-duplicates and stores them, in one
transaction that is on the disk at the end. The index of searches follows after that and is not counted: a worker brings
it up to date, or the command does while somebody watches, and searches are exact without it.

The bare side copies the very contacts and members that the import has stored, ready made, in the order of the file, in
one transaction, from a client on the same machine, into two logged tables with the columns of `public.contacts` and
`public.audience_members` and their primary and unique keys. It knows no other constraint and no trigger; its ids go up
from row to row, as ours do, and its numbers come in the order of the file, because to sort a million rows is work that
nobody would call bare. A second bare side has all the keys: foreign ones too, and the index that one of them needs.
"""

from __future__ import annotations

import contextlib
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from cli.api import Api
from cli.audiences.importing import ImportRequest, run_import
from cli.bench.contact_files import ContactFile, write_contacts
from cli.bench.contract import Benchmark, Claim, Measurement, repeated, scaled
from cli.bench.place import Database, Place
from cli.bench.timing import Times
from cli.errors import CommandError

_LIMIT = 2.0
_FLAT = 1.2
_ROUNDS = 3
_CHUNK = 1 << 20
_STATUS = Path("/proc/self/status")
# What is stored, in the order of the file, which the customers' ids go by; ids as they would be without the sort.
_STORED = {
    "contacts": """
        select
            c.team_id, i.id, c.phone, c.phone_extension, c.first_name, c.last_name, c.email, c.timezone, c.timezones,
            c.regions, c.postal_code, c.servicetitan_customer_id, c.created_at, c.updated_at
        from ({contacts}) as c inner join ({ids}) as i on c.place = i.place
    """,
    "audience_members": """
        select
            m.team_id, m.list_id, i.id, m.servicetitan_customer_id, m.servicetitan_job_id, m.servicetitan_job_type_id,
            m.servicetitan_appointment_id, m.appointment_starts_at, m.added_at
        from ({contacts}) as c
        inner join ({ids}) as i on c.place = i.place
        inner join public.audience_members as m on c.team_id = m.team_id and c.id = m.contact_id
        order by c.place
    """,
}
_CONTACTS = "select c.*, row_number() over (order by c.servicetitan_customer_id) as place from public.contacts as c"
_IDS = "select c.id, row_number() over (order by c.id) as place from public.contacts as c"
_BARE = """
    create schema {schema};
    create table {schema}.contacts (
        like public.contacts, primary key (team_id, id), unique (team_id, phone)
    );
    create table {schema}.audience_members (
        like public.audience_members, primary key (team_id, list_id, contact_id)
    );
"""
_OTHER_KEYS = """
    alter table {schema}.contacts add foreign key (team_id) references public.teams (id);
    alter table {schema}.audience_members
        add foreign key (team_id, list_id) references public.audience_lists (team_id, id),
        add foreign key (team_id, contact_id) references {schema}.contacts (team_id, id);
    create index on {schema}.audience_members (team_id, contact_id);
"""


@dataclass(frozen=True)
class _Imported:
    """An import, as the process that did it saw it."""

    seconds: float
    peak_bytes: int
    run: dict[str, Any]


def measure(scale: float, place: Place) -> Measurement:
    """Import a file into a fresh database and copy what came of it, a few times in turns."""
    rows = scaled(1_000_000, scale, 500)
    times = {side: Times() for side in ("import", "copy", "copy with all keys")}
    with tempfile.TemporaryDirectory(prefix="outbound-bench-") as name:
        folder = Path(name)
        file = write_contacts(folder / "contacts.csv", rows)
        small = write_contacts(folder / "tenth.csv", rows // 10)
        with place.database() as database:
            small_peak = _import(database, small).peak_bytes
        peaks: list[int] = []
        rounds = repeated(_ROUNDS, scale)
        for count in range(rounds):
            place.say(f"Importing {rows:,} rows, {count + 1} of {rounds} …")
            with place.database() as database:
                imported = _import(database, file)
                times["import"].seconds.append(imported.seconds)
                peaks.append(imported.peak_bytes)
                _write_stored(database, folder)
                times["copy"].seconds.append(_copy(database, "bare", _BARE, folder))
                times["copy with all keys"].seconds.append(_copy(database, "keyed", _BARE + _OTHER_KEYS, folder))
    medians = {side: taken.median for side, taken in times.items()}
    return Measurement(
        claims=[
            Claim(
                f"{rows:,} rows against COPY into tables with the same primary and unique keys",
                medians["import"] / medians["copy"],
                _LIMIT,
            ),
            Claim(
                f"the importing process: its peak at {rows:,} rows against that at {rows // 10:,}",
                max(peaks) / small_peak,
                _FLAT,
            ),
        ],
        sizes={"rows": rows, "accepted": file.accepted, "rejected": file.rejected, "duplicate": file.duplicate},
        figures={
            "import_ms": times["import"].median_ms,
            "copy_ms": times["copy"].median_ms,
            "copy_with_all_keys_ms": times["copy with all keys"].median_ms,
            "ratio_with_all_keys": round(medians["import"] / medians["copy with all keys"], 2),
            "rows_per_second": round(rows / medians["import"]),
            "peak_mb": {str(rows // 10): small_peak >> 20, str(rows): max(peaks) >> 20},
        },
    )


def _import(database: Database, file: ContactFile) -> _Imported:
    """Import into a new list of a new team, in a process of its own, so that its memory is the import's."""
    team = database.make_team()
    database.settle()
    with (
        database.data_api() as served,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process,
    ):
        credentials = served.credentials(team.admin_id)
        imported = process.submit(_import_here, credentials, database.url("outbound_worker"), file.path).result()
    _demand_counts(imported.run, file)
    return imported


def _import_here(credentials: tuple[str, str, str], database_url: str, path: Path) -> _Imported:
    os.environ["OUTBOUND_DATABASE_URL"] = database_url
    with Api(*credentials) as api:
        began = time.perf_counter()
        run = run_import(api, ImportRequest(path, "Everybody", partial=True))
        return _Imported(time.perf_counter() - began, _peak_bytes(), run)


def _peak_bytes() -> int:
    """The most memory that this process ever held."""
    with contextlib.suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _demand_counts(run: dict[str, Any], file: ContactFile) -> None:
    """What came out must be what the file was made to hold."""
    expected = {
        "fetched": file.rows, "added": file.accepted, "updated": 0, "removed": 0, "excluded": 0,
        "rejected": file.rejected, "duplicate": file.duplicate, "warning": file.bad_email,
    }  # fmt: skip
    if run["counts"] != expected:
        raise CommandError(
            "The import did not find what the file holds, so it measures something else.",
            detail={"expected": expected, "found": run["counts"]},
        )


def _write_stored(database: Database, folder: Path) -> None:
    """What the import has stored, as files that COPY reads."""
    with database.connect("supabase_admin") as connection:
        for table, query in _STORED.items():
            text = query.format(contacts=_CONTACTS, ids=_IDS)
            with (
                (folder / table).open("wb") as file,
                connection.cursor().copy(sql.SQL("copy ({}) to stdout").format(sql.SQL(text))) as copy,
            ):
                for data in copy:
                    file.write(data)


def _copy(database: Database, schema: str, script: str, folder: Path) -> float:
    """Copy both files into fresh tables; how long that took, on the disk included."""
    with database.connect("supabase_admin") as connection:
        connection.execute(script.format(schema=schema).encode())
        connection.execute("checkpoint")
        began = time.perf_counter()
        with connection.transaction():
            for table in _STORED:
                _copy_file(connection, sql.Identifier(schema, table), folder / table)
        taken = time.perf_counter() - began
        connection.execute(f"drop schema {schema} cascade".encode())
    return taken


def _copy_file(connection: psycopg.Connection[Any], table: sql.Identifier, path: Path) -> None:
    with connection.cursor().copy(sql.SQL("copy {} from stdin").format(table)) as copy:
        for chunk in _chunks(path):
            copy.write(chunk)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


BENCHMARK = Benchmark(
    name="import",
    measures="A CSV of 1,000,000 contacts into a list: read, normalised to E.164, validated, de-duplicated, every "
    "problem kept by row; against a bare COPY of the contacts and members that come out.",
    limit="2 x the COPY into tables with the same primary and unique keys; the client's memory flat",
    run=measure,
)
