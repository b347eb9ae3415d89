"""A simulation and the engine take the same way: same nodes, same times to the second, same end."""

from __future__ import annotations

import heapq
import itertools
import json
import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from tests.support import engine, factories
from tests.support.databases import Database
from tests.workflows.graphs import Graph, edge, node

JOURNEYS = 100
START = "2027-03-10 15:30:00+00"  # A Wednesday; the clocks change on the Sunday after it.
ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles", "America/Phoenix", "Pacific/Honolulu")
ENDED_REASONS = {
    "answered": "customer-ended-call",
    "voicemail": "voicemail",
    "no_answer": "customer-did-not-answer",
    "busy": "customer-busy",
    "undeliverable": "twilio-reported-customer-misdialed",
    "failed": "pipeline-error-openai-llm-failed",
}
TEXT_STATUSES = {"delivered": "delivered", "undeliverable": "undelivered", "failed": "canceled"}
CALL_RULES: tuple[str, ...] = ("booked", "not_booked", "answered", "no_answer", "voicemail", "busy", "failed", "any")
TEXT_RULES: tuple[str, ...] = ("undeliverable", "failed", "any")
REPLY_RULES: tuple[str, ...] = ("booked", "replied", "no_reply", "reply_matches", "opted_in")

NEXT_MOMENT = """
    select least(
        min(run_at) filter (where status = 'READY'), min(reply_deadline) filter (where status = 'DISPATCHED')
    )
    from engine.jobs
"""

Connection = psycopg.Connection[Any]


def random_hours(chance: random.Random) -> dict[str, Any]:
    """Business hours in some zone: mostly a working day, sometimes hours in which the law allows nothing."""
    days = chance.sample(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], chance.randint(1, 6)
    )
    windows = [{"start": "09:00", "end": "12:30"}, {"start": "13:00", "end": "18:00"}]
    if chance.random() < 0.05:
        windows = [{"start": "02:00", "end": "04:00"}]
    return {"timezone": chance.choice(["contact", "team", "America/Denver"]), "windows": dict.fromkeys(days, windows)}


def random_node(chance: random.Random, name: str, assistant_id: UUID) -> dict[str, Any]:
    kind = chance.choice(["call", "call", "text"])
    data: dict[str, Any] = {"label": name.title()}
    if chance.random() < 0.5:
        data["business_hours"] = random_hours(chance)
    if chance.random() < 0.4:
        data["batching"] = {"size": chance.randint(1, 5), "interval": chance.choice(["PT1M", "PT20M", "PT7H"])}
    if kind == "call":
        data["assistant_id"] = str(assistant_id)
        outcomes = ["no_answer", "busy", "voicemail", "failed"]
    else:
        data["template"] = "Hi {{first_name}}"
        outcomes = ["undeliverable", "failed"]
        if chance.random() < 0.7:
            data["reply_window"] = chance.choice(["PT30M", "PT4H", "P2D"])
    if chance.random() < 0.5:
        data["retry"] = {
            "outcomes": chance.sample(outcomes, chance.randint(1, len(outcomes))),
            "max_retries": chance.randint(1, 3),
            "delay": chance.choice(["PT15M", "PT4H", "P1D", "P4D"]),
        }
    return node(name, kind, **data)


def random_workflow(seed: int, assistant_id: UUID) -> Graph:
    """A valid workflow of a few nodes, with settings and rules of every kind."""
    chance = random.Random(seed)
    size = chance.randint(1, 6)
    nodes = [random_node(chance, f"node {place}", assistant_id) for place in range(size)]
    edges = [edge("first", "start", "node 0", delay=chance.choice(["PT0S", "PT90M", "P3D"]))]
    for place in range(1, size):
        parents = {chance.randrange(place) for _ in range(chance.randint(1, 3))}
        for parent in sorted(parents):
            source = nodes[parent]
            rules = CALL_RULES if source["type"] == "call" else TEXT_RULES
            if "reply_window" in source["data"]:
                rules += REPLY_RULES
            more = {} if (when := chance.choice(rules)) != "reply_matches" else {"phrases": ["yes", "sure"]}
            delay = chance.choice(["PT0S", "PT10M", "PT26H", "P5D"])
            edges.append(
                edge(f"e{place}-{parent}", source["id"], f"node {place}", when, delay=delay, priority=place, **more)
            )
    return {"nodes": [node("start", "trigger"), *nodes], "edges": edges}


