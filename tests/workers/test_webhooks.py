from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.workers.memory_inbox import (
    ACCOUNT,
    NOW,
    OTHER_WEBHOOK,
    PUBLIC_URL,
    SHARED_ACCOUNT,
    WEBHOOK,
    Listening,
    listening,
    sign,
)
from workers.webhooks.events import tool_calls, vapi_event

ATTEMPT = "01890000-0000-7000-8000-000000000001"
STATUS = "/webhooks/twilio/status"
INBOUND = "/webhooks/twilio/inbound"


@pytest.fixture
async def receiver() -> AsyncIterator[Listening]:
    async with listening() as receiver:
        yield receiver


def message(kind: str = "status-update", **more: Any) -> dict[str, Any]:
    call = {
        "id": "call-1",
        "customer": {"number": "+12025550101", "externalId": ATTEMPT},
        "assistantOverrides": {
            "metadata": {"attempt_id": ATTEMPT},
            "server": {"url": "https://hooks.example.com", "headers": {"X-Vapi-Secret": WEBHOOK}},
        },
    }
    return {"type": kind, "call": call, "timestamp": 1_772_463_600_000, **more}


def callback(**more: str) -> dict[str, str]:
    form = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "MessageStatus": "delivered", "From": "+12025550142"}
    return {**form, "To": "+12025550101", "ErrorCode": "", **more}


def inbound(**more: str) -> dict[str, str]:
    form = {"AccountSid": ACCOUNT, "MessageSid": "SM9", "From": "+12025550101", "To": "+12025550142"}
    return {**form, "Body": "Stop 🛑", "NumMedia": "0", "FromCity": "", **more}


async def test_a_status_update_is_stored_with_what_it_is_about(receiver: Listening) -> None:
    answer = await receiver.vapi(message(status="ended", endedReason="customer-busy"))
    assert (answer.status_code, answer.json()) == (200, {})
    [event] = receiver.inbox.events.values()
    assert (event.provider, event.type, event.event_key) == ("vapi", "status-update", "call-1:status-update:ended")
    assert (event.provider_id, event.attempt_id, event.secret_name) == ("call-1", UUID(ATTEMPT), "ACME_VAPI")
    assert event.occurred_at == datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert event.payload["endedReason"] == "customer-busy"


async def test_what_is_stored_holds_no_secret(receiver: Listening) -> None:
    await receiver.vapi(
        message(status="ended", note=f"the header was {WEBHOOK}", assistant={"credentials": [{"a": "b"}]})
    )
    [event] = receiver.inbox.events.values()
    stored = json.dumps(event.record())
    assert WEBHOOK not in stored
    assert '"a"' not in stored
    assert "[redacted]" in stored


async def test_the_same_message_twice_is_answered_and_counted_as_a_duplicate(receiver: Listening) -> None:
    for _ in range(2):
        assert (await receiver.vapi(message("end-of-call-report", endedReason="x"))).status_code == 200
    assert receiver.counted("vapi", "applied") == 1
    assert receiver.counted("vapi", "duplicate") == 1


async def test_statuses_and_calls_are_told_apart(receiver: Listening) -> None:
    for status in ("queued", "ringing", "ended"):
        await receiver.vapi(message(status=status))
    await receiver.vapi({**message(status="ended"), "call": {"id": "call-2"}})
    assert set(receiver.inbox.events) == {
        "call-1:status-update:queued",
        "call-1:status-update:ringing",
        "call-1:status-update:ended",
        "call-2:status-update:ended",
    }
    assert receiver.inbox.events["call-2:status-update:ended"].attempt_id is None


