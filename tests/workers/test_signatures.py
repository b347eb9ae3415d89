from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers, ImmutableMultiDict

from workers.webhooks.signatures import verify_twilio, verify_vapi

SECRETS = {"ACME": SecretStr("first-secret"), "BOLT": SecretStr("second-secret")}
BODY = b'{"message": {"type": "hang"}}'
NOW = 1_772_463_600.0
TOLERANCE = 300


def verify(headers: dict[str, str], body: bytes = BODY) -> str | None:
    return verify_vapi(Headers(headers), body, SECRETS, now=NOW, tolerance=TOLERANCE)


def digest(secret: str, timestamp: str, body: bytes = BODY) -> bytes:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).digest()


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"Authorization": "Bearer first-secret"}, "ACME"),
        ({"authorization": "bearer  second-secret "}, "BOLT"),
        ({"X-Vapi-Secret": "second-secret"}, "BOLT"),
        ({"Authorization": "Bearer third-secret", "X-Vapi-Secret": "first-secret"}, "ACME"),
        ({"Authorization": "Bearer third-secret"}, None),
        ({"Authorization": "Basic first-secret"}, None),
        ({"Authorization": "first-secret"}, None),
        ({"Authorization": "Bearer"}, None),
        ({"Authorization": "Bearer "}, None),
        ({"X-Vapi-Secret": ""}, None),
        ({"X-Vapi-Secret": "first-secre"}, None),
        ({"X-Vapi-Secret": "first-secret2"}, None),
        ({"X-Vapi-Secret": "F\xefrst-secret"}, None),
        ({}, None),
    ],
)
def test_who_shows_a_secret_is_known_by_it(headers: dict[str, str], name: str | None) -> None:
    assert verify(headers) == name


@pytest.mark.parametrize("timestamp", [str(int(NOW)), str(int(NOW * 1000)), f"{NOW - 299}", "2026-03-02T15:00:00Z"])
def test_a_fresh_signature_of_the_body_is_enough(timestamp: str) -> None:
    proof = digest("second-secret", timestamp)
    for signature in (proof.hex(), proof.hex().upper(), f"sha256={proof.hex()}", base64.b64encode(proof).decode()):
        assert verify({"X-Signature": signature, "X-Timestamp": timestamp}) == "BOLT"


@pytest.mark.parametrize("timestamp", [str(int(NOW - 301)), str(int(NOW + 301)), "", "yesterday", "nan", "inf", "-1"])
def test_an_old_or_undated_signature_is_worth_nothing(timestamp: str) -> None:
    signature = digest("first-secret", timestamp).hex()
    assert verify({"X-Signature": signature, "X-Timestamp": timestamp}) is None


def test_a_signature_holds_for_its_body_and_time_only() -> None:
    timestamp = str(int(NOW))
    signature = digest("first-secret", timestamp).hex()
    assert verify({"X-Signature": signature, "X-Timestamp": timestamp}) == "ACME"
    assert verify({"X-Signature": signature, "X-Timestamp": timestamp}, BODY + b" ") is None
    assert verify({"X-Signature": signature, "X-Timestamp": str(int(NOW) + 1)}) is None
    assert verify({"X-Signature": digest("third-secret", timestamp).hex(), "X-Timestamp": timestamp}) is None
    assert verify({"X-Signature": signature}) is None


DOCUMENTED = {
    "name": "the example in Twilio's documentation",
    "auth_token": "12345",
    "url": "https://mycompany.com/myapp.php?foo=1&bar=2",
    "params": {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    },
    "signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    "valid": True,
}


def vectors() -> list[dict[str, Any]]:
    """The documented example, and where the folder of third-party samples is beside the project, all of its vectors."""
    path = Path(__file__).parents[3] / "shared" / "data" / "webhooks" / "signature_vectors.json"
    published = json.loads(path.read_text())["vectors"] if path.exists() else []
    return [DOCUMENTED, *(vector for vector in published if vector["params"] is not None)]


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: str(vector["name"]))
def test_twilios_own_examples_are_judged_as_twilio_does(vector: dict[str, Any]) -> None:
    pairs = [
        (name, value)
        for name, values in vector["params"].items()
        for value in (values if isinstance(values, list) else [values])
    ]
    tokens = [("WRONG", SecretStr("54321")), ("RIGHT", SecretStr(vector["auth_token"]))]
    found = verify_twilio(vector["url"], ImmutableMultiDict(pairs), vector["signature"], tokens)
    assert found == ("RIGHT" if vector["valid"] else None)


def test_without_a_token_nothing_is_valid() -> None:
    assert verify_twilio("https://x.example/", ImmutableMultiDict(), "", []) is None
