"""Imports from a file to members, over the worker's connection."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

import cli
from cli.audiences import importing
from cli.audiences.commands import read_mapping, write_problems
from cli.csv_reader import open_csv
from tests.audiences.conftest import Importer
from tests.support.databases import Database
from tests.support.pooler import WAYS, reached
from workers.db import Database as WorkerDatabase
from workers.db import RowChunk
from workers.errors import DatabaseUnavailableError

Write = Callable[[bytes | str], Path]
CONTACTS = Path(cli.__file__).parent / "demo" / "contacts.csv"


def members(importer: Importer, list_id: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = importer.api.rpc("get_audience_members", p_list_id=list_id, p_limit=1000)["items"]
    return found


def test_the_demo_file(importer: Importer) -> None:
    """398 rows of a messy export: 32 without a usable number, nine twice, five with a bad address."""
    run, problems = importer(CONTACTS)
    counts = run["counts"]
    assert {name: counts[name] for name in ("fetched", "added", "duplicate", "rejected", "warning")} == {
        "fetched": 398,
        "added": 357,
        "duplicate": 9,
        "rejected": 32,
        "warning": 5,
    }
    found = members(importer, run["list_id"])
    assert len(found) == 357
    zones = {zone for member in found for zone in member["timezones"]}  # type: ignore[attr-defined]
    assert {"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Pacific/Honolulu"} <= zones
    assert all(str(member["phone"])[5:10] == "55501" for member in found)
    assert {problem["severity"] for problem in problems} == {"error", "warning", "info"}


def test_whoever_watches_an_import_need_not_wait_for_the_index(
    importer: Importer, module_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index follows in slices until none is left; a database that is away by then is no failure."""
    monkeypatch.setattr(importing, "_INDEXED_AT_ONCE", 100)
    importer(CONTACTS)
    with module_database.connect(autocommit=True) as connection:
        count = "select count(*) from engine.search_entries where team_id = %s"
        assert connection.execute(count, [importer.team.id]).fetchone() == (0,)
        importing.index_imported(module_database.url("outbound_worker"))
        assert connection.execute(count, [importer.team.id]).fetchone() == (357,)
        assert connection.execute("select count(*) from engine.search_backlog").fetchone() == (0,)
    importing.index_imported("postgresql://outbound_worker@127.0.0.1:1/none")


