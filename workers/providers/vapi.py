"""Vapi: starting a call, and finding out whether one was started.

Written against Vapi's OpenAPI document. Vapi refuses unknown properties and has no idempotency key: the attempt's id
travels as the customer's `externalId` and in the overrides' `metadata`, and is looked for there when in doubt.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import quote
from uuid import UUID

import httpx
from pydantic import SecretStr

from workers.deadline import Deadline
from workers.ledger import DispatchResult
from workers.providers.base import (
    Lookup,
    Rule,
    Transport,
    Unanswered,
    clean,
    json_object,
    read_status,
    retry_after,
    rule,
)
from workers.providers.text_limits import cut

Kind = Literal["assistant", "phone-number"]
NAME_LIMIT: Final = 40
PAGE_SIZE: Final = 100
LONGEST_LIST: Final = 1000
KINDS: Final[tuple[Kind, ...]] = ("assistant", "phone-number")
"""What an account has that calls name."""
MOST_PAGES: Final = 200
CLOCK_MARGIN: Final = timedelta(minutes=10)
"""How far Vapi's clock may be behind ours."""

SERVER_MESSAGES: Final = ("status-update", "end-of-call-report", "tool-calls")
"""What we want to hear; Vapi's default also sends every word of the conversation as it is spoken."""

_LIVE: Final = frozenset({"ringing", "in-progress", "forwarding"})

_RULES: Final[tuple[Rule, ...]] = (
    rule(r"concurren", "try_later", "capacity", "concurrency_limit"),
    rule(r"frozen|suspended|deactivated", "refused", "account", "subscription_frozen"),
    rule(r"credit|wallet|balance|payment|billing", "refused", "account", "insufficient_credits"),
    rule(r"fraud", "refused", "account", "fraud_check_failed"),
    rule(r"daily[\w -]*limit|limit[\w -]*per day", "refused", "account", "daily_limit"),
    rule(r"subscription|upgrade your plan", "refused", "account", "subscription"),
    rule(r"vapi-number-international|international", "refused", "number", "international_not_allowed"),
    rule(r"customer\W+(number|phone)|e\.?164", "refused", "number", "invalid_number"),
    rule(r"assistant", "refused", "configuration", "assistant_invalid"),
    rule(r"phone[ _-]?number|get-transport|dial outbound", "refused", "configuration", "phone_number_invalid"),
    rule(r"should not exist|server\.|\burl\b", "refused", "configuration", "invalid_request"),
)
"""What a refusal is about, read from its words: Vapi has no error codes. In order; the first that matches decides."""

_READ_BY_WORDS: Final = frozenset({400, 402, 403, 404, 422, 429})


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call to be made."""

    attempt_id: UUID
    to: str
    phone_number_id: str
    assistant_id: str
    first_message: str | None = None
    customer_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Callback:
    """Where Vapi sends its messages, and the secret that it shows there."""

    url: str
    secret: SecretStr

    def as_server(self) -> dict[str, Any]:
        """The `server` of a call.

        The secret goes in a header of its own: a stored credential is only used where the URL is stored with it, and
        an `Authorization` header would override that. Vapi retries messages only when it is told to.
        """
        return {
            "url": self.url,
            "headers": {"X-Vapi-Secret": self.secret.get_secret_value()},
            "timeoutSeconds": 20,
            "backoffPlan": {"type": "exponential", "maxRetries": 8, "baseDelaySeconds": 1},
        }


class VapiClient:
    """Vapi's API for the accounts whose keys are passed in."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def start_call(
        self, api_key: SecretStr, request: CallRequest, callback: Callback, *, send_by: Deadline | None = None
    ) -> DispatchResult:
        """Ask for one call; never asks twice, nor past `send_by`."""
        answer = await self._transport.send(
            "POST", "/call", send_by=send_by, headers=_authorization(api_key), json=call_body(request, callback)
        )
        if isinstance(answer, Unanswered):
            return answer.result()
        return read_call_answer(answer, api_key.get_secret_value(), callback.secret.get_secret_value())

    async def get_call(self, api_key: SecretStr, call_id: str) -> Lookup:
        """A call by its id."""
        answer = await self._transport.send("GET", f"/call/{quote(call_id, safe='')}", headers=_authorization(api_key))
        if isinstance(answer, Unanswered):
            return Lookup(None, reason=answer.message)
        body = json_object(answer)
        if answer.status_code == 404 and body is not None:
            return Lookup(found=False, reason="not found")
        if answer.status_code != 200 or body is None or body.get("id") != call_id:
            return Lookup(None, reason=_why(answer, api_key))
        return Lookup(found=True, provider_id=call_id, payload=body)

    async def list_ids(self, api_key: SecretStr, kind: Kind) -> frozenset[str] | None:
        """Ids of the account's assistants or numbers; `None` when it does not say, or has more than one page shows."""
        answer = await self._transport.send(
            "GET", f"/{kind}", headers=_authorization(api_key), params={"limit": str(LONGEST_LIST)}
        )
        listed = None if isinstance(answer, Unanswered) else _listed(answer)
        return None if listed is None or len(listed) >= LONGEST_LIST else frozenset(str(one["id"]) for one in listed)

    async def find_call(
        self, api_key: SecretStr, attempt_id: UUID, since: datetime, phone_number_id: str, assistant_id: str
    ) -> Lookup:
        """The call that an attempt started, if it did, among those made since it began.

        There is no page token, no documented order and no filter by customer. A full page therefore leaves two
        stretches of time that may hold more: before the earliest and after the latest call on it; both are walked.
        Only when all of it was seen is the answer no.
        """
        windows: list[tuple[datetime, datetime | None]] = [(since - CLOCK_MARGIN, None)]
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            if not windows:
                return Lookup(found=False, reason="no call carries the attempt's id")
            start, end = windows.pop(0)
            parameters = {"limit": str(PAGE_SIZE), "createdAtGe": _moment(start)}
            parameters |= {"phoneNumberId": phone_number_id, "assistantId": assistant_id}
            if end is not None:
                parameters["createdAtLt"] = _moment(end)
            answer = await self._transport.send("GET", "/call", headers=_authorization(api_key), params=parameters)
            if isinstance(answer, Unanswered):
                return Lookup(None, reason=answer.message)
            calls = _listed(answer)
            if calls is None:
                return Lookup(None, reason=_why(answer, api_key))
            for call in calls:
                if _carries(call, attempt_id):
                    return Lookup(found=True, provider_id=str(call["id"]), payload=call)
            more = _windows_left(calls, seen, start, end)
            if more is None:
                return Lookup(None, reason="the list of calls cannot be walked to its end")
            windows += more
        return Lookup(None, reason=f"more than {MOST_PAGES} pages of calls")


