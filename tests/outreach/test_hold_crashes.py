"""Workers that die, or are frozen and go on, at every step of a hold, one customer each; another finishes the work."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.outreach.desk import Desk, desk
from tests.support.databases import Database as Copy
from tests.support.traps import Fallen, Handlers, Trap, fall
from tests.support.waiting import until
from workers import deadline
from workers.db import Database
from workers.handlers.hold import HoldHandler
from workers.ledger import Task
from workers.providers.servicetitan import ServiceTitanClient
from workers.sandbox.faults import Fault
from workers.tasks import TaskHandler

SEED = 20270301
STEPS = {
    "claim_tasks",
    "begin_hold",
    "checkpoint_task",
    "POST token",
    "take_slots",
    "PUT hold",
    "record_hold",
    "end_task",
}
"""That a hold goes through, with two readings of the appointment."""
LINES = 100
CUSTOMERS = 32
"""More than a hold has steps, each with a before and an after."""


def holders(on: Desk) -> Handlers:
    """Workers that hold."""

    def handlers(database: Any, client: ServiceTitanClient) -> dict[str, TaskHandler]:
        def tenants(task: Task, on_wait: Any = None) -> Any:
            assert on_wait is None, task
            return client.tenant(on.titan.account)

        return {"hold": HoldHandler(database, tenants)}

    return handlers


@contextlib.asynccontextmanager
async def all_fallen(on: Desk) -> AsyncIterator[list[Fallen]]:
    """Workers that stand before and after every step of a hold, in order."""
    async with Database(on.office.copy.url("outbound_worker")) as database:
        fallen: list[Fallen] = []
        try:
            for place, side in ((place, side) for place in itertools.count() for side in ("before", "after")):
                one = await fall(on.titan, database, holders(on), Trap(place, side))
                if one is None:
                    break
                fallen.append(one)
            assert {one.trap.passed[-1] for one in fallen} >= STEPS
            yield fallen
        finally:
            for one in fallen:
                await one.die()


def give_up(on: Desk) -> None:
    """The leases of all who stand still run out, which counts real seconds."""
    on.office.connection.execute(
        "update engine.tasks set lease_expires_at = clock_timestamp() - interval '1 second' where status = 'CLAIMED'"
    )
    on.office.connection.execute("select engine.tick()")


def kept(on: Desk) -> set[int]:
    """The appointments that were put on hold; none of them twice, whatever was answered."""
    asked = [int(e["path"].split("/")[-2]) for e in on.titan.requests("PUT", "/hold") if e["taken"]]
    assert len(asked) == len(set(asked))
    return set(asked)


async def finish(on: Desk, outreach: str) -> None:
    """Another worker does what is left, while the waits between tries pass."""
    waiting = "select min(run_at) from engine.tasks where status = 'READY' having min(run_at) > engine.now()"

    def is_over() -> bool:
        on.office.connection.execute(f"select engine.set_clock(w.run_at, 1) from ({waiting}) as w (run_at)".encode())
        items = on.items(outreach).values()
        enrolled = {item["phone"] for item in items if item["status"] == "ENROLLED"}
        return all(item["status"] != "HOLDING" for item in items) and set(on.calls()) >= enrolled

    async with on.working():
        await until(is_over, "the end of the holds and the calls after them", limit=60)


@contextlib.asynccontextmanager
async def busy_desk(copy: Copy) -> AsyncIterator[Desk]:
    """A desk with lines enough to call everybody at once."""
    async with desk(copy, vapi_concurrency_limit=LINES) as on:
        on.office.connection.execute("update public.integrations set concurrency_limit = %s", [LINES])
        yield on


def weather(number: int, draw: random.Random) -> list[Fault]:
    """What goes wrong once when an appointment is asked for again; with some nothing."""
    kinds: list[dict[str, Any]] = [
        {"kind": "drop_after", "methods": ("PUT",)},
        {"kind": "drop_before", "methods": ("PUT",)},
        {"kind": "server_error", "methods": ("PUT",), "taken": True},
        {"kind": "server_error", "methods": ("PUT",), "status": 503},
        {"kind": "rate_limited", "methods": ("PUT", "GET"), "retry_after": 1},
        {"kind": "server_error", "methods": ("GET",)},
    ]
    drawn = draw.choice([None, *kinds])
    path = f"/appointments/{number}"
    return [Fault.model_validate({"provider": "servicetitan", "path": path, "count": 1, **drawn})] if drawn else []


async def test_whoever_dies_at_any_step_of_a_hold_costs_nobody_anything(database: Copy) -> None:
    """Whatever goes wrong for who finishes the work, and of some the appointment is begun meanwhile."""
    draw = random.Random(SEED)
    async with busy_desk(database) as on:
        numbers = on.free(CUSTOMERS)
        outreach = on.launch(numbers)
        async with all_fallen(on) as fallen:
            for one in fallen:
                await one.die()
        assert on.calls() == {}
        open_ones = {number for number, (status, _) in on.outcomes(outreach).items() if status == "HOLDING"}
        going = {number for number in sorted(open_ones) if draw.random() < 0.2}
        for number in going:
            await on.titan.control("PATCH", f"/appointments/{number}", {"status": "Dispatched"})
        on.titan.faults(*(fault for number in numbers for fault in weather(number, draw)))
        give_up(on)
        await finish(on, outreach)
        failed = ("HOLD_FAILED", "appointment_dispatched")
        assert on.outcomes(outreach) == {one: failed if one in going else ("ENROLLED", "held") for one in numbers}
        assert kept(on) >= set(numbers) - going
        on.assert_held_before_called(outreach)


async def test_whoever_is_frozen_at_any_step_of_a_hold_asks_for_nothing_afterwards(
    database: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By then the customer was called, and her appointment has another day, on which somebody will come."""
    async with busy_desk(database) as on:
        numbers = on.free(CUSTOMERS)
        outreach = on.launch(numbers)
        async with all_fallen(on) as fallen:
            give_up(on)
            await finish(on, outreach)
            for number in numbers:
                await on.titan.control("PATCH", f"/appointments/{number}", {"status": "Scheduled"})
            awake = deadline._awake
            monkeypatch.setattr(deadline, "_awake", lambda: awake() + 600)
            for one in fallen:
                await one.go_on()
        assert on.puts() == dict.fromkeys(numbers, 1)
        assert on.outcomes(outreach) == dict.fromkeys(numbers, ("ENROLLED", "held"))
        on.assert_held_before_called(outreach)


