"""What a person does when called or texted: the rates, the plans, and the scripts that tests and operators write."""

from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

CallOutcome = Literal["booked", "answered", "opted_out", "voicemail", "no_answer", "busy", "failed"]
TextOutcome = Literal["delivered", "undelivered", "failed", "sent"]
REACHED: frozenset[str] = frozenset({"booked", "answered", "opted_out"})


class Rates(BaseModel):
    """How often what happens, for a population of strangers; each group of rates is a share of one."""

    model_config = ConfigDict(extra="forbid")

    booked: float = Field(0.17, ge=0, le=1)
    answered: float = Field(0.22, ge=0, le=1)
    opted_out: float = Field(0.04, ge=0, le=1)
    voicemail: float = Field(0.26, ge=0, le=1)
    no_answer: float = Field(0.22, ge=0, le=1)
    busy: float = Field(0.05, ge=0, le=1)
    failed: float = Field(0.04, ge=0, le=1)

    answered_later: float = Field(0.4, ge=0, le=1, description="who was not reached at first is reached next time")
    dead_number: float = Field(0.03, ge=0, le=1, description="numbers that no call ever reaches")
    landline: float = Field(0.04, ge=0, le=1, description="numbers that take no texts")

    undelivered: float = Field(0.05, ge=0, le=1)
    replied: float = Field(0.34, ge=0, le=1, description="share of delivered texts that are replied to")
    reply_yes: float = Field(0.45, ge=0, le=1)
    reply_question: float = Field(0.22, ge=0, le=1)
    reply_no: float = Field(0.15, ge=0, le=1)
    reply_stop: float = Field(0.13, ge=0, le=1)
    reply_stop_in_words: float = Field(0.05, ge=0, le=1, description="asks to stop, but not with a keyword")

    @model_validator(mode="after")
    def _shares(self) -> Self:
        calls = self.booked + self.answered + self.opted_out + self.voicemail + self.no_answer + self.busy + self.failed
        replies = self.reply_yes + self.reply_question + self.reply_no + self.reply_stop + self.reply_stop_in_words
        for name, total in (("call outcomes", calls), ("replies", replies)):
            if abs(total - 1) > 1e-6:
                msg = f"the rates of {name} must add up to 1, not {total:.3f}"
                raise ValueError(msg)
        return self


class Reply(BaseModel):
    """A text that a person sends back, so long after the one that she got."""

    model_config = ConfigDict(extra="forbid")

    after: timedelta = timedelta(minutes=10)
    body: str


class CallScript(BaseModel):
    """What one call comes to. What is left out is drawn as for anybody."""

    model_config = ConfigDict(extra="forbid")

    outcome: CallOutcome
    ended_reason: str | None = None
    ring: timedelta | None = None
    talk: timedelta | None = None
    report_after: timedelta | None = None
    booking_via: Literal["report", "tool", "both"] | None = None
    appointment_at: datetime | None = None


class TextScript(BaseModel):
    """What one text comes to. `refuse` is the code with which the send itself is refused; `sent` never gets further."""

    model_config = ConfigDict(extra="forbid")

    outcome: TextOutcome = "delivered"
    error_code: int | None = None
    refuse: int | None = None
    after: timedelta | None = None
    replies: tuple[Reply, ...] | None = None


class PersonScript(BaseModel):
    """The calls and texts of one number, in turn; the last of each is repeated for all that follow."""

    model_config = ConfigDict(extra="forbid")

    calls: tuple[CallScript, ...] = ()
    texts: tuple[TextScript, ...] = ()


class CallPlan(BaseModel):
    """A call, decided: how long it rings, what it comes to, when its report follows."""

    outcome: CallOutcome
    ended_reason: str
    ring: timedelta
    talk: timedelta
    report_after: timedelta
    booking_via: Literal["report", "tool", "both"]
    appointment_at: datetime | None
    appointment_days: int

    @property
    def connects(self) -> bool:
        """Whether somebody, or a machine, picks up."""
        return self.outcome in REACHED or self.outcome == "voicemail"


class TextPlan(BaseModel):
    """A text, decided."""

    outcome: TextOutcome
    error_code: int | None
    refuse: int | None
    after: timedelta
    replies: tuple[Reply, ...]
