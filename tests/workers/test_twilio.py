from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.workers.wire import AUTH_TOKEN, sandbox, scripted
from workers.handlers.text import text_request
from workers.providers.base import Transport
from workers.providers.twilio import CODES, TextRequest, TwilioClient, read_message_answer
from workers.sandbox.app import Sandbox
from workers.sandbox.faults import Fault

SID = "AC" + "1" * 32
BEGAN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
REQUEST = TextRequest(
    to="+12025550101",
    sender="+12025550142",
    body="Hi Ann, your tune-up is due. Reply STOP to opt out.",
    status_callback="https://hooks.example.com/webhooks/twilio/status?attempt=01890000-0000-7000-8000-000000000001",
)


def error(code: object, status: int = 400, message: str = "No.") -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": message, "more_info": "", "status": status})


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_known_code_is_read_from_the_table_and_passed_on(code: int) -> None:
    result = read_message_answer(error(code))
    assert (result.verdict, result.scope, result.code) == (CODES[code].verdict, CODES[code].scope, str(code))
    assert result.message == f"{CODES[code].code}: No."


@pytest.mark.parametrize(
    ("answer", "verdict", "scope", "code"),
    [
        (error(20003, 401, "Authenticate"), "refused", "account", "20003"),
        (error(20429, 429), "try_later", "capacity", "20429"),
        (error(21610), "refused", "number", "21610"),
        (error("21610"), "refused", "number", "21610"),
        (error(21211), "refused", "number", "21211"),
        (error(21614), "refused", "number", "21614"),
        (error(21408, 403), "refused", "job", "21408"),
        (error(63038, 429, "exceeded the 500 daily messages limit"), "refused", "account", "63038"),
        (error(99999), "refused", "job", "99999"),
        (error(99999, 429), "try_later", "capacity", "99999"),
        (error(True), "refused", "job", "bad_request"),
        (error(None, 401), "refused", "account", "unauthorized"),
        (error(20500, 500), "unknown", "job", "20500"),
        (error(20503, 503), "unknown", "job", "20503"),
        (error(21610, 500), "unknown", "job", "21610"),
        (httpx.Response(429), "try_later", "capacity", "rate_limited"),
        (httpx.Response(404, text="<html>"), "refused", "configuration", "not_found"),
        (httpx.Response(503, headers={"Retry-After": "3"}), "try_later", "capacity", "unavailable"),
        (httpx.Response(504), "unknown", "job", "http_504"),
        (httpx.Response(201, json={"sid": "SM1", "status": "queued"}), "accepted", "job", "queued"),
        (httpx.Response(201, json={"sid": "SM1"}), "accepted", "job", "created"),
        (httpx.Response(201, json={"status": "queued"}), "unknown", "job", "unreadable_answer"),
        (httpx.Response(201, json={"sid": 5}), "unknown", "job", "unreadable_answer"),
        (httpx.Response(201, text="ok"), "unknown", "job", "unreadable_answer"),
    ],
)
def test_every_answer_has_a_verdict(answer: httpx.Response, verdict: str, scope: str, code: str) -> None:
    result = read_message_answer(answer)
    assert (result.verdict, result.scope, result.code) == (verdict, scope, code)


def test_an_accepted_message_has_its_sid() -> None:
    assert read_message_answer(httpx.Response(201, json={"sid": "SM1", "status": "queued"})).provider_id == "SM1"


async def test_the_request_is_the_documents_form_and_is_sent_once() -> None:
    async with scripted(lambda _: JSONResponse({"code": 20500, "message": "no"}, 500)) as (script, url):
        client = TwilioClient(Transport(url))
        assert (await client.send_text(SID, AUTH_TOKEN, REQUEST)).verdict == "unknown"
        await client.aclose()
    [request] = script.requests
    assert request.method == "POST"
    assert request.url.path == f"/2010-04-01/Accounts/{SID}/Messages.json"
    assert request.headers["authorization"].startswith("Basic ")
    assert dict(parse_qsl(script.bodies[0].decode(), keep_blank_values=True)) == {
        "To": REQUEST.to,
        "From": REQUEST.sender,
        "Body": REQUEST.body,
        "StatusCallback": REQUEST.status_callback,
    }


def test_the_callback_carries_the_attempt() -> None:
    attempt = UUID("01890000-0000-7000-8000-000000000001")
    request = text_request(
        attempt, {"to": REQUEST.to, "from": REQUEST.sender, "body": REQUEST.body}, "https://hooks.example.com"
    )
    assert request == REQUEST


@pytest.fixture
async def box() -> AsyncIterator[tuple[Sandbox, TwilioClient, str]]:
    async with sandbox() as (box, url):
        client = TwilioClient(Transport(f"{url}/twilio", timeout=2))
        yield box, client, box.settings.twilio_account_sid
        await client.aclose()


async def test_the_sandbox_takes_our_text_and_shows_it(box: tuple[Sandbox, TwilioClient, str]) -> None:
    _, client, sid = box
    result = await client.send_text(sid, AUTH_TOKEN, REQUEST)
    assert result.verdict == "accepted"
    assert result.provider_id
    found = await client.get_message(sid, AUTH_TOKEN, result.provider_id)
    assert found.found is True
    assert found.payload is not None
    assert found.payload["body"] == REQUEST.body
    assert (await client.get_message(sid, AUTH_TOKEN, "SM" + "0" * 32)).found is False


