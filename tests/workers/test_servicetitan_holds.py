"""Holds against the sandbox: each outcome by its cause, and never asked twice while in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.workers.titan import SECRETS, Titan, Unlimited, titan
from workers.config import Settings
from workers.deadline import Deadline
from workers.handlers.hold import SEND_WITHIN
from workers.providers.servicetitan import (
    CAN_RETRY,
    NONE,
    Ambiguous,
    Forbidden,
    Limit,
    NotFound,
    ServiceTitanClient,
)
from workers.sandbox.faults import Fault

REASON, INACTIVE, UNKNOWN_REASON = 501, 505, 999
MEMO = "Asked for another day"


@pytest.fixture
async def st() -> AsyncIterator[Titan]:
    async with titan() as made:
        yield made


def appointment(st: Titan, status: str = "Scheduled") -> int:
    """An appointment in a state; the last of its job, so that the job follows it."""
    jobs = {job.last_appointment_id for job in st.world.jobs}
    return next(row.id for row in st.world.appointments if row.status == status and row.id in jobs)


def fault(kind: Any, **settings: Any) -> Fault:
    return Fault(**{"kind": kind, "provider": "servicetitan", "path": "/hold", **settings})


async def shown(st: Titan, number: int) -> dict[str, Any]:
    return dict(await st.control("GET", f"/appointments/{number}"))


def puts(st: Titan) -> list[dict[str, Any]]:
    return st.requests("PUT", "/hold")


async def test_a_scheduled_appointment_is_held_and_read_back(st: Titan) -> None:
    number = appointment(st)
    outcome = await st.tenant.hold_appointment(number, REASON, MEMO)
    assert (outcome.code, outcome.is_held, outcome.can_retry) == ("held", True, False)
    assert outcome.appointment is not None
    assert outcome.appointment.status == "Hold"
    now = await shown(st, number)
    assert (now["status"], now["hold_reason_id"], now["hold_memo"]) == ("Hold", REASON, MEMO)
    assert (await st.tenant.job(now["jobId"])).job_status == "Hold"
    about = [(entry["method"], entry["status"]) for entry in st.requests(path=f"/appointments/{number}")]
    assert about == [("GET", 200), ("PUT", 200), ("GET", 200)]


async def test_one_that_is_held_already_is_left_alone(st: Titan) -> None:
    outcome = await st.tenant.hold_appointment(appointment(st, "Hold"), REASON, MEMO)
    assert (outcome.code, outcome.is_held, outcome.can_retry) == ("already_held", True, False)
    assert puts(st) == []


@pytest.mark.parametrize("status", ["Dispatched", "Working", "Done", "Canceled"])
async def test_one_that_is_under_way_or_over_cannot_be_held(st: Titan, status: str) -> None:
    number = appointment(st)
    await st.control("PATCH", f"/appointments/{number}", {"status": status})
    outcome = await st.tenant.hold_appointment(number, REASON, MEMO)
    assert (outcome.code, outcome.can_retry) == ("appointment_dispatched", False)
    assert puts(st) == []


@pytest.mark.parametrize("reason", [INACTIVE, UNKNOWN_REASON])
async def test_a_reason_must_be_active(st: Titan, reason: int) -> None:
    number = appointment(st)
    outcome = await st.tenant.hold_appointment(number, reason, MEMO)
    assert (outcome.code, outcome.can_retry) == ("reason_inactive", False)
    assert outcome.trace_id
    assert (await shown(st, number))["status"] == "Scheduled"


async def test_what_is_not_there_is_not_found(st: Titan) -> None:
    assert (await st.tenant.hold_appointment(12, REASON, MEMO)).code == "not_found"
    number = appointment(st)
    await st.control("PATCH", f"/appointments/{number}", {"active": False})
    assert (await st.tenant.hold_appointment(number, REASON, MEMO)).code == "not_found"
    assert puts(st) == []


async def test_a_memo_is_needed(st: Titan) -> None:
    with pytest.raises(ValueError, match="memo"):
        await st.tenant.hold_appointment(appointment(st), REASON, "  ")
    assert st.requests() == []


async def test_too_many_requests_are_waited_out(st: Titan) -> None:
    st.faults(fault("rate_limited", retry_after=7, count=2))
    outcome = await st.tenant.hold_appointment(appointment(st), REASON, MEMO)
    assert outcome.code == "held"
    assert [entry["status"] for entry in puts(st)] == [429, 429, 200]
    assert sum(st.waits) >= 14


@pytest.mark.parametrize("path", ["/hold", "/appointments/"])
async def test_rate_limited_is_said_when_patience_ends(st: Titan, path: str) -> None:
    st.faults(fault("rate_limited", retry_after=7, path=path))
    number = appointment(st)
    outcome = await st.tenant.hold_appointment(number, REASON, MEMO, patience=NONE)
    assert (outcome.code, outcome.can_retry, outcome.is_held) == ("rate_limited", True, False)
    assert (await shown(st, number))["status"] == "Scheduled"


APPLIED = [fault("drop_after", methods=("PUT",)), fault("server_error", taken=True, methods=("PUT",)),
           fault("server_error", status=503, taken=True, methods=("PUT",))]  # fmt: skip
NOT_APPLIED = [fault("drop_before", methods=("PUT",)), fault("server_error", methods=("PUT",)),
               fault("server_error", status=504, methods=("PUT",))]  # fmt: skip


@pytest.mark.parametrize("what", APPLIED, ids=lambda what: f"{what.kind} {what.status}")
async def test_a_hold_whose_answer_was_lost_is_found_by_reading(st: Titan, what: Fault) -> None:
    st.faults(what)
    number = appointment(st)
    outcome = await st.tenant.hold_appointment(number, REASON, MEMO)
    assert (outcome.code, outcome.is_held) == ("held", True)
    assert len(puts(st)) == 1, "asked twice"
    assert (await shown(st, number))["hold_memo"] == MEMO


@pytest.mark.parametrize("what", NOT_APPLIED, ids=lambda what: f"{what.kind} {what.status}")
async def test_a_hold_that_never_arrived_is_unknown_and_not_asked_for_again(st: Titan, what: Fault) -> None:
    st.faults(what)
    number = appointment(st)
    outcome = await st.tenant.hold_appointment(number, REASON, MEMO)
    assert (outcome.code, outcome.is_held, outcome.can_retry) == ("unknown", False, True)
    assert len(puts(st)) == 1, "asked twice"
    st.faults()
    assert (await st.tenant.hold_appointment(number, REASON, MEMO)).code == "held"


async def test_a_hold_that_cannot_be_read_back_is_unknown_and_a_retry_finds_it(st: Titan) -> None:
    number = appointment(st)

    async def away() -> None:
        st.faults(Fault(kind="server_error", provider="servicetitan", methods=("GET",)))

    outcome = await meanwhile(st, away).hold_appointment(number, REASON, MEMO, patience=NONE)
    assert (outcome.code, outcome.can_retry) == ("unknown", True)
    st.faults()
    assert (await st.tenant.hold_appointment(number, REASON, MEMO)).code == "already_held"
    assert len(puts(st)) == 1


async def test_a_server_that_is_away_leaves_it_unknown(st: Titan) -> None:
    st.faults(fault("drop_before", path="/appointments/", methods=("GET",)))
    outcome = await st.tenant.hold_appointment(appointment(st), REASON, MEMO)
    assert (outcome.code, outcome.can_retry) == ("unknown", True)
    assert puts(st) == []


class Meanwhile:
    """A limiter that lets something happen between the first request and the second."""

    def __init__(self, happens: Callable[[], Awaitable[None]]) -> None:
        self.asked = 0
        self._happens = happens

    async def acquire(self, _limit: Limit) -> None:
        self.asked += 1
        if self.asked == 2:
            await self._happens()


def meanwhile(st: Titan, happens: Callable[[], Awaitable[None]]) -> Any:
    st.client._wire.limiter = Meanwhile(happens)
    return st.tenant


@pytest.mark.parametrize(("status", "code"), [("Dispatched", "appointment_dispatched"), ("Hold", "already_held")])
async def test_what_others_do_between_reading_and_asking_is_seen(st: Titan, status: str, code: str) -> None:
    number = appointment(st)

    async def others() -> None:
        await st.control("PATCH", f"/appointments/{number}", {"status": status})

    outcome = await meanwhile(st, others).hold_appointment(number, REASON, MEMO)
    assert (outcome.code, outcome.can_retry) == (code, False)
    assert [entry["status"] for entry in puts(st)] == [409]


async def test_past_its_deadline_nothing_is_asked_for(st: Titan) -> None:
    """The reading took longer than the hold is the worker's own: somebody else may have held it by now."""
    number = appointment(st)
    outcome = await st.tenant.hold_appointment(number, REASON, MEMO, send_by=Deadline.after(-1))
    assert (outcome.code, outcome.can_retry, outcome.is_held) == ("unknown", True, False)
    assert outcome.message.startswith("Nothing was asked: It was too late")
    assert (puts(st), st.waits) == ([], []), "asked, or waited for what time only makes worse"
    assert (await shown(st, number))["status"] == "Scheduled"


