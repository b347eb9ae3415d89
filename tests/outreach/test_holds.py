"""Reschedules through real worker processes and the sandbox: the appointment is on hold before anybody is called."""

from __future__ import annotations

import signal
from functools import partial
from typing import Any

import pytest

from tests.outreach.desk import INACTIVE, NOWHERE, Desk, desk
from tests.support.databases import Database as Copy
from tests.support.waiting import until
from workers.handlers.hold import TRIES
from workers.providers.servicetitan import CAN_RETRY
from workers.sandbox.faults import Fault


def fault(kind: Any, **settings: Any) -> Fault:
    return Fault(**{"kind": kind, "provider": "servicetitan", "path": "/hold", **settings})


def waits(on: Desk, code: str, tries: int = 1) -> bool:
    """Whether a hold was put off for that reason after so many tries."""
    query = "select count(*) from engine.tasks where status = 'READY' and failure_code = %s and attempt_count = %s"
    return bool(on.office.value(query, code, tries))


async def test_an_appointment_is_on_hold_before_its_customer_is_called(database: Copy) -> None:
    async with desk(database) as on:
        first, second, moving = on.free(3)
        [held] = on.free(1, "Hold")
        await on.titan.control("PATCH", f"/appointments/{moving}", {"status": "Dispatched"})
        outreach = on.launch([first, second, moving, held, NOWHERE])
        async with on.working():
            await on.settled(outreach)
        assert on.outcomes(outreach) == {
            first: ("ENROLLED", "held"),
            second: ("ENROLLED", "held"),
            held: ("ENROLLED", "already_held"),
            moving: ("HOLD_FAILED", "appointment_dispatched"),
            NOWHERE: ("HOLD_FAILED", "not_found"),
        }
        on.assert_held_before_called(outreach)
        assert on.puts() == {first: 1, second: 1}
        shown = await on.titan.control("GET", f"/appointments/{first}")
        assert (shown["status"], shown["hold_reason_id"], shown["hold_memo"]) == ("Hold", 501, "Asked for another day")
        assert on.office.rpc("retry_outreach_items", p_outreach_id=outreach)["retried"] == 0


async def test_a_reason_that_was_switched_off_meanwhile_is_replaced_by_a_retry(database: Copy) -> None:
    async with desk(database) as on:
        on.office.connection.execute("update engine.servicetitan_catalogue set is_active = true where id = '505'")
        [number] = on.free(1)
        outreach = on.launch([number], INACTIVE)
        async with on.working():
            await on.settled(outreach)
            assert on.outcomes(outreach) == {number: ("HOLD_FAILED", "reason_inactive")}
            assert on.calls() == {}
            answer = on.office.rpc("retry_outreach_items", p_outreach_id=outreach, p_hold_reason_id=501)
            assert answer["retried"] == 1
            await on.settled(outreach)
        assert on.outcomes(outreach) == {number: ("ENROLLED", "held")}
        on.assert_held_before_called(outreach)


async def test_a_rate_limit_is_waited_out_by_the_queue(database: Copy) -> None:
    async with desk(database) as on:
        on.titan.faults(fault("rate_limited", retry_after=60))
        [number] = on.free(1)
        outreach = on.launch([number])
        async with on.working():
            await until(lambda: waits(on, "rate_limited"), "the hold to be put off")
            assert (on.outcomes(outreach), on.calls()) == ({number: ("HOLDING", None)}, {})
            on.titan.faults()
            on.pass_time(5)
            await on.settled(outreach)
        assert on.outcomes(outreach) == {number: ("ENROLLED", "held")}
        on.assert_held_before_called(outreach)


@pytest.mark.parametrize("kind", ["drop_after", "server_error"])
async def test_a_hold_whose_answer_was_lost_is_found_by_reading_and_asked_for_once(database: Copy, kind: str) -> None:
    async with desk(database) as on:
        on.titan.faults(fault(kind, methods=("PUT",), taken=True))
        [number] = on.free(1)
        outreach = on.launch([number])
        async with on.working():
            await on.settled(outreach)
        assert on.outcomes(outreach) == {number: ("ENROLLED", "held")}
        assert on.puts() == {number: 1}
        on.assert_held_before_called(outreach)


