"""Large files, which several connections check and store at once: the same as one would, and all or nothing."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest

import cli
from cli.audiences import importing
from tests.audiences.conftest import Importer
from tests.support.databases import Database
from tests.support.waiting import wait_until
from workers.db import imports
from workers.errors import DatabaseUnavailableError

Write = Callable[[bytes | str], Path]
CONTACTS = Path(cli.__file__).parent / "demo" / "contacts.csv"
PEOPLE = "phone,first name\n" + "".join(f"{area}-555-01{n:02},Ann\n" for area in (212, 303, 415) for n in range(100))


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of some ten rows and ranges of some sixty, so that a small file is a large one."""
    monkeypatch.setattr(importing, "_CHUNK_CHARACTERS", 1000)
    monkeypatch.setattr(importing, "_ROWS_AT_ONCE", 10)
    monkeypatch.setattr(imports, "_ROWS_OF_RANGE", 64)


@pytest.fixture
def observer(module_database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Somebody who looks in from outside."""
    with module_database.connect(autocommit=True) as connection:
        yield connection


def stored(observer: psycopg.Connection[Any], importer: Importer) -> dict[str, Any]:
    """What a team has, ids and times aside."""
    queries = {
        "contacts": "select to_jsonb(c) - '{team_id,id,created_at,updated_at}'::text[] from public.contacts as c"
        " where c.team_id = %s order by c.phone",
        "members": "select l.name, c.phone, m.servicetitan_customer_id from public.audience_members as m"
        " join public.audience_lists as l on m.team_id = l.team_id and m.list_id = l.id"
        " join public.contacts as c on m.team_id = c.team_id and m.contact_id = c.id"
        " where m.team_id = %s order by l.name, c.phone",
        "lists": "select l.name, l.member_count from public.audience_lists as l where l.team_id = %s order by l.name",
        "problems": "select e.position, e.row_number, e.column_name, e.code, e.severity, e.value"
        " from public.audience_run_errors as e where e.team_id = %s order by e.run_id, e.position",
        "runs": "select r.status, r.fetched_count, r.added_count, r.updated_count, r.excluded_count, r.rejected_count,"
        " r.duplicate_count, r.warning_count, r.failure_code from public.audience_runs as r"
        " where r.team_id = %s order by r.id",
    }
    return {name: observer.execute(query.encode(), [importer.team.id]).fetchall() for name, query in queries.items()}


def staged(observer: psycopg.Connection[Any]) -> int:
    row = observer.execute(
        "select (select count(*) from engine.import_rows) + (select count(*) from engine.checked_rows)"
    ).fetchone()
    assert row is not None
    count: int = row[0]
    return count


def calls(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """The calls of one of the module's own functions."""
    found: list[Any] = []
    original = getattr(imports, name)

    async def call(*arguments: Any) -> Any:
        found.append(arguments)
        return await original(*arguments)

    monkeypatch.setattr(imports, name, call)
    return found


def test_it_is_what_one_connection_stores(
    importer: Importer, observer: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    """New people, then the same file with other names and an exclusion on its list, for one team after the other."""
    text = CONTACTS.read_text(encoding="utf-8")
    header, *rows = text.splitlines(keepends=True)
    changed = "".join([header, *rows[200:], *rows[:100]]).replace("Richardson", "Renamed")
    assert "Renamed" in changed

    def everything() -> dict[str, Any]:
        first, _ = importer(CONTACTS, list_name="People")
        importer.api.rpc("update_audience_list", p_list_id=first["list_id"], p_exclusions={"phones": ["+17755550164"]})
        importer(write(changed), list_name="People")
        found = stored(observer, importer)
        observer.execute("delete from public.audience_lists where team_id = %s", [importer.team.id])
        observer.execute("delete from public.audience_runs where team_id = %s", [importer.team.id])
        observer.execute("delete from public.contacts where team_id = %s", [importer.team.id])
        return found

    ranges = calls(monkeypatch, "_store_ranges")
    together = everything()
    for *_, cut in ranges:
        assert len(cut) > 3
        # every number is in one range: they follow one another without a gap, from before all to after all
        assert [people["from_phone"] for people in cut] == ["", *(people["before_phone"] for people in cut[:-1])]
        assert cut[-1]["before_phone"] is None
    monkeypatch.setattr(importing, "_CHUNK_CHARACTERS", 1_000_000)
    alone = everything()
    assert len(ranges) == 2, "a file of one piece goes over one connection"
    assert together == alone
    assert staged(observer) == 0


def test_one_bad_row_at_the_end_refuses_all(
    importer: Importer, observer: psycopg.Connection[Any], write: Write
) -> None:
    run, problems = importer(write(PEOPLE + "12,Bob\n"), partial=False)
    assert (run["status"], run["failure_code"], [p["row"] for p in problems]) == ("FAILED", "rows_rejected", [302])
    found = stored(observer, importer)
    assert (found["contacts"], found["members"], found["lists"], staged(observer)) == ([], [], [], 0)


def test_whoever_dies_while_storing_leaves_no_member(
    importer: Importer, observer: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    """Contacts may stay; they are in no list, and the next import of the file finds them. Nobody is there twice."""
    with monkeypatch.context() as patched:
        patched.setattr(imports, "_END_STORING", "select pg_terminate_backend(pg_backend_pid())")
        patched.setattr(imports, "_FAIL_RUN", "select pg_terminate_backend(pg_backend_pid())")
        said = importer.refused(write(PEOPLE), list_name="Cut")
    assert "took the import back" in said.message
    assert "fifteen minutes" in (said.hint or "")
    left = stored(observer, importer)
    assert (len(left["contacts"]), left["members"], left["lists"]) == (300, [], [])
    observer.execute("update public.audience_runs set lease_expires_at = '2000-01-01'")
    assert observer.execute("select engine.fail_stale_runs()").fetchone() == (1,)
    assert staged(observer) == 0
    run, _ = importer(write(PEOPLE), list_name="Cut")
    assert (run["status"], run["counts"]["added"]) == ("SUCCEEDED", 300)
    found = stored(observer, importer)
    assert (len(found["contacts"]), found["lists"]) == (300, [("Cut", 300)])


def test_an_import_that_broke_off_can_be_made_again_at_once(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(imports, "_END_STORING", "select pg_terminate_backend(pg_backend_pid())")
        assert importer.refused(write(PEOPLE), list_name="Cut").hint == "Run the command again."
    run, _ = importer(write(PEOPLE), list_name="Cut")
    assert (run["status"], run["counts"]["added"]) == ("SUCCEEDED", 300)
    [_, broken] = importer.api.rpc("get_audience_runs")["items"]
    assert (broken["status"], broken["failure_code"]) == ("FAILED", "database_unavailable")


def test_an_import_whose_last_answer_was_lost_is_not_said_to_have_failed(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    original = imports.ImportCalls.import_rows

    async def lost(*arguments: Any) -> Any:
        await original(*arguments)
        raise DatabaseUnavailableError("OperationalError")

    with monkeypatch.context() as patched:
        patched.setattr(imports.ImportCalls, "import_rows", lost)
        said = importer.refused(write(PEOPLE), list_name="Told")
    assert "the list is as it was" not in said.message
    assert "outbound audiences runs" in (said.hint or "")
    [run] = importer.api.rpc("get_audience_runs")["items"]
    assert (run["status"], run["counts"]["added"]) == ("SUCCEEDED", 300)


def test_whoever_stops_an_import_leaves_its_list_free(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    """As Ctrl-C does, in the middle of the storing."""
    original = imports._store_ranges

    async def stopped(*arguments: Any) -> None:
        await original(*arguments)
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(60)

    with monkeypatch.context() as patched:
        patched.setattr(imports, "_store_ranges", stopped)
        with pytest.raises(KeyboardInterrupt):
            importer(write(PEOPLE), list_name="Stopped")
    [run] = importer.api.rpc("get_audience_runs")["items"]
    assert (run["status"], run["failure_code"], run["list_id"]) == ("FAILED", "stopped", None)
    assert importer(write(PEOPLE), list_name="Stopped")[0]["status"] == "SUCCEEDED"


def test_a_database_that_cannot_be_reached_is_found_out_before_the_list_is_taken(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setenv("OUTBOUND_DATABASE_URL", "postgresql://outbound_worker@127.0.0.1:9/nowhere")
    assert "cannot be reached" in importer.refused(write(PEOPLE), list_name="Away").message
    assert importer.api.rpc("get_audience_runs")["items"] == []


def test_a_run_that_was_given_up_takes_no_more_rows(importer: Importer, module_database: Database) -> None:
    """A worker whose holder is gone, and with it the run, does not go on beside it."""
    started = importer.api.rpc("start_audience_import", p_sample=[["phone"], ["212-555-0101"]], p_list_name="Gone")
    run = [started["team_id"], started["run_id"]]
    with module_database.connect("outbound_worker", autocommit=True) as worker:
        worker.execute("select from engine.start_run(%s, %s)", run)
        worker.execute("select engine.check_staged_rows(%s, %s, 2, 3)", run)
        worker.execute("select from engine.fail_run(%s, %s, 'x', 'x')", run)
        for call in ("check_staged_rows(%s, %s, 2, 3)", "settle_run(%s, %s, 100)", "store_contacts(%s, %s, '', null)"):
            with pytest.raises(psycopg.Error) as refusal:
                worker.execute(f"select engine.{call}".encode(), run)
            assert refusal.value.sqlstate == "OB002"


def test_people_whom_another_adds_at_that_moment_are_found(
    importer: Importer, observer: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    """The holder then begins again by itself: what the later one says wins, and nobody is there twice."""
    original = imports._store_ranges

    async def meet_others(*arguments: Any) -> None:
        observer.execute(
            "insert into public.contacts (team_id, phone, first_name, timezones)"
            " values (%s, '+12125550177', 'Bob', '{}')",
            [importer.team.id],
        )
        await original(*arguments)

    monkeypatch.setattr(imports, "_store_ranges", meet_others)
    ended = calls(monkeypatch, "_ended")
    run, _ = importer(write(PEOPLE), list_name="Met")
    assert [arguments[1] for arguments in ended] == [imports._FINISH_RUN]
    assert (run["status"], run["counts"]["added"]) == ("SUCCEEDED", 300)
    found = stored(observer, importer)
    assert {contact["first_name"] for [contact] in found["contacts"]} == {"Ann"}
    assert (len(found["members"]), found["lists"], len(found["problems"])) == (300, [("Met", 300)], 0)


def test_a_member_whom_another_adds_at_that_moment_is_found(
    importer: Importer,
    observer: psycopg.Connection[Any],
    module_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    write: Write,
) -> None:
    """The holder waits for whoever adds her, and begins again once she is there: the import does not fail of it."""
    importer(write("phone\n212-555-0101\n"), list_name="Others")
    shared, _ = importer(write("phone\n720-555-0101\n"), list_name="Shared")
    waiting = "select from pg_locks where not granted and locktype = 'transactionid' and pid = any(%s)"
    original = imports._store_ranges

    async def meet(holder: Any, *arguments: Any) -> None:
        with module_database.connect() as lead, ThreadPoolExecutor(1) as thread:
            lead.execute(
                "insert into public.audience_members (team_id, list_id, contact_id)"
                " select team_id, %s, id from public.contacts where team_id = %s and phone = '+12125550101'",
                [shared["list_id"], importer.team.id],
            )
            pids = [holder.info.backend_pid]

            def come_in() -> None:
                wait_until(lambda: observer.execute(waiting, [pids]).fetchone() is not None, "the holder waits")
                lead.commit()

            came = thread.submit(come_in)
            try:
                await original(holder, *arguments)
            finally:
                came.result()

    monkeypatch.setattr(imports, "_store_ranges", meet)
    run, _ = importer(write(PEOPLE), list_name="Shared")
    assert (run["status"], run["counts"]["added"], run["counts"]["updated"]) == ("SUCCEEDED", 299, 1)
    assert stored(observer, importer)["lists"] == [("Others", 1), ("Shared", 301)]


def test_who_waits_for_the_holder_does_not_stop_the_helper(
    importer: Importer, observer: psycopg.Connection[Any], module_database: Database, write: Write
) -> None:
    """A lead has a number of the file and waits for the list, which the holder has, who waits for the helper, who
    waits for the number: a circle that the database can't see. The helper gives up soon, and all come to an end."""
    first, _ = importer(write("phone\n720-555-0101\n"), list_name="Shared")
    number = "+14155550199"
    free = "select from public.audience_lists where id = %s for no key update skip locked"

    has_number = Event()

    def come_in() -> None:
        with module_database.connect() as lead, lead.transaction():
            lead.execute(
                "insert into public.contacts (team_id, phone, first_name, timezones) values (%s, %s, 'Bob', '{}')",
                [importer.team.id, number],
            )
            has_number.set()
            wait_until(lambda: observer.execute(free, [first["list_id"]]).fetchone() is None, "the holder has the list")
            lead.execute(
                "insert into public.audience_members (team_id, list_id, contact_id)"
                " select team_id, %s, id from public.contacts where phone = %s",
                [first["list_id"], number],
            )

    observer.execute("alter function engine.store_contacts set lock_timeout = '2s'")
    with ThreadPoolExecutor(1) as thread:
        came = thread.submit(come_in)
        has_number.wait()
        run, _ = importer(write(PEOPLE), list_name="Shared")
        came.result()
    observer.execute("alter function engine.store_contacts set lock_timeout = '5s'")
    assert (run["status"], run["counts"]["added"], run["counts"]["updated"]) == ("SUCCEEDED", 299, 1)
    found = stored(observer, importer)
    assert found["lists"] == [("Shared", 301)]
    assert {contact["first_name"] for [contact] in found["contacts"] if contact["phone"] == number} == {"Ann"}
