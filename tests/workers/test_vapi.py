from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.workers.wire import API_KEY, WEBHOOK_SECRET, sandbox, scripted
from workers.providers.base import Transport
from workers.providers.vapi import PAGE_SIZE, Callback, CallRequest, VapiClient, call_body, read_call_answer
from workers.sandbox.app import Sandbox
from workers.sandbox.faults import Fault

CALLBACK = Callback("https://hooks.example.com/webhooks/vapi", WEBHOOK_SECRET)
ATTEMPT = UUID("01890000-0000-7000-8000-000000000001")


def call_request(**changes: Any) -> CallRequest:
    values: dict[str, Any] = {
        "attempt_id": ATTEMPT,
        "to": "+12025550101",
        "phone_number_id": str(uuid4()),
        "assistant_id": str(uuid4()),
        "first_message": "Hello Ann, this is Acme.",
        "customer_name": "Ann",
        "variables": {"first_name": "Ann", "city": "Springfield"},
    }
    return CallRequest(**{**values, **changes})


def test_the_body_is_what_the_document_allows() -> None:
    request = call_request()
    assert call_body(request, CALLBACK) == {
        "assistantId": request.assistant_id,
        "phoneNumberId": request.phone_number_id,
        "customer": {"number": "+12025550101", "externalId": str(ATTEMPT), "name": "Ann"},
        "assistantOverrides": {
            "firstMessage": "Hello Ann, this is Acme.",
            "variableValues": {"first_name": "Ann", "city": "Springfield"},
            "metadata": {"attempt_id": str(ATTEMPT)},
            "serverMessages": ["status-update", "end-of-call-report", "tool-calls"],
            "server": {
                "url": "https://hooks.example.com/webhooks/vapi",
                "headers": {"X-Vapi-Secret": WEBHOOK_SECRET.get_secret_value()},
                "timeoutSeconds": 20,
                "backoffPlan": {"type": "exponential", "maxRetries": 8, "baseDelaySeconds": 1},
            },
        },
    }
    assert len(str(ATTEMPT)) <= 40


def test_what_is_not_known_is_left_out_and_long_names_are_cut() -> None:
    body = call_body(call_request(first_message=None, customer_name="  ", variables={}), CALLBACK)
    assert "name" not in body["customer"]
    assert "firstMessage" not in body["assistantOverrides"]
    long = call_body(call_request(customer_name="Wolfeschlegelsteinhausenbergerdorff Jr. 😀😀"), CALLBACK)
    assert long["customer"]["name"] == "Wolfeschlegelsteinhausenbergerdorff Jr."


def error(message: object, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"message": message, "error": "Bad Request", "statusCode": status})


@pytest.mark.parametrize(
    ("answer", "verdict", "scope", "code"),
    [
        (error("Over Concurrency Limit"), "try_later", "capacity", "concurrency_limit"),
        (error("Over Concurrency Limit", 429), "try_later", "capacity", "concurrency_limit"),
        (
            error("call.start.error-subscription-concurrency-limit-reached"),
            "try_later",
            "capacity",
            "concurrency_limit",
        ),
        (error("ThrottlerException: Too Many Requests", 429), "try_later", "capacity", "rate_limited"),
        (error("Your subscription is frozen."), "refused", "account", "subscription_frozen"),
        (error("call.start.error-subscription-frozen", 403), "refused", "account", "subscription_frozen"),
        (error("Not enough credits to start the call."), "refused", "account", "insufficient_credits"),
        (error("Wallet Balance Is -0.2. Purchase More Credits."), "refused", "account", "insufficient_credits"),
        (error("pay up", 402), "refused", "account", "payment_required"),
        (
            error("Numbers Bought On Vapi Have A Daily Outbound Call Limit."),
            "refused",
            "account",
            "daily_limit",
        ),
        (error("call.start.error-vapi-number-outbound-daily-limit"), "refused", "account", "daily_limit"),
        (error("daily call limit reached", 429), "refused", "account", "daily_limit"),
        (error("call.start.error-fraud-check-failed"), "refused", "account", "fraud_check_failed"),
        (error("call.start.error-subscription-upgrade-failed"), "refused", "account", "subscription"),
        (error("Invalid Key.", 401), "refused", "account", "unauthorized"),
        (error("Forbidden", 403), "refused", "account", "forbidden"),
        (
            error(["customer.number must be a valid phone number in the E.164 format"]),
            "refused",
            "number",
            "invalid_number",
        ),
        (error("call.start.error-vapi-number-international"), "refused", "number", "international_not_allowed"),
        (
            error("Couldn't Get Assistant. `assistantId` x Does Not Exist."),
            "refused",
            "configuration",
            "assistant_invalid",
        ),
        (error(["assistantId must be a UUID"]), "refused", "configuration", "assistant_invalid"),
        (
            error("Couldn't Get Phone Number. `phoneNumberId` x Does Not Exist."),
            "refused",
            "configuration",
            "phone_number_invalid",
        ),
        (error("Vapi Numbers Can't Dial Outbound Yet"), "refused", "configuration", "phone_number_invalid"),
        (error(["property speed should not exist"]), "refused", "configuration", "invalid_request"),
        (error(["customer.name must be shorter than or equal to 40 characters"]), "refused", "job", "bad_request"),
        (error("Cannot POST /calls", 404), "refused", "configuration", "not_found"),
        (httpx.Response(400, text="<html>Bad Request</html>"), "refused", "job", "bad_request"),
        (httpx.Response(400, json=["not", "an", "object"]), "refused", "job", "bad_request"),
        (error("Internal server error", 500), "unknown", "job", "http_500"),
        (error("Over Concurrency Limit", 500), "unknown", "job", "http_500"),
        (httpx.Response(502, text="<html>"), "unknown", "job", "http_502"),
        (httpx.Response(503, text="upstream connect error"), "unknown", "job", "http_503"),
        (httpx.Response(503, headers={"Retry-After": "7"}), "try_later", "capacity", "unavailable"),
        (httpx.Response(201, json={"id": "c1", "status": "queued"}), "accepted", "job", "created"),
        (httpx.Response(200, json={"id": "c1"}), "accepted", "job", "created"),
        (
            httpx.Response(201, json={"id": "c1", "subscriptionLimits": {"concurrencyBlocked": False}}),
            "accepted",
            "job",
            "created",
        ),
        (
            httpx.Response(
                201, json={"id": "c1", "status": "ended", "subscriptionLimits": {"concurrencyBlocked": True}}
            ),
            "try_later",
            "capacity",
            "concurrency_limit",
        ),
        (
            httpx.Response(
                201, json={"id": "c1", "status": "in-progress", "subscriptionLimits": {"concurrencyBlocked": True}}
            ),
            "accepted",
            "job",
            "created",
        ),
        (httpx.Response(201, json={"results": []}), "unknown", "job", "unreadable_answer"),
        (httpx.Response(201, json={"id": 7}), "unknown", "job", "unreadable_answer"),
        (httpx.Response(201, text="Created"), "unknown", "job", "unreadable_answer"),
        (httpx.Response(204), "unknown", "job", "unreadable_answer"),
    ],
)
def test_every_answer_has_a_verdict(answer: httpx.Response, verdict: str, scope: str, code: str) -> None:
    result = read_call_answer(answer)
    assert (result.verdict, result.scope, result.code) == (verdict, scope, code)


