"""Putting an appointment on hold, and taking it off: asked once, looked at before and after.

Nobody can ask twice safely while the first request's fate is unknown, but anybody can look: an appointment that is on
hold shows it. So every doubt is settled by reading, and what stays in doubt is `unknown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import ValidationError

from workers.deadline import Deadline
from workers.providers.base import json_object
from workers.providers.servicetitan.auth import Account
from workers.providers.servicetitan.errors import (
    Ambiguous,
    Conflict,
    Invalid,
    NotFound,
    RateLimited,
    ServiceTitanError,
    Unavailable,
)
from workers.providers.servicetitan.feeds import HOLD_REASONS
from workers.providers.servicetitan.models import Appointment, HoldReason
from workers.providers.servicetitan.pages import unreadable, walk
from workers.providers.servicetitan.wire import ORDINARY, Ask, Patience, Wire, send

HoldCode = Literal[
    "held", "already_held", "appointment_dispatched", "reason_inactive", "not_found", "rate_limited", "unknown"
]
ReleaseCode = Literal["released", "not_held", "not_found", "rate_limited", "unknown"]

CAN_RETRY: Final[Mapping[str, bool]] = {
    "held": False,
    "already_held": False,
    "appointment_dispatched": False,
    "reason_inactive": False,
    "released": False,
    "not_held": False,
    "not_found": False,
    "rate_limited": True,
    "unknown": True,
}
"""Whether another try can help while nobody changes anything."""

_PAST_HOLDING: Final = frozenset({"Dispatched", "Working", "Done", "Canceled"})
_LOOK_AGAIN_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class HoldOutcome:
    """What became of a hold; `appointment` is as it was read last."""

    code: HoldCode
    message: str
    appointment: Appointment | None = None
    trace_id: str | None = None

    @property
    def is_held(self) -> bool:
        """Whether the appointment is on hold now."""
        return self.code in {"held", "already_held"}

    @property
    def can_retry(self) -> bool:
        """Whether another try can help."""
        return CAN_RETRY[self.code]


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """What became of taking a hold off."""

    code: ReleaseCode
    message: str
    appointment: Appointment | None = None
    trace_id: str | None = None

    @property
    def can_retry(self) -> bool:
        """Whether another try can help."""
        return CAN_RETRY[self.code]


async def get_appointment(
    wire: Wire, account: Account, appointment_id: int, patience: Patience = ORDINARY
) -> Appointment:
    """An appointment by its id."""
    answer = await send(wire, account, Ask("GET", "jpm", f"/appointments/{appointment_id}", patience=patience))
    try:
        return Appointment.model_validate(json_object(answer) or {})
    except ValidationError as error:
        raise unreadable(error) from None


async def hold_reasons(wire: Wire, account: Account) -> list[HoldReason]:
    """All reasons, inactive ones too."""
    return [row async for page in walk(wire, account, HOLD_REASONS, {"active": "Any"}) for row in page.rows]


async def hold(
    wire: Wire,
    account: Account,
    appointment_id: int,
    reason_id: int,
    memo: str,
    patience: Patience = ORDINARY,
    send_by: Deadline | None = None,
) -> HoldOutcome:
    """Put an appointment on hold; past `send_by` nothing is asked for any more.

    Raises:
        ValueError: the memo is empty.
        Unauthorized, Forbidden: nobody's appointment can be held with this account.
    """
    if not memo.strip():
        msg = "a hold needs a memo"
        raise ValueError(msg)
    try:
        before = await get_appointment(wire, account, appointment_id, patience)
    except (NotFound, RateLimited, Unavailable) as problem:
        return _unread(problem)
    settled = _settled(before)
    if settled:
        return settled
    ask = Ask(
        "PUT", "jpm", f"/appointments/{appointment_id}/hold",
        body={"reasonId": reason_id, "memo": memo}, is_safe=False, patience=patience, send_by=send_by,
    )  # fmt: skip
    try:
        await send(wire, account, ask)
    except RateLimited as problem:
        return HoldOutcome("rate_limited", problem.sentence(), before)
    except Unavailable as problem:
        return HoldOutcome("unknown", f"Nothing was asked: {problem.sentence()}", before)
    except (Ambiguous, NotFound, Conflict, Invalid) as problem:
        return await _look_after(wire, account, before, reason_id, problem, patience)
    return await _look_after(wire, account, before, reason_id, None, patience)


async def _look_after(
    wire: Wire,
    account: Account,
    before: Appointment,
    reason_id: int,
    problem: ServiceTitanError | None,
    patience: Patience,
) -> HoldOutcome:
    """What the appointment says after it was asked to be held."""
    in_doubt = problem is None or isinstance(problem, Ambiguous)
    try:
        after = await get_appointment(wire, account, before.id, patience)
        if in_doubt and after.status == before.status:
            # The request may still be under way, or the copy that was read a little old.
            await wire.sleep(_LOOK_AGAIN_SECONDS)
            after = await get_appointment(wire, account, before.id, patience)
        reason_is_good = in_doubt or bool(_settled(after)) or await _is_active(wire, account, reason_id)
    except NotFound as gone:
        return _unread(gone)
    except (RateLimited, Unavailable) as unread:
        said = problem.sentence() if problem else "ServiceTitan agreed."
        return HoldOutcome("unknown", f"{said} It could not be read back: {unread.sentence()}")
    if after.status == "Hold" and in_doubt:
        return HoldOutcome("held", "The appointment is on hold.", after)
    settled = _settled(after)
    if settled:
        return settled
    trace_id = problem.trace_id if problem else None
    if not reason_is_good:
        return HoldOutcome("reason_inactive", "The hold reason is not active.", after, trace_id)
    said = problem.sentence() if problem else "ServiceTitan agreed, but the appointment is not on hold."
    return HoldOutcome("unknown", said, after, trace_id)


def _settled(appointment: Appointment) -> HoldOutcome | None:
    """What needs no request: it is on hold, or can't be any more."""
    if appointment.active is False:
        return HoldOutcome("not_found", "The appointment was deleted.", appointment)
    if appointment.status == "Hold":
        return HoldOutcome("already_held", "The appointment was on hold already.", appointment)
    if appointment.status in _PAST_HOLDING:
        said = f"The appointment is {str(appointment.status).lower()}: it can't be held any more."
        return HoldOutcome("appointment_dispatched", said, appointment)
    return None