@pytest.mark.parametrize(
    "listed",
    [
        {"toolCallList": [{"id": "t1", "name": "book_appointment", "parameters": {"day": "Monday"}}]},
        {"toolCallList": [{"id": "t1", "type": "function", "function": {"name": "book_appointment", "arguments": {}}}]},
        {"toolCalls": [{"id": "t1", "type": "function", "function": {"name": "book_appointment"}}]},
        {"toolWithToolCallList": [{"name": "book_appointment", "toolCall": {"id": "t1", "parameters": {}}}]},
    ],
    ids=["flat", "function", "toolCalls", "paired"],
)
async def test_tool_calls_are_stored_and_answered_in_every_shape(receiver: Listening, listed: dict[str, Any]) -> None:
    answer = await receiver.vapi(message("tool-calls", **listed))
    assert answer.json() == {"results": [{"toolCallId": "t1", "result": "Noted."}]}
    assert list(receiver.inbox.events) == ["call-1:tool-calls:t1"]


def test_tool_calls_that_are_malformed_are_passed_over() -> None:
    assert tool_calls({"toolCallList": [None, 7, {"id": ""}, {"name": "x"}, {"id": "t", "function": 3}]}) == [("t", "")]
    assert tool_calls({"toolCallList": "none"}) == []
    assert tool_calls({"toolWithToolCallList": [None, {"toolCall": None}]}) == []


@pytest.mark.parametrize("kind", ["speech-update", "conversation-update", "transcript", "hang", "brand-new-type"])
async def test_messages_that_say_nothing_about_a_job_are_answered_and_not_stored(
    receiver: Listening, kind: str
) -> None:
    assert (await receiver.vapi(message(kind))).status_code == 200
    assert receiver.inbox.events == {}


@pytest.mark.parametrize("call", [None, {}, {"id": 5}, {"id": ""}, "call-1"])
async def test_a_message_about_no_call_is_answered_and_not_stored(receiver: Listening, call: Any) -> None:
    assert (await receiver.vapi({**message(status="ended"), "call": call})).status_code == 200
    assert receiver.inbox.events == {}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1_772_463_600_000, datetime(2026, 3, 2, 15, 0, tzinfo=UTC)),
        ("2026-03-02T15:00:00Z", datetime(2026, 3, 2, 15, 0, tzinfo=UTC)),
        (None, None),
        (True, None),
        (1e300, None),
        ("tomorrow", None),
    ],
)
def test_times_are_read_in_both_forms(given: Any, expected: datetime | None) -> None:
    event = vapi_event({**message(status="ended"), "timestamp": given}, "ACME")
    assert event is not None
    assert event.occurred_at == expected


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"X-Vapi-Secret": "wrong"}, {"X-Signature": "00", "X-Timestamp": str(NOW)}],
)
async def test_a_message_from_somebody_else_leaves_only_a_count(receiver: Listening, headers: dict[str, str]) -> None:
    answer = await receiver.vapi(message(status="ended"), headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert receiver.inbox.events == {}
    assert receiver.counted("vapi", "forged") == 1


async def test_signed_messages_and_those_of_another_integration_are_accepted(receiver: Listening) -> None:
    body = json.dumps({"message": message(status="ended")}).encode()
    stamp = str(int(NOW))
    proof = hmac.new(OTHER_WEBHOOK.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    answer = await receiver.http.post(
        "/webhooks/vapi", content=body, headers={"X-Signature": proof, "X-Timestamp": stamp}
    )
    assert answer.status_code == 200
    [event] = receiver.inbox.events.values()
    assert event.secret_name == "BOLT_VAPI"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"message": []}',
        b'{"message": {}}',
        b'{"message": {"type": 5}}',
        b'{"message": {"type": "status-update", "n": NaN}}',
        b'{"message": {"type": "status-update", "n": 1e999}}',
        b'{"message": ' + b"[" * 100_000,
        b'{"message": {"type": "status-update", "deep": ' + b"[" * 100 + b"]" * 100 + b"}}",
        b'{"message": {"type": "\xff"}}',
    ],
)
async def test_bodies_that_cannot_be_read_are_refused(receiver: Listening, body: bytes) -> None:
    answer = await receiver.http.post("/webhooks/vapi", content=body, headers={"X-Vapi-Secret": WEBHOOK})
    assert answer.status_code == 400
    assert receiver.inbox.events == {}


