"""What Vapi refuses is refused, in its words' shape; what it takes is taken."""

from typing import Any

import pytest

from tests.workers.sandbox.harness import API_KEY, START, Running, RunSandbox
from workers.sandbox.account import stable_id

LONG = "x" * 41


def set_at(body: dict[str, Any], path: str, value: Any) -> None:
    *parents, name = path.split("/")
    for parent in parents:
        body = body.setdefault(parent, {})
    body[name] = value


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("metadata", {}, "property metadata should not exist"),
        ("customer/phone", "x", "customer.property phone should not exist"),
        ("assistantOverrides/colour", "x", "assistantOverrides.property colour should not exist"),
        ("assistantOverrides/server/secret", "x", "assistantOverrides.server.property secret should not exist"),
        ("schedulePlan/at", "x", "schedulePlan.property at should not exist"),
        ("customer/name", LONG, "customer.name must be shorter than or equal to 40 characters"),
        ("customer/externalId", LONG, "customer.externalId must be shorter than or equal to 40 characters"),
        ("customer/email", LONG, "customer.email must be shorter than or equal to 40 characters"),
        ("name", LONG, "name must be shorter than or equal to 40 characters"),
        ("customer/number", "2025550101", "customer.number must be a valid phone number in the E.164 format"),
        ("customer/number", "+1202555010", "customer.number must be a valid phone number in the E.164 format"),
        ("customer/number", "+11025550101", "customer.number must be a valid phone number in the E.164 format"),
        ("customer/number", 12025550101, "customer.number must be a string"),
        ("assistantId", "booking", "assistantId must be a UUID"),
        ("assistantOverrides/maxDurationSeconds", 9, "assistantOverrides.maxDurationSeconds must not be less than 10"),
        ("assistantOverrides/server/url", "nowhere", "assistantOverrides.server.url must be a URL address"),
        ("assistantOverrides/server/timeoutSeconds", 301, "assistantOverrides.server.timeoutSeconds must not be"),
        ("assistantOverrides/variableValues", "x", "assistantOverrides.variableValues must be an object"),
        ("assistantOverrides/serverMessages", ["nonsense"], "assistantOverrides.serverMessages.0 must be one of"),
        (
            "assistantOverrides/server/backoffPlan",
            {"type": "fixed", "maxRetries": 11},
            "assistantOverrides.server.backoffPlan.maxRetries must not be greater than 10",
        ),
        ("schedulePlan", {}, "schedulePlan.earliestAt should not be null or undefined"),
        ("schedulePlan/earliestAt", "tomorrow", "schedulePlan.earliestAt must be a valid ISO 8601 date string"),
        ("schedulePlan/earliestAt", START.isoformat(), "schedulePlan.earliestAt must be in the future"),
    ],
)  # fmt: skip
def test_a_malformed_call_is_refused_by_name(rehearsal: Running, path: str, value: Any, problem: str) -> None:
    body = rehearsal.call_body()
    set_at(body, path, value)
    answer = rehearsal.vapi.post("/call", json=body)
    assert answer.status_code == 400
    refusal = answer.json()
    assert refusal["error"] == "Bad Request"
    assert refusal["statusCode"] == 400
    assert any(line.startswith(problem) for line in refusal["message"]), refusal
    assert rehearsal.control.get("/").json()["counts"]["calls_taken"] == 0


def test_all_problems_are_named_at_once(rehearsal: Running) -> None:
    answer = rehearsal.call(customer={"number": "911", "name": LONG, "age": 3}, metadata={})
    assert len(answer.json()["message"]) == 4


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("customer/name", "x" * 40),
        ("customer/number", "+442079460018"),
        ("customer/email", None),
        ("name", "Spring campaign"),
        ("assistantOverrides/variableValues", {"first_name": "Ann", "deep": {"er": [1]}}),
        ("assistantOverrides/metadata", {"attempt_id": "a", "anything": 1}),
        ("assistantOverrides/firstMessage", "Hello"),
        ("assistantOverrides/model", {"provider": "openai"}),
        ("assistantOverrides/serverMessages", ["status-update"]),
        ("schedulePlan/earliestAt", "2026-03-02T15:00:01Z"),
    ],
)
def test_a_well_formed_call_is_taken(rehearsal: Running, path: str, value: Any) -> None:
    body = rehearsal.call_body()
    set_at(body, path, value)
    answer = rehearsal.vapi.post("/call", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == ("scheduled" if "schedulePlan" in path else "queued")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {API_KEY}", API_KEY])
def test_a_wrong_key_is_unauthorized(rehearsal: Running, header: str) -> None:
    for method, path in (("POST", "/call"), ("GET", "/call"), ("GET", "/assistant"), ("GET", "/phone-number")):
        answer = rehearsal.vapi.request(method, path, headers={"authorization": header})
        assert answer.status_code == 401
        assert answer.json()["error"] == "Unauthorized"
        assert answer.json()["statusCode"] == 401


@pytest.mark.parametrize("name", ["assistantId", "phoneNumberId"])
def test_what_the_account_does_not_hold_is_refused(rehearsal: Running, name: str) -> None:
    unknown = stable_id("nothing", name)
    for value in (unknown, None):
        answer = rehearsal.vapi.post("/call", json={**rehearsal.call_body(), name: value})
        assert answer.status_code == 400
        assert (value or name) in answer.json()["message"]
    assert rehearsal.call(customer=None).status_code == 400
    assert rehearsal.vapi.post("/call", content="{").status_code == 400
    assert rehearsal.vapi.post("/call", json=["call"]).status_code == 400


def test_no_call_is_idempotent(rehearsal: Running) -> None:
    first, second = rehearsal.call().json(), rehearsal.call().json()
    assert first["id"] != second["id"]
    assert rehearsal.control.get("/").json()["counts"]["attempts_taken_twice"] == ["attempt of +12025550101"]


@pytest.mark.parametrize(("over_limit", "status"), [("refuse", 400), ("too_many_requests", 429), ("block", 201)])
def test_the_concurrency_limit(run_sandbox: RunSandbox, over_limit: str, status: int) -> None:
    sandbox = run_sandbox(vapi_concurrency_limit=2, vapi_over_limit=over_limit)
    assert sandbox.call("+12025550101").json()["subscriptionLimits"] == {
        "concurrencyBlocked": False,
        "concurrencyLimit": 2,
        "remainingConcurrentCalls": 1,
    }
    sandbox.call("+12025550102")
    over = sandbox.call("+12025550103")
    assert over.status_code == status
    if status == 201:
        assert over.json()["subscriptionLimits"]["concurrencyBlocked"]
        assert over.json()["endedReason"] == "call.start.error-subscription-concurrency-limit-reached"
    else:
        assert "Over Concurrency Limit" in over.json()["message"]
    sandbox.advance("PT1H")
    assert sandbox.call("+12025550104").status_code == 201


def test_a_batch_is_answered_one_by_one(run_sandbox: RunSandbox) -> None:
    sandbox = run_sandbox(vapi_concurrency_limit=2)
    people = [{"number": f"+1202555010{digit}"} for digit in range(3)]
    body = sandbox.call_body(customers=people)
    del body["customer"]
    answer = sandbox.vapi.post("/call", json=body).json()
    assert [call["customer"] for call in answer["results"]] == people[:2]
    assert [error["customer"] for error in answer["errors"]] == people[2:]
