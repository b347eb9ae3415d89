"""Who sent this? Every comparison takes the same time whether it fails early or late, or not at all."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from pydantic import SecretStr
from starlette.datastructures import Headers, ImmutableMultiDict
from twilio.request_validator import RequestValidator

_LATEST_SECONDS: Final = 1e11
"""Timestamps above this are in milliseconds: in seconds it is the year 5138."""


def verify_vapi(
    headers: Headers, body: bytes, secrets: Mapping[str, SecretStr], *, now: float, tolerance: float
) -> str | None:
    """The name of the secret that the sender of a Vapi message knows; `None` if it knows none.

    Accepts what Vapi can be set up to send: a bearer token, the token alone in `X-Vapi-Secret`, or an HMAC-SHA256 of
    `{timestamp}.{body}` in `X-Signature` with its time in `X-Timestamp`. A signature is good for `tolerance` seconds
    around `now` (both real time: Unix seconds), so that a message overheard cannot be sent again later.
    """
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    shown = [headers.get("x-vapi-secret", ""), bearer.strip() if scheme.lower() == "bearer" else ""]
    timestamp, signature = headers.get("x-timestamp", ""), headers.get("x-signature", "")
    signed = bool(signature) and _is_fresh(timestamp, now, tolerance)
    found = None
    for name, secret in secrets.items():
        value = secret.get_secret_value()
        matches = [_same(value, one) for one in shown]
        if signed:
            matches.append(_signs(value, timestamp, body, signature))
        if any(matches):
            found = name
    return found


def verify_twilio(
    url: str, form: ImmutableMultiDict[str, str], signature: str, tokens: Sequence[tuple[str, SecretStr]]
) -> str | None:
    """The name of the token that signed a Twilio request to `url`, exactly as Twilio was given it.

    Twilio signs an apostrophe in a query as `%27`, whichever way it was given.
    """
    spellings = {url, url.replace("'", "%27")}
    found = None
    for name, token in tokens:
        validator = RequestValidator(token.get_secret_value())
        for spelling in spellings:
            if validator.validate(spelling, form, signature):
                found = name
    return found


def _same(secret: str, shown: str) -> bool:
    return hmac.compare_digest(secret.encode(), shown.encode()) and bool(shown)


def _signs(secret: str, timestamp: str, body: bytes, signature: str) -> bool:
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).digest()
    given = re.sub(r"^(sha256|v1)=", "", signature.strip(), flags=re.IGNORECASE)
    as_hex = hmac.compare_digest(digest.hex().encode(), given.lower().encode())
    as_base64 = hmac.compare_digest(base64.b64encode(digest), given.encode())
    return as_hex or as_base64


def _is_fresh(timestamp: str, now: float, tolerance: float) -> bool:
    try:
        moment = float(timestamp)
    except ValueError:
        try:
            moment = datetime.fromisoformat(timestamp).timestamp()
        except ValueError:
            return False
    if moment > _LATEST_SECONDS:
        moment /= 1000
    return abs(now - moment) <= tolerance