async def test_text_that_postgres_cannot_store_is_replaced(receiver: Listening) -> None:
    odd = b"a\\u0000b\\ud83dc \\ud83d\\ude00"
    body = b'{"message": {"type": "status-update", "status": "e", "call": {"id": "c"}, "t": "' + odd + b'"}}'
    answer = await receiver.http.post("/webhooks/vapi", content=body, headers={"X-Vapi-Secret": WEBHOOK})
    assert answer.status_code == 200
    [event] = receiver.inbox.events.values()
    assert event.payload["t"] == "a\ufffdb\ufffdc 😀"


async def test_bodies_that_are_too_long_are_refused_declared_or_not() -> None:
    async with listening(webhook_max_bytes=2048) as receiver:
        long = b'{"message": "' + b"x" * 4096 + b'"}'
        declared = await receiver.http.post("/webhooks/vapi", content=long, headers={"X-Vapi-Secret": WEBHOOK})
        assert declared.status_code == 413

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(8):
                yield b"x" * 512

        streamed = await receiver.http.post("/webhooks/vapi", content=pieces(), headers={"X-Vapi-Secret": WEBHOOK})
        assert streamed.status_code == 413
        assert receiver.counted("vapi", "too_large") == 2


async def test_a_status_callback_is_stored_with_its_attempt(receiver: Listening) -> None:
    path = f"{STATUS}?attempt={ATTEMPT}"
    assert (await receiver.twilio(path, callback())).status_code == 200
    [event] = receiver.inbox.events.values()
    assert (event.provider, event.type, event.event_key) == ("twilio", "status", "SM1:delivered")
    assert (event.provider_id, event.attempt_id, event.secret_name) == ("SM1", UUID(ATTEMPT), "ACME_TWILIO")
    assert event.payload["ErrorCode"] == ""
    for status in ("delivered", "sent"):
        assert (await receiver.twilio(path, callback(MessageStatus=status))).status_code == 200
    assert set(receiver.inbox.events) == {"SM1:delivered", "SM1:sent"}
    assert receiver.counted("twilio", "duplicate") == 1


async def test_an_attempt_that_is_no_id_is_left_out(receiver: Listening) -> None:
    assert (await receiver.twilio(f"{STATUS}?attempt=%27--", callback())).status_code == 200
    [event] = receiver.inbox.events.values()
    assert event.attempt_id is None


async def test_an_inbound_text_is_stored_and_answered_with_empty_twiml(receiver: Listening) -> None:
    answer = await receiver.twilio(INBOUND, inbound())
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.endswith("<Response></Response>")
    [event] = receiver.inbox.events.values()
    assert (event.type, event.event_key, event.payload["Body"]) == ("inbound", "SM9:inbound", "Stop 🛑")
    assert event.payload["FromCity"] == ""


@pytest.mark.parametrize(
    ("sent_to", "signed_for", "token"),
    [
        (STATUS, f"{PUBLIC_URL}{STATUS}", "another token"),
        (STATUS, "https://127.0.0.1/webhooks/twilio/status", "auth-token-of-acme"),
        (STATUS, f"{PUBLIC_URL}{INBOUND}", "auth-token-of-acme"),
        (f"{STATUS}?attempt={ATTEMPT}", f"{PUBLIC_URL}{STATUS}", "auth-token-of-acme"),
        (STATUS, f"{PUBLIC_URL}{STATUS}?attempt={ATTEMPT}", "auth-token-of-acme"),
    ],
    ids=["token", "our inner address", "another address", "query added", "query taken"],
)
async def test_a_signature_for_something_else_is_refused(
    receiver: Listening, sent_to: str, signed_for: str, token: str
) -> None:
    answer = await receiver.twilio(sent_to, callback(), url=signed_for, token=token)
    assert (answer.status_code, answer.content) == (401, b"")
    assert receiver.inbox.events == {}
    assert receiver.counted("twilio", "forged") == 1


