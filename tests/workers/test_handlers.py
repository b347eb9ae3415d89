from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from tests.workers.wire import API_KEY, AUTH_TOKEN, WEBHOOK_SECRET, sandbox
from workers.config import Secrets
from workers.handlers.call import CallHandler
from workers.handlers.reconcile import ProviderAsker
from workers.handlers.text import TextHandler
from workers.ledger import BegunAttempt, DoubtfulAttempt
from workers.providers.base import Transport
from workers.providers.twilio import TwilioClient
from workers.providers.vapi import VapiClient
from workers.redaction import Redactor
from workers.sandbox.app import Sandbox
from workers.sandbox.faults import Fault

PUBLIC_URL = "https://hooks.example.com"
SECRETS = Secrets({"ACME": API_KEY, "ACME_WEBHOOK": WEBHOOK_SECRET, "ACME_TWILIO": AUTH_TOKEN})
NOBODY = "http://127.0.0.1:1"


def begun(provider: str = "vapi", secret: str = "ACME", account: str | None = None, **request: Any) -> BegunAttempt:
    return BegunAttempt(uuid4(), uuid4(), uuid4(), 1, provider, secret, account, request)


def call_of(box: Sandbox) -> dict[str, Any]:
    account = box.stage.account
    return {
        "to": "+12025550101",
        "phone_number_id": account.phone_numbers[0].id,
        "assistant_id": account.assistants[0].id,
        "first_message": None,
        "customer_name": None,
        "variables": {"first_name": "Ann"},
    }


def text_of(box: Sandbox) -> dict[str, Any]:
    return {"to": "+12025550101", "from": box.stage.account.text_numbers[0].number, "body": "Hi Ann!"}


def in_doubt(attempt: BegunAttempt, kind: str = "ambiguous", provider_id: str | None = None, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "team_id": attempt.team_id,
        "attempt_id": attempt.attempt_id,
        "job_id": attempt.job_id,
        "provider": attempt.provider,
        "secret_name": attempt.secret_name,
        "account_ref": attempt.account_ref,
        "kind": kind,
        "provider_id": provider_id,
        "begun_at": datetime.now(UTC),
        "request": attempt.request,
    }
    return DoubtfulAttempt(**{**values, **changes})


@pytest.mark.parametrize("known", [{}, {"ACME": SecretStr("key-of-acme")}, {"ACME_WEBHOOK": SecretStr("secret")}])
async def test_a_call_without_its_secrets_stops_the_account_before_anything_is_sent(
    known: dict[str, SecretStr],
) -> None:
    client = VapiClient(Transport(NOBODY))
    result = await CallHandler(client, Secrets(known), PUBLIC_URL)(begun())
    await client.aclose()
    assert (result.verdict, result.scope, result.code) == ("refused", "account", "secret_missing")
    assert "OUTBOUND_SECRET_ACME" in result.message
    assert "key-of-acme" not in result.message


async def test_a_text_without_its_secret_or_account_stops_the_account() -> None:
    client = TwilioClient(Transport(NOBODY))
    handler = TextHandler(client, SECRETS, PUBLIC_URL)
    without_token = await handler(begun("twilio", "OTHER", "AC1"))
    without_account = await handler(begun("twilio", "ACME_TWILIO"))
    await client.aclose()
    assert (without_token.scope, without_token.code) == ("account", "secret_missing")
    assert (without_account.scope, without_account.code) == ("account", "account_missing")


async def test_what_was_sent_is_found_again_with_its_attempt_and_without_our_secrets() -> None:
    async with sandbox() as (box, url):
        vapi, twilio = VapiClient(Transport(f"{url}/vapi")), TwilioClient(Transport(f"{url}/twilio"))
        sid = box.settings.twilio_account_sid
        call, text = begun(**call_of(box)), begun("twilio", "ACME_TWILIO", sid, **text_of(box))
        calls, texts = CallHandler(vapi, SECRETS, PUBLIC_URL), TextHandler(twilio, SECRETS, PUBLIC_URL)
        ask = ProviderAsker(vapi, twilio, SECRETS, PUBLIC_URL, Redactor(SECRETS.values()))
        before = (await ask(in_doubt(call)), await ask(in_doubt(text)))
        assert [answer.found for answer in before] == [False, False]
        box.stage.faults.replace([Fault(kind="drop_after")])
        assert ((await calls(call)).verdict, (await texts(text)).verdict) == ("unknown", "unknown")
        box.stage.faults.replace([])
        for attempt in (call, text):
            answer = await ask(in_doubt(attempt))
            assert (answer.attempt_id, answer.found) == (attempt.attempt_id, True)
            assert answer.provider_id
            again = await ask(in_doubt(attempt, "silent", answer.provider_id))
            assert (again.found, again.provider_id) == (True, answer.provider_id)
            for secret in SECRETS.values():
                assert secret not in json.dumps([answer.record(), again.record()])
        # What the sandbox shows is what would have been stored without the redactor.
        assert WEBHOOK_SECRET.get_secret_value() in json.dumps(
            (
                await vapi.find_call(
                    API_KEY,
                    call.attempt_id,
                    datetime.now(UTC),
                    call.request["phone_number_id"],
                    call.request["assistant_id"],
                )
            ).payload
        )
        await vapi.aclose()
        await twilio.aclose()


async def test_who_cannot_be_asked_has_not_said_no() -> None:
    vapi, twilio = VapiClient(Transport(NOBODY)), TwilioClient(Transport(NOBODY))
    ask = ProviderAsker(vapi, twilio, SECRETS, PUBLIC_URL, Redactor())
    request = {"phone_number_id": "p", "assistant_id": "a", "to": "+1", "from": "+2", "body": "Hi"}
    doubts = [
        in_doubt(begun(**request)),
        in_doubt(begun(**request), "silent", "call-1"),
        in_doubt(begun("vapi", "UNKNOWN", **request)),
        in_doubt(begun("twilio", "ACME_TWILIO", "AC1", **request)),
        in_doubt(begun("twilio", "ACME_TWILIO", "AC1", **request), "silent", "SM1"),
        in_doubt(begun("twilio", "ACME_TWILIO", None, **request)),
        in_doubt(begun("twilio", "UNKNOWN", "AC1", **request)),
    ]
    answers = [await ask(doubt) for doubt in doubts]
    await vapi.aclose()
    await twilio.aclose()
    assert [answer.found for answer in answers] == [None] * len(doubts)
    assert all(answer.reason for answer in answers)
    assert answers[0].record() == {"attempt_id": str(doubts[0].attempt_id), "found": None}
