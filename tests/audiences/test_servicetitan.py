"""Lists from ServiceTitan against the sandbox: complete, without doubles, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from tests.audiences.office import OPEN, ZONE, Office, office
from tests.audiences.oracle import Drawer, Oracle
from tests.support.databases import Database as Copy
from tests.support.waiting import until
from tests.workers.titan import APP_KEY, CLIENT_ID, CLIENT_SECRET
from workers.sandbox.faults import Fault

OVERDUE: dict[str, Any] = {
    "match": {
        "all": [
            {"customer": {"types": ["Residential"]}},
            {"job": {"statuses": ["Completed"], "completed": {"days_ago": {"min": 330}}}},
            {"not": {"job": {"statuses": ["Completed"], "completed": {"days_ago": {"max": 329}}}}},
        ]
    }
}
UPCOMING: dict[str, Any] = {
    "purpose": "service",
    "match": {"appointment": {"statuses": ["Scheduled"], "starts": {"days_ahead": {"max": 14}}}},
}
STORM = [
    Fault(kind="rate_limited", retry_after=1, probability=0.15, provider="servicetitan"),
    Fault(kind="server_error", probability=0.15, provider="servicetitan"),
    Fault(kind="drop_before", probability=0.1, provider="servicetitan"),
    Fault(kind="drop_after", probability=0.15, provider="servicetitan"),
    Fault(kind="expired_token", probability=0.3, provider="servicetitan", path="/crm/"),
    Fault(kind="repeated_rows", probability=0.5, provider="servicetitan"),
]


def check(desk: Office, list_id: str, definition: Any, run: Any) -> int:
    """The list holds just those whom the population names, each once; returns how many."""
    oracle, numbers = desk.oracle(run), desk.numbers(list_id)
    expected = oracle.members(definition)
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == expected, (definition, run)
    assert run["counts"]["fetched"] == len(oracle.customers(definition))
    assert desk.value("select member_count from public.audience_lists where id = %s", list_id) == len(expected)
    return len(expected)


async def test_members_are_those_whom_the_population_itself_names(database: Copy) -> None:
    async with office(database, servicetitan_customers=600) as desk, desk.working():
        drawer = Drawer(11, Oracle(desk.titan.world, ZONE, desk.titan.box.stage.clock.now()).today)
        lists = {desk.new_list(one): one for one in (OVERDUE, UPCOMING, *(drawer.definition() for _ in range(40)))}
        for list_id in lists:
            desk.rpc("refresh_audience_list", p_list_id=list_id)
        sizes = [check(desk, list_id, one, await desk.ended(list_id)) for list_id, one in lists.items()]
        assert min(sizes[:2]) > 20
        assert sum(0 < size < 500 for size in sizes) > 20, sizes


async def test_a_list_is_complete_and_has_no_doubles_whatever_goes_wrong(database: Copy) -> None:
    async with office(database, servicetitan_customers=800, servicetitan_export_page=50) as desk, desk.working():
        desk.titan.faults(*STORM)
        for definition in (OVERDUE, UPCOMING):
            list_id = desk.new_list(definition)
            desk.rpc("refresh_audience_list", p_list_id=list_id)
            assert check(desk, list_id, definition, await desk.ended(list_id)) > 20
        assert all(fault.fired for fault in desk.titan.box.stage.faults.faults), "a part of the storm never broke"


def worker(desk: Office) -> dict[str, str]:
    """The environment of a worker process."""
    return {
        **os.environ,
        "OUTBOUND_DATABASE_URL": desk.copy.url("outbound_worker"),
        "OUTBOUND_WEBHOOK_PUBLIC_URL": "https://hooks.example.com",
        "OUTBOUND_SERVICETITAN_BASE_URL": f"{desk.titan.url}/servicetitan",
        "OUTBOUND_SERVICETITAN_AUTH_URL": f"{desk.titan.url}/servicetitan",
        "OUTBOUND_RUN_TICK": "no",
        "OUTBOUND_PORT": "0",
        "OUTBOUND_SECRET_ST_CLIENT_ID": CLIENT_ID.get_secret_value(),
        "OUTBOUND_SECRET_ST_CLIENT_SECRET": CLIENT_SECRET.get_secret_value(),
        "OUTBOUND_SECRET_ST_APP_KEY": APP_KEY.get_secret_value(),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }


@pytest.mark.parametrize(("moment", "request_"), [("/export/customers", 3), ("/export/locations", 2), ("/jpm/v2/", 2)])
async def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    database: Copy, moment: str, request_: int
) -> None:
    async with office(database, servicetitan_customers=500, servicetitan_export_page=50) as desk:
        desk.titan.faults(Fault(kind="latency", seconds=0.5, methods=("*",), provider="servicetitan", path=moment))
        list_id = desk.new_list(OVERDUE)
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "workers", "--queues", "servicetitan", env=worker(desk)
        )
        try:
            faults = desk.titan.box.stage.faults.faults
            await until(lambda: faults[0].fired >= request_, "the request after which it is killed")
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()
        assert desk.run(list_id)["status"] == "RUNNING"
        desk.titan.faults()
        # the dead worker's lease runs out
        desk.connection.execute("update engine.tasks set lease_expires_at = now() - interval '1 second'")
        desk.connection.execute("select engine.tick()")
        async with desk.working("w2"):
            run = await desk.ended(list_id)
        assert check(desk, list_id, OVERDUE, run) > 20
        assert desk.value("select attempt_count from engine.tasks") == 2


async def test_two_refreshes_at_once_are_one_run(database: Copy) -> None:
    async with office(database) as desk:
        list_id = desk.new_list(OVERDUE)

        def refresh() -> str:
            with database.connect(autocommit=True) as connection:
                try:
                    other = Office(database, desk.titan, desk.team, connection)
                    return str(other.rpc("refresh_audience_list", p_list_id=list_id)["status"])
                except psycopg.Error as error:
                    return str(error.sqlstate)

        said = await asyncio.gather(*(asyncio.to_thread(refresh) for _ in range(6)))
        assert sorted(said) == ["OB005"] * 5 + ["QUEUED"]
        async with desk.working("w1"), desk.working("w2"):
            check(desk, list_id, OVERDUE, await desk.ended(list_id))
        assert desk.value("select count(*) from public.audience_runs") == 1


async def test_lists_that_are_refreshed_together_share_one_mirror(database: Copy) -> None:
    async with office(database, servicetitan_export_page=20) as desk:
        lists = {desk.new_list(definition): definition for definition in (OVERDUE, UPCOMING)}
        for list_id in lists:
            desk.rpc("refresh_audience_list", p_list_id=list_id)
        async with desk.working("w1"), desk.working("w2"):
            for list_id, definition in lists.items():
                check(desk, list_id, definition, await desk.ended(list_id))


async def test_a_refresh_replaces_and_reads_only_what_changed(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        list_id = desk.new_list(OVERDUE)
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        first = await desk.ended(list_id)
        before = set(desk.numbers(list_id))
        oracle = desk.oracle(first)
        gone = oracle.customers(OVERDUE)[:5]
        for customer in gone:
            await desk.titan.control("PATCH", f"/customers/{customer}", {"active": False})
        asked = len(desk.titan.requests(path="/export/"))
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        second = await desk.ended(list_id)
        check(desk, list_id, OVERDUE, second)
        assert len(desk.titan.requests(path="/export/")) == asked + 3, "one page of each feed"
        assert second["counts"]["removed"] == len(before - set(desk.numbers(list_id))) > 0
        assert second["counts"]["added"] == 0
        assert second["counts"]["updated"] == len(desk.numbers(list_id))


async def test_a_source_that_gives_nothing_at_all_empties_no_list(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        list_id = desk.new_list(UPCOMING)
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        size = check(desk, list_id, UPCOMING, await desk.ended(list_id))
        for table in (desk.titan.world.jobs, desk.titan.world.appointments):
            table._rows.clear()
            table._by_change = None
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        run = await desk.ended(list_id)
        assert (run["status"], run["failure_code"]) == ("FAILED", "source_empty")
        assert len(desk.numbers(list_id)) == size


async def test_nobody_who_matches_is_a_result_when_the_source_has_others(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        list_id = desk.new_list(UPCOMING)
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        size = check(desk, list_id, UPCOMING, await desk.ended(list_id))
        never = {"match": {"appointment": {"starts": {"from": "1990-01-01", "to": "1990-12-31"}}}}
        desk.rpc("update_audience_list", p_list_id=list_id, p_definition=never)
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        run = await desk.ended(list_id)
        assert (run["status"], run["counts"]["removed"]) == ("SUCCEEDED", size)
        assert desk.numbers(list_id) == []


async def test_refused_credentials_pause_the_account_and_the_run_goes_on_when_they_are_mended(database: Copy) -> None:
    async with office(database) as desk:
        list_id = desk.new_list(OVERDUE)
        secret = desk.titan.box.settings.servicetitan_client_secret
        account = desk.titan.account
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        desk.titan.account = replace(account, client_secret=SecretStr("wrong"))
        async with desk.working():
            paused = "select status = 'PAUSED' from public.integrations"
            await until(lambda: desk.value(paused), "the account is paused")
            assert secret.get_secret_value() not in desk.value("select paused_reason from public.integrations")
            assert desk.run(list_id)["status"] in OPEN
            with pytest.raises(psycopg.Error) as refused:
                desk.rpc("preview_audience_definition", p_definition=OVERDUE)
            assert refused.value.sqlstate == "OB007"
            desk.titan.account = account
            desk.connection.execute(
                "update public.integrations set status = 'ACTIVE', paused_at = null, paused_reason = null"
            )
            desk.connection.execute("select engine.set_clock(engine.now() + interval '10 minutes', 1)")
            check(desk, list_id, OVERDUE, await desk.ended(list_id))


async def test_what_is_on_its_way_when_another_account_is_connected_fills_no_list(database: Copy) -> None:
    """A page that the old tenant has answered and whoever asked for it, or was frozen, stores too late."""
    async with office(database, servicetitan_customers=500, servicetitan_export_page=50) as desk:
        desk.titan.faults(Fault(kind="latency", seconds=0.3, methods=("*",), provider="servicetitan", path="/export/"))
        list_id = desk.new_list(OVERDUE)
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        async with desk.working():
            faults = desk.titan.box.stage.faults.faults
            await until(lambda: faults[0].fired >= 3, "pages are stored")
            desk.connection.execute(
                "update public.integrations set account_ref = '815' where provider = 'servicetitan'"
            )
            await until(
                lambda: desk.value("select count(*) = 0 from engine.tasks where status in ('READY', 'CLAIMED')"),
                "the worker has stopped",
            )
        assert desk.run(list_id)["failure_code"] == "account_changed"
        assert desk.value("select count(*) from engine.servicetitan_customers") == 0
        assert desk.value("select count(*) from engine.servicetitan_feeds") == 0
