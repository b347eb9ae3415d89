"""The campaign that `dispatch` drives: five calls on five days, each made because nobody picked up the one before."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from cli.bench.graphs import Graph, edge, node
from cli.bench.place import Database, Team

CALLS = 5
# A Monday on which every zone of the United States is inside the business hours at once.
MONDAY = "2027-03-01 20:00:00+00"
_HOURS = {
    "timezone": "contact",
    "windows": {
        day: [{"start": "09:00", "end": "17:00"}] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    },
}
_RETRY = {"outcomes": ["no_answer", "busy"], "max_retries": 2, "delay": "PT4H"}
# Numbers reserved for fiction, a hundred in each area code; places as an import finds them.
_PEOPLE = """
    with list as (
        insert into public.audience_lists (team_id, name, source) values (%(team)s, 'Everybody', 'csv') returning id
    ),

    people as (
        insert into public.contacts (team_id, phone, first_name, last_name, timezones, regions)
        select
            %(team)s, format('+1%%s55501%%s', c.area_code, lpad((n.number %% 100)::text, 2, '0')), 'Pat',
            'Number ' || n.number, c.timezones, c.regions
        from generate_series(0, %(count)s - 1) as n (number)
        inner join (
            select a.*, row_number() over (order by a.area_code) - 1 as place
            from reference.area_codes as a
            where a.country = 'US' and a.kind = 'geographic'
        ) as c on n.number / 100 = c.place
        returning id
    )

    insert into public.audience_members (team_id, list_id, contact_id)
    select %(team)s, list.id, people.id from list cross join people
    returning list_id
"""
_PROVIDERS = """
    insert into public.integrations (team_id, provider, secret_name, is_sandbox, concurrency_limit)
    values (%(team)s, 'vapi', 'VAPI', true, 10000), (%(team)s, 'twilio', 'TWILIO', true, 10000)
"""
_NUMBER = """
    insert into public.phone_numbers (
        team_id, phone, vapi_phone_number_id, is_verified_for_calls, is_verified_for_texts
    )
    values (%s, '+12125550100', 'vapi-number', true, true)
    returning id
"""
_ASSISTANT = (
    "insert into public.assistants (team_id, name, provider_assistant_id) values (%s, 'Ava', 'vapi-assistant')"
    " returning id"
)


@dataclass(frozen=True)
class Scene:
    """A launched campaign: everybody's first call is due."""

    team: Team
    campaign_id: UUID
    phone_number_id: UUID
    people: int


def set_scene(database: Database, people: int) -> Scene:
    """Another team with its campaign over so many people, at most 100 for each area code of the country."""
    team = database.make_team()
    with database.connect("supabase_admin") as admin:
        admin.execute("select engine.set_clock(%s, 0)", [MONDAY])
        list_id = _one(admin, _PEOPLE, {"team": team.id, "count": people})
    campaign_id, number_id = launch(database, team, list_id, _graph)
    return Scene(team, campaign_id, number_id, people)


def launch(
    database: Database, team: Team, list_id: UUID, graph: Callable[[UUID], Graph], *, is_continuous: bool = False
) -> tuple[UUID, UUID]:
    """Connect providers, publish a workflow and launch it over a list, as people do; the campaign and its number."""
    with database.connect("supabase_admin") as admin:
        admin.execute(_PROVIDERS, {"team": team.id})
        number_id = _one(admin, _NUMBER, [team.id])
        assistant_id = _one(admin, _ASSISTANT, [team.id])
    with database.connect_as(team.admin_id) as person:
        workflow = _one(person, "select public.create_workflow('Calls', %s)", [json.dumps(graph(assistant_id))])
        person.execute("select public.publish_workflow(%s, null)", [workflow["id"]])
        campaign_id = _one(
            person,
            "select id from public.create_campaign('Calls', %s, %s, %s, p_is_continuous => %s)",
            [list_id, workflow["id"], number_id, is_continuous],
        )
        person.execute("set statement_timeout = 0")
        person.execute("select public.launch_campaign(%s)", [campaign_id])
    return campaign_id, number_id


def next_day(database: Database) -> None:
    """Let a day pass: the next calls are due."""
    with database.connect("supabase_admin") as admin:
        admin.execute("select engine.set_clock(engine.now() + interval '1 day', 0)")


def _graph(assistant_id: UUID) -> Graph:
    """A chain of calls as people draw it, with ways out to a text for those who book or can be written to."""
    nodes = [node("start", "trigger", label="Start")]
    edges = [edge("start", "call1", "any")]
    for number in range(1, CALLS + 1):
        call = f"call{number}"
        nodes.append(
            node(
                call, "call", label=f"Call {number}", assistant_id=str(assistant_id), business_hours=_HOURS,
                first_message="Hi {{first_name|there}}, this is {{team_name}}. Do you have a minute?", retry=_RETRY,
            )
        )  # fmt: skip
        edges.append(edge(call, "thanks", "booked"))
        if number < CALLS:
            edges.append(edge(call, f"call{number + 1}", "voicemail", 2, delay="P1D"))
            edges.append(edge(call, f"call{number + 1}", "no_answer", 3, delay="P1D"))
    nodes.append(node("thanks", "text", label="Confirmation", template="You are booked, {{first_name|neighbor}}."))
    return {"nodes": nodes, "edges": edges}


def _one(connection: psycopg.Connection[Any], statement: str, arguments: Any) -> Any:
    row = connection.execute(statement.encode(), arguments).fetchone()
    assert row is not None  # each of these statements answers
    return row[0]
