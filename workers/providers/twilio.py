"""Twilio: sending a text, and finding out whether one was sent.

Written against Twilio's OpenAPI document of the 2010-04-01 API. A message cannot carry an id of ours, so in doubt it is
known by its sender, recipient, words and time.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from workers.deadline import Deadline
from workers.ledger import DispatchResult
from workers.providers.base import (
    Answer,
    ListBrokenOffError,
    Lookup,
    Transport,
    Unanswered,
    clean,
    http_date,
    json_object,
    read_status,
    retry_after,
)

PAGE_SIZE: Final = 200
MOST_PAGES: Final = 50
CLOCK_MARGIN: Final = timedelta(seconds=60)
"""How far Twilio's clock may be behind ours. Small: an earlier message with the same words is not ours."""
ORDER_MARGIN: Final = timedelta(days=1)
"""How far the order of the list, which is by sending, may stray from that of creation."""

CODES: Final[dict[int, Answer]] = {
    # the account
    10001: Answer("refused", "account", "account_not_active"),
    20003: Answer("refused", "account", "unauthorized"),
    20005: Answer("refused", "account", "account_not_active"),
    20006: Answer("refused", "account", "access_denied"),
    20008: Answer("refused", "account", "test_credentials"),
    20403: Answer("refused", "account", "forbidden"),
    20404: Answer("refused", "account", "account_not_found"),
    30002: Answer("refused", "account", "account_suspended"),
    63038: Answer("refused", "account", "daily_limit"),
    90010: Answer("refused", "account", "account_not_active"),
    # its capacity at the moment
    14107: Answer("try_later", "capacity", "rate_limited"),
    20429: Answer("try_later", "capacity", "rate_limited"),
    21611: Answer("try_later", "capacity", "sender_queue_full"),
    30001: Answer("try_later", "capacity", "queue_overflow"),
    # the way it is set up: sender, messaging service, callback
    21210: Answer("refused", "configuration", "sender_not_verified"),
    21212: Answer("refused", "configuration", "invalid_sender"),
    21603: Answer("refused", "configuration", "sender_missing"),
    21606: Answer("refused", "configuration", "sender_cannot_text"),
    21609: Answer("refused", "configuration", "invalid_callback"),
    21616: Answer("refused", "configuration", "sender_is_ambiguous"),
    21618: Answer("refused", "configuration", "invalid_content"),
    21626: Answer("refused", "configuration", "invalid_callback"),
    21659: Answer("refused", "configuration", "sender_is_not_ours"),
    21660: Answer("refused", "configuration", "sender_of_another_account"),
    21661: Answer("refused", "configuration", "sender_cannot_text"),
    21701: Answer("refused", "configuration", "messaging_service_missing"),
    21702: Answer("refused", "configuration", "messaging_service_missing"),
    21703: Answer("refused", "configuration", "messaging_service_without_sender"),
    21704: Answer("refused", "configuration", "messaging_service_without_sender"),
    21705: Answer("refused", "configuration", "invalid_messaging_service"),
    30034: Answer("refused", "configuration", "sender_unregistered"),
    # the number that was to be texted
    21211: Answer("refused", "number", "invalid_number"),
    21217: Answer("refused", "number", "invalid_number"),
    21265: Answer("refused", "number", "short_code"),
    21266: Answer("refused", "number", "same_as_sender"),
    21401: Answer("refused", "number", "invalid_number"),
    21407: Answer("refused", "number", "unsupported_number"),
    21421: Answer("refused", "number", "invalid_number"),
    21610: Answer("refused", "number", "opted_out"),
    21612: Answer("refused", "number", "unreachable"),
    21614: Answer("refused", "number", "not_mobile"),
    21635: Answer("refused", "number", "landline"),
    30006: Answer("refused", "number", "landline"),
    # this text, or what the account may do with this number today
    20001: Answer("refused", "job", "bad_request"),
    21408: Answer("refused", "job", "region_not_enabled"),
    21602: Answer("refused", "job", "body_missing"),
    21604: Answer("refused", "job", "recipient_missing"),
    21605: Answer("refused", "job", "body_too_long"),
    21608: Answer("refused", "job", "not_verified_on_trial"),
    21617: Answer("refused", "job", "body_too_long"),
    21619: Answer("refused", "job", "body_missing"),
    30004: Answer("refused", "job", "blocked"),
    30007: Answer("refused", "job", "filtered"),
}
"""Twilio's error codes at sending. A code that is not here is read by its HTTP status."""