def _unread(problem: ServiceTitanError) -> HoldOutcome:
    """The appointment could not be read."""
    if isinstance(problem, NotFound):
        return HoldOutcome("not_found", "There is no such appointment.", trace_id=problem.trace_id)
    code: HoldCode = "rate_limited" if isinstance(problem, RateLimited) else "unknown"
    return HoldOutcome(code, problem.sentence(), trace_id=problem.trace_id)


async def _is_active(wire: Wire, account: Account, reason_id: int) -> bool:
    return any(reason.id == reason_id and reason.active is not False for reason in await hold_reasons(wire, account))


async def release(wire: Wire, account: Account, appointment_id: int, patience: Patience = ORDINARY) -> ReleaseOutcome:
    """Take an appointment off hold."""
    problem: ServiceTitanError | None = None
    try:
        before = await get_appointment(wire, account, appointment_id, patience)
        if before.status != "Hold":
            return ReleaseOutcome("not_held", "The appointment is not on hold.", before)
        ask = Ask("DELETE", "jpm", f"/appointments/{appointment_id}/hold", is_safe=False, patience=patience)
        try:
            await send(wire, account, ask)
        except (Ambiguous, Conflict, Invalid) as refused:
            problem = refused
        after = await get_appointment(wire, account, appointment_id, patience)
        if after.status == "Hold":
            await wire.sleep(_LOOK_AGAIN_SECONDS)
            after = await get_appointment(wire, account, appointment_id, patience)
    except NotFound:
        return ReleaseOutcome("not_found", "There is no such appointment.")
    except RateLimited as limited:
        return ReleaseOutcome("rate_limited", limited.sentence())
    except Unavailable as unread:
        return ReleaseOutcome("unknown", unread.sentence())
    if after.status != "Hold":
        return ReleaseOutcome("released", "The hold was taken off.", after)
    said = problem.sentence() if problem else "ServiceTitan agreed, but the appointment is still on hold."
    return ReleaseOutcome("unknown", said, after, problem.trace_id if problem else None)