async def test_an_outreach_that_is_cancelled_at_any_step_of_a_hold_keeps_nobody(database: Copy) -> None:
    """Workers go on or are dead; the appointments that are on hold are told, and all customers free for another one."""
    async with busy_desk(database) as on:
        numbers = on.free(CUSTOMERS)
        list_id = on.listed(numbers)
        outreach = on.launch_list(list_id)["outreach_id"]
        async with all_fallen(on) as fallen:
            open_ones = {number for number, (status, _) in on.outcomes(outreach).items() if status == "HOLDING"}
            for number in sorted(open_ones - kept(on))[::2]:
                await on.titan.control("PATCH", f"/appointments/{number}", {"status": "Dispatched"})
            campaign = on.office.value("select campaign_id from public.outreaches where id = %s", outreach)
            on.office.rpc("cancel_campaign", p_campaign_id=campaign)
            for place, one in enumerate(fallen):
                await (one.go_on() if place % 3 else one.die())
        give_up(on)
        await finish(on, outreach)
        outcomes = on.outcomes(outreach)
        assert {status for status, _ in outcomes.values()} == {"CANCELLED"}
        assert not {number for number in kept(on) if outcomes[number][1] not in {"held", "unknown"}}
        assert on.calls() == {}
        assert on.launch_list(list_id)["counts"]["items"] == len(numbers)
