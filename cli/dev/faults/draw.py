"""Draws plans: everything that is random about a run is drawn here, before it starts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal

from cli.dev.faults.graphs import random_graph
from cli.dev.faults.places import PLACES
from cli.dev.faults.plan import (
    SEND_WITHIN_SECONDS,
    Call,
    Campaign,
    Caps,
    Count,
    Death,
    Fate,
    Frost,
    Lead,
    Moment,
    Person,
    Plan,
    Step,
    When,
)

_STARTS = (
    # The clocks go forward on Sunday the 14th, back on Sunday the 7th.
    datetime(2027, 3, 12, 15, tzinfo=UTC),
    datetime(2027, 3, 13, 18, tzinfo=UTC),
    datetime(2027, 3, 14, 0, tzinfo=UTC),
    datetime(2027, 11, 5, 15, tzinfo=UTC),
    datetime(2027, 11, 6, 17, tzinfo=UTC),
    datetime(2027, 11, 6, 23, tzinfo=UTC),
    datetime(2027, 6, 7, 14, tzinfo=UTC),
)
_TEAM_ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles", "America/Phoenix")
_CALLS: tuple[Call, ...] = (
    "claim_and_begin", "claim_and_begin", "record_dispatches", "claim_ambiguous", "resolve_attempts", "tick",
)  # fmt: skip
_GRAIN_BESIDE_FROST = 60.0
_FROSTS = (
    timedelta(seconds=5), timedelta(seconds=90), timedelta(minutes=8), timedelta(hours=1), timedelta(hours=5),
)  # fmt: skip

_WHENS: tuple[When, ...] = ("before", "during", "after")
# Where a worker holds something that time takes from it; most of all between an attempt's commit and its request.
_FREEZING: tuple[Call, ...] = (
    "claim_and_begin", "claim_and_begin", "claim_and_begin", "claim_and_begin", "record_dispatches", "resolve_attempts",
)  # fmt: skip


def make_plan(seed: int) -> Plan:
    """Draw a plan."""
    plan = _with_frost(Random(f"frost {seed}"), _first_draft(seed))  # noqa: S311 -- as below
    return _with_leads(Random(f"leads {seed}"), plan)  # noqa: S311 -- as below


def _first_draft(seed: int) -> Plan:
    chance = Random(f"faults {seed}")  # noqa: S311 -- to be drawn again, not to be secret
    start = chance.choice(_STARTS) + timedelta(minutes=chance.randrange(0, 240))
    people = _people(chance)
    campaigns = _campaigns(chance, len(people))
    lines = chance.choice([2, 4, 10, 25])
    return Plan(
        seed=seed,
        start=start,
        team_zone=chance.choice(_TEAM_ZONES),
        people=people,
        campaigns=campaigns,
        faults=_faults(chance),
        steps=_steps(chance, campaigns, len(people)) + _late_steps(chance, len(campaigns)),
        fates=tuple(_death(chance) for _ in range(chance.choice([0, 1, 2, 3]))),
        workers=chance.choice([1, 2, 2, 3]),
        lines=lines,
        provider_lines=lines if chance.random() < 0.7 else max(1, lines // 2),
        settings={
            "OUTBOUND_CONCURRENCY": str(chance.choice([1, 3, 10])),
            "OUTBOUND_LEASE_SECONDS": str(chance.choice([20, 60, 120])),
            "OUTBOUND_SEND_WITHIN_SECONDS": str(SEND_WITHIN_SECONDS),
            "OUTBOUND_LISTEN": chance.choice(["true", "true", "true", "false"]),
        },
        sandbox={
            "rates": _rates(chance),
            "vapi_over_limit": chance.choice(["refuse", "too_many_requests", "block"]),
            "twilio_messages_per_second": chance.choice([1.0, 10.0]),
            "twilio_advanced_opt_out": chance.random() < 0.3,
            "clock_grain_seconds": chance.choice([5.0, 60.0, 300.0]),
        },
        ends_gently=chance.random() < 0.3,
        caps=_caps(chance),
    )


def _with_frost(chance: Random, plan: Plan) -> Plan:
    """Workers are frozen, drawn apart from the rest; others are there to go on meanwhile."""
    frosts = [_frost(chance) for _ in range(chance.choice([0, 0, 1, 1, 2, 3]))]
    steps = tuple(
        Step(_moment(chance), "suspend", chance.choice([-1, 0, 0, 1]), chance.choice(_FROSTS))
        for _ in range(chance.choice([0, 0, 1, 2]))
    )
    if not frosts and not steps:
        return plan
    fates: list[Fate | None] = [*plan.fates, *frosts]
    chance.shuffle(fates)
    grain = min(plan.sandbox["clock_grain_seconds"], _GRAIN_BESIDE_FROST)
    return replace(
        plan,
        steps=plan.steps + steps,
        fates=tuple(fates),
        workers=max(plan.workers, 2),
        sandbox={**plan.sandbox, "clock_grain_seconds": grain},
    )


def _people(chance: Random) -> tuple[Person, ...]:
    lasts = chance.sample(range(100), chance.randint(8, 25))
    # The numbers that are reserved for fiction: nobody is called by a mistake.
    return tuple(
        Person(f"+1{place.area_code}55501{last:02d}", place, f"Pat {last}")
        for last, place in ((last, chance.choice(PLACES)) for last in lasts)
    )


def _campaigns(chance: Random, people: int) -> tuple[Campaign, ...]:
    """One to three; the later ones share people with the first."""
    found = []
    for place in range(chance.choices([1, 2, 3], [5, 3, 2])[0]):
        size = people if place == 0 else chance.randint(3, min(10, people))
        found.append(
            Campaign(
                name=f"Campaign {place}",
                people=tuple(sorted(chance.sample(range(people), size))),
                graph=random_graph(chance),
                priority=chance.choice([50, 100, 100, 200]),
                max_lateness=chance.choice(["PT6H", "P2D", "P2D"]),
                scheduled_after=timedelta(minutes=chance.randint(1, 2000)) if chance.random() < 0.3 else None,
            )
        )
    return tuple(found)


def _faults(chance: Random) -> tuple[dict[str, Any], ...]:
    """Rules for the sandbox; each seed has some of them."""
    kinds: list[dict[str, Any]] = [
        {"kind": "drop_after"},
        {"kind": "drop_before"},
        {"kind": "server_error", "status": chance.choice([500, 502, 503]), "taken": True},
        {"kind": "server_error", "status": chance.choice([500, 502, 503]), "taken": False},
        {"kind": "rate_limited", "retry_after": chance.choice([None, 2, 30, 900])},
        {
            "kind": "latency",
            "seconds": round(chance.uniform(0.01, 0.2), 3),
            "phase": chance.choice(["before", "after"]),
        },
        {"kind": "latency", "seconds": 1.6, "phase": "after", "count": 1},
        {"kind": "early", "through": chance.choice(["first", "last"])},
        {"kind": "lost"},
        {"kind": "lost", "types": ["end-of-call-report", "delivered"]},
        {"kind": "repeated", "times": chance.randint(1, 4)},
        {"kind": "reordered"},
        {"kind": "delayed", "by": f"PT{chance.choice([1, 30, 400, 3000])}M"},
        # Those who ask are not spared either.
        {"kind": "server_error", "status": 503, "methods": ["GET"], "count": 4},
        {"kind": "rate_limited", "retry_after": 1, "methods": ["GET"], "count": 4},
        {"kind": "drop_after", "methods": ["GET"], "count": 4},
    ]
    chosen = chance.sample(kinds, chance.randint(3, 9))
    return tuple(
        {**kind, "probability": round(chance.uniform(0.05, 0.35), 3)}
        | ({"provider": chance.choice(["vapi", "twilio"])} if chance.random() < 0.3 else {})
        for kind in chosen
    )


def _steps(chance: Random, campaigns: tuple[Campaign, ...], people: int) -> tuple[Step, ...]:
    steps = [Step(_moment(chance), "kill", chance.choice([-1, 0, 1])) for _ in range(chance.choice([0, 1, 1, 2]))]
    steps += [Step(_moment(chance), "crash_postgres") for _ in range(chance.choices([0, 1, 2], [6, 3, 1])[0])]
    steps += [Step(_moment(chance), "sever") for _ in range(chance.choice([0, 0, 1, 2]))]
    for _ in range(chance.choice([0, 1, 2, 4])):
        steps.append(
            Step(_moment(chance), chance.choice(["stop_by_text", "stop_by_operator"]), chance.randrange(people))
        )
    stopped = [step.target for step in steps if step.act in {"stop_by_text", "stop_by_operator"}]
    if stopped and chance.random() < 0.4:
        steps.append(
            Step(Moment(after=timedelta(hours=chance.randint(1, 30))), "start_by_text", chance.choice(stopped))
        )
    for place in range(len(campaigns)):
        for _ in range(chance.choice([0, 0, 1, 2])):
            lasting = timedelta(minutes=chance.choice([1, 30, 300, 1500]))
            steps.append(Step(_moment(chance), "pause", place, lasting))
        if chance.random() < 0.15:
            steps.append(Step(_moment(chance), "cancel", place))
        if campaigns[place].scheduled_after is None and place > 0:
            steps.append(Step(Moment("requests", chance.randint(1, 8)), "launch", place))
    return tuple(steps)


def _late_steps(chance: Random, campaigns: int) -> tuple[Step, ...]:
    """The account is frozen for a while; what failed is tried again when a campaign is over."""
    steps = []
    if chance.random() < 0.15:
        steps.append(Step(_moment(chance), "freeze", 0, timedelta(minutes=chance.choice([5, 60, 600]))))
    if chance.random() < 0.25:
        steps.append(Step(Moment(), "retry", chance.randrange(campaigns)))
    return tuple(steps)


def _caps(chance: Random) -> Caps:
    return Caps(
        contacts=chance.choice([1, 2, 3]) if chance.random() < 0.25 else None,
        window=timedelta(hours=chance.choice([6, 24, 30])),
        per_minute=chance.choice([2, 5, 20]) if chance.random() < 0.2 else None,
        per_day=chance.choice([10, 20, 40]) if chance.random() < 0.2 else None,
    )


def _moment(chance: Random) -> Moment:
    if chance.random() < 0.25:
        return Moment(after=timedelta(minutes=chance.randint(0, 2400), seconds=chance.randint(0, 59)))
    of: Count = chance.choice(["taken", "taken", "requests", "webhooks"])
    return Moment(of, chance.randint(1, 40 if of == "webhooks" else 18))


def _death(chance: Random) -> Death | None:
    if chance.random() < 0.3:
        return None
    call = chance.choice(_CALLS)
    nth, when = chance.randint(1, 30 if call == "tick" else 6), chance.choice(_WHENS)
    return Death(call, _among_idle(call, nth, when), when)


def _frost(chance: Random) -> Frost:
    call, nth, when = chance.choice(_FREEZING), chance.randint(1, 5), chance.choice(_WHENS)
    return Frost(call, _among_idle(call, nth, when), when, chance.choice(_FROSTS))


def _among_idle(call: Call, nth: int, when: When) -> int:
    """Which call is struck: of those that are made several times a second, most have nothing to do."""
    return nth * 7 if call in {"claim_and_begin", "claim_ambiguous"} and when != "after" else nth


def _rates(chance: Random) -> dict[str, float]:
    """A population that does more of everything than usual."""
    weights = {
        "booked": 0.15, "answered": 0.2, "opted_out": 0.1, "voicemail": 0.2, "no_answer": 0.2, "busy": 0.1,
        "failed": 0.05,
    }  # fmt: skip
    drawn = {name: weight * chance.uniform(0.3, 1.7) for name, weight in weights.items()}
    total = sum(drawn.values())
    return {
        **{name: weight / total for name, weight in drawn.items()},
        "replied": chance.uniform(0.2, 0.7),
        "reply_stop": 0.2, "reply_no": 0.08, "reply_stop_in_words": 0.05, "reply_yes": 0.45, "reply_question": 0.22,
        "undelivered": chance.uniform(0, 0.15),
    }  # fmt: skip


def _with_leads(chance: Random, plan: Plan) -> Plan:
    """Another campaign, drawn apart from the rest, to whose list people come while it runs."""
    if chance.random() < 0.6:
        return plan
    place, people = len(plan.campaigns), range(len(plan.people))
    grows: Literal["leads", "rows"] = chance.choice(["leads", "leads", "rows"])
    campaign = replace(
        _campaigns(chance, len(plan.people))[0],
        name=f"Campaign {place}",
        people=tuple(sorted(chance.sample(people, 2))) if grows == "rows" else (),
        scheduled_after=None,
        grows=grows,
    )
    leads: list[Lead] = []
    for number in range(chance.randint(3, 6)):
        if leads and chance.random() < 0.3:  # what came before comes again
            leads.append(chance.choice(leads))
            continue
        key = f"lead-{number}" if grows == "leads" and chance.random() < 0.75 else None
        times = chance.choice([1, 1, 2, 3]) if grows == "leads" else 1
        leads.append(Lead(place, chance.choice(people), key, times))
    steps = [Step(Moment("requests", chance.randint(1, 4)), "launch", place)]
    steps += [Step(_moment(chance), "lead", number) for number in range(len(leads))]
    if chance.random() < 0.4:
        steps.append(Step(_moment(chance), "pause", place, timedelta(minutes=chance.choice([30, 300]))))
    if chance.random() < 0.1:
        steps.append(Step(_moment(chance), "cancel", place))
    return replace(plan, campaigns=(*plan.campaigns, campaign), leads=tuple(leads), steps=(*plan.steps, *steps))