async def test_a_changed_blank_or_missing_parameter_breaks_the_signature(receiver: Listening) -> None:
    headers = {
        "X-Twilio-Signature": sign(f"{PUBLIC_URL}{STATUS}", callback(), "auth-token-of-acme"),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    for changed in (callback(MessageStatus="failed"), callback(More=""), {"AccountSid": ACCOUNT, "MessageSid": "SM1"}):
        answer = await receiver.http.post(STATUS, data=changed, headers=headers)
        # A blank parameter adds its name to what is signed.
        assert answer.status_code == 401


async def test_unsigned_forms_and_unknown_accounts_are_refused(receiver: Listening) -> None:
    assert (await receiver.http.post(STATUS, data=callback())).status_code == 401
    for account in ("AC" + "9" * 32, "", "x" * 500, "AC'; drop"):
        assert (await receiver.twilio(STATUS, callback(AccountSid=account))).status_code == 401
    assert receiver.inbox.events == {}
    assert receiver.inbox.asked == ["AC" + "9" * 32]


async def test_an_account_that_several_teams_share_is_verified_with_any_of_its_tokens(receiver: Listening) -> None:
    form = callback(AccountSid=SHARED_ACCOUNT)
    assert (await receiver.twilio(STATUS, form, token="auth-token-of-bolt")).status_code == 200
    [event] = receiver.inbox.events.values()
    assert event.secret_name == "BOLT_TWILIO"


async def test_an_accounts_secret_names_are_remembered(receiver: Listening) -> None:
    for status in ("queued", "sent", "delivered"):
        await receiver.twilio(STATUS, callback(MessageStatus=status))
    assert receiver.inbox.asked == [ACCOUNT]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("", b"a=b"),
        ("application/x-www-form-urlencoded", b"no equals sign"),
        ("application/x-www-form-urlencoded", b"a=%FF"),
        ("application/x-www-form-urlencoded", b"a=\xff"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=b" % i for i in range(1000))),
    ],
)
async def test_forms_that_cannot_be_read_are_refused(receiver: Listening, content_type: str, body: bytes) -> None:
    headers = {"X-Twilio-Signature": "x", "Content-Type": content_type}
    assert (await receiver.http.post(STATUS, content=body, headers=headers)).status_code == 400


async def test_a_signed_form_without_what_it_is_about_is_refused(receiver: Listening) -> None:
    assert (await receiver.twilio(STATUS, {"AccountSid": ACCOUNT, "MessageSid": "SM1"})).status_code == 400
    assert (await receiver.twilio(INBOUND, {"AccountSid": ACCOUNT, "Body": "hi"})).status_code == 400


async def test_a_database_that_restarts_is_waited_for(receiver: Listening) -> None:
    receiver.inbox.away = 3
    assert (await receiver.vapi(message(status="ended"))).status_code == 200
    assert len(receiver.inbox.events) == 1


async def test_a_database_that_stays_away_makes_the_provider_come_again() -> None:
    async with listening(patience=0.1) as receiver:
        receiver.inbox.away = 1000
        answer = await receiver.vapi(message(status="ended"))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert (await receiver.twilio(STATUS, callback())).status_code == 503
        assert receiver.counted("vapi", "unavailable") == 1
        receiver.inbox.away = 0
        assert (await receiver.vapi(message(status="ended"))).status_code == 200


async def test_a_defect_in_the_database_is_no_success(receiver: Listening) -> None:
    receiver.inbox.broken = True
    assert (await receiver.vapi(message(status="ended"))).status_code == 500


async def test_only_posts_are_taken(receiver: Listening) -> None:
    for path in ("/webhooks/vapi", STATUS, INBOUND):
        assert (await receiver.http.get(path)).status_code == 405
    assert (await receiver.http.post("/webhooks/other")).status_code == 404


async def test_health_and_counts_are_shown(receiver: Listening) -> None:
    await receiver.vapi(message(status="ended"))
    assert (await receiver.http.get("/healthz")).json() == {"status": "ok"}
    metrics = (await receiver.http.get("/metrics")).text
    assert 'outbound_webhooks_total{provider="vapi",result="applied"} 1' in metrics


async def test_many_at_once_are_each_stored_once(receiver: Listening) -> None:
    answers = await asyncio.gather(*(receiver.vapi(message(status=f"s{i % 20}")) for i in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(receiver.inbox.events) == 20
    assert receiver.counted("vapi", "duplicate") == 80