@pytest.mark.parametrize("way", WAYS)
def test_many_chunks_come_through_any_connection(
    way: str, importer: Importer, module_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More chunks than it takes until a statement is prepared, which a transaction pooler could not follow."""
    monkeypatch.setattr(importing, "_CHUNK_CHARACTERS", 1)
    monkeypatch.setattr(importing, "_ROWS_AT_ONCE", 10)
    with reached(module_database, way) as database:
        monkeypatch.setenv("OUTBOUND_DATABASE_URL", database.url("outbound_worker"))
        monkeypatch.setenv("OUTBOUND_TRANSACTION_POOLING", str(database.is_pooled))
        run, _ = importer(CONTACTS)
    assert (run["status"], run["counts"]["added"], run["counts"]["rejected"]) == ("PARTIAL", 357, 32)


def test_again_changes_nothing(importer: Importer) -> None:
    first, _ = importer(CONTACTS)
    before = members(importer, first["list_id"])
    second, _ = importer(CONTACTS)
    assert second["list_id"] == first["list_id"]
    assert (second["counts"]["added"], second["counts"]["updated"]) == (0, 357)
    assert members(importer, first["list_id"]) == before


def test_several_phone_columns_when_asked_for(importer: Importer, write: Write) -> None:
    path = write("name,home,mobile\nAnn,,212-555-0101\nBob,212-555-0102,303-555-0103\n")
    run, problems = importer(path, mapping=read_mapping(["phone=Home", "phone=mobile"]))
    assert run["mapping"]["phone"] == ["home", "mobile"]
    assert sorted(str(member["phone"]) for member in members(importer, run["list_id"])) == [
        "+12125550101",
        "+12125550102",
    ]
    assert [(p["row"], p["column"], p["code"], p["value"]) for p in problems] == [
        (3, "home / mobile", "phone_extra_unused", "303-555-0103")
    ]


def test_a_file_without_a_header(importer: Importer, write: Write) -> None:
    run, problems = importer(write("Ann Lee;212-555-0101;ann@x.example\nBob;12;bob@x.example\n"))
    assert run["mapping"] == {"phone": ["column 2"], "email": ["column 3"]}
    assert [(p["row"], p["column"]) for p in problems] == [(2, "column 2")]


def test_backslashes_quotes_and_end_of_data_marks_are_text(importer: Importer, write: Write) -> None:
    path = write('first,last,phone\n\\.,"O""Neil\\N",212-555-0101\n\\N,"a\nb",212-555-0102\n')
    run, _ = importer(path)
    names = [(member["first_name"], member["last_name"]) for member in members(importer, run["list_id"])]
    assert sorted(names) == [("\\.", 'O"Neil\\N'), ("\\N", "a\nb")]


def test_cells_reach_the_database_as_they_are(write: Write) -> None:
    """What COPY is given reads as the cells of the file, whatever is in them; a lone line break of either kind too."""
    cells = [
        "Ann",
        "a,b",
        '"',
        '""',
        "a\nb",
        "a\rb",
        "a\r\nb",
        "\r",
        "\n",
        ",",
        "\\.",
        " a ",
        "é",
        "\u2028",
        "\x1c",
        "'",
        "\t",
    ]
    rows = [[f"212-736-5{number:03}", cell, last] for number, (cell, last) in enumerate(product(cells, ["", *cells]))]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["phone", "first", "last"], *rows])
    file = open_csv(write(text.getvalue()))
    run = {
        "team_id": "t",
        "run_id": "r",
        "header_row": 1,
        "places": {"phone": [1], "first_name": [2], "last_name": [3]},
    }
    chunks = list(importing.csv_chunks(file, run, file.sample(), lambda _: None))
    copied = b"".join(chunk.data for chunk in chunks).decode()
    # as COPY demands: what isn't quoted holds neither a quote nor any line break
    assert not re.search(r'["\r]', re.sub(r'"(?:[^"]|"")*"', "", copied))
    assert [row[:5] for row in csv.reader(io.StringIO(copied, newline=""))] == [
        ["t", "r", str(number), *row[:2]] for number, row in enumerate(rows, 2)
    ]
    assert [row[5] for row in csv.reader(io.StringIO(copied, newline=""))] == [row[2] for row in rows]
    assert (chunks[0].first, chunks[-1].last) == (2, len(rows) + 1)


def test_a_carriage_return_in_a_cell_is_text(importer: Importer, write: Write) -> None:
    run, _ = importer(write('phone,first name\n212-555-0142,"Ann\rMarie"\n'))
    assert run["counts"]["added"] == 1


def test_rows_with_more_cells_than_the_header_are_told(importer: Importer, write: Write) -> None:
    _, problems = importer(write("phone,name\n212-555-0101,Ann,Lee\n212-555-0102,Bob,\n"))
    assert [(p["row"], p["code"]) for p in problems] == [(2, "row_has_extra_cells")]


def test_problems_as_a_file_hold_no_formula(importer: Importer, write: Write, tmp_path: Path) -> None:
    _, problems = importer(write("phone,email\n=1+1,\n212-555-0101,=cmd()\n"))
    path = tmp_path / "problems.csv"
    assert write_problems(path, problems) == 2
    assert [cells[-1] for _, cells in open_csv(path).records()] == ["value", "'=1+1", "'=cmd()"]


def test_a_file_that_breaks_in_the_middle_stores_nothing(importer: Importer, write: Write) -> None:
    path = write("phone\n" + "".join(f"212-555-01{n % 100:02}\n" for n in range(300)) + '"212-555-0199\n')
    assert "never closed" in importer.refused(path, list_name="Broken").message
    [run] = importer.api.rpc("get_audience_runs")["items"]
    assert (run["status"], run["failure_code"], run["list_id"]) == ("FAILED", "file_unreadable", None)


async def _import(url: str, started: dict[str, str], chunks: Iterator[RowChunk]) -> None:
    async with WorkerDatabase(url, connections=3) as database:
        await database.import_rows(UUID(started["team_id"]), UUID(started["run_id"]), chunks)


def test_whoever_dies_in_the_middle_leaves_nothing(importer: Importer, module_database: Database, write: Write) -> None:
    """The connection is cut while rows are copied; the run counts as abandoned and the import can be repeated."""
    path = write("phone\n" + "".join(f"212-555-01{n:02}\n" for n in range(50)))
    file = open_csv(path)
    started = importer.api.rpc("start_audience_import", p_sample=file.sample(), p_list_name="Cut")
    url = module_database.url("outbound_worker", application_name="to_be_cut")

    def chunks() -> Iterator[RowChunk]:
        yield from importing.csv_chunks(file, started, file.sample(), lambda _: None)
        with module_database.connect(autocommit=True) as other:
            # the one that holds the run: it copies or checks at this moment
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and usename = 'outbound_worker' and xact_start is not null"
            )
        yield RowChunk(52, 52, b"")

    with pytest.raises(DatabaseUnavailableError):
        asyncio.run(_import(url, started, chunks()))
    with module_database.connect(autocommit=True) as other:
        assert other.execute("select count(*) from public.contacts").fetchone() == (0,)
        assert other.execute("select engine.fail_stale_runs()").fetchone() == (0,)
        other.execute(
            "update public.audience_runs set lease_expires_at = engine.now() - interval '1 second' where id = %s",
            [started["run_id"]],
        )
    run, _ = importer(path, list_name="Cut")
    assert (run["status"], run["counts"]["added"]) == ("SUCCEEDED", 50)
    states = {item["id"]: item["failure_code"] for item in importer.api.rpc("get_audience_runs")["items"]}
    assert states[started["run_id"]] == "abandoned"


def test_a_run_that_someone_works_on_is_never_abandoned(importer: Importer, module_database: Database) -> None:
    """However long a copy takes: its transaction holds the run."""
    started = importer.api.rpc("start_audience_import", p_sample=[["phone"], ["212-555-0101"]], p_list_name="Slow")
    run = [started["team_id"], started["run_id"]]
    with module_database.connect("outbound_worker") as worker, module_database.connect(autocommit=True) as other:
        worker.execute("select from engine.start_run(%s, %s)", run)
        worker.commit()
        other.execute("update public.audience_runs set lease_expires_at = '2000-01-01' where id = %s", [run[1]])
        worker.execute("select from engine.start_run(%s, %s)", run)
        assert other.execute("select engine.fail_stale_runs()").fetchone() == (0,)
        worker.rollback()
        assert other.execute("select engine.fail_stale_runs()").fetchone() == (1,)


def test_two_imports_of_one_team_at_once_end_both(importer: Importer, module_database: Database) -> None:
    """They bring the same numbers in opposite orders: the second waits for the first, and neither is lost."""
    runs = []
    for name, order in (("One", 1), ("Two", -1)):
        started = importer.api.rpc("start_audience_import", p_sample=[["phone"], ["212-555-0101"]], p_list_name=name)
        runs.append((started, [f"212-555-01{n:02}" for n in range(100)][::order]))
    url = module_database.url("outbound_worker")

    async def both() -> None:
        await asyncio.gather(*(_import(url, started, _chunk(started, phones)) for started, phones in runs))

    asyncio.run(both())
    lists = {item["name"]: item["member_count"] for item in importer.api.rpc("list_audience_lists")["items"]}
    assert lists == {"One": 100, "Two": 100}


def _chunk(started: dict[str, str], phones: list[str]) -> Iterator[RowChunk]:
    rows = [f"{started['team_id']},{started['run_id']},{n},{phone},,,,,,,,\n" for n, phone in enumerate(phones, 2)]
    yield RowChunk(2, len(phones) + 1, "".join(rows).encode())


def test_workers_write_nothing_but_the_staging(module_database: Database) -> None:
    with module_database.connect("outbound_worker") as worker:
        for statement in (
            "select count(*) from public.contacts",
            "select count(*) from engine.import_rows",
            "delete from engine.import_rows",
            "select count(*) from engine.checked_rows",
            "select public.list_audience_lists()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                worker.execute(statement.encode())
            worker.rollback()
