"""The shapes of Vapi's answers and server messages, and where a message goes."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from workers.sandbox.account import Account, Credential
from workers.sandbox.courier import Retries, Webhook
from workers.sandbox.people import CallPlan
from workers.sandbox.settings import SandboxSettings
from workers.sandbox.vapi_schema import SENT_BY_DEFAULT

ORG_ID = "5a9d1c1e-0b57-4d1e-9d5c-0a6d0b0c5a1d"
# Dollars a minute, by part: about what a call costs.
_RATES = {"transport": 0.014, "stt": 0.01, "llm": 0.02, "tts": 0.036, "vapi": 0.05}


@dataclass
class Call:
    """A call, as the account keeps it."""

    id: str
    request: dict[str, Any]
    customer: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    plan: CallPlan | None = None
    status: str = "queued"
    ended_reason: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reported: bool = False
    tool_answer: str | None = None

    @property
    def number(self) -> str:
        """Whom it calls."""
        return str(self.customer.get("number") or self.customer.get("sipUri") or "")

    @property
    def overrides(self) -> dict[str, Any]:
        """The overrides of its assistant: those of the call, and over them those of the customer."""
        return {**(self.request.get("assistantOverrides") or {}), **(self.customer.get("assistantOverrides") or {})}

    @property
    def is_active(self) -> bool:
        """Whether it takes one of the account's lines."""
        return self.status in {"queued", "ringing", "in-progress", "forwarding"}

    @property
    def seconds(self) -> float:
        """How long the two talked."""
        return (self.ended_at - self.started_at).total_seconds() if self.started_at and self.ended_at else 0.0


def moment(at: datetime) -> str:
    """A moment as Vapi writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def call_json(call: Call) -> dict[str, Any]:
    """A call as the API shows it."""
    shown: dict[str, Any] = {
        "id": call.id,
        "orgId": ORG_ID,
        "type": "outboundPhoneCall",
        "createdAt": moment(call.created_at),
        "updatedAt": moment(call.updated_at),
        "status": call.status,
        "assistantId": call.request.get("assistantId"),
        "phoneNumberId": call.request.get("phoneNumberId"),
        "customer": call.customer,
        "phoneCallProvider": "twilio",
        "phoneCallTransport": "pstn",
        "cost": sum(_costs(call).values()),
        "transport": {"conversationType": "voice", "provider": "twilio"},
    }
    for name in ("name", "assistantOverrides", "schedulePlan"):
        if call.request.get(name) is not None:
            shown[name] = call.request[name]
    if call.ended_reason:
        shown["endedReason"] = call.ended_reason
    if call.started_at:
        shown["startedAt"] = moment(call.started_at)
    if call.ended_at:
        shown["endedAt"] = moment(call.ended_at)
    if call.reported:
        shown |= {"costBreakdown": _cost_breakdown(call), "analysis": analysis(call), "artifact": artifact(call)}
    return shown


def status_update(call: Call, at: datetime) -> dict[str, Any]:
    """The message that tells of a call's new status."""
    message: dict[str, Any] = {"type": "status-update", "status": call.status, **_common(call, at)}
    if call.status == "ended":
        message |= {"endedReason": call.ended_reason, "artifact": artifact(call)}
    return message


def conversation_update(call: Call, at: datetime) -> dict[str, Any]:
    """One of the many messages that an account gets and has no use for."""
    lines = artifact(call)["messages"]
    return {"type": "conversation-update", "messages": lines, "messagesOpenAIFormatted": [], **_common(call, at)}


