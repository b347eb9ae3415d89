"""Twilio's texts: sent, refused, delivered or not, replied to."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from workers.sandbox import twilio_messages as say
from workers.sandbox.account import TextingNumber
from workers.sandbox.people import TextPlan
from workers.sandbox.stage import Stage
from workers.sandbox.twilio_messages import Message
from workers.sandbox.vapi_schema import is_e164

LONGEST_BODY = 1600
LONGEST_QUEUE = timedelta(hours=4)
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
START_WORDS = frozenset({"start", "yes", "unstop"})
HELP_WORDS = frozenset({"help", "info"})
_PLAIN_WORD = re.compile(r"[^a-z]")


class RestError(Exception):
    """The answer that refuses a request, in the shape of Twilio's REST errors."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    @property
    def body(self) -> dict[str, object]:
        """What the client reads."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class TextDesk:
    """The texts of the account."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._clock = stage.clock
        self._agenda = stage.agenda
        self._messages: dict[str, Message] = {}
        self._free_at: dict[str, datetime] = {}
        self.account_sid = stage.settings.twilio_account_sid
        self.opted_out: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._messages)

    def forget(self) -> None:
        """Drop every text and every opt-out."""
        self._messages.clear()
        self._free_at.clear()
        self.opted_out.clear()

    def all(self) -> list[Message]:
        """Every message, newest first."""
        return list(reversed(self._messages.values()))

    def find(self, sid: str) -> Message:
        """One message."""
        if sid not in self._messages:
            path = f"/{say.API_VERSION}/Accounts/{self.account_sid}/Messages/{sid}.json"
            raise RestError(20404, f"The requested resource {path} was not found", 404)
        return self._messages[sid]

    def send(self, form: Mapping[str, str]) -> Message:
        """`POST …/Messages.json`."""
        to, body = form.get("To", ""), form.get("Body", "")
        service = form.get("MessagingServiceSid") or None
        sender = self._check(form)
        now = self._clock.now()
        self._check_queue(sender, now)
        plan = self._stage.population.next_text(to)
        if plan.refuse is not None:
            raise RestError(plan.refuse, REFUSALS.get(plan.refuse, "Message cannot be sent").format(to=to))
        message = Message(
            sid="SM" + secrets.token_hex(16),
            to=to,
            sender=None if service else sender,
            body=body,
            direction="outbound-api",
            status="accepted" if service else "queued",
            created_at=now,
            updated_at=now,
            service=service,
            callback=form.get("StatusCallback") or None,
        )
        self._messages[message.sid] = message
        self._plan(message, plan, sender, now)
        return message

    def receive(self, person: str, ours: str, body: str) -> Message | None:
        """A person texts one of our numbers; None when it is not one of ours."""
        number = self._stage.account.text_number(ours)
        if number is None:
            return None
        now = self._clock.now()
        service = next((one.sid for one in self._stage.account.messaging_services if ours in one.numbers), None)
        message = Message(
            sid="SM" + secrets.token_hex(16), to=ours, sender=person, body=body, direction="inbound",
            status="received", created_at=now, updated_at=now, sent_at=now, service=service,
        )  # fmt: skip
        self._messages[message.sid] = message
        word = _PLAIN_WORD.sub("", body.lower()) if len(body.split()) <= 2 else ""
        self._keep_opt_out(person, number, word)
        if number.inbound_url:
            form = say.inbound_form(message, self.account_sid, self._opt_out_type(word))
            self._post(message, "inbound", number.inbound_url, form)
        return message

    def _check(self, form: Mapping[str, str]) -> str:
        """Everything that Twilio refuses at once; returns the number that the text goes out from."""
        to, sender = form.get("To", ""), form.get("From", "")
        if not to:
            raise RestError(21604, "A 'To' phone number is required.")
        if not sender and not form.get("MessagingServiceSid"):
            raise RestError(21603, "A 'From' phone number is required.")
        if not form.get("Body"):
            raise RestError(21602, "Message body is required.")
        if len(form["Body"]) > LONGEST_BODY:
            raise RestError(21617, f"The concatenated message body exceeds the {LONGEST_BODY} character limit.")
        if not is_e164(to):
            raise RestError(21211, f"Invalid 'To' Phone Number: {to}")
        self._check_options(form)
        ours = self._sender(form)
        if to == ours:
            raise RestError(21266, "'To' and 'From' number cannot be the same")
        if not any(to.startswith(f"+{region}") for region in self._stage.settings.twilio_regions):
            message = (
                f"Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}"
            )
            raise RestError(21408, message)
        if (ours, to) in self.opted_out:
            raise RestError(21610, "Attempt to send to unsubscribed recipient")
        return ours

    @staticmethod
    def _check_options(form: Mapping[str, str]) -> None:
        callback = form.get("StatusCallback")
        if callback:
            try:
                url = urlsplit(callback)
            except ValueError:
                url = urlsplit("")
            if url.scheme not in {"http", "https"} or not url.hostname:
                raise RestError(21609, f"The 'StatusCallback' URL {callback} is not a valid URL.")
        validity = form.get("ValidityPeriod")
        if validity and not (validity.isdigit() and 1 <= int(validity) <= 36_000):
            raise RestError(20001, "ValidityPeriod must be a number of seconds between 1 and 36000")

    def _sender(self, form: Mapping[str, str]) -> str:
        account, sender = self._stage.account, form.get("From", "")
        if sender:
            if not is_e164(sender):
                message = (
                    f"The 'From' number {sender} is not a valid phone number, shortcode, or alphanumeric sender ID."
                )
                raise RestError(21212, message)
            number = account.text_number(sender)
            if number is None:
                raise RestError(21659, f"'From' {sender} is not a Twilio phone number or Short Code country mismatch")
            if not number.takes_texts:
                message = (
                    f"The 'From' phone number provided ({sender}) is not a valid message-capable Twilio phone number"
                    " for this destination."
                )
                raise RestError(21606, message)
            return sender
        service = account.messaging_service(form["MessagingServiceSid"])
        if service is None:
            raise RestError(21701, "The Messaging Service does not exist.")
        # The same person is always texted from the same number of a service, as Twilio's sticky sender has it.
        return service.numbers[sum(form["To"].encode()) % len(service.numbers)]

    def _check_queue(self, sender: str, now: datetime) -> None:
        if self._free_at.get(sender, now) - now > LONGEST_QUEUE:
            message = f"This 'From' number has exceeded the maximum number of queued messages: {sender}"
            raise RestError(21611, message)

    def _plan(self, message: Message, plan: TextPlan, sender: str, now: datetime) -> None:
        """The message's way: it waits for its turn, leaves, and arrives or not; replies follow."""
        turn = max(now + timedelta(milliseconds=300), self._free_at.get(sender, now))
        pace = timedelta(seconds=say.segments(message.body) / self._stage.settings.twilio_messages_per_second)
        self._free_at[sender] = turn + pace
        failed_at_once = plan.outcome == "failed"
        if not failed_at_once:
            self._agenda.schedule(turn, message.sid, lambda at: self._leave(message, sender, at))
        if plan.outcome != "sent":
            arrives = turn + plan.after
            status, code = plan.outcome, plan.error_code
            self._agenda.schedule(arrives, message.sid, lambda at: self._become(message, status, at, code))
            for reply in plan.replies:
                self._plan_reply(message, sender, arrives + reply.after, reply.body)

    def _plan_reply(self, message: Message, ours: str, at: datetime, body: str) -> None:
        self._agenda.schedule(at, f"reply {message.sid}", lambda _: self._reply(message.to, ours, body))

    def _leave(self, message: Message, sender: str, at: datetime) -> None:
        message.sender, message.sent_at = sender, at
        self._become(message, "sent", at)

    def _become(self, message: Message, status: str, at: datetime, code: int | None = None) -> None:
        message.status, message.updated_at, message.error_code = status, at, code
        if message.callback:
            # What the callback says is what is true now, even when it is late.
            form = say.status_form(replace(message), self.account_sid, at)
            self._post(message, status, message.callback, form)

    def _reply(self, person: str, ours: str, body: str) -> None:
        self.receive(person, ours, body)

    def _post(self, message: Message, kind: str, url: str, form: dict[str, str]) -> None:
        token = self._stage.settings.twilio_auth_token.get_secret_value()
        self._stage.courier.send(say.signed_webhook(message, kind, url, form, token))

    def _keep_opt_out(self, person: str, number: TextingNumber, word: str) -> None:
        """Twilio keeps its own list: a stop word blocks every number of the service, or the one that it came to."""
        shared = [set(one.numbers) for one in self._stage.account.messaging_services if number.number in one.numbers]
        numbers = set().union(*shared) if shared else {number.number}
        pairs = {(ours, person) for ours in numbers}
        if word in STOP_WORDS:
            self.opted_out |= pairs
        elif word in START_WORDS:
            self.opted_out -= pairs

    def _opt_out_type(self, word: str) -> str | None:
        if not self._stage.settings.twilio_advanced_opt_out:
            return None
        for kind, words in (("STOP", STOP_WORDS), ("START", START_WORDS), ("HELP", HELP_WORDS)):
            if word in words:
                return kind
        return None


REFUSALS = {
    21211: "Invalid 'To' Phone Number: {to}",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}",
    21610: "Attempt to send to unsubscribed recipient",
    21612: "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number",
    21614: "'To' number: {to}, is not a valid mobile number",
    21635: "'To' number {to} cannot be a landline",
}
