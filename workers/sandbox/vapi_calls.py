"""Vapi's calls: placed, refused, played out on the agenda, reported."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from workers.sandbox import vapi_messages as say
from workers.sandbox.account import Account
from workers.sandbox.faults import draw
from workers.sandbox.people import CallPlan
from workers.sandbox.stage import Stage
from workers.sandbox.vapi_messages import Call
from workers.sandbox.vapi_schema import CREATE_CALL, parse_moment

OVER_LIMIT = "call.start.error-subscription-concurrency-limit-reached"
QUEUEING = timedelta(milliseconds=200)
DIALLING = timedelta(seconds=1)


class Refusal(Exception):
    """The answer that refuses a request, in the shape of NestJS's exceptions."""

    def __init__(self, status: int, error: str, message: str | list[str]) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"message": message, "error": error, "statusCode": status}


class CallDesk:
    """The calls of the account."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._clock = stage.clock
        self._agenda = stage.agenda
        self._calls: dict[str, Call] = {}
        self._open: dict[str, Call] = {}
        self._restore()

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def active(self) -> int:
        """How many lines are taken."""
        return sum(call.is_active for call in self._open.values())

    @property
    def unfinished(self) -> int:
        """How many calls are under way or still owe their report."""
        return sum(call.status != "scheduled" for call in self._open.values())

    def forget(self) -> None:
        """Drop every call."""
        self._calls.clear()
        self._open.clear()
        self._restore()

    def _restore(self) -> None:
        self.concurrency_limit = self._stage.settings.vapi_concurrency_limit
        self.over_limit = self._stage.settings.vapi_over_limit

    def place(self, request: Any) -> dict[str, Any]:
        """`POST /call`: one call, or a batch when there are `customers`."""
        problems = CREATE_CALL("", request)
        if problems:
            raise Refusal(400, "Bad Request", problems)
        self._check_parts(request)
        batch = request.get("customers")
        if batch is None:
            call = self._place_one(request, request["customer"])
            return {"subscriptionLimits": self._limits(blocked=call.ended_reason == OVER_LIMIT), **say.call_json(call)}
        results, errors = [], []
        for customer in batch:
            try:
                results.append(say.call_json(self._place_one(request, customer)))
            except Refusal as refusal:
                errors.append({"customer": customer, "error": str(refusal.body["message"])})
        return {"subscriptionLimits": self._limits(blocked=bool(errors)), "results": results, "errors": errors}

    def find(self, call_id: str) -> Call:
        """`GET /call/{id}`."""
        call = self._calls.get(call_id)
        if call is None:
            raise Refusal(404, "Not Found", f"Couldn't Get Call. {call_id} Does Not Exist.")
        return call

    def all(self) -> list[Call]:
        """Every call, newest first."""
        return list(reversed(self._calls.values()))

    def cancel(self, call_id: str) -> Call:
        """`DELETE /call/{id}`: a scheduled call is cancelled, an ended one is deleted, one that runs is neither."""
        call = self.find(call_id)
        if call.is_active:
            raise Refusal(400, "Bad Request", "Couldn't Delete Call. It Is Still In Progress.")
        if call.status == "scheduled":
            self._agenda.take(call.id)
            self._end(call, "scheduled-call-deleted", self._clock.now())
        else:
            del self._calls[call_id]
            self._open.pop(call_id, None)
        return call

    def _check_parts(self, request: dict[str, Any]) -> None:
        """What the request names must be there, and there must be enough of it."""
        for name in ("assistant", "squad", "squadId", "workflow", "workflowId", "phoneNumber", "customerId"):
            if request.get(name) is not None:
                message = f"The sandbox plays saved assistants from saved numbers: `{name}` is not rehearsed here."
                raise Refusal(400, "Bad Request", message)
        account = self._stage.account
        wanted = request.get("assistantId")
        if wanted is None:
            raise Refusal(400, "Bad Request", "Couldn't Get Assistant. Need Either `assistant` Or `assistantId`.")
        if account.assistant(wanted) is None:
            raise Refusal(400, "Bad Request", f"Couldn't Get Assistant. `assistantId` {wanted} Does Not Exist.")
        line = request.get("phoneNumberId")
        if line is None:
            raise Refusal(
                400, "Bad Request", "Couldn't Get Phone Number. Need Either `phoneNumber` Or `phoneNumberId`."
            )
        if account.phone_number(line) is None:
            raise Refusal(400, "Bad Request", f"Couldn't Get Phone Number. `phoneNumberId` {line} Does Not Exist.")
        customers = request.get("customers") or [request.get("customer")]
        if request.get("customer") is not None and request.get("customers") is not None:
            raise Refusal(400, "Bad Request", "Only One Of `customer` Or `customers` May Be Given.")
        if any(not customer or not (customer.get("number") or customer.get("sipUri")) for customer in customers):
            raise Refusal(400, "Bad Request", "Need `customer.number` Or `customer.sipUri` For An Outbound Call.")
        self._check_server(request, account)
        self._check_schedule(request.get("schedulePlan"))

    @staticmethod
    def _check_server(request: dict[str, Any], account: Account) -> None:
        server = (request.get("assistantOverrides") or {}).get("server") or {}
        wanted = server.get("credentialId")
        if wanted is not None and account.credential(wanted) is None:
            raise Refusal(400, "Bad Request", f"Couldn't Get Credential. `credentialId` {wanted} Does Not Exist.")

    def _check_schedule(self, plan: dict[str, Any] | None) -> None:
        if plan is None:
            return
        earliest, latest = parse_moment(plan["earliestAt"]), parse_moment(plan.get("latestAt"))
        if earliest is not None and earliest <= self._clock.now():
            raise Refusal(400, "Bad Request", ["schedulePlan.earliestAt must be in the future"])
        if earliest is not None and latest is not None and latest < earliest:
            raise Refusal(400, "Bad Request", ["schedulePlan.latestAt must not be before schedulePlan.earliestAt"])

    def _limits(self, *, blocked: bool) -> dict[str, Any]:
        return {
            "concurrencyBlocked": blocked,
            "concurrencyLimit": self.concurrency_limit,
            "remainingConcurrentCalls": max(0, self.concurrency_limit - self.active),
        }

    def _place_one(self, request: dict[str, Any], customer: dict[str, Any]) -> Call:
        scheduled = request.get("schedulePlan")
        blocked = not scheduled and self.active >= self.concurrency_limit
        if blocked and self.over_limit == "refuse":
            raise Refusal(400, "Bad Request", "Over Concurrency Limit. Upgrade Your Plan Or Wait For A Call To End.")
        if blocked and self.over_limit == "too_many_requests":
            raise Refusal(429, "Too Many Requests", "Over Concurrency Limit")
        now = self._clock.now()
        call = Call(str(uuid.uuid4()), request, customer, created_at=now, updated_at=now)
        self._calls[call.id] = self._open[call.id] = call
        if scheduled:
            call.status = "scheduled"
            self._tell(call, say.status_update(call, now))
            start = parse_moment(scheduled["earliestAt"]) or now
            self._agenda.schedule(start, call.id, lambda at: self._start(call, at))
        elif blocked:
            self._end(call, OVER_LIMIT, now)
        else:
            self._start(call, now)
        return call

    def _start(self, call: Call, at: datetime) -> None:
        """Dial: the call is queued, and the rest of its life goes on the agenda."""
        problem = self._stage.account.call_start_error
        if problem is None and not call.is_active and self.active >= self.concurrency_limit:
            problem = OVER_LIMIT
        call.status = "queued"
        self._agenda.schedule(at + QUEUEING, call.id, lambda then: self._become(call, "queued", then))
        if problem:
            self._agenda.schedule(at + DIALLING, call.id, lambda then: self._end(call, problem, then))
            return
        plan = call.plan = self._stage.population.next_call(call.number)
        rings_at = at + DIALLING
        if plan.outcome != "failed":
            self._agenda.schedule(rings_at, call.id, lambda then: self._become(call, "ringing", then))
        picked_up_at = rings_at + plan.ring
        if plan.connects:
            self._agenda.schedule(picked_up_at, call.id, lambda then: self._connect(call, plan, then))
        ends_at = picked_up_at + plan.talk
        limit = call.overrides.get("maxDurationSeconds")
        reason = plan.ended_reason
        if limit is not None and plan.connects and plan.talk.total_seconds() > limit:
            ends_at, reason = picked_up_at + timedelta(seconds=limit), "exceeded-max-duration"
        self._agenda.schedule(ends_at, call.id, lambda then: self._end(call, reason, then))

    def _connect(self, call: Call, plan: CallPlan, at: datetime) -> None:
        call.started_at = at
        self._become(call, "in-progress", at)
        if draw(self._stage.population.seed, call.number, "chatter") < self._stage.settings.chatter_rate:
            self._tell(call, say.conversation_update(call, at))
        if plan.outcome == "booked" and plan.booking_via != "report":
            self._agenda.schedule(at + plan.talk * 0.8, call.id, lambda then: self._book(call, then))

    def _book(self, call: Call, at: datetime) -> None:
        if call.status != "ended":
            self._tell(call, say.tool_calls(call, at, f"call_{uuid.uuid4().hex[:24]}"))

    def _end(self, call: Call, reason: str, at: datetime) -> None:
        call.ended_reason, call.ended_at = reason, at
        self._become(call, "ended", at)
        if reason == "scheduled-call-deleted":
            del self._open[call.id]  # a call that never was has nothing to report
        else:
            after = call.plan.report_after if call.plan else timedelta(seconds=3)
            self._agenda.schedule(at + after, call.id, lambda then: self._report(call, then))

    def _report(self, call: Call, at: datetime) -> None:
        call.reported = True
        self._open.pop(call.id, None)
        call.updated_at = at
        self._tell(call, say.end_of_call_report(call, at))

    def _become(self, call: Call, status: str, at: datetime) -> None:
        call.status = status
        call.updated_at = at
        self._tell(call, say.status_update(call, at))

    def _tell(self, call: Call, message: dict[str, Any]) -> None:
        about = correlation(call.request, call.customer) | {"resource": call.id}
        webhook = say.server_message(call, message, self._stage.account, self._stage.settings, about)
        if webhook is not None:
            self._stage.courier.send(webhook)


def correlation(request: Any, customer: Any = None) -> dict[str, str]:
    """By what a call can be found again: the number, the customer's external id, what the metadata holds."""
    if not isinstance(request, dict):
        return {}
    person = customer if isinstance(customer, dict) else request.get("customer")
    person = person if isinstance(person, dict) else {}
    overrides = request.get("assistantOverrides")
    metadata = overrides.get("metadata") if isinstance(overrides, dict) else None
    found = {"to": person.get("number"), "external_id": person.get("externalId")}
    if isinstance(metadata, dict):
        found |= {key: value for key, value in metadata.items() if isinstance(value, str)}
    return {key: value for key, value in found.items() if isinstance(value, str) and value}
