"""From a provider's message to the event that the engine stores: what it is about, and when it is the same again."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from workers.ledger import ProviderEvent

WANTED: Final = frozenset({"status-update", "end-of-call-report", "tool-calls"})
"""Vapi's messages that say something about a job. The others (every word as it is spoken) are not stored."""

ACKNOWLEDGED: Final = "Noted."
"""What an assistant is told of every tool call: what follows from it is for the engine to know, not to be promised."""


def vapi_event(message: dict[str, Any], secret_name: str) -> ProviderEvent | None:
    """The event in a server message; `None` when it names no call, or is of no concern.

    Vapi gives events no id. A message is the same when it is about the same call, of the same type and, where it has
    one, status; tool calls have ids of their own.
    """
    kind, call = str(message.get("type") or ""), _dict(message.get("call"))
    call_id = call.get("id")
    if kind not in WANTED or not isinstance(call_id, str) or not call_id:
        return None
    parts = [call_id, kind]
    if kind == "status-update":
        parts.append(str(message.get("status") or ""))
    elif kind == "tool-calls":
        parts.append(",".join(sorted(identifier for identifier, _ in tool_calls(message))))
    return ProviderEvent(
        provider="vapi",
        event_key=":".join(parts),
        type=kind,
        payload=message,
        secret_name=secret_name,
        provider_id=call_id,
        attempt_id=_vapi_attempt(message, call),
        occurred_at=_moment(message.get("timestamp")),
    )


def tool_calls(message: dict[str, Any]) -> list[tuple[str, str]]:
    """Id and name of each tool call, in both shapes: `{id, name, …}` and `{id, type, function: {name, …}}`."""
    listed = message.get("toolCallList") or message.get("toolCalls")
    if not isinstance(listed, list):
        # Only the list that pairs each tool with its call is there.
        paired = message.get("toolWithToolCallList")
        listed = [_dict(_dict(one).get("toolCall")) | _named(one) for one in paired] if isinstance(paired, list) else []
    found = []
    for call in listed:
        identifier = _dict(call).get("id")
        if isinstance(identifier, str) and identifier:
            name = _dict(call).get("name") or _dict(_dict(call).get("function")).get("name")
            found.append((identifier, str(name or "")))
    return found


def tool_results(message: dict[str, Any]) -> dict[str, Any]:
    """The answer to tool calls, which the assistant reads."""
    return {"results": [{"toolCallId": identifier, "result": ACKNOWLEDGED} for identifier, _ in tool_calls(message)]}


def status_event(form: dict[str, Any], attempt: str | None, secret_name: str) -> ProviderEvent | None:
    """The event in a status callback; the same message with the same status is the same event."""
    sid, status = _field(form, "MessageSid", "SmsSid"), _field(form, "MessageStatus", "SmsStatus")
    if not sid or not status:
        return None
    return ProviderEvent(
        provider="twilio",
        event_key=f"{sid}:{status}",
        type="status",
        payload=form,
        secret_name=secret_name,
        provider_id=sid,
        attempt_id=_uuid(attempt),
    )


def inbound_event(form: dict[str, Any], secret_name: str) -> ProviderEvent | None:
    """The event in a text that somebody sent."""
    sid = _field(form, "MessageSid", "SmsMessageSid", "SmsSid")
    if not sid or not _field(form, "From"):
        return None
    return ProviderEvent(
        provider="twilio",
        event_key=f"{sid}:inbound",
        type="inbound",
        payload=form,
        secret_name=secret_name,
        provider_id=sid,
    )


def _vapi_attempt(message: dict[str, Any], call: dict[str, Any]) -> UUID | None:
    """The attempt that a call was started for, from wherever Vapi shows it."""
    overrides = _dict(call.get("assistantOverrides"))
    candidates = (
        _dict(overrides.get("metadata")).get("attempt_id"),
        _dict(call.get("customer")).get("externalId"),
        _dict(message.get("customer")).get("externalId"),
        _dict(_dict(message.get("assistant")).get("metadata")).get("attempt_id"),
    )
    return next((found for found in map(_uuid, candidates) if found), None)


def _named(pair: Any) -> dict[str, Any]:
    name = _dict(pair).get("name")
    return {"name": name} if name else {}


def _field(form: dict[str, Any], *names: str) -> str:
    for name in names:
        value = form.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    """A time as Vapi writes it: milliseconds since 1970, or ISO 8601."""
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000, UTC)
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
