"""The seeded population: what each number does depends on the seed, the number and how often it was reached before.

Not on the order in which numbers are dialled, nor on the moment: two runs of a campaign with one seed come to the same
totals, whatever was killed, retried or delayed in between.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal, TypeVar

from workers.sandbox.faults import draw
from workers.sandbox.people import (
    CallOutcome,
    CallPlan,
    CallScript,
    PersonScript,
    Rates,
    Reply,
    TextOutcome,
    TextPlan,
)

T = TypeVar("T")

YES = ("YES", "Yes please", "Yes, Tuesday morning works", "sure, book me in", "Ok sounds good 👍", "yes! after 3pm")
QUESTIONS = ("How much is it?", "Who is this?", "Can you come on a Saturday?", "Is this about the furnace?", "when?")
NO = ("No thanks", "not interested", "Already had it done", "We moved, sorry", "wrong number")
STOPS = ("STOP", "Stop", "stop", "UNSUBSCRIBE", "Stop.", "CANCEL", "QUIT")
STOPS_IN_WORDS = ("please stop texting me", "Take me off your list", "do not contact me again", "stop calling us")

_UNDELIVERED = ((30003, 0.35), (30005, 0.2), (30006, 0.15), (30007, 0.15), (30008, 0.1), (30034, 0.05))
_REASONS: Mapping[CallOutcome, Sequence[tuple[str, float]]] = {
    "booked": (("customer-ended-call", 0.5), ("assistant-ended-call", 0.3), ("assistant-said-end-call-phrase", 0.2)),
    "answered": (
        ("customer-ended-call", 0.65),
        ("assistant-ended-call", 0.2),
        ("silence-timed-out", 0.1),
        ("exceeded-max-duration", 0.05),
    ),
    "opted_out": (("customer-ended-call", 0.7), ("assistant-ended-call", 0.3)),
    "voicemail": (("voicemail", 1.0),),
    "no_answer": (("customer-did-not-answer", 1.0),),
    "busy": (("customer-busy", 1.0),),
    "failed": (
        ("call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable", 0.5),
        ("call.in-progress.error-providerfault-outbound-sip-503-service-unavailable", 0.3),
        ("call.in-progress.error-providerfault-outbound-sip-408-request-timeout", 0.2),
    ),
}
DEAD_REASON = "twilio-reported-customer-misdialed"
# Seconds of ringing and of talk, by outcome: the shortest and the longest.
_RINGS: Mapping[CallOutcome, tuple[float, float]] = {
    "booked": (4, 22), "answered": (4, 22), "opted_out": (4, 18), "voicemail": (20, 28), "no_answer": (30, 45),
    "busy": (2, 5), "failed": (1, 4),
}  # fmt: skip
_TALKS: Mapping[CallOutcome, tuple[float, float]] = {
    "booked": (70, 320), "answered": (15, 180), "opted_out": (8, 40), "voicemail": (6, 14), "no_answer": (0, 0),
    "busy": (0, 0), "failed": (0, 0),
}  # fmt: skip


class Population:
    """Everyone who can be called or texted."""

    def __init__(self, seed: str, rates: Rates) -> None:
        self.seed = seed
        self.rates = rates
        self.scripts: dict[str, PersonScript] = {}
        self.calls_taken: Counter[str] = Counter()
        self.texts_taken: Counter[str] = Counter()

    def forget(self) -> None:
        """Everyone is a stranger again; scripts go too."""
        self.scripts.clear()
        self.calls_taken.clear()
        self.texts_taken.clear()

    def next_call(self, number: str) -> CallPlan:
        """Decide the next call to a number, which has now been called once more."""
        self.calls_taken[number] += 1
        return self.call(number, self.calls_taken[number])

    def next_text(self, number: str) -> TextPlan:
        """Decide the next text to a number, which has now been texted once more."""
        self.texts_taken[number] += 1
        return self.text(number, self.texts_taken[number])

    def is_dead(self, number: str) -> bool:
        """Whether no call ever reaches this number."""
        return self._draw(number, "dead") < self.rates.dead_number

    def is_landline(self, number: str) -> bool:
        """Whether this number takes no texts."""
        return self._draw(number, "landline") < self.rates.landline

    def call(self, number: str, nth: int) -> CallPlan:
        """What the nth call to a number comes to."""
        script = _of(self.scripts.get(number, PersonScript()).calls, nth)
        outcome = script.outcome if script else self._call_outcome(number, nth)
        reason = self._pick(_REASONS[outcome], number, "reason", nth)
        if script is None and self.is_dead(number):
            reason = DEAD_REASON
        drawn = CallPlan(
            outcome=outcome,
            ended_reason=reason,
            ring=self._between(_RINGS[outcome], number, "ring", nth),
            talk=self._between(_TALKS[outcome], number, "talk", nth),
            report_after=self._between((3, 20), number, "report", nth),
            booking_via=self._booking_via(number, nth),
            appointment_at=None,
            appointment_days=1 + int(self._draw(number, "days", nth) * 9),
        )
        return _scripted_call(drawn, script) if script else drawn

    def text(self, number: str, nth: int) -> TextPlan:
        """What the nth text to a number comes to."""
        script = _of(self.scripts.get(number, PersonScript()).texts, nth)
        drawn = self._drawn_text(number, nth)
        if script is None:
            return drawn
        error = script.error_code if script.error_code is not None else (drawn.error_code or 30003)
        return TextPlan(
            outcome=script.outcome,
            error_code=error if script.outcome in {"undelivered", "failed"} else None,
            refuse=script.refuse,
            after=drawn.after if script.after is None else script.after,
            replies=script.replies or (),
        )

    def _call_outcome(self, number: str, nth: int) -> CallOutcome:
        if self.is_dead(number):
            return "failed"
        reached: list[tuple[CallOutcome, float]] = [
            ("booked", self.rates.booked), ("answered", self.rates.answered), ("opted_out", self.rates.opted_out),
        ]  # fmt: skip
        missed: list[tuple[CallOutcome, float]] = [
            ("voicemail", self.rates.voicemail), ("no_answer", self.rates.no_answer), ("busy", self.rates.busy),
            ("failed", self.rates.failed),
        ]  # fmt: skip
        if nth > 1:  # whoever could not be reached before: is she now?
            later = self._draw(number, "later", nth) < self.rates.answered_later
            choice = reached if later else missed
            if sum(weight for _, weight in choice) > 0:
                return self._pick(choice, number, "outcome", nth)
        return self._pick([*reached, *missed], number, "outcome", nth)

    def _booking_via(self, number: str, nth: int) -> Literal["report", "tool", "both"]:
        ways: tuple[tuple[Literal["report", "tool", "both"], float], ...] = (
            ("report", 0.5),
            ("both", 0.35),
            ("tool", 0.15),
        )
        return self._pick(ways, number, "via", nth)

    def _drawn_text(self, number: str, nth: int) -> TextPlan:
        after = self._between((2, 25), number, "delivery", nth)
        if self.is_landline(number):
            if self._draw(number, "refused") < 0.5:
                return TextPlan(outcome="failed", error_code=None, refuse=21614, after=after, replies=())
            return TextPlan(outcome="undelivered", error_code=30006, refuse=None, after=after, replies=())
        if self._draw(number, "undelivered", nth) < self.rates.undelivered:
            code = self._pick(_UNDELIVERED, number, "code", nth)
            outcome: TextOutcome = "failed" if code == 30034 else "undelivered"
            return TextPlan(outcome=outcome, error_code=code, refuse=None, after=after, replies=())
        replies = (self._reply(number, nth),) if self._draw(number, "replied", nth) < self.rates.replied else ()
        return TextPlan(outcome="delivered", error_code=None, refuse=None, after=after, replies=replies)

    def _reply(self, number: str, nth: int) -> Reply:
        kinds = (
            (YES, self.rates.reply_yes),
            (QUESTIONS, self.rates.reply_question),
            (NO, self.rates.reply_no),
            (STOPS, self.rates.reply_stop),
            (STOPS_IN_WORDS, self.rates.reply_stop_in_words),
        )
        words = self._pick(kinds, number, "reply", nth)
        body = words[int(self._draw(number, "words", nth) * len(words))]
        # Most answer within minutes, some after hours: the exponent spreads 1 minute to about 7 hours.
        minutes = math.exp(self._draw(number, "reply after", nth) * 6)
        return Reply(after=timedelta(minutes=minutes), body=body)

    def _draw(self, number: str, what: str, nth: int = 0) -> float:
        return draw(self.seed, number, what, str(nth))

    def _between(self, bounds: tuple[float, float], number: str, what: str, nth: int) -> timedelta:
        low, high = bounds
        return timedelta(milliseconds=round(1000 * (low + (high - low) * self._draw(number, what, nth))))

    def _pick(self, weighted: Sequence[tuple[T, float]], number: str, what: str, nth: int) -> T:
        point = self._draw(number, what, nth) * sum(weight for _, weight in weighted)
        for value, weight in weighted:
            point -= weight
            if point < 0:
                return value
        return weighted[-1][0]


def _of(scripts: Sequence[T], nth: int) -> T | None:
    return scripts[min(nth, len(scripts)) - 1] if scripts else None


def _scripted_call(drawn: CallPlan, script: CallScript) -> CallPlan:
    given = script.model_dump(exclude_none=True)
    return drawn.model_copy(update=given)
