"""All parts together, on both kinds of PostgreSQL, and a stack on a database that is not its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cli.dev.project import ROOT, node_tool
from cli.stack.binaries import choose
from cli.stack.cluster import Cluster
from cli.stack.shape import shape_database
from tests.support.stacks import OwnStack, throwaway_stack


@pytest.fixture(scope="module", params=["system", "embedded"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnStack]:
    with throwaway_stack(tmp_path_factory.mktemp("stack") / "stack") as stack:
        stack.up("--postgres", request.param)
        yield stack


# what does not depend on the kind of PostgreSQL is looked at on one
on_one = pytest.mark.parametrize("whole", ["embedded"], indirect=True)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[OwnStack]:
    with throwaway_stack(tmp_path / "other") as stack:
        yield stack


def test_every_part_runs_and_answers(whole: OwnStack) -> None:
    assert set(whole.states().values()) == {"running"}


def test_the_supabase_cli_finds_nothing_left_to_push(whole: OwnStack) -> None:
    pushed = subprocess.run(
        [
            node_tool("supabase"),
            "db",
            "push",
            "--dry-run",
            "--yes",
            f"--remote={whole.status()['database_url']}",
            f"--workdir={ROOT}",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DO_NOT_TRACK": "1"},
    )
    assert "up to date" in pushed.stdout


def test_its_clock_may_be_set(whole: OwnStack) -> None:
    with psycopg.connect(whole.status()["database_url"]) as connection:
        assert connection.execute("select environment::text from engine.deployment").fetchone() == ("sandbox",)


def test_pg_cron_keeps_time_where_it_is(whole: OwnStack) -> None:
    shown = whole.status()
    assert shown["postgres"]["pg_cron"] is (shown["postgres"]["kind"] == "system")
    if shown["postgres"]["pg_cron"]:
        with psycopg.connect(shown["database_url"]) as connection:
            row = connection.execute("select count(*) from cron.job where active").fetchone()
        assert row is not None
        assert row[0] > 0


def test_the_worker_can_execute_and_nothing_else(whole: OwnStack) -> None:
    with psycopg.connect(whole.status()["worker_database_url"]) as connection:
        connection.execute("select * from engine.read_clock()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from public.teams")


@on_one
def test_the_providers_secrets_are_the_same_on_both_sides(whole: OwnStack) -> None:
    environments = {
        process.environ()["OUTBOUND_STACK_PART"].split(":")[1]: process.environ()
        for process in whole.processes()
        if "OUTBOUND_STACK_PART" in process.environ()
    }
    worker, sandbox = environments["worker"], environments["sandbox"]
    assert worker["OUTBOUND_SECRET_SANDBOX_VAPI"] == sandbox["OUTBOUND_SANDBOX_VAPI_API_KEY"]
    assert worker["OUTBOUND_SECRET_SANDBOX_TWILIO"] == sandbox["OUTBOUND_SANDBOX_TWILIO_AUTH_TOKEN"]
    assert (
        environments["webhooks"]["OUTBOUND_SECRET_SANDBOX_VAPI_WEBHOOK"]
        == (sandbox["OUTBOUND_SANDBOX_VAPI_WEBHOOK_SECRET"])
    )
    for part in ("CLIENT_ID", "CLIENT_SECRET", "APP_KEY"):
        ours, theirs = f"OUTBOUND_SECRET_SANDBOX_SERVICETITAN_{part}", f"OUTBOUND_SANDBOX_SERVICETITAN_{part}"
        assert worker[ours] == sandbox[theirs]
    assert worker["OUTBOUND_SERVICETITAN_BASE_URL"] == whole.status()["sandbox_urls"]["servicetitan"]
    assert "OUTBOUND_SECRET_SANDBOX_VAPI" not in environments["gateway"]


@on_one
def test_the_callers_real_secrets_stay_out(whole: OwnStack) -> None:
    kept = whole.pids()
    outcome = whole.run(
        "stack", "up", OUTBOUND_SECRET_ACME_VAPI="real", OUTBOUND_API_KEY="real", HTTPS_PROXY="http://x"
    )
    assert outcome.err.strip() == "everything was up already"
    assert whole.pids() == kept


@on_one
def test_a_changed_setting_restarts_the_parts_that_have_it(whole: OwnStack) -> None:
    before = whole.pids()
    whole.up(OUTBOUND_LOG_LEVEL="debug")
    after = whole.pids()
    assert before["worker"] != after["worker"]
    assert before["postgres"] == after["postgres"]
    whole.up()


@on_one
def test_a_database_of_somebody_elses_is_used_but_never_taken_over(whole: OwnStack, other: OwnStack) -> None:
    shown = whole.status()
    cluster = Cluster(
        whole.folder / "postgres",
        choose(shown["postgres"]["kind"]),
        int(shown["database_url"].split(":")[-1].split("/")[0]),
    )
    shape_database(cluster, "hosted")
    url, worker_url = cluster.url("hosted", "postgres"), cluster.url("hosted", "outbound_worker")

    unmigrated = other.run("stack", "up", "--database-url", url)
    assert (unmigrated.status, "--migrate" in unmigrated.err) == (1, True)
    # the role belongs to the whole server and has a password already
    taken = other.run("stack", "up", "--database-url", url, "--migrate")
    assert (taken.status, "--worker-database-url" in taken.err) == (1, True)

    other.up("--database-url", url, "--worker-database-url", worker_url)
    # nobody said that it may be rehearsed on, so what would fake its calls stays down
    assert (other.states()["gateway"], other.states()["worker"]) == ("running", "stopped")
    other.up("--sandbox")
    assert set(other.states().values()) == {"running"}

    assert other.run("stack", "reset", "--yes").status == 0
    with cluster.connect("hosted") as connection:
        assert connection.execute("select environment::text from engine.deployment").fetchone() == ("sandbox",)
    cluster.drop_database("hosted")


@on_one
def test_what_is_no_supabase_project_is_refused(whole: OwnStack, other: OwnStack) -> None:
    url = whole.status()["database_url"].removesuffix("/postgres") + "/template1"
    refused = other.run("stack", "up", "--database-url", url)
    assert refused.status == 1
    assert "not a Supabase project" in refused.err
    closed = other.run("stack", "up", "--database-url", "postgresql://postgres:nothing@127.0.0.1:1/postgres")
    assert closed.status == 1
    assert "refused" in closed.err