@dataclass(frozen=True, slots=True)
class TextRequest:
    """One text to be sent; `status_callback` is where Twilio tells what became of it."""

    to: str
    sender: str
    body: str
    status_callback: str


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text that somebody sent to a number of ours, as Twilio's list has it."""

    sid: str
    sender: str
    to: str
    body: str
    created_at: datetime


class TwilioClient:
    """Twilio's messaging API for the accounts whose tokens are passed in."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def send_text(
        self, account_sid: str, auth_token: SecretStr, request: TextRequest, *, send_by: Deadline | None = None
    ) -> DispatchResult:
        """Ask for one text; never asks twice, nor past `send_by`."""
        form = {
            "To": request.to,
            "From": request.sender,
            "Body": request.body,
            "StatusCallback": request.status_callback,
        }
        credentials = _credentials(account_sid, auth_token)
        answer = await self._transport.send(
            "POST", _messages(account_sid), send_by=send_by, auth=credentials, data=form
        )
        if isinstance(answer, Unanswered):
            return answer.result()
        return read_message_answer(answer, auth_token.get_secret_value())

    async def get_message(self, account_sid: str, auth_token: SecretStr, sid: str) -> Lookup:
        """A message by its sid."""
        url = f"{_messages(account_sid).removesuffix('.json')}/{quote(sid, safe='')}.json"
        answer = await self._transport.send("GET", url, auth=_credentials(account_sid, auth_token))
        if isinstance(answer, Unanswered):
            return Lookup(None, reason=answer.message)
        body = json_object(answer)
        if answer.status_code == 404 and body is not None and body.get("code") == 20404:
            return Lookup(found=False, reason="not found")
        if answer.status_code != 200 or body is None or body.get("sid") != sid:
            return Lookup(None, reason=_why(answer, auth_token))
        return Lookup(found=True, provider_id=sid, payload=body)

    async def find_message(
        self,
        account_sid: str,
        auth_token: SecretStr,
        since: datetime,
        request: TextRequest,
        taken: Collection[str] = (),
    ) -> Lookup:
        """The message that a request made, if it did; those in `taken` are known to be others'.

        Lists by recipient, newest first, and compares sender, words and time here: Twilio's own filter by date looks at
        the moment of *sending*, which a message that is still queued does not have.
        """
        parameters = {"To": request.to, "PageSize": str(PAGE_SIZE)}
        try:
            async for messages in self._pages(account_sid, auth_token, parameters):
                match = _closest([message for message in messages if not _is_taken(message, taken)], since, request)
                if match is not None:
                    return Lookup(found=True, provider_id=str(match["sid"]), payload=match)
                if _all_before(messages, since - ORDER_MARGIN):
                    break
        except ListBrokenOffError as problem:
            return Lookup(None, reason=str(problem))
        return Lookup(found=False, reason="no such message since")

    async def list_inbound(
        self, account_sid: str, auth_token: SecretStr, to: str, since: datetime, until: datetime
    ) -> AsyncIterator[list[InboundText]]:
        """The texts that people sent to a number between two moments, page by page, the newest first.

        Raises `ListBrokenOffError` when Twilio does not show any more, though there may be.
        """
        sent_from = (since - ORDER_MARGIN).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        parameters = {"To": to, "DateSent>": sent_from, "PageSize": str(PAGE_SIZE)}
        async for messages in self._pages(account_sid, auth_token, parameters):
            texts = [text for text in map(_inbound, messages) if text is not None and text.to == to]
            yield [text for text in texts if since <= text.created_at <= until]

    async def _pages(
        self, account_sid: str, auth_token: SecretStr, parameters: dict[str, str]
    ) -> AsyncIterator[list[Any]]:
        """The pages of a list of messages to its end; `ListBrokenOffError` says why it can't be walked to there."""
        url: str = _messages(account_sid)
        asked: dict[str, str] | None = parameters
        for _ in range(MOST_PAGES):
            answer = await self._transport.send("GET", url, auth=_credentials(account_sid, auth_token), params=asked)
            if isinstance(answer, Unanswered):
                raise ListBrokenOffError(answer.message)
            body = json_object(answer)
            messages = body.get("messages") if body else None
            if answer.status_code != 200 or body is None or not isinstance(messages, list):
                raise ListBrokenOffError(_why(answer, auth_token))
            yield messages
            following = body.get("next_page_uri")
            if not following:
                return
            if not isinstance(following, str) or not following.startswith("/"):
                msg = "the list of messages cannot be walked to its end"
                raise ListBrokenOffError(msg)
            url, asked = following, None
        msg = f"more than {MOST_PAGES} pages of messages"
        raise ListBrokenOffError(msg)


