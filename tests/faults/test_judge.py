"""The judge notices: rules that are broken on purpose are found, in runs so small that little else can happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.dev.databases import Server
from cli.dev.faults.crew import Nursery
from cli.dev.faults.draw import make_plan
from cli.dev.faults.graphs import ASSISTANT
from cli.dev.faults.places import PLACES, WEEKDAYS
from cli.dev.faults.plan import (
    SEND_WITHIN_SECONDS,
    Campaign,
    Caps,
    Frost,
    Lead,
    Moment,
    Person,
    Plan,
    Step,
)
from cli.dev.faults.play import play
from cli.dev.faults.scene import TEMPLATE
from tests.faults.conftest import Mutate

pytestmark = pytest.mark.asyncio(loop_scope="module")

MORNING = datetime(2027, 6, 7, 14, tzinfo=UTC)
"""A Monday, ten o'clock in New York."""
NOBODY_PICKS_UP = {
    "booked": 0.0, "answered": 0.0, "opted_out": 0.0, "voicemail": 0.0, "no_answer": 1.0, "busy": 0.0, "failed": 0.0,
    "answered_later": 0.0, "dead_number": 0.0, "landline": 0.0, "replied": 0.0, "undelivered": 0.0,
}  # fmt: skip

UNHEARD = {"kind": "lost", "count": 4}
"""The first call's webhooks, all of them: no event tells that the provider has the request."""


def graph(**settings: Any) -> dict[str, Any]:
    """One call, which is made again in the afternoon when nobody picked up."""
    retry = {"outcomes": ["no_answer"], "max_retries": 2, "delay": "PT1H"}
    call = {"label": "call", "assistant_id": ASSISTANT, "first_message": "Hi", "retry": retry, **settings}
    nodes = [("start", "trigger", {}), ("n0", "call", call)]
    return {
        "nodes": [{"id": name, "type": kind, "position": {"x": 0, "y": 0}, "data": data} for name, kind, data in nodes],
        "edges": [{"id": "e", "source": "start", "target": "n0", "data": {"when": "any", "priority": 1}}],
    }


def small(*steps: Step, start: datetime = MORNING, people: int = 3, place: int = 0, **settings: Any) -> Plan:
    """A plan of three people who never pick up, in which nothing goes wrong but what the test says."""
    persons = tuple(
        Person(f"+1{PLACES[place].area_code}55501{number:02d}", PLACES[place], f"Pat {number}")
        for number in range(people)
    )
    return replace(
        make_plan(0),
        start=start,
        team_zone="America/New_York",
        people=persons,
        campaigns=(Campaign("Small", tuple(range(people)), graph(**settings), 100, "P2D", None),),
        faults=(),
        steps=steps,
        fates=(),
        workers=1,
        lines=10,
        provider_lines=10,
        settings={},
        sandbox={"rates": NOBODY_PICKS_UP, "clock_grain_seconds": 60.0, "twilio_messages_per_second": 10.0},
        ends_gently=True,
        caps=Caps(),
        leads=(),
    )


async def rules_broken(server: Server, nursery: Nursery, plan: Plan, template: str) -> set[str]:
    return {finding.rule for finding in (await play(server, nursery, plan, template)).findings}


async def test_nothing_is_found_where_nothing_is_broken(server: Server, nursery: Nursery) -> None:
    report = await play(server, nursery, small())
    assert report.findings == []
    assert report.tried["calls"] == 9
    assert report.tried["webhooks"] > 9


