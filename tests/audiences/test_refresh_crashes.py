"""Workers that die at every step of a refresh, or are frozen and go on: the list is what it should be."""

from __future__ import annotations

import random
from typing import Any

from tests.audiences.office import Office, office
from tests.audiences.test_servicetitan import OVERDUE, check
from tests.support.databases import Database as Copy
from tests.support.traps import Handlers, Trap, fall
from workers.db import Database
from workers.handlers.refresh import RefreshHandler
from workers.ledger import Task
from workers.providers.servicetitan import ServiceTitanClient
from workers.tasks import TaskHandler

SEED = 20270301
STOPS = 6
STEPS = {"claim_tasks", "start_refresh", "store_feed", "store_found", "checkpoint_task", "finish_refresh", "end_task"}
SIZE = {"servicetitan_customers": 90, "servicetitan_export_page": 45}


def refreshers(desk: Office) -> Handlers:
    """Workers that refresh."""

    def handlers(database: Any, client: ServiceTitanClient) -> dict[str, TaskHandler]:
        def tenants(task: Task, on_wait: Any = None) -> Any:
            assert task.account_ref == desk.titan.account.tenant_id
            return client.tenant(desk.titan.account, on_wait=on_wait)

        return {"refresh": RefreshHandler(database, tenants)}

    return handlers


async def test_whoever_dies_or_is_frozen_in_a_refresh_loses_and_doubles_nobody(database: Copy) -> None:
    """At some of its steps, drawn by seed; each time everything is read from the beginning."""
    draw = random.Random(SEED)
    async with office(database, **SIZE) as desk, Database(database.url("outbound_worker")) as worker:
        list_id = desk.new_list(OVERDUE)
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        steps = await whole(desk, worker)
        assert set(steps) >= STEPS
        # the last one ends the task: whoever dies after it has nothing left to be done
        for place in draw.sample(range(len(steps) - 1), STOPS):
            side, dies = draw.choice(["before", "after"]), draw.random() < 0.5
            desk.connection.execute("update engine.servicetitan_feeds set continue_from = null")
            desk.rpc("refresh_audience_list", p_list_id=list_id)
            one = await fall(desk.titan, worker, refreshers(desk), Trap(place, side))
            assert one
            if dies:
                await one.die()
            give_up(desk)
            await whole(desk, worker)
            await (one.die() if dies else one.go_on())
            run = desk.run(list_id)
            assert run["status"] in {"SUCCEEDED", "PARTIAL"}, (str(one.trap), dies, run)
            assert check(desk, list_id, OVERDUE, run) > 5, (str(one.trap), dies)


async def whole(desk: Office, worker: Database) -> list[str]:
    """A worker that comes through; its steps."""
    trap = Trap(10**6, "before")
    assert await fall(desk.titan, worker, refreshers(desk), trap) is None
    return trap.passed


def give_up(desk: Office) -> None:
    """The lease of who stands still runs out."""
    desk.connection.execute(
        "update engine.tasks set lease_expires_at = clock_timestamp() - interval '1 second' where status = 'CLAIMED'"
    )
    desk.connection.execute("select engine.tick()")
