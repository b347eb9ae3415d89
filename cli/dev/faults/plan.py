"""What a seed stands for: everything that is random about a run, decided before it starts (`draw`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from cli.dev.faults.graphs import Graph
from cli.dev.faults.places import Place

Act = Literal[
    "kill", "suspend", "crash_postgres", "sever", "stop_by_text", "start_by_text", "stop_by_operator", "pause",
    "resume", "cancel", "launch", "freeze", "retry", "lead",
]  # fmt: skip
Count = Literal["taken", "requests", "webhooks"]
When = Literal["before", "during", "after"]
Call = Literal["claim_and_begin", "record_dispatches", "claim_ambiguous", "resolve_attempts", "tick"]

SEND_WITHIN_SECONDS = 1.0
"""A begun request leaves within it, by real clocks; `frost` has the reason."""
BRIEFLY = timedelta(minutes=2)
"""Who is frozen no longer wakes up well within the doubt grace, however coarse the clock's steps are then."""


@dataclass(frozen=True)
class Person:
    """Somebody on a list."""

    phone: str
    place: Place
    name: str


@dataclass(frozen=True)
class Campaign:
    """One campaign: whom it is for, its workflow, and when it is launched."""

    name: str
    people: tuple[int, ...]
    graph: Graph
    priority: int
    max_lateness: str
    scheduled_after: timedelta | None
    grows: Literal["leads", "rows"] | None = None
    """How people come to its list while it runs; then it enrolls continuously."""


@dataclass(frozen=True)
class Lead:
    """Somebody who comes to the list of a campaign that grows."""

    campaign: int
    person: int
    key: str | None = None
    """The id that the source has for it; without one it is known by number and day."""
    times: int = 1
    """Brought so many times at once."""

    def __str__(self) -> str:
        known = f" as {self.key}" if self.key else ""
        return f"person {self.person}{known} comes to campaign {self.campaign}" + (
            f", {self.times} times at once" if self.times > 1 else ""
        )


@dataclass(frozen=True)
class Moment:
    """When something is done: at the nth entry of a kind in the sandbox's log, or after so much campaign time."""

    of: Count | None = None
    nth: int = 0
    after: timedelta | None = None

    def __str__(self) -> str:
        if self.after is not None:
            return f"after {self.after}"
        if self.of is None:
            return "at the end"
        return (
            f"at {self.of.removesuffix('s')} {self.nth}" if self.of != "taken" else f"when request {self.nth} is taken"
        )


@dataclass(frozen=True)
class Step:
    """Something that is done to the campaign, or to what it runs on."""

    at: Moment
    act: Act
    target: int = 0
    lasting: timedelta = timedelta(0)

    def __str__(self) -> str:
        what = self.act.replace("_", " ")
        if self.act in {"pause", "cancel", "launch", "resume", "retry"}:
            what += f" campaign {self.target}"
        elif self.act == "freeze":
            what += " the calling account"
        elif self.act in {"stop_by_text", "start_by_text", "stop_by_operator"}:
            what += f", person {self.target}"
        elif self.act in {"kill", "suspend"}:
            what += f" worker {self.target}" if self.target >= 0 else " every worker"
        elif self.act == "lead":
            what += f" {self.target}"
        return f"{self.at}: {what}" + (f" for {self.lasting}" if self.lasting else "")


@dataclass(frozen=True)
class Death:
    """Where a worker dies by itself: before or during its nth call of the engine, or after the nth that did work."""

    call: Call
    nth: int
    when: When

    def __str__(self) -> str:
        return f"dies {self.when} {self.call} {self.nth}"


@dataclass(frozen=True)
class Frost:
    """Where a worker is stopped by itself, for so much campaign time: it goes on as if nothing had been."""

    call: Call
    nth: int
    when: When
    lasting: timedelta

    def __str__(self) -> str:
        return f"is frozen {self.when} {self.call} {self.nth} for {self.lasting}"


Fate = Death | Frost


@dataclass(frozen=True)
class Caps:
    """What the team and its number allow; null is no cap."""

    contacts: int | None = None
    """Of one person within the window."""
    window: timedelta = timedelta(days=1)
    per_minute: int | None = None
    per_day: int | None = None


@dataclass(frozen=True)
class Plan:
    """A run, decided."""

    seed: int
    start: datetime
    team_zone: str
    people: tuple[Person, ...]
    campaigns: tuple[Campaign, ...]
    faults: tuple[dict[str, Any], ...]
    steps: tuple[Step, ...]
    fates: tuple[Fate | None, ...]
    """By the order in which workers are started; who comes after the last lives."""
    workers: int
    lines: int
    provider_lines: int
    settings: dict[str, str]
    sandbox: dict[str, Any]
    ends_gently: bool
    caps: Caps
    leads: tuple[Lead, ...] = ()
    """A step `lead` has the place of one as its target."""
