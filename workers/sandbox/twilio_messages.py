"""The shapes of Twilio's messages, and its webhooks with their signatures."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from workers.sandbox.courier import Retries, Webhook

API_VERSION = "2010-04-01"
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("\f^{}\\[~]|€")
# Twilio waits so long for an answer, and tries once more when it could not connect at all.
TIMEOUT = 15.0
ONCE_MORE = Retries(at_most=1, only_without_connection=True)


@dataclass
class Message:
    """A text, as the account keeps it."""

    sid: str
    to: str
    sender: str | None
    body: str
    direction: str
    status: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    service: str | None = None
    callback: str | None = None
    error_code: int | None = None

    @property
    def person(self) -> str:
        """The number that is not ours."""
        return (self.sender or "") if self.direction == "inbound" else self.to


def segments(body: str) -> int:
    """In how many parts a text travels."""
    if all(character in _GSM or character in _GSM_TWICE for character in body):
        length, alone, joined = len(body) + sum(character in _GSM_TWICE for character in body), 160, 153
    else:
        length, alone, joined = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)


def message_json(message: Message, account_sid: str) -> dict[str, object]:
    """A message as the API shows it."""
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}.json"
    undecided = message.service is not None and message.sender is None
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": _rfc2822(message.created_at),
        "date_sent": _rfc2822(message.sent_at) if message.sent_at else None,
        "date_updated": _rfc2822(message.updated_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": ERROR_MESSAGES.get(message.error_code) if message.error_code else None,
        "from": message.sender,
        "messaging_service_sid": message.service,
        "num_media": "0",
        "num_segments": "0" if undecided else str(segments(message.body)),
        "price": None,
        "price_unit": None if undecided else "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
        "to": message.to,
        "uri": uri,
    }


def status_form(message: Message, account_sid: str, at: datetime) -> dict[str, str]:
    """The form that tells of a message's new status."""
    form = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "From": message.sender or "",
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.to,
    }
    if message.service:
        form["MessagingServiceSid"] = message.service
    if message.error_code:
        form["ErrorCode"] = str(message.error_code)
        form["ErrorMessage"] = ERROR_MESSAGES.get(message.error_code, "")
    if message.status in {"delivered", "undelivered"}:
        form["RawDlrDoneDate"] = at.astimezone(UTC).strftime("%y%m%d%H%M")
    return form


def inbound_form(message: Message, account_sid: str, opt_out_type: str | None) -> dict[str, str]:
    """The form that brings a person's text; what Twilio does not know of the sender stays blank."""
    form = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "Body": message.body,
        "From": message.sender or "",
        "FromCity": "",
        "FromCountry": "US",
        "FromState": "",
        "FromZip": "",
        "MessageSid": message.sid,
        "NumMedia": "0",
        "NumSegments": str(segments(message.body)),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": message.to,
        "ToCity": "",
        "ToCountry": "US",
        "ToState": "",
        "ToZip": "",
    }
    if message.service:
        form["MessagingServiceSid"] = message.service
    if opt_out_type:
        form["OptOutType"] = opt_out_type
    return form


def signature(url: str, form: Mapping[str, str], token: str) -> str:
    """`X-Twilio-Signature`: HMAC-SHA1 over the URL and the sorted parameters, as Twilio documents it."""
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def signed_webhook(message: Message, kind: str, url: str, form: dict[str, str], token: str) -> Webhook:
    """A form on its way to a server, signed for the URL exactly as it was given, query and all."""
    return Webhook(
        provider="twilio",
        kind=kind,
        subject=message.sid,
        number=message.person,
        url=url,
        content_type="application/x-www-form-urlencoded",
        body=urlencode(form).encode(),
        headers={"x-twilio-signature": signature(url, form, token), "user-agent": "TwilioProxy/1.1"},
        correlation={"resource": message.sid, **callback_parameters(message.callback)},
        timeout=TIMEOUT,
        retries=ONCE_MORE,
    )


def callback_parameters(callback: str | None) -> dict[str, str]:
    """What the sender put into the callback's query: the only field that Twilio hands back untouched."""
    try:
        given = dict(parse_qsl(urlsplit(callback or "").query))
    except ValueError:
        return {}
    if "attempt" in given:
        given["attempt_id"] = given.pop("attempt")
    return given


def _rfc2822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0))


ERROR_MESSAGES = {
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30034: "US A2P 10DLC - Message from an Unregistered Number",
}
