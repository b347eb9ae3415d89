"""A team whose ServiceTitan is the sandbox, with workers that can be started, stopped and lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.audiences.oracle import Oracle
from tests.support.databases import Database as Copy
from tests.support.factories import Team, make_team, set_clock
from tests.support.people import acting_as
from tests.support.waiting import until
from tests.workers.titan import Titan, titan
from workers.db import Database
from workers.handlers.catalogue import CatalogueHandler
from workers.handlers.preview import PreviewHandler
from workers.handlers.refresh import RefreshHandler
from workers.handlers.watch import WatchHandler
from workers.ledger import Task
from workers.tasks import TaskRunner

ZONE = "America/Denver"
OPEN = {"QUEUED", "RUNNING"}
_IS_OPEN = "select count(*) > 0 from public.audience_runs where list_id = %s and status in ('QUEUED', 'RUNNING')"


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
        """The list's last run when it has ended. To look is cheap, so that it doesn't slow down who works."""
        await until(lambda: not self.value(_IS_OPEN, list_id), "the list's run has ended")
        return self.run(list_id)

    @contextlib.asynccontextmanager
    async def working(self, name: str = "w1", *, lease: float = 120) -> AsyncIterator[TaskRunner]:
        """A worker for tasks, at work."""

        def tenants(task: Task, on_wait: Any = None) -> Any:
            assert task.account_ref == self.titan.account.tenant_id
            return self.titan.client.tenant(self.titan.account, on_wait=on_wait)

        stop = asyncio.Event()
        async with Database(self.copy.url("outbound_worker")) as database:
            handlers: Any = {
                "refresh": RefreshHandler(database, tenants),
                "preview": PreviewHandler(database, tenants),
                "catalogue": CatalogueHandler(database, tenants),
                "watch": WatchHandler(database, tenants),
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