def tool_calls(call: Call, at: datetime, call_id: str) -> dict[str, Any]:
    """The assistant asks for an appointment to be booked. Both forms that accounts see, the newer and the older."""
    name, arguments = "book_appointment", {"appointment": appointment(call)}
    return {
        "type": "tool-calls",
        "toolCallList": [{"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}],
        "toolWithToolCallList": [
            {
                "type": "function",
                "function": {"name": name, "description": "Book an appointment", "parameters": {"type": "object"}},
                "toolCall": {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}},
            }
        ],
        **_common(call, at),
    }


def end_of_call_report(call: Call, at: datetime) -> dict[str, Any]:
    """What a call came to, some time after its end."""
    report: dict[str, Any] = {
        "type": "end-of-call-report",
        "endedReason": call.ended_reason,
        "cost": sum(_costs(call).values()),
        "costBreakdown": _cost_breakdown(call),
        "durationSeconds": round(call.seconds, 3),
        "analysis": analysis(call),
        "artifact": artifact(call),
        **_common(call, at),
    }
    if call.started_at:
        report["startedAt"] = moment(call.started_at)
    if call.ended_at:
        report["endedAt"] = moment(call.ended_at)
    return report


def appointment(call: Call) -> dict[str, str]:
    """The two hours that were agreed on: in some days, at a whole hour of a working day's middle."""
    plan = call.plan
    start = plan.appointment_at if plan else None
    if start is None:
        days = plan.appointment_days if plan else 1
        start = (call.created_at + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
    return {"start": moment(start), "end": moment(start + timedelta(hours=2))}


def analysis(call: Call) -> dict[str, Any]:
    """What the assistant's analysis plan made of the call."""
    outcome = call.plan.outcome if call.plan else "failed"
    if not call.started_at or outcome in {"voicemail", "no_answer", "busy", "failed"}:
        return {}
    # A booking that only the tool knew of: the analysis missed it, which happens.
    booked = outcome == "booked" and call.plan is not None and call.plan.booking_via != "tool"
    data: dict[str, Any] = {"booked": booked, "opted_out": outcome == "opted_out"}
    if booked:
        data["appointment"] = appointment(call)
    summaries = {
        "booked": "The customer agreed to an appointment.",
        "opted_out": "The customer asked not to be called again.",
    }
    return {
        "summary": summaries.get(outcome, "The customer listened but did not book."),
        "structuredData": data,
        "successEvaluation": "true" if outcome == "booked" else "false",
    }


def artifact(call: Call) -> dict[str, Any]:
    """The transcript, as messages and as text."""
    lines = _lines(call)
    start = call.started_at or call.created_at
    messages = [
        {
            "role": role,
            "message": words,
            "time": round((start + timedelta(seconds=4 * index)).timestamp() * 1000),
            "endTime": round((start + timedelta(seconds=4 * index + 3)).timestamp() * 1000),
            "secondsFromStart": 4 * index,
        }
        for index, (role, words) in enumerate(lines)
    ]
    names = {"bot": "AI", "user": "User"}
    shown: dict[str, Any] = {
        "messages": messages,
        "transcript": "".join(f"{names[role]}: {words}\n" for role, words in lines),
    }
    if call.started_at:
        shown["recordingUrl"] = f"https://storage.example.com/recordings/{call.id}.wav"
    return shown


def server_message(
    call: Call, message: dict[str, Any], account: Account, settings: SandboxSettings, correlation: dict[str, str]
) -> Webhook | None:
    """The webhook for a message; none where nobody asked for its type, or there is no server to send it to."""
    kind = str(message["type"])
    wanted = call.overrides.get("serverMessages")
    if kind not in (SENT_BY_DEFAULT if wanted is None else wanted):
        return None
    server = _server(call, account, settings)
    if not server.get("url"):
        return None
    body = json.dumps({"message": message}, ensure_ascii=False).encode()
    backoff = server.get("backoffPlan") or {}
    return Webhook(
        provider="vapi",
        kind=kind if kind != "status-update" else f"status-update {message['status']}",
        subject=call.id,
        number=call.number,
        url=str(server["url"]),
        content_type="application/json",
        body=body,
        headers=_proof(server, body, account) | {k: str(v) for k, v in (server.get("headers") or {}).items()},
        correlation=correlation,
        timeout=float(server.get("timeoutSeconds") or 20),
        retries=Retries(
            at_most=int(backoff.get("maxRetries", 0)),
            delay=timedelta(seconds=float(backoff.get("baseDelaySeconds", 0))),
            exponential=backoff.get("type") == "exponential",
            excluded=frozenset(int(code) for code in backoff.get("excludedStatusCodes", (400, 401, 403, 404))),
        ),
    )


def credential(settings: SandboxSettings) -> Credential | None:
    """The account's own credential, from the settings."""
    if settings.vapi_webhook_secret is None:
        return None
    return Credential(
        id="webhook", kind=settings.vapi_webhook_auth, secret=settings.vapi_webhook_secret.get_secret_value()
    )


def _server(call: Call, account: Account, settings: SandboxSettings) -> dict[str, Any]:
    """The call's own server, else its number's, else the account's; a server carries its own proof or none."""
    own = call.overrides.get("server")
    if own:
        return dict(own)
    line = account.phone_number(str(call.request.get("phoneNumberId")))
    url = (line.server_url if line else None) or settings.vapi_server_url
    return {"url": url, "credentialId": "webhook" if account.credential("webhook") else None}


def _proof(server: dict[str, Any], body: bytes, account: Account) -> dict[str, str]:
    known = account.credential(str(server.get("credentialId")))
    if known is None:
        return {}
    if known.kind == "bearer":
        return {"authorization": f"Bearer {known.secret}"}
    if known.kind == "x-vapi-secret":
        return {"x-vapi-secret": known.secret}
    stamp = str(int(time.time() * 1000))  # the receiver compares it with its own clock, which is a real one
    digest = hmac.new(known.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"x-timestamp": stamp, "x-signature": digest}


def _common(call: Call, at: datetime) -> dict[str, Any]:
    brief = {key: value for key, value in call_json(call).items() if key not in {"analysis", "artifact"}}
    return {"timestamp": round(at.timestamp() * 1000), "call": brief, "customer": call.customer}


def _lines(call: Call) -> list[tuple[str, str]]:
    if not call.started_at or call.plan is None:
        return []
    greeting = ("bot", str(call.overrides.get("firstMessage") or "Hello, this is the booking desk."))
    talk: dict[str, list[tuple[str, str]]] = {
        "booked": [("user", "Yes, I could use that."), ("bot", "I have booked it for you.")],
        "opted_out": [("user", "Please take me off your list and do not call again."), ("bot", "I will. Goodbye.")],
        "voicemail": [],
    }
    return [greeting, *talk.get(call.plan.outcome, [("user", "Not right now, thank you."), ("bot", "Thank you.")])]


def _costs(call: Call) -> dict[str, float]:
    minutes = call.seconds / 60
    return {part: round(rate * minutes, 4) for part, rate in _RATES.items()}


def _cost_breakdown(call: Call) -> dict[str, float]:
    costs = _costs(call)
    return {**costs, "total": round(sum(costs.values()), 4)}
