"""The life of a stack: up, seen, hurt, repaired, down, given up. A small one: database, API and gateway."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support.stacks import OwnStack, throwaway_stack

SMALL = ("--only", "gateway", "--postgres", "embedded")
RUNNING = {"postgres", "postgrest", "gateway"}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[OwnStack]:
    with throwaway_stack(tmp_path / "stack") as made:
        yield made


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnStack]:
    """A stack that is up; tests leave it as they found it."""
    with throwaway_stack(tmp_path_factory.mktemp("stack") / "stack") as made:
        made.up(*SMALL, cold=True)
        yield made


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OwnStack, str]]:
    """A stack that was up, with a table of its own, and is down; tests leave it so. Its address comes with it."""
    with throwaway_stack(tmp_path_factory.mktemp("stack") / "stack") as made:
        shown = made.up(*SMALL)
        with psycopg.connect(shown["database_url"]) as connection:
            connection.execute("create table public.kept as select 42 as answer")
        assert made.run("stack", "down", cold=True).status == 0
        yield made, shown["api_url"]


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([process for process in psutil.process_iter() if process.pid == pid], timeout=10)


def test_up_starts_the_parts_and_says_where_they_are(running: OwnStack) -> None:
    shown = running.status()
    assert {part["name"] for part in shown["parts"] if part["state"] == "running"} == RUNNING
    assert shown["api_url"].startswith("http://127.0.0.1:")
    assert shown["postgres"]["kind"] == "embedded"
    assert shown["postgres"]["pg_cron"] is False
    with psycopg.connect(shown["database_url"]) as connection:
        row = connection.execute(
            "select current_user::text, rolsuper from pg_roles where rolname = current_user"
        ).fetchone()
    assert row == ("postgres", False)


def test_a_second_up_changes_nothing(running: OwnStack) -> None:
    before = running.pids()
    outcome = running.run("stack", "up")
    assert (outcome.status, outcome.err.strip()) == (0, "everything was up already")
    assert running.pids() == before


def test_a_part_that_dies_is_shown_as_dead_and_up_repairs_only_that(running: OwnStack) -> None:
    before = running.pids()
    kill(before["gateway"])

    seen = running.run("stack", "status", "--json")
    assert seen.status == 1
    dead = [part for part in seen.json["parts"] if part["state"] == "dead"]
    assert [(part["name"], part["pid"]) for part in dead] == [("gateway", None)]

    running.up()
    after = running.pids()
    assert set(running.states().values()) == {"running", "stopped"}
    assert {name for name in RUNNING if after[name] != before[name]} == {"gateway"}


def test_a_killed_database_is_shown_and_comes_back_with_its_data(running: OwnStack) -> None:
    url = running.status()["database_url"]
    with psycopg.connect(url) as connection:
        connection.execute("create table public.kept as select 42 as answer")
    kill(running.pids()["postgres"])
    assert running.states()["postgres"] == "dead"

    running.up()
    with psycopg.connect(running.status()["database_url"]) as connection:
        assert connection.execute("select answer from public.kept").fetchone() == (42,)
        connection.execute("drop table public.kept")


def test_keys_and_passwords_are_for_the_owner_alone_and_in_no_log(running: OwnStack) -> None:
    state_file = running.folder / "state.json"
    assert stat.S_IMODE(state_file.stat().st_mode) == 0o600
    state = json.loads(state_file.read_text())
    connection = state["connection"]
    secrets = [connection["jwt_secret"], connection["anon_key"], connection["service_role_key"]]
    secrets += [*state["secrets"].values(), connection["database_url"].split(":")[2].split("@")[0]]
    logs = "".join(log.read_text(errors="replace") for log in (running.folder / "logs").iterdir())
    assert all(len(secret) > 20 for secret in secrets)
    assert not [secret for secret in secrets if secret in logs]


def test_a_stack_keeps_the_postgres_that_its_data_is_in(running: OwnStack) -> None:
    refused = running.run("stack", "up", "--postgres", "system")
    assert refused.status == 1
    assert "embedded" in refused.err
    assert "outbound stack reset" in refused.err


def test_a_folder_that_is_no_database_is_not_touched(stack: OwnStack) -> None:
    precious = stack.folder / "postgres" / "precious.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    refused = stack.run("stack", "up", *SMALL)
    assert refused.status == 1
    assert "neither empty nor a database" in refused.err
    assert precious.read_text() == "mine"


def test_an_unknown_part_is_refused_with_the_known_ones(stack: OwnStack) -> None:
    refused = stack.run("stack", "up", "--only", "gatewy")
    assert refused.status == 1
    assert "gateway" in refused.err


def test_commands_say_what_to_do_while_nothing_is_up(stack: OwnStack) -> None:
    for arguments in (("stack", "user", "list"), ("stack", "status")):
        refused = stack.run(*arguments)
        assert refused.status == 1
        assert "outbound stack up" in refused.err


def test_down_leaves_nothing_running(stopped: tuple[OwnStack, str]) -> None:
    stack, _ = stopped
    assert stack.processes() == []
    shown = stack.run("stack", "status", "--json")
    assert (shown.status, shown.json["api_url"], set(stack.states().values())) == (1, None, {"stopped"})
    assert stack.run("stack", "down").err.strip() == "nothing was running"


def test_data_of_another_version_is_refused_in_a_sentence(stopped: tuple[OwnStack, str]) -> None:
    stack, _ = stopped
    version = stack.folder / "postgres" / "PG_VERSION"
    written = version.read_text()
    version.write_text("9\n")
    refused = stack.run("stack", "up")
    version.write_text(written)
    assert refused.status == 1
    assert "was written by PostgreSQL 9" in refused.err
    assert "Traceback" not in refused.err


def test_up_finds_the_data_again_where_it_was(stopped: tuple[OwnStack, str]) -> None:
    stack, address = stopped
    again = stack.up(*SMALL)
    assert again["api_url"] == address
    with psycopg.connect(again["database_url"]) as connection:
        assert connection.execute("select answer from public.kept").fetchone() == (42,)
    assert stack.run("stack", "down").status == 0


def test_a_port_that_somebody_else_took_is_left_to_them(stopped: tuple[OwnStack, str]) -> None:
    stack, address = stopped
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(address.rsplit(":", 1)[1])))
        other.listen()
        assert stack.up(*SMALL)["api_url"] != address
    assert set(stack.states().values()) == {"running", "stopped"}
    assert stack.run("stack", "down").status == 0


def test_two_that_start_what_was_cut_off_half_way_start_it_once(stack: OwnStack) -> None:
    unfinished = stack.folder / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: stack.up(*SMALL), range(2))
    assert not unfinished.exists()
    assert [part["pid"] for part in first["parts"]] == [part["pid"] for part in second["parts"]]
    assert len([process for process in stack.processes() if "cli.stack.gateway" in process.cmdline()]) == 1

    # and a state that can't be read is named, and still given up with all that runs
    (stack.folder / "state.json").write_text("{")
    refused = stack.run("stack", "up")
    assert refused.status == 1
    assert "outbound stack reset" in refused.err
    assert stack.run("stack", "reset", "--yes").status == 0
    assert stack.processes() == []


def test_users_are_added_shown_and_removed(running: OwnStack) -> None:
    added = running.run("stack", "user", "add", "Ann@Example.com", "--name", "Ann", "--json").json
    assert (added["email"], added["created"], len(added["password"]) >= 12) == ("ann@example.com", True, True)
    again = running.run("stack", "user", "add", "ann@example.com", "--password", "another one", "--json").json
    assert (again["id"], again["created"]) == (added["id"], False)
    listed = running.run("stack", "user", "list", "--json").json
    assert [user["email"] for user in listed] == ["ann@example.com"]

    for email, password in (("no address", "long enough"), ("bob@example.com", "short"), ("bob@example.com", "x" * 80)):
        assert running.run("stack", "user", "add", email, "--password", password).status == 1
    assert running.run("stack", "user", "remove", "ann@example.com", "--yes").status == 0
    assert running.run("stack", "user", "remove", "ann@example.com", "--yes").status == 1


def test_reset_says_what_is_lost_and_asks(running: OwnStack) -> None:
    asked = running.run("stack", "reset")
    assert asked.status == 1
    assert str(running.folder) in asked.err
    assert "0 users" in asked.err
    assert running.states()["gateway"] == "running"


def test_a_part_that_cannot_start_is_named_with_its_last_words(running: OwnStack) -> None:
    """The last of this stack, which has one more part afterwards."""
    refused = running.run("stack", "up", "--only", "webhooks", OUTBOUND_LEASE_SECONDS="soon")
    assert refused.status == 1
    assert refused.err.startswith("webhooks ended right after it started: OUTBOUND_LEASE_SECONDS cannot be used")
    assert running.states()["webhooks"] == "dead"
    running.up()
    assert running.states()["webhooks"] == "running"
    assert running.run("stack", "reset", "--yes", cold=True).status == 0
    assert not running.folder.exists()
    assert running.processes() == []