def call_body(request: CallRequest, callback: Callback) -> dict[str, Any]:
    """The body of `POST /call`."""
    customer: dict[str, Any] = {"number": request.to, "externalId": str(request.attempt_id)}
    name = cut(request.customer_name or "", NAME_LIMIT)
    if name:
        customer["name"] = name
    overrides: dict[str, Any] = {
        "metadata": {"attempt_id": str(request.attempt_id)},
        "variableValues": dict(request.variables),
        "serverMessages": list(SERVER_MESSAGES),
        "server": callback.as_server(),
    }
    if request.first_message:
        overrides["firstMessage"] = request.first_message
    return {
        "assistantId": request.assistant_id,
        "phoneNumberId": request.phone_number_id,
        "customer": customer,
        "assistantOverrides": overrides,
    }


def read_call_answer(response: httpx.Response, *secrets: str) -> DispatchResult:
    """What an answer to `POST /call` means."""
    body = json_object(response)
    if response.is_success:
        return _read_created(response, body)
    message = clean(_message(body), *secrets)
    wait = retry_after(response)
    if response.status_code in _READ_BY_WORDS:
        for known in _RULES:
            if not known.pattern.search(message):
                continue
            if response.status_code == 429 and known.scope not in {"capacity", "account"}:
                continue
            return DispatchResult(known.verdict, known.scope, known.code, message, retry_after_seconds=wait)
    fallback = read_status(response)
    return DispatchResult(fallback.verdict, fallback.scope, fallback.code, message, retry_after_seconds=wait)


def _read_created(response: httpx.Response, body: dict[str, Any] | None) -> DispatchResult:
    call_id = body.get("id") if body else None
    limits = body.get("subscriptionLimits") if body else None
    blocked = isinstance(limits, dict) and limits.get("concurrencyBlocked") is True
    identifier = call_id if isinstance(call_id, str) and call_id else None
    if body is not None and blocked and body.get("status") not in _LIVE:
        return DispatchResult(
            "try_later", "capacity", "concurrency_limit", "blocked by the concurrency limit", provider_id=identifier
        )
    if identifier is None:
        return DispatchResult("unknown", "job", "unreadable_answer", f"{response.status_code} without a call id")
    return DispatchResult("accepted", "job", "created", provider_id=identifier)


def _message(body: dict[str, Any] | None) -> str:
    """The words of a NestJS error: `message` is a string or a list of them; `error` may say more."""
    if body is None:
        return ""
    message = body.get("message")
    parts = message if isinstance(message, list) else [message]
    words = [str(part) for part in parts if part]
    error = body.get("error")
    if isinstance(error, str) and error not in words:
        words.append(error)
    return "; ".join(words)


def _windows_left(
    calls: list[dict[str, Any]], seen: set[str], start: datetime, end: datetime | None
) -> list[tuple[datetime, datetime | None]] | None:
    """The stretches of time that a full page left unseen; `None` when there is no telling."""
    fresh = {str(call["id"]) for call in calls} - seen
    seen |= fresh
    if len(calls) < PAGE_SIZE:
        return []
    moments = [moment for moment in (_created_at(call) for call in calls) if moment is not None]
    if len(moments) < len(calls) or not fresh:
        return None
    tick = timedelta(milliseconds=1)
    before, after = (start, min(moments) + tick), (max(moments), end)
    return [window for window in (before, after) if window != (start, end)]


def _listed(response: httpx.Response) -> list[dict[str, Any]] | None:
    """A list as Vapi has them, of calls or of anything with an id; `None` when it is something else."""
    if response.status_code != 200:
        return None
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, list):
        return None
    return body if all(isinstance(one, dict) and one.get("id") for one in body) else None


def _carries(call: dict[str, Any], attempt_id: UUID) -> bool:
    customer, overrides = call.get("customer"), call.get("assistantOverrides")
    if isinstance(customer, dict) and customer.get("externalId") == str(attempt_id):
        return True
    metadata = overrides.get("metadata") if isinstance(overrides, dict) else None
    return isinstance(metadata, dict) and metadata.get("attempt_id") == str(attempt_id)


def _created_at(call: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(call.get("createdAt"))).astimezone(UTC)
    except ValueError:
        return None


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _why(response: httpx.Response, api_key: SecretStr) -> str:
    words = clean(_message(json_object(response)), api_key.get_secret_value())
    return f"status {response.status_code} {words}".strip()


def _authorization(api_key: SecretStr) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key.get_secret_value()}"}