async def test_what_nobody_knows_is_not_contacted_and_a_retry_settles_it(database: Copy) -> None:
    async with desk(database) as on:
        on.titan.faults(fault("drop_before", methods=("PUT",)))
        [number] = on.free(1)
        outreach = on.launch([number])
        async with on.working():
            for tries in range(1, TRIES):
                await until(partial(waits, on, "unknown", tries), "another try")
                assert on.outcomes(outreach) == {number: ("HOLDING", None)}
                on.pass_time(5)
            await on.settled(outreach)
            [item] = on.items(outreach).values()
            assert (item["status"], item["hold"]["code"], item["hold"]["can_retry"]) == ("HOLD_FAILED", "unknown", True)
            assert on.calls() == {}
            on.titan.faults()
            assert on.office.rpc("retry_outreach_items", p_outreach_id=outreach)["retried"] == 1
            assert on.office.rpc("retry_outreach_items", p_outreach_id=outreach)["retried"] == 0
            await on.settled(outreach)
        assert on.outcomes(outreach) == {number: ("ENROLLED", "held")}
        on.assert_held_before_called(outreach)


async def test_a_worker_killed_between_a_hold_and_its_record_costs_nothing_twice(database: Copy) -> None:
    """SIGKILL while the reading after the hold is out: the appointment is on hold, and the database does not know."""
    async with desk(database) as on:
        [number] = on.free(1)
        # the second reading, which comes after the PUT, never gets its answer
        on.titan.faults(fault("latency", methods=("PUT",), seconds=300, phase="after", path="/hold"))
        outreach = on.launch([number])
        async with on.working() as first:
            await until(lambda: on.titan.box.servicetitan.holds_taken == 1, "the hold")
            first.kill()
            assert await first.wait() == -signal.SIGKILL
        assert (on.outcomes(outreach), on.calls()) == ({number: ("HOLDING", None)}, {})
        on.titan.faults()
        # the dead worker's lease, which counts real seconds, runs out
        on.office.connection.execute("update engine.tasks set lease_expires_at = now() - interval '1 second'")
        on.pass_time(10)
        async with on.working():
            await on.settled(outreach)
        assert on.outcomes(outreach) == {number: ("ENROLLED", "held")}
        assert (on.puts()[number], on.titan.box.servicetitan.holds_taken) == (1, 1)
        on.assert_held_before_called(outreach)


async def test_an_application_that_may_not_hold_is_said_and_nobody_is_contacted(database: Copy) -> None:
    async with desk(database) as on:
        [number] = on.free(1)
        outreach = on.launch([number])
        await on.titan.control("PUT", "", {"scopes": ["crm"]})
        async with on.working():
            await on.settled(outreach)
        assert on.outcomes(outreach) == {number: ("HOLD_FAILED", "unknown")}
        assert "403" in on.items(outreach)[number]["hold"]["said"]
        assert on.calls() == {}


async def test_wrong_credentials_pause_the_account_until_they_are_mended(database: Copy) -> None:
    """Not one item after another fails with them."""
    async with desk(database) as on:
        numbers = on.free(2)
        outreach = on.launch(numbers)
        state = "select status::text from public.integrations where provider = 'servicetitan'"
        async with on.working(OUTBOUND_SECRET_ST_CLIENT_SECRET="not-the-secret"):
            await until(lambda: on.office.value(state) == "PAUSED", "the account to be paused")
        assert set(on.outcomes(outreach).values()) == {("HOLDING", None)}
        assert on.calls() == {}
        on.office.connection.execute(
            "update public.integrations set status = 'ACTIVE', paused_at = null, paused_reason = null"
        )
        on.pass_time(20)
        async with on.working():
            await on.settled(outreach)
        assert set(on.outcomes(outreach).values()) == {("ENROLLED", "held")}
        on.assert_held_before_called(outreach)


async def test_many_workers_hold_each_appointment_once(database: Copy) -> None:
    async with desk(database) as on:
        numbers = on.free(8)
        outreach = on.launch(numbers)
        async with on.working(), on.working():
            await on.settled(outreach)
        assert set(on.outcomes(outreach).values()) == {("ENROLLED", "held")}
        assert on.puts() == dict.fromkeys(numbers, 1)
        on.assert_held_before_called(outreach)


def test_the_reference_table_and_the_client_agree(database: Copy) -> None:
    """Whether a retry can help has one home for people and one for the client; the codes are the same."""
    with database.connect() as connection:
        rows = dict(connection.execute("select code, can_retry from reference.hold_outcomes").fetchall())
    assert rows == {code: can for code, can in CAN_RETRY.items() if code not in {"released", "not_held"}}