def read_message_answer(response: httpx.Response, *secrets: str) -> DispatchResult:
    """What an answer to the creation of a message means."""
    body = json_object(response)
    if response.is_success:
        sid = body.get("sid") if body else None
        if not isinstance(sid, str) or not sid:
            return DispatchResult("unknown", "job", "unreadable_answer", f"{response.status_code} without a sid")
        status = body.get("status") if body else None
        return DispatchResult("accepted", "job", str(status or "created"), provider_id=sid)
    number, wait = _code(body), retry_after(response)
    answer = CODES.get(number) if number is not None and response.status_code < 500 else None
    answer = answer or read_status(response)
    words = clean(str(body.get("message") or "") if body else "", *secrets)
    if number is None:
        return DispatchResult(answer.verdict, answer.scope, answer.code, words, retry_after_seconds=wait)
    # Twilio's number is the code that the engine knows; what it stands for is for people.
    message = f"{answer.code}: {words}" if words else answer.code
    return DispatchResult(answer.verdict, answer.scope, str(number), message, retry_after_seconds=wait)


def _code(body: dict[str, Any] | None) -> int | None:
    """Twilio's error code: a number in the specification, now and then a string in the wild."""
    value = body.get("code") if body else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def _closest(messages: list[Any], since: datetime, request: TextRequest) -> dict[str, Any] | None:
    """Of the messages that could be the one, the one that was made soonest after the attempt began."""
    candidates = []
    for message in messages:
        created = _created_at(message)
        if created is None or created < since - CLOCK_MARGIN or not _matches(message, request):
            continue
        candidates.append((abs((created - since).total_seconds()), message))
    return min(candidates, key=lambda candidate: candidate[0])[1] if candidates else None


def _is_taken(message: Any, taken: Collection[str]) -> bool:
    return isinstance(message, dict) and message.get("sid") in taken


def _matches(message: dict[str, Any], request: TextRequest) -> bool:
    """Whether a message has the sender, the recipient and the words of the request.

    A messaging service fills in the sender later, and trial accounts put words of their own before the text.
    """
    if not message.get("sid") or message.get("direction") == "inbound" or message.get("to") != request.to:
        return False
    if message.get("from") not in {None, "", request.sender}:
        return False
    return " ".join(request.body.split()) in " ".join(str(message.get("body") or "").split())


def _inbound(message: Any) -> InboundText | None:
    created = _created_at(message)
    if created is None or message.get("direction") != "inbound":
        return None
    sid, sender, to = (message.get(key) for key in ("sid", "from", "to"))
    if not (isinstance(sid, str) and sid and isinstance(sender, str) and sender and isinstance(to, str)):
        return None
    return InboundText(sid, sender, to, str(message.get("body") or ""), created)


def _created_at(message: Any) -> datetime | None:
    if not isinstance(message, dict):
        return None
    return http_date(str(message.get("date_created") or message.get("date_sent") or ""))


def _all_before(messages: list[Any], moment: datetime) -> bool:
    created = [_created_at(message) for message in messages]
    return bool(created) and all(at is not None and at < moment for at in created)


def _messages(account_sid: str) -> str:
    return f"/2010-04-01/Accounts/{quote(account_sid, safe='')}/Messages.json"


def _credentials(account_sid: str, auth_token: SecretStr) -> httpx.BasicAuth:
    return httpx.BasicAuth(account_sid, auth_token.get_secret_value())


def _why(response: httpx.Response, auth_token: SecretStr) -> str:
    body = json_object(response)
    words = clean(str(body.get("message") or "") if body else "", auth_token.get_secret_value())
    return f"status {response.status_code} {words}".strip()
