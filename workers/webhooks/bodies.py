"""Reading bodies that strangers send: bounded, and such that Postgres can store what comes out."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import ClientDisconnect, Request

from workers.storable import UnstorableError, storable, storable_text

DEEPEST = 64
MOST_FIELDS = 500


class UnreadableBodyError(Exception):
    """The body is not what its address takes."""


class BodyTooLargeError(Exception):
    """The body is longer than we read."""


async def read(request: Request, limit: int) -> bytes:
    """The whole body, if it is not longer than `limit`; a longer one is not read to its end."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise BodyTooLargeError
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise BodyTooLargeError
    except ClientDisconnect as error:
        msg = "the sender left before the end"
        raise UnreadableBodyError(msg) from error
    return bytes(body)


def json_object(body: bytes) -> dict[str, Any]:
    """A JSON object that `jsonb` can hold."""
    try:
        parsed = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        msg = "not JSON"
        raise UnreadableBodyError(msg) from error
    if not isinstance(parsed, dict):
        msg = "not a JSON object"
        raise UnreadableBodyError(msg)
    try:
        stored: dict[str, Any] = storable(parsed, DEEPEST)
    except UnstorableError as error:
        raise UnreadableBodyError(str(error)) from error
    return stored


def form(body: bytes, content_type: str) -> ImmutableMultiDict[str, str]:
    """The fields of a form, blank ones too: they are part of what is signed."""
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        msg = "not a form"
        raise UnreadableBodyError(msg)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        msg = "not a form"
        raise UnreadableBodyError(msg) from error
    return ImmutableMultiDict(pairs)


def posted(body: bytes, content_type: str) -> dict[str, Any]:
    """What a system posted, as a JSON object: JSON, or a form."""
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        return form_object(form(body, content_type))
    return json_object(body)


def bearer(headers: Mapping[str, str]) -> str | None:
    """The token that a sender shows in a header."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return token.strip()
    return headers.get("x-lead-token")


def form_object(fields: ImmutableMultiDict[str, str]) -> dict[str, Any]:
    """A form as a JSON object; a field that comes more than once is a list."""
    collected: dict[str, Any] = {}
    for key in fields:
        values = [storable_text(value) for value in fields.getlist(key)]
        collected[storable_text(key)] = values if len(values) > 1 else values[0]
    return collected


def _refuse(constant: str) -> Any:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)
