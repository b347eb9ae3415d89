"""What people text us, by the sandbox's own book, and who of them asked to be left alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

STOP_WORDS = frozenset({"stop", "stop.", "unsubscribe", "cancel", "quit"})
STOP_PHRASES = ("stop texting", "stop calling", "take me off", "do not contact")
START_WORDS = frozenset({"start"})


@dataclass(frozen=True)
class Text:
    """A text that somebody sent to one of our numbers, whatever became of its webhook."""

    phone: str
    body: str
    at: datetime


def says_stop(body: str) -> bool:
    """Whether it asks us to stop, in a word or in a sentence."""
    words = body.strip().lower()
    return words in STOP_WORDS or any(phrase in words for phrase in STOP_PHRASES)


def says_start(body: str) -> bool:
    """Whether it takes a stop back."""
    return body.strip().lower() in START_WORDS


def stopped_by_text(texts: Iterable[Text]) -> dict[str, datetime]:
    """Who texted a stop, and when the last time; not who ever texted a start, which may come before it or after it."""
    stops: dict[str, datetime] = {}
    readmitted = set()
    for text in texts:
        if says_start(text.body):
            readmitted.add(text.phone)
        elif says_stop(text.body):
            stops[text.phone] = max(text.at, stops.get(text.phone, text.at))
    return {phone: at for phone, at in stops.items() if phone not in readmitted}