def test_retry_after_is_passed_on_and_secrets_in_the_words_are_not() -> None:
    answer = httpx.Response(429, headers={"Retry-After": "12"}, json={"message": "the key sk-1 is throttled"})
    result = read_call_answer(answer, "sk-1")
    assert result.retry_after_seconds == 12
    assert result.message == "the key [redacted] is throttled"


@pytest.mark.parametrize("status", [201, 400, 409, 429, 500, 503])
async def test_a_call_is_asked_for_once_whatever_comes_back(status: int) -> None:
    async with scripted(lambda _: JSONResponse({"message": "no"}, status)) as (script, url):
        client = VapiClient(Transport(url))
        await client.start_call(API_KEY, call_request(), CALLBACK)
        await client.aclose()
    [request] = script.requests
    assert request.headers["authorization"] == f"Bearer {API_KEY.get_secret_value()}"
    assert json.loads(script.bodies[0])["customer"]["externalId"] == str(ATTEMPT)


@pytest.fixture
async def box() -> AsyncIterator[tuple[Sandbox, VapiClient]]:
    async with sandbox() as (box, url):
        client = VapiClient(Transport(f"{url}/vapi", timeout=2))
        yield box, client
        await client.aclose()


def known_request(box: Sandbox, **changes: Any) -> CallRequest:
    account = box.stage.account
    return call_request(phone_number_id=account.phone_numbers[0].id, assistant_id=account.assistants[0].id, **changes)


async def test_the_sandbox_which_refuses_unknown_properties_takes_our_call(box: tuple[Sandbox, VapiClient]) -> None:
    sandbox, client = box
    result = await client.start_call(API_KEY, known_request(sandbox, customer_name="Ann 😀 " * 20), CALLBACK)
    assert result.verdict == "accepted"
    assert result.provider_id
    found = await client.get_call(API_KEY, result.provider_id)
    assert found.found is True
    assert found.payload is not None
    assert found.payload["customer"]["externalId"] == str(ATTEMPT)


async def test_refusals_of_the_sandbox_are_understood(box: tuple[Sandbox, VapiClient]) -> None:
    sandbox, client = box
    wrong_key = await client.start_call(SecretStr("another key"), known_request(sandbox), CALLBACK)
    assert (wrong_key.verdict, wrong_key.scope) == ("refused", "account")
    bad_number = await client.start_call(API_KEY, known_request(sandbox, to="+1202"), CALLBACK)
    assert (bad_number.verdict, bad_number.scope) == ("refused", "number")
    no_assistant = await client.start_call(API_KEY, call_request(), CALLBACK)
    assert (no_assistant.verdict, no_assistant.scope) == ("refused", "configuration")


