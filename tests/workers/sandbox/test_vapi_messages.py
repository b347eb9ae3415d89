"""Vapi's server messages: which come, in what order, with what in them, and with what proof."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from starlette.responses import Response

from tests.workers.sandbox.harness import WEBHOOK_SECRET, Ear, Heard, Running, RunSandbox

ANN = "+12025550101"


def messages(ear: Ear) -> list[dict[str, Any]]:
    return [json.loads(heard.body)["message"] for heard in ear.heard]


def story(ear: Ear) -> list[str]:
    return [message.get("status") or message["type"] for message in messages(ear)]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("answered", ["queued", "ringing", "in-progress", "ended", "end-of-call-report"]),
        ("voicemail", ["queued", "ringing", "in-progress", "ended", "end-of-call-report"]),
        ("no_answer", ["queued", "ringing", "ended", "end-of-call-report"]),
        ("busy", ["queued", "ringing", "ended", "end-of-call-report"]),
        ("failed", ["queued", "ended", "end-of-call-report"]),
    ],
)
def test_a_call_tells_its_story_in_order(sandbox: Running, ear: Ear, outcome: str, expected: list[str]) -> None:
    sandbox.script(ANN, calls=[{"outcome": outcome}])
    call = sandbox.call(ANN, server=f"{ear.url}/vapi").json()
    assert ear.heard == [], "nothing is sent before its time"
    sandbox.advance("PT1H")
    assert story(ear) == expected
    assert {message["call"]["id"] for message in messages(ear)} == {call["id"]}
    *_, ended, report = messages(ear)
    shown = sandbox.vapi.get(f"/call/{call['id']}").json()
    assert ended["endedReason"] == report["endedReason"] == shown["endedReason"]
    assert report["customer"]["externalId"] == f"attempt of {ANN}"
    assert ("startedAt" in report) == ("in-progress" in expected)
    assert shown["status"] == "ended"


def test_the_report_comes_some_time_after_the_end(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, calls=[{"outcome": "answered", "ring": "PT5S", "talk": "PT95S", "report_after": "PT30S"}])
    sandbox.call(ANN, server=ear.url)
    sandbox.advance("PT1M50S")
    assert story(ear)[-1] == "ended"
    sandbox.advance("PT30S")
    report = messages(ear)[-1]
    assert report["type"] == "end-of-call-report"
    assert report["durationSeconds"] == 95
    assert report["cost"] > 0
    assert report["artifact"]["transcript"].startswith("AI: ")


@pytest.mark.parametrize(("via", "in_report", "by_tool"), [("report", True, 0), ("both", True, 1), ("tool", False, 1)])
def test_a_booking_is_in_the_report_or_in_a_tool_call(
    sandbox: Running, ear: Ear, via: str, in_report: bool, by_tool: int
) -> None:
    at = "2026-03-05T17:00:00Z"
    sandbox.script(ANN, calls=[{"outcome": "booked", "booking_via": via, "appointment_at": at}])
    sandbox.call(ANN, server=ear.url)
    sandbox.advance("PT1H")
    data = messages(ear)[-1]["analysis"]["structuredData"]
    assert data["booked"] is in_report
    calls = [message for message in messages(ear) if message["type"] == "tool-calls"]
    assert len(calls) == by_tool
    expected = {"start": "2026-03-05T17:00:00.000Z", "end": "2026-03-05T19:00:00.000Z"}
    if in_report:
        assert data["appointment"] == expected
    for call in calls:
        (tool,) = call["toolCallList"]
        assert tool["function"] == {"name": "book_appointment", "arguments": {"appointment": expected}}


def test_an_opt_out_is_in_the_report(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, calls=[{"outcome": "opted_out"}])
    sandbox.call(ANN, server=ear.url)
    sandbox.advance("PT1H")
    assert messages(ear)[-1]["analysis"]["structuredData"] == {"booked": False, "opted_out": True}


def test_only_the_messages_that_were_asked_for_are_sent(sandbox: Running, ear: Ear) -> None:
    overrides = {"server": {"url": ear.url}, "serverMessages": ["end-of-call-report"]}
    sandbox.call(ANN, assistantOverrides=overrides)
    sandbox.advance("PT1H")
    assert story(ear) == ["end-of-call-report"]


def test_a_call_without_a_server_uses_the_accounts_with_its_proof(run_sandbox: RunSandbox, ear: Ear) -> None:
    sandbox = run_sandbox(vapi_server_url=f"{ear.url}/account")
    sandbox.call(ANN)
    sandbox.advance("PT1H")
    assert {heard.path for heard in ear.heard} == {"/account"}
    assert {heard.headers["authorization"] for heard in ear.heard} == {f"Bearer {WEBHOOK_SECRET}"}


def test_a_calls_own_server_gets_its_own_headers_and_no_other_proof(sandbox: Running, ear: Ear) -> None:
    overrides = {"server": {"url": ear.url, "headers": {"X-Vapi-Secret": "mine"}}}
    sandbox.call(ANN, assistantOverrides=overrides)
    sandbox.advance("PT1H")
    assert {heard.headers.get("x-vapi-secret") for heard in ear.heard} == {"mine"}
    assert {heard.headers.get("authorization") for heard in ear.heard} == {None}


def test_a_credential_by_id(run_sandbox: RunSandbox, ear: Ear) -> None:
    sandbox = run_sandbox(vapi_webhook_auth="hmac")
    assert sandbox.call(ANN, assistantOverrides={"server": {"credentialId": "other"}}).status_code == 400
    sandbox.call(ANN, assistantOverrides={"server": {"url": ear.url, "credentialId": "webhook"}})
    sandbox.advance("PT1H")
    assert ear.heard
    for heard in ear.heard:
        signed = heard.headers["x-timestamp"].encode() + b"." + heard.body
        expected = hmac.new(WEBHOOK_SECRET.encode(), signed, hashlib.sha256).hexdigest()
        assert heard.headers["x-signature"] == expected


def failing(times: int, status: int) -> Any:
    told: list[Heard] = []

    def answer(heard: Heard) -> Response:
        told.append(heard)
        return Response(status_code=status if len(told) <= times else 200)

    return answer


@pytest.mark.parametrize(
    ("plan", "status", "tries"),
    [
        (None, 500, 1),
        ({"type": "fixed", "maxRetries": 3, "baseDelaySeconds": 1}, 500, 3),
        ({"type": "exponential", "maxRetries": 1, "baseDelaySeconds": 1}, 500, 2),
        ({"type": "fixed", "maxRetries": 3, "baseDelaySeconds": 1}, 401, 1),
    ],
)
def test_a_message_is_sent_again_only_as_its_plan_says(
    sandbox: Running, ear: Ear, plan: dict[str, Any] | None, status: int, tries: int
) -> None:
    ear.answer = failing(2, status)
    server = {"url": ear.url, **({"backoffPlan": plan} if plan else {})}
    overrides = {"server": server, "serverMessages": ["end-of-call-report"]}
    sandbox.call(ANN, assistantOverrides=overrides)
    sandbox.advance("PT1H")
    assert len(ear.heard) == tries


def test_every_call_of_a_frozen_account_ends_before_it_rings(sandbox: Running, ear: Ear) -> None:
    reason = "call.start.error-subscription-frozen"
    assert sandbox.control.put("/account", json={"call_start_error": reason}).status_code == 200
    sandbox.call(ANN, server=ear.url)
    sandbox.advance("PT1H")
    assert story(ear) == ["queued", "ended", "end-of-call-report"]
    assert messages(ear)[-1]["endedReason"] == reason


def test_a_scheduled_call_waits_for_its_time(sandbox: Running, ear: Ear) -> None:
    sandbox.call(ANN, server=ear.url, schedulePlan={"earliestAt": "2026-03-02T18:00:00Z"})
    sandbox.advance("PT2H59M")
    assert story(ear) == ["scheduled"]
    sandbox.advance("PT1H")
    assert story(ear)[:2] == ["scheduled", "queued"]
    assert story(ear)[-1] == "end-of-call-report"


def test_a_call_does_not_outlast_its_limit(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, calls=[{"outcome": "answered", "talk": "PT5M"}])
    sandbox.call(ANN, assistantOverrides={"server": {"url": ear.url}, "maxDurationSeconds": 60})
    sandbox.advance("PT1H")
    assert messages(ear)[-1]["endedReason"] == "exceeded-max-duration"
    assert messages(ear)[-1]["durationSeconds"] == 60
