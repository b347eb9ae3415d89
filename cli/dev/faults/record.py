"""What is known after a run: the sandbox's log, what was committed when, and how everything ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.dev.faults.arrivals import Brought
from cli.dev.faults.plan import Plan
from cli.dev.faults.scene import Scene
from cli.dev.faults.texts import Text

_STEPS = """
    select id, kind, subject, facts, pg_xact_commit_timestamp(xmin) as committed_at from faults.steps order by id
"""
_CAMPAIGNS = "select id::text, name, status::text from public.campaigns"
_ENROLLMENTS = """
    select id::text, campaign_id::text as campaign, phone, status::text, reason_code, booked_at from engine.enrollments
"""
_JOBS = """
    select id::text, campaign_id::text as campaign, enrollment_id::text as enrollment, node_id, visit, status::text,
        outcome::text, reason_code, phone, channel::text, provider_id
    from engine.all_jobs
"""
_MEMBERS = """
    select c.id::text as campaign, p.phone
    from public.campaigns as c
    inner join public.audience_members as m on c.team_id = m.team_id and c.list_id = m.list_id
    inner join public.contacts as p on m.team_id = p.team_id and m.contact_id = p.id
"""
_LEADS = """
    select l.id::text, c.id::text as campaign, l.external_id as key, p.phone, l.status::text, l.received_at
    from public.leads as l
    inner join public.campaigns as c on l.team_id = c.team_id and l.list_id = c.list_id
    left join public.contacts as p on l.team_id = p.team_id and l.contact_id = p.id
"""
SUPPRESSED = "select distinct phone from public.suppressions where reason = 'opted_out'"
MISCOUNTED = """
    with counted as (
        select campaign_id, node_id, state, outcome, due_at::text, amount
        from engine.counted(array(select c.id from public.campaigns as c))
    ), recounted as (
        select c.id, r.node_id, r.state, r.outcome, r.due_at::text, r.amount
        from public.campaigns as c
        cross join lateral engine.recount(c.id) as r
    )
    (select 'counted' as side, * from counted except all select 'counted', * from recounted)
    union all
    (select 'recounted', * from recounted except all select 'recounted', * from counted)
    union all
    select 'differs', c.id, d.counter, d.of::text, '', null, d.counted - d.recounted
    from public.campaigns as c
    cross join lateral engine.compare_counters(c.id) as d
    where d.counter <> 'counters'
"""


@dataclass(frozen=True)
class Attempt:
    """An attempt, as it was begun."""

    id: str
    job: str
    campaign: str
    enrollment: str
    node: str
    phone: str
    channel: str
    begun_at: datetime
    committed_at: datetime


@dataclass(frozen=True)
class Turn:
    """A moment from which on something was so: a number suppressed on a channel, a campaign paused."""

    subject: str
    channel: str | None
    state: str
    committed_at: datetime


@dataclass(frozen=True)
class CallTruth:
    """A call as the sandbox knows it."""

    number: str
    attempt: str | None
    outcome: str | None
    booking_via: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Record:
    """Everything that the judge reads."""

    plan: Plan
    campaign_ids: tuple[str, ...]
    entries: list[dict[str, Any]]
    calls: list[CallTruth]
    attempts: dict[str, Attempt]
    suppressions: list[Turn]
    moves: list[Turn]
    campaigns: list[dict[str, Any]]
    enrollments: list[dict[str, Any]]
    jobs: list[dict[str, Any]]
    members: list[dict[str, Any]]
    leads: list[dict[str, Any]]
    brought: list[Brought]
    texts: list[Text]
    """What people had texted when the director saw to it that everybody's stop was known."""
    opted_out: frozenset[str]
    miscounted: list[dict[str, Any]]

    @property
    def taken(self) -> list[dict[str, Any]]:
        """The requests that the providers acted on: calls placed, texts sent."""
        return [entry for entry in self.requests if entry["taken"]]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every request for a call or a text."""
        return [entry for entry in self.entries if entry["kind"] == "request" and entry["method"] == "POST"]


def attempt_of(entry: dict[str, Any]) -> str | None:
    """The attempt that a request or webhook carries."""
    about: dict[str, str] = entry["correlation"]
    return about.get("attempt_id") or about.get("attempt")


async def take_record(scene: Scene, brought: list[Brought], texts: list[Text]) -> Record:
    """Read everything."""
    steps = await scene.look(_STEPS)
    return Record(
        plan=scene.plan,
        campaign_ids=scene.campaign_ids,
        entries=scene.sandbox.stage.journal.after(0, limit=10**9),
        calls=[
            CallTruth(
                number=call.number,
                attempt=(call.overrides.get("metadata") or {}).get("attempt_id"),
                outcome=call.plan.outcome if call.plan else None,
                booking_via=call.plan.booking_via if call.plan else None,
                created_at=call.created_at,
                ended_at=call.ended_at,
            )
            for call in scene.sandbox.calls.all()
        ],
        # The first time counts: late news brings an attempt back from the history.
        attempts={step["subject"]: _attempt(step) for step in reversed(steps) if step["kind"] == "attempt"},
        suppressions=[
            Turn(step["subject"], step["facts"]["channel"], step["kind"], step["committed_at"])
            for step in steps
            if step["kind"] in {"suppressed", "readmitted"}
        ],
        moves=[
            Turn(step["subject"], None, step["facts"]["to"], step["committed_at"])
            for step in steps
            if step["kind"] == "campaign"
        ],
        campaigns=await scene.look(_CAMPAIGNS),
        enrollments=await scene.look(_ENROLLMENTS),
        jobs=await scene.look(_JOBS),
        members=await scene.look(_MEMBERS),
        leads=await scene.look(_LEADS),
        brought=brought,
        texts=texts,
        opted_out=frozenset(row["phone"] for row in await scene.look(SUPPRESSED)),
        miscounted=await scene.look(MISCOUNTED),
    )


def _attempt(step: dict[str, Any]) -> Attempt:
    facts = step["facts"]
    return Attempt(
        id=step["subject"],
        job=facts["job"],
        campaign=facts["campaign"],
        enrollment=facts["enrollment"],
        node=facts["node"],
        phone=facts["phone"],
        channel=facts["channel"],
        begun_at=datetime.fromisoformat(facts["begun_at"]),
        committed_at=step["committed_at"],
    )