@pytest.mark.parametrize("over_limit", ["refuse", "too_many_requests", "block"])
async def test_the_concurrency_limit_is_capacity_in_all_its_forms(over_limit: str) -> None:
    async with sandbox(vapi_concurrency_limit=1, vapi_over_limit=over_limit) as (box, url):
        client = VapiClient(Transport(f"{url}/vapi"))
        first = await client.start_call(API_KEY, known_request(box), CALLBACK)
        second = await client.start_call(API_KEY, known_request(box, attempt_id=uuid4()), CALLBACK)
        await client.aclose()
    assert first.verdict == "accepted"
    assert (second.verdict, second.scope, second.code) == ("try_later", "capacity", "concurrency_limit")


@pytest.mark.parametrize(
    ("fault", "was_taken"),
    [
        (Fault(kind="drop_after"), True),
        (Fault(kind="server_error", status=500, taken=True), True),
        (Fault(kind="server_error", status=503, taken=True), True),
        (Fault(kind="drop_before"), False),
        (Fault(kind="server_error", status=502), False),
    ],
    ids=lambda value: getattr(value, "kind", str(value)),
)
async def test_in_doubt_the_provider_is_asked_and_knows(
    box: tuple[Sandbox, VapiClient], fault: Fault, was_taken: bool
) -> None:
    sandbox, client = box
    began = sandbox.stage.clock.now()
    sandbox.stage.faults.replace([fault])
    request = known_request(sandbox)
    assert (await client.start_call(API_KEY, request, CALLBACK)).verdict == "unknown"
    answer = await client.find_call(API_KEY, ATTEMPT, began, request.phone_number_id, request.assistant_id)
    assert answer.found is was_taken
    assert (answer.provider_id is not None) is was_taken


async def test_a_call_that_does_not_exist_is_a_clear_no(box: tuple[Sandbox, VapiClient]) -> None:
    _, client = box
    assert (await client.get_call(API_KEY, str(uuid4()))).found is False


def history(count: int, *, ours: int | None, spread: timedelta = timedelta(seconds=1)) -> list[dict[str, Any]]:
    """Calls of one number, oldest first; one of them is ours."""
    start = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    return [
        {
            "id": f"call-{index}",
            "createdAt": (start + index * spread).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "customer": {"externalId": str(ATTEMPT) if index == ours else f"other-{index}"},
        }
        for index in range(count)
    ]


def listing(calls: list[dict[str, Any]], *, newest_first: bool) -> Any:
    def answer(request: Request) -> Response:
        query = request.query_params
        low, high = query["createdAtGe"], query.get("createdAtLt", "9999")
        found = [call for call in calls if low <= call["createdAt"] < high]
        found.sort(key=lambda call: call["createdAt"], reverse=newest_first)
        return JSONResponse(found[: int(query["limit"])])

    return answer


async def look(url: str) -> Any:
    client = VapiClient(Transport(url))
    try:
        return await client.find_call(API_KEY, ATTEMPT, datetime(2026, 3, 2, 15, 0, tzinfo=UTC), "number", "assistant")
    finally:
        await client.aclose()


@pytest.mark.parametrize("newest_first", [True, False], ids=["newest first", "oldest first"])
@pytest.mark.parametrize("ours", [0, 99, 100, 101, 349, None])
async def test_long_lists_are_walked_to_the_end_in_either_order(newest_first: bool, ours: int | None) -> None:
    async with scripted(listing(history(350, ours=ours), newest_first=newest_first)) as (script, url):
        answer = await look(url)
    assert answer.found is (ours is not None)
    assert answer.provider_id == (None if ours is None else f"call-{ours}")
    assert len(script.requests) <= 10
    assert all(request.query_params["phoneNumberId"] == "number" for request in script.requests)


async def test_a_list_that_cannot_be_walked_is_not_a_no() -> None:
    crowd = history(PAGE_SIZE + 50, ours=PAGE_SIZE + 49, spread=timedelta(0))
    async with scripted(listing(crowd, newest_first=True)) as (_, url):
        crowd.sort(key=lambda call: call["customer"]["externalId"] == str(ATTEMPT))
        answer = await look(url)
    assert answer.found is None


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"message": "Invalid Key"}, 401),
        JSONResponse({"message": "slow down"}, 429),
        JSONResponse({"message": "oops"}, 500),
        JSONResponse({"message": "Not Found"}, 404),
        JSONResponse({"results": []}),
        JSONResponse([{"no": "id"}]),
        Response("<html>", media_type="text/html"),
    ],
    ids=["401", "429", "500", "404", "an object", "not calls", "not JSON"],
)
async def test_what_is_not_a_list_of_calls_is_not_a_no(answer: Response) -> None:
    async with scripted(lambda _: answer) as (_, url):
        assert (await look(url)).found is None


async def test_a_404_that_is_not_vapis_is_not_a_no() -> None:
    async with scripted(lambda _: Response("<html>no such host</html>", 404)) as (_, url):
        client = VapiClient(Transport(url))
        assert (await client.get_call(API_KEY, "call-1")).found is None
        await client.aclose()
