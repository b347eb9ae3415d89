"""What the sandbox's Vapi and Twilio accounts hold: assistants, numbers, messaging services, credentials."""

import uuid
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

E164 = r"^\+[1-9]\d{6,14}$"


def stable_id(kind: str, name: str) -> str:
    """An id that is the same on every machine and in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"outbound-sandbox/{kind}/{name}"))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Assistant(_Part):
    """A saved assistant."""

    id: str
    name: str = Field(max_length=40)


class CallingNumber(_Part):
    """A number of the Vapi account that calls go out from."""

    id: str
    number: str = Field(pattern=E164)
    name: str | None = Field(None, max_length=40)
    provider: Literal["twilio", "vapi"] = "twilio"
    server_url: str | None = None


class Credential(_Part):
    """What a server message shows to prove where it comes from; `server.credentialId` names one."""

    id: str
    kind: Literal["bearer", "x-vapi-secret", "hmac"] = "bearer"
    secret: str = Field(repr=False)


class TextingNumber(_Part):
    """A number of the Twilio account; inbound texts to it are posted to `inbound_url`."""

    number: str = Field(pattern=E164)
    inbound_url: str | None = None
    takes_texts: bool = True


class MessagingService(_Part):
    """A Twilio messaging service: a sid that stands for several numbers."""

    sid: str = Field(pattern=r"^MG[0-9a-f]{32}$")
    numbers: tuple[str, ...] = Field(min_length=1)


class Account(_Part):
    """Both accounts. A call or text that names anything else is refused, as the provider would.

    `call_start_error` makes every call end before it rings, with that reason: a frozen subscription, no credits.
    """

    assistants: tuple[Assistant, ...] = ()
    phone_numbers: tuple[CallingNumber, ...] = ()
    credentials: tuple[Credential, ...] = ()
    text_numbers: tuple[TextingNumber, ...] = ()
    messaging_services: tuple[MessagingService, ...] = ()
    call_start_error: str | None = None

    @field_validator("messaging_services")
    @classmethod
    def _sids_differ(cls, value: tuple[MessagingService, ...]) -> tuple[MessagingService, ...]:
        if len({service.sid for service in value}) != len(value):
            msg = "two messaging services have the same sid"
            raise ValueError(msg)
        return value

    @classmethod
    def default(cls, inbound_url: str | None) -> Self:
        """The account that a sandbox has when nobody says otherwise; its ids never change."""
        numbers = ("+12025550142", "+12025550178")
        return cls(
            assistants=tuple(
                Assistant(id=stable_id("assistant", name), name=name)
                for name in ("Booking assistant", "Maintenance assistant", "Reschedule assistant")
            ),
            phone_numbers=tuple(
                CallingNumber(id=stable_id("phone-number", number), number=number, name=f"Line {index}")
                for index, number in enumerate(numbers, start=1)
            ),
            text_numbers=tuple(TextingNumber(number=number, inbound_url=inbound_url) for number in numbers),
            messaging_services=(
                MessagingService(sid="MG" + uuid.uuid5(uuid.NAMESPACE_URL, "outbound-sandbox").hex, numbers=numbers),
            ),
        )

    def assistant(self, assistant_id: str) -> Assistant | None:
        """The assistant with this id."""
        return next((one for one in self.assistants if one.id == assistant_id), None)

    def phone_number(self, phone_number_id: str) -> CallingNumber | None:
        """The calling number with this id."""
        return next((one for one in self.phone_numbers if one.id == phone_number_id), None)

    def credential(self, credential_id: str) -> Credential | None:
        """The credential with this id."""
        return next((one for one in self.credentials if one.id == credential_id), None)

    def text_number(self, number: str) -> TextingNumber | None:
        """The texting number itself, if it is ours."""
        return next((one for one in self.text_numbers if one.number == number), None)

    def messaging_service(self, sid: str) -> MessagingService | None:
        """The messaging service with this sid."""
        return next((one for one in self.messaging_services if one.sid == sid), None)