async def test_refusals_of_the_sandbox_are_understood(box: tuple[Sandbox, TwilioClient, str]) -> None:
    _, client, sid = box
    wrong_token = await client.send_text(sid, SecretStr("wrong"), REQUEST)
    assert (wrong_token.verdict, wrong_token.scope, wrong_token.code) == ("refused", "account", "20003")
    bad_number = await client.send_text(
        sid, AUTH_TOKEN, TextRequest("+1", REQUEST.sender, "Hi", REQUEST.status_callback)
    )
    assert (bad_number.verdict, bad_number.scope, bad_number.code) == ("refused", "number", "21211")
    no_sender = await client.send_text(
        sid, AUTH_TOKEN, TextRequest(REQUEST.to, "+12025559999", "Hi", REQUEST.status_callback)
    )
    assert (no_sender.verdict, no_sender.scope) == ("refused", "configuration")


@pytest.mark.parametrize(
    ("fault", "was_taken"),
    [
        (Fault(kind="drop_after"), True),
        (Fault(kind="server_error", status=500, taken=True), True),
        (Fault(kind="server_error", status=503, taken=True), True),
        (Fault(kind="drop_before"), False),
        (Fault(kind="server_error", status=503), False),
    ],
    ids=lambda value: getattr(value, "kind", str(value)),
)
async def test_in_doubt_the_provider_is_asked_and_knows(
    box: tuple[Sandbox, TwilioClient, str], fault: Fault, was_taken: bool
) -> None:
    sandbox, client, sid = box
    began = sandbox.stage.clock.now()
    sandbox.stage.faults.replace([fault])
    assert (await client.send_text(sid, AUTH_TOKEN, REQUEST)).verdict == "unknown"
    answer = await client.find_message(sid, AUTH_TOKEN, began, REQUEST)
    assert answer.found is was_taken


async def test_a_throttled_text_may_be_sent_later(box: tuple[Sandbox, TwilioClient, str]) -> None:
    sandbox, client, sid = box
    sandbox.stage.faults.replace([Fault(kind="rate_limited", retry_after=9)])
    result = await client.send_text(sid, AUTH_TOKEN, REQUEST)
    assert (result.verdict, result.scope, result.retry_after_seconds) == ("try_later", "capacity", 9)


def message(seconds: float, **changes: Any) -> dict[str, Any]:
    return {
        "sid": f"SM{uuid4().hex}",
        "to": REQUEST.to,
        "from": REQUEST.sender,
        "body": REQUEST.body,
        "direction": "outbound-api",
        "status": "sent",
        "date_created": format_datetime(BEGAN + timedelta(seconds=seconds)),
        "date_sent": None,
        **changes,
    }


def pages(*found: list[dict[str, Any]]) -> Any:
    def answer(request: Request) -> Response:
        page = int(request.query_params.get("Page", "0"))
        following = f"{request.url.path}?To=x&Page={page + 1}" if page + 1 < len(found) else None
        return JSONResponse({"messages": found[page], "page": page, "next_page_uri": following})

    return answer


async def look(url: str) -> Any:
    client = TwilioClient(Transport(url))
    try:
        return await client.find_message(SID, AUTH_TOKEN, BEGAN, REQUEST)
    finally:
        await client.aclose()


@pytest.mark.parametrize(
    ("candidate", "is_ours"),
    [
        (message(1), True),
        (message(0, **{"from": None}), True),
        (message(2, body=f"Sent from your Twilio trial account - {REQUEST.body}"), True),
        (message(2, body=REQUEST.body.replace(" ", "  ")), True),
        (message(-30), True),
        (message(2, date_created="Mon, 02 Mar 2026 15:00:02 -0000"), True),
        (message(-3600), False),
        (message(1, body="Something else."), False),
        (message(1, body=None), False),
        (message(1, **{"from": "+12025550178"}), False),
        (message(1, to="+12025550199"), False),
        (message(1, direction="inbound"), False),
        (message(1, date_created=None), False),
    ],
)
async def test_a_message_is_ours_by_sender_recipient_words_and_time(candidate: dict[str, Any], is_ours: bool) -> None:
    async with scripted(pages([message(9, body="Another."), candidate])) as (_, url):
        answer = await look(url)
    assert answer.found is is_ours
    assert answer.provider_id == (candidate["sid"] if is_ours else None)


async def test_of_several_the_one_made_soonest_after_the_attempt_is_ours() -> None:
    wanted = message(2)
    async with scripted(pages([message(900), wanted, message(-40)])) as (_, url):
        assert (await look(url)).provider_id == wanted["sid"]


async def test_pages_are_followed_until_they_are_older_than_the_attempt() -> None:
    wanted, old = message(3), message(-9 * 86400)
    async with scripted(pages([message(60, body="a")], [wanted], [old])) as (script, url):
        assert (await look(url)).provider_id == wanted["sid"]
    assert script.requests[0].query_params["To"] == REQUEST.to
    async with scripted(pages([message(60, body="a")], [old], [message(1)])) as (script, url):
        assert (await look(url)).found is False
    assert len(script.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"code": 20003}, 401),
        JSONResponse({"code": 20429}, 429),
        JSONResponse({"code": 20500}, 500),
        JSONResponse({"code": 20404}, 404),
        JSONResponse({"messages": "none"}),
        JSONResponse([]),
        Response("<html>"),
    ],
    ids=["401", "429", "500", "404", "no list", "an array", "not JSON"],
)
async def test_what_is_not_a_list_of_messages_is_not_a_no(answer: Response) -> None:
    async with scripted(lambda _: answer) as (_, url):
        assert (await look(url)).found is None


async def test_a_defect_of_ours_is_not_taken_for_a_list_that_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(*_: object) -> None:
        msg = "sid"
        raise KeyError(msg)

    monkeypatch.setattr("workers.providers.twilio._closest", defect)
    async with scripted(pages([message(1)])) as (_, url):
        with pytest.raises(KeyError):
            await look(url)
