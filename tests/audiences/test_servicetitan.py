"""Lists from ServiceTitan against the sandbox: complete, without doubles, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.audiences.oracle import Drawer, Oracle
from tests.support.databases import Database as Copy
from tests.support.factories import Team, make_team, set_clock
from tests.support.people import acting_as
from tests.workers.titan import Titan, titan
from workers.db import Database
from workers.handlers.catalogue import CatalogueHandler
from workers.handlers.preview import PreviewHandler
from workers.handlers.refresh import RefreshHandler
from workers.sandbox.faults import Fault
from workers.tasks import TaskRunner

ZONE = "America/Denver"
PATIENCE = 120.0
OVERDUE = {
    "match": {
        "all": [
            {"customer": {"types": ["Residential"]}},
            {"job": {"statuses": ["Completed"], "completed": {"days_ago": {"min": 330}}}},
            {"not": {"job": {"statuses": ["Completed"], "completed": {"days_ago": {"max": 329}}}}},
        ]
    }
}


@dataclass
class Office:
    """A team connected to the sandbox's tenant, and its admin's connection."""

    copy: Copy
    titan: Titan
    team: Team
    connection: psycopg.Connection[Any]

    def rpc(self, function: str, **arguments: Any) -> Any:
        named = ", ".join(f"{name} => %({name})s" for name in arguments)
        values = {
            name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in arguments.items()
        }
        with acting_as(self.connection, self.team.admin_id):
            [row] = self.connection.execute(f"select public.{function}({named})".encode(), values).fetchall()
        return row[0]

    def new_list(self, definition: Any, source: str = "servicetitan") -> str:
        name = f"List {self.value('select count(*) from public.audience_lists')}"
        return str(self.rpc("create_audience_list", p_name=name, p_source=source, p_definition=definition)["id"])

    def value(self, query: str, *arguments: Any) -> Any:
        [row] = self.connection.execute(query.encode(), arguments).fetchall()
        return row[0]

    def numbers(self, list_id: str) -> list[str]:
        rows = self.connection.execute(
            "select c.phone from public.audience_members m join public.contacts c"
            " on m.team_id = c.team_id and m.contact_id = c.id where m.list_id = %s",
            [list_id],
        )
        return [phone for (phone,) in rows]

    def run(self, list_id: str) -> Any:
        return self.rpc("get_audience_list", p_list_id=list_id)["last_run"]

    async def ended(self, list_id: str) -> Any:
        """The list's last run when it has ended."""
        async with asyncio.timeout(PATIENCE):
            while (run := await asyncio.to_thread(self.run, list_id))["status"] in {"QUEUED", "RUNNING"}:
                await asyncio.sleep(0.02)
        return run

    @contextlib.asynccontextmanager
    async def working(self, name: str = "w1", *, lease: float = 120) -> AsyncIterator[TaskRunner]:
        """A worker for tasks, at work."""

        def tenants(_task: Any, on_wait: Any = None) -> Any:
            return self.titan.client.tenant(self.titan.account, on_wait=on_wait)

        stop = asyncio.Event()
        async with Database(self.copy.url("outbound_worker")) as database:
            handlers: Any = {
                "refresh": RefreshHandler(database, tenants),
                "preview": PreviewHandler(database, tenants),
                "catalogue": CatalogueHandler(database, tenants),
            }
            runner = TaskRunner(database, name, handlers, lease=lease, poll=0.05, drain=0.1, wakes=database.listen)
            running = asyncio.create_task(runner.run(stop))
            try:
                yield runner
            finally:
                stop.set()
                await running

    def oracle(self, run: Any) -> Oracle:
        at = self.value("select started_at from public.audience_runs where id = %s", run["id"])
        return Oracle(self.titan.world, ZONE, at)


@contextlib.asynccontextmanager
async def office(copy: Copy, **settings: Any) -> AsyncIterator[Office]:
    async with titan(**settings) as tenant:
        with copy.connect(autocommit=True) as connection:
            set_clock(connection, tenant.box.stage.clock.now(), rate=1)
            team = make_team(connection, timezone=ZONE)
            connection.execute(
                "insert into public.integrations (team_id, provider, account_ref, secret_name, is_sandbox)"
                " values (%s, 'servicetitan', %s, 'ST', true)",
                [team.id, tenant.account.tenant_id],
            )
            yield Office(copy, tenant, team, connection)


async def test_members_are_those_whom_the_population_itself_names(database: Copy) -> None:
    async with office(database, servicetitan_customers=600) as desk, desk.working():
        drawer = Drawer(11, Oracle(desk.titan.world, ZONE, desk.titan.box.stage.clock.now()).today)
        sizes = []
        for definition in [OVERDUE, *(drawer.definition() for _ in range(60))]:
            list_id = desk.new_list(definition)
            desk.rpc("refresh_audience_list", p_list_id=list_id)
            run = await desk.ended(list_id)
            oracle, numbers = desk.oracle(run), desk.numbers(list_id)
            expected = oracle.members(definition)
            assert len(numbers) == len(set(numbers))
            assert set(numbers) == expected, (definition, run)
            assert run["counts"]["fetched"] == len(oracle.customers(definition))
            sizes.append(len(expected))
        assert sizes[0] > 20
        assert sum(0 < size < 500 for size in sizes) > 30, sizes