def test_nobody_else_has_a_hold_before_its_request_has_ended() -> None:
    lease = Settings.model_fields["lease_seconds"].default
    client = ServiceTitanClient.connect("http://127.0.0.1:9", "http://127.0.0.1:9", Unlimited())
    assert lease * SEND_WITHIN + client._wire.api.longest < lease


async def test_two_at_once_hold_it_once(st: Titan) -> None:
    number = appointment(st)
    outcomes = await asyncio.gather(*(st.tenant.hold_appointment(number, REASON, MEMO) for _ in range(3)))
    assert sorted(outcome.code for outcome in outcomes) == ["already_held", "already_held", "held"]
    assert st.box.servicetitan.holds_taken == 1


async def test_a_token_that_ends_before_the_hold_is_replaced(st: Titan) -> None:
    st.faults(fault("expired_token", count=1))
    assert (await st.tenant.hold_appointment(appointment(st), REASON, MEMO)).code == "held"
    assert [entry["status"] for entry in puts(st)] == [401, 200]


async def test_an_account_that_may_not_hold_is_no_appointments_fault(st: Titan) -> None:
    await st.control("PUT", "", {"scopes": ["crm"]})
    with pytest.raises(Forbidden):
        await st.tenant.hold_appointment(appointment(st), REASON, MEMO)


