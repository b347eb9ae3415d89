"""The team that `launch` starts campaigns for: people in every zone of the country, some of whom must not be called."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cli.bench.graphs import edge, node
from cli.bench.place import Database, Team

# A Monday on which every zone of the United States is inside the business hours at once.
_MONDAY = "2027-03-01 20:00:00+00"
_HOURS = {
    "timezone": "contact",
    "windows": {
        day: [{"start": "09:00", "end": "17:00"}] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    },
}
# Of every hundred people: one has opted out, one is on another list, and one lives nobody knows where.
_PEOPLE = """
    insert into public.contacts (
        team_id, id, phone, first_name, last_name, timezones, regions, servicetitan_customer_id
    )
    select
        %(team)s, i.id, '+1' || c.area_code || 2000000 + n.number / 350, 'Pat', 'Number ' || n.number,
        case when n.number %% 100 = 3 then '{}' else c.timezones end, c.regions, n.number
    from generate_series(1, %(count)s::bigint) as n (number)
    inner join engine.new_ids(%(count)s) as i on n.number = i.ordinal
    inner join (
        select a.*, row_number() over (order by a.area_code) - 1 as place, count(*) over () as places
        from reference.area_codes as a
        where a.country = 'US' and a.kind = 'geographic'
    ) as c on n.number %% least(c.places, 350) = c.place
"""
_LIST = """
    with list as (
        insert into public.audience_lists (team_id, name, source, member_count)
        values (%(team)s, %(name)s, 'csv', %(count)s)
        returning id
    ),

    members as (
        insert into public.audience_members (team_id, list_id, contact_id)
        select %(team)s, list.id, p.id
        from list
        cross join public.contacts as p
        where p.team_id = %(team)s and p.servicetitan_customer_id %% %(every)s = %(nth)s
        order by p.id
    )

    select id from list
"""
_STOPS = """
    insert into public.suppressions (team_id, phone, channel, reason, source)
    select team_id, phone, 'call', 'opted_out', 'bench'
    from public.contacts
    where team_id = %s and servicetitan_customer_id %% 100 = 1
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
    """A team with a list, a tenth of it, and what a campaign needs."""

    team: Team
    list_id: UUID
    tenth_id: UUID
    excluded_id: UUID
    workflow_id: UUID
    phone_number_id: UUID
    left_out: int


def set_scene(database: Database, people: int) -> Scene:
    """So many people in a list."""
    team = database.make_team()
    with database.connect("supabase_admin", autocommit=False) as admin:
        admin.execute("select engine.set_clock(%s, 0)", [_MONDAY])
        # rows by the million: without triggers, whose work is done here
        admin.execute("set local session_replication_role = replica")
        admin.execute(_PEOPLE, {"team": team.id, "count": people})
        lists = {
            name: _one(
                admin, _LIST, {"team": team.id, "name": name, "count": people // every, "every": every, "nth": nth}
            )
            for name, every, nth in (("Everybody", 1, 0), ("A tenth", 10, 5), ("Customers", 100, 2))
        }
        admin.execute(_STOPS, [team.id])
        admin.execute(_PROVIDERS, {"team": team.id})
        number_id = _one(admin, _NUMBER, [team.id])
        assistant_id = _one(admin, _ASSISTANT, [team.id])
        admin.commit()
    with database.connect_as(team.admin_id) as person:
        workflow = _one(person, "select public.create_workflow('One call', %s)", [json.dumps(_graph(assistant_id))])
        person.execute("select public.publish_workflow(%s, null)", [workflow["id"]])
    left_out = sum(1 for number in range(1, people + 1) if number % 100 in {1, 2, 3})
    return Scene(team, lists["Everybody"], lists["A tenth"], lists["Customers"], workflow["id"], number_id, left_out)


def make_campaign(database: Database, scene: Scene, list_id: UUID) -> UUID:
    """A campaign that is ready to be launched; it leaves a list out, and whoever was contacted in the last week."""
    exclusions = {"list_ids": [str(scene.excluded_id)], "contacted_within": "P7D"}
    with database.connect_as(scene.team.admin_id) as person:
        return UUID(str(_one(
            person,
            "select id from public.create_campaign('Launch', %s, %s, %s, p_exclusions => %s)",
            [list_id, scene.workflow_id, scene.phone_number_id, json.dumps(exclusions)],
        )))  # fmt: skip


def forget_campaign(database: Database) -> None:
    """Make room for the next launch, which finds the tables as the first one did."""
    with database.connect("supabase_admin") as admin:
        # and what refers to them
        admin.execute(
            "truncate engine.counters, engine.due_counters, engine.audience_counters, engine.timeline_changes,"
            " engine.pacing, engine.enrollments cascade"
        )
        admin.execute("checkpoint")


def _graph(assistant_id: UUID) -> dict[str, Any]:
    """One call, so many an hour, and a text for those who book."""
    return {
        "nodes": [
            node("start", "trigger", label="Start"),
            node(
                "call", "call", label="Call", assistant_id=str(assistant_id), business_hours=_HOURS,
                first_message="Hi {{first_name|there}}, this is {{team_name}}. Do you have a minute?",
                batching={"size": 2000, "interval": "PT1M"},
            ),
            node("thanks", "text", label="Confirmation", template="You are booked, {{first_name|neighbor}}."),
        ],
        "edges": [edge("start", "call", "any"), edge("call", "thanks", "booked")],
    }  # fmt: skip


def _one(connection: Any, statement: str, arguments: Any) -> Any:
    row = connection.execute(statement.encode(), arguments).fetchone()
    assert row is not None  # each of these statements answers
    return row[0]