async def test_a_lease_that_ran_out_and_is_simply_taken_again(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    mutant = mutate(
        (
            "engine/expire_leases.sql",
            "set status = 'AMBIGUOUS', code",
            "set status = 'NOT_SENT', resolved_at = engine.now(), code",
        ),
    )
    plan = replace(small(Step(Moment("taken", 1), "kill", -1), people=1), faults=(UNHEARD,))
    assert "nobody reached twice" in await rules_broken(server, nursery, plan, mutant)
    assert (await play(server, nursery, plan)).findings == []


async def test_an_answer_that_never_came_and_is_taken_for_a_no(
    server: Server, nursery: Nursery, mutate: Mutate
) -> None:
    mutant = mutate(
        ("engine/record_dispatches.sql", "engine.doubt_attempts(", "engine.postpone_attempts("),
    )
    plan = replace(small(people=1), faults=({"kind": "drop_after", "count": 1}, UNHEARD))
    assert "nobody reached twice" in await rules_broken(server, nursery, plan, mutant)
    assert (await play(server, nursery, plan)).findings == []


async def test_a_deadline_that_a_worker_which_was_frozen_does_not_keep(server: Server, nursery: Nursery) -> None:
    """Frozen between the commit of the attempt and its request, it wakes up when another worker has long called."""
    # Whichever of the two takes the call; the other takes it again, is frozen as well, and wakes up after the first.
    frost = Frost("claim_and_begin", 1, "after", timedelta(hours=5))
    plan = replace(small(people=1), workers=2, fates=(frost, frost))
    assert await rules_broken(server, nursery, plan, TEMPLATE) == {"nobody reached twice"}
    keeps_it = replace(plan, settings={"OUTBOUND_SEND_WITHIN_SECONDS": str(SEND_WITHIN_SECONDS)})
    report = await play(server, nursery, keeps_it)
    assert report.findings == []
    assert report.tried["workers frozen beyond the grace"] == 2


async def test_an_opt_out_that_is_only_written_down(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    mutant = mutate(
        (
            "consent/call_off.sql",
            "  v_cancelled := engine.close_jobs(v_closed);\n  perform engine.end_stopped_enrollments(p_stops);\n",
            "",
        ),
        ("engine/judge_jobs.sql", "when j.suppression is not null then", "when false then"),
    )
    plan = small(Step(Moment("taken", 3), "stop_by_operator", 1))
    assert "nothing begins after an opt-out" in await rules_broken(server, nursery, plan, mutant)


async def test_a_stop_that_nobody_reads(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    mutant = mutate(("engine/apply_inbound_texts.sql", "if v_text.consent = 'opt_out' then", "if false then"))
    plan = small(Step(Moment("taken", 3), "stop_by_text", 1))
    assert "nothing begins after a stop was heard" in await rules_broken(server, nursery, plan, mutant)


async def test_a_stop_whose_webhook_is_lost(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    """The list of texts tells of it, if it is asked for the time in which she wrote."""
    mutant = mutate(("engine/claim_inboxes.sql", "c.read_at - interval '10 minutes',", "engine.now(),"))
    lost: dict[str, Any] = {"kind": "lost", "types": ["inbound"]}
    plan = replace(small(Step(Moment("taken", 3), "stop_by_text", 1)), faults=(lost,))
    assert await rules_broken(server, nursery, plan, mutant) == {"who texted a stop is suppressed"}
    assert (await play(server, nursery, plan)).findings == []


async def test_a_pause_that_stops_nothing(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    mutant = mutate(
        ("engine/lock_due_jobs.sql", "c.status = 'ACTIVE'", "c.status in ('ACTIVE', 'PAUSED')"),
        ("engine/due_jobs.sql", "c.status = 'ACTIVE'", "c.status in ('ACTIVE', 'PAUSED')"),
        ("engine/judge_jobs.sql", "when j.campaign_status is distinct from 'ACTIVE' then", "when false then"),
    )
    plan = small(Step(Moment("taken", 3), "pause", 0, timedelta(hours=5)))
    assert "nothing begins in a stopped campaign" in await rules_broken(server, nursery, plan, mutant)


async def test_a_law_that_is_not_kept(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    """On the night of the change of clocks, in Florida, which closes an hour earlier than others."""
    mutant = mutate(("engine/legal_week.sql", "w.ends_at, w.daily_limit", "'21:00'::time, w.daily_limit"))
    plan = small(start=datetime(2027, 3, 13, 23, 30, tzinfo=UTC), place=1)
    assert "legal hours" in await rules_broken(server, nursery, plan, mutant)


async def test_business_hours_in_the_wrong_zone(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    mutant = mutate(
        (
            "engine/business_hours.sql",
            "when 'team' then array[p_team_timezone]",
            "when 'team' then array['Pacific/Honolulu']",
        )
    )
    hours = {"timezone": "team", "windows": {day: [{"start": "10:00", "end": "12:00"}] for day in WEEKDAYS}}
    plan = small(business_hours=hours)
    assert "business hours" in await rules_broken(server, nursery, plan, mutant)


async def test_counters_that_miss_a_change(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    changed = "select o.team_id, o.campaign_id, o.status, o.booked_at, o.reached_at, "
    mutant = mutate(("counters/count_changed_enrollments.sql", f"{changed}-1 from", f"{changed}0 from"))
    assert await rules_broken(server, nursery, small(), mutant) == {"counters equal a recount"}


async def test_people_who_are_forgotten_between_two_jobs(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    mutant = mutate(("engine/advance_enrollments.sql", "perform engine.create_jobs(", "perform cardinality("))
    plan = small(Step(Moment("webhooks", 12), "sever"))
    assert {"nobody is lost", "everything ends"} <= await rules_broken(server, nursery, plan, mutant)


async def test_a_cap_of_the_team_that_is_not_kept(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    """Two contacts in a day are allowed; nobody picks up, so that a third is made within hours."""
    mutant = mutate(("engine/frequency_limits.sql", "where m.contacts + a.jobs >= p_limit", "where false"))
    plan = replace(small(), caps=Caps(contacts=2, window=timedelta(days=1)))
    assert await rules_broken(server, nursery, plan, mutant) == {"contacts of a person for the team"}
    assert (await play(server, nursery, plan)).findings == []


def growing(*leads: Lead) -> Plan:
    """A campaign that nobody is in before leads come, a minute apart."""
    steps = [Step(Moment(after=timedelta(minutes=1 + place)), "lead", place) for place in range(len(leads))]
    campaign = Campaign("Growing", (), graph(retry=None), 100, "P2D", None, "leads")
    return replace(small(*steps), campaigns=(campaign,), leads=leads)


async def test_leads_that_come_once_and_again(server: Server, nursery: Nursery) -> None:
    report = await play(server, nursery, growing(Lead(0, 0, "a", 2), Lead(0, 1, None, 2), Lead(0, 0, "a")))
    assert report.findings == []
    assert report.tried["leads and rows brought"] == 5
    assert report.tried["calls"] == 2


async def test_a_lead_that_is_not_known_again(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    mutant = mutate(("leads/lead_hash.sql", "'lead', lower(p_source), ", "'lead', engine.new_id(), "))
    plan = growing(Lead(0, 0, "a"), Lead(0, 0, "a"))
    assert await rules_broken(server, nursery, plan, mutant) == {"each lead once"}


async def test_a_lead_that_its_campaign_does_not_hear_of(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    mutant = mutate(("campaigns/enroll_new_members.sql", "not in ('ACTIVE', 'PAUSED')", "is not null"))
    assert await rules_broken(server, nursery, growing(Lead(0, 0, "a")), mutant) == {"everybody is enrolled"}


async def test_a_lead_that_is_taken_and_not_listed(server: Server, nursery: Nursery, mutate: Mutate) -> None:
    mutant = mutate(("audiences/store_run.sql", "engine.add_members(p_team_id, p_run_id, p_list_id)", "0"))
    broken = await rules_broken(server, nursery, growing(Lead(0, 0, "a")), mutant)
    assert broken == {"who comes is a member", "everybody is enrolled"}