@dataclass
class Journey:
    """What was simulated for one contact, and how far the engine is with her."""

    campaign_id: UUID
    phone: str
    simulated: dict[str, Any]
    outcomes: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for visit in self.simulated["visits"]:
            self.outcomes[visit["node_id"], visit["visit"]] = visit

    @property
    def path(self) -> list[tuple[str, int, datetime, str]]:
        """The visits that are made: node, visit, due time, outcome."""
        return [
            (visit["node_id"], visit["visit"], datetime.fromisoformat(visit["due_at"]), visit["outcome"])
            for visit in self.simulated["visits"]
            if visit["outcome"] is not None
        ]


def prepare(connection: Connection, team: factories.Team, assistant_id: UUID, seed: int) -> Journey:
    """Simulate a random workflow for one person, and launch it for her."""
    graph = random_workflow(seed, assistant_id)
    zone = ZONES[seed % len(ZONES)]
    contact = json.dumps({"timezone": zone})
    unsaved = scalar(
        connection,
        "select public.simulate_workflow(p_graph => %s, p_contact => %s, p_seed => %s, p_team_id => %s)",
        [json.dumps(graph), contact, seed, team.id],
    )
    workflow_id = scalar(connection, "select tests.publish(%s, %s)", [team.id, json.dumps(graph)])
    simulated = scalar(
        connection,
        "select public.simulate_workflow(p_workflow_id => %s, p_contact => %s, p_seed => %s)",
        [workflow_id, contact, seed],
    )
    assert {**simulated, "workflow_id": None} == unsaved
    list_id = scalar(connection, "select tests.create_list(%s, 1, %s, %s)", [team.id, seed, zone])
    campaign_id = scalar(
        connection,
        "select (public.create_campaign(%s, %s, %s, (select id from public.phone_numbers))).id",
        [f"Campaign {seed}", list_id, workflow_id],
    )
    connection.execute("select public.launch_campaign(%s)", [campaign_id])
    phone = scalar(connection, "select phone from engine.enrollments where campaign_id = %s", [campaign_id])
    return Journey(campaign_id, phone, simulated)


def scalar(connection: Connection, query: str, arguments: list[Any]) -> Any:
    row = connection.execute(query.encode(), arguments).fetchone()
    assert row is not None
    return row[0]


def tell(connection: Connection, team: factories.Team, attempt: UUID, journey: Journey, visit: dict[str, Any]) -> None:
    """Let the providers say what the simulation said."""
    outcome, is_call = visit["outcome"], visit["type"] == "call"
    if outcome == "booked" and not is_call:  # A person's entry, not a provider's news.
        connection.execute(
            "select engine.finish_jobs(array[(a.team_id, a.job_id, 'booked', 'test', null)::engine.finished_job])"
            " from engine.attempts as a where a.id = %s",
            [attempt],
        )
        return
    if is_call and outcome in ENDED_REASONS:
        event = engine.call_report(attempt, ENDED_REASONS[outcome])
    elif is_call:
        event = engine.call_report(attempt, **{outcome: True})  # type: ignore[arg-type]  # the key is never ended_reason
    elif outcome in TEXT_STATUSES:
        event = engine.text_status(attempt, TEXT_STATUSES[outcome])
    else:
        words = {"opted_out": "STOP", "opted_in": "START"}.get(outcome) or visit["reply_text"]
        event = engine.inbound_text(team.id, journey.phone, words, f"SM{attempt}")
    assert engine.ingest(connection, event) == ["applied"], visit