async def test_messages_hold_no_secret(st: Titan) -> None:
    st.faults(fault("server_error"))
    outcome = await st.tenant.hold_appointment(appointment(st), REASON, MEMO)
    assert not [secret for secret in SECRETS if secret in repr(outcome)]


def test_every_outcome_says_whether_a_retry_can_help() -> None:
    """The outcomes of a hold that the engine knows, and those of taking one off."""
    assert set(CAN_RETRY) == {
        "held", "already_held", "appointment_dispatched", "reason_inactive", "not_found", "rate_limited", "unknown",
        "released", "not_held",
    }  # fmt: skip
    assert {code for code, can in CAN_RETRY.items() if can} == {"rate_limited", "unknown"}


async def test_a_hold_is_taken_off(st: Titan) -> None:
    number = appointment(st)
    await st.tenant.hold_appointment(number, REASON, MEMO)
    outcome = await st.tenant.release_appointment(number)
    assert (outcome.code, outcome.can_retry) == ("released", False)
    now = await shown(st, number)
    assert (now["status"], now["hold_memo"]) == ("Scheduled", None)
    assert (await st.tenant.release_appointment(number)).code == "not_held"
    assert (await st.tenant.release_appointment(12)).code == "not_found"


async def test_a_release_whose_answer_was_lost_is_found_by_reading(st: Titan) -> None:
    number = appointment(st, "Hold")
    st.faults(fault("drop_after", methods=("DELETE",)))
    assert (await st.tenant.release_appointment(number)).code == "released"
    assert len(st.requests("DELETE")) == 1
    st.faults(fault("drop_before", methods=("DELETE",)))
    held = await st.control("PATCH", f"/appointments/{number}", {"status": "Hold"})
    outcome = await st.tenant.release_appointment(held["id"])
    assert (outcome.code, outcome.can_retry) == ("unknown", True)


async def test_a_note_is_put_on_a_job_once(st: Titan) -> None:
    job = next(iter(st.world.jobs)).id
    await st.tenant.add_job_note(job, "Called, will call back.", pin_to_top=True)
    st.faults(Fault(kind="drop_after", provider="servicetitan", path="/notes", methods=("POST",)))
    await st.tenant.add_job_note(job, "Second note")
    st.faults(Fault(kind="drop_before", provider="servicetitan", path="/notes", methods=("POST",)))
    with pytest.raises(Ambiguous):
        await st.tenant.add_job_note(job, "Third note")
    st.faults()
    notes = await st.tenant.job_notes(job)
    assert [(note.text, note.is_pinned) for note in notes] == [
        ("Called, will call back.", True), ("Second note", False)
    ]  # fmt: skip
    with pytest.raises(NotFound):
        await st.tenant.add_job_note(12, "Nobody's")