def run(connection: Connection, team: factories.Team, journeys: dict[UUID, Journey]) -> None:
    """Move the clock from event to event until every journey is over."""
    ticket = itertools.count()
    said: list[tuple[datetime, int, UUID, Journey, dict[str, Any]]] = []
    while True:
        connection.execute("select engine.tick()")
        while said and said[0][0] <= scalar(connection, "select engine.now()", []):
            _, _, attempt, journey, visit = heapq.heappop(said)
            tell(connection, team, attempt, journey, visit)
        for attempt in engine.dispatch(connection):
            row = connection.execute(
                "select j.campaign_id, j.node_id, j.visit, engine.now() from engine.attempts as a"
                " inner join engine.jobs as j on j.id = a.job_id where a.id = %s",
                [attempt],
            ).fetchone()
            assert row is not None
            journey = journeys[row[0]]
            visit = journey.outcomes[row[1], row[2]]
            if visit["outcome"] != "no_reply":
                at = row[3] + (datetime.fromisoformat(visit["outcome_at"]) - datetime.fromisoformat(visit["due_at"]))
                heapq.heappush(said, (at, next(ticket), attempt, journey, visit))
        row = connection.execute(NEXT_MOMENT).fetchone()
        assert row is not None
        upcoming = [at for at in (row[0], said[0][0] if said else None) if at is not None]
        if not upcoming:
            return
        connection.execute("select engine.set_clock(%s, 0)", [min(upcoming)])


def test_the_engine_goes_where_the_simulation_went(database: Database) -> None:
    with database.connect(autocommit=True) as connection:
        # Whatever zone a database or a request has: a day of a workflow is 24 hours.
        connection.execute("set timezone = 'America/New_York'")
        factories.set_clock(connection, START)
        team = factories.make_team(connection, timezone="America/Denver")
        assistant_id = scalar(connection, "select tests.connect_providers(%s, 1000)", [team.id])
        journeys = {
            journey.campaign_id: journey
            for journey in (prepare(connection, team, assistant_id, seed) for seed in range(1, JOURNEYS + 1))
        }
        run(connection, team, journeys)
        ways: dict[UUID, list[tuple[str, int, datetime, str]]] = {campaign_id: [] for campaign_id in journeys}
        for campaign_id, *made in connection.execute(
            "select campaign_id, node_id, visit, due_at, outcome::text from engine.all_jobs where outcome is not null"
            " order by run_at, finished_at"
        ):
            ways[campaign_id].append((made[0], made[1], made[2], made[3]))
        ends = dict(connection.execute("select campaign_id, status::text from engine.enrollments").fetchall())
    for campaign_id, journey in journeys.items():
        assert ways[campaign_id] == journey.path, journey.simulated
        assert ends[campaign_id] == journey.simulated["end"]["status"], journey.simulated
    visits = [visit for journey in journeys.values() for visit in journey.simulated["visits"]]
    # What was compared is not a handful of straight lines.
    assert {visit["next"]["kind"] for visit in visits} == {"edge", "retry", "end"}
    assert {wait["for"] for visit in visits for wait in visit["waits"]} == {
        "delay", "retry", "legal_hours", "business_hours", "batching"
    } - {"batching"}  # fmt: skip
    assert {"booked", "voicemail", "replied", "no_reply", "opted_out", "delivered"} <= {
        visit["outcome"] for visit in visits
    }
    assert {journey.simulated["end"]["status"] for journey in journeys.values()} == {
        "BOOKED", "COMPLETED", "FAILED", "OPTED_OUT"
    }  # fmt: skip


def test_the_place_in_the_list_decides_the_batch(database: Database) -> None:
    """Everybody of a list in one zone: the times of the launch are those of the simulation, place by place."""
    with database.connect(autocommit=True) as connection:
        scene = engine.set_scene(connection, 23, launch=False)
        row = connection.execute("select id from public.assistants").fetchone()
        assert row is not None
        graph = {
            "nodes": [
                node("start", "trigger"),
                node("call", "call", assistant_id=str(row[0]), batching={"size": 4, "interval": "PT2H"}),
            ],
            "edges": [edge("e", "start", "call", delay="PT45M")],
        }
        workflow_id = scalar(connection, "select tests.publish(%s, %s)", [scene.team.id, json.dumps(graph)])
        connection.execute("update public.campaigns set workflow_id = %s", [workflow_id])
        simulated = [
            scalar(
                connection,
                "select public.simulate_workflow(%s, p_position => %s) #>> '{visits,1,due_at}'",
                [workflow_id, place],
            )
            for place in range(1, 24)
        ]
        connection.execute("select public.launch_campaign(%s)", [scene.campaign_id])
        launched = [row[0] for row in connection.execute("select run_at from engine.jobs order by contact_id")]
    assert launched == [datetime.fromisoformat(at) for at in simulated]
    assert len(set(launched)) == 6
