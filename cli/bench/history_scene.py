"""Two databases for `history`, alike but for what lies behind them: one has a past of two years, one has none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from cli.bench import launch_scene
from cli.bench.graphs import edge, node
from cli.bench.place import Database

CAMPAIGNS = 10
VISITS = 2
# Who is called: nobody who is left out of a launch.
_CALLED = """
    with list as (
        insert into public.audience_lists (team_id, name, source, member_count)
        values (%(team)s, 'Called', 'csv', %(count)s)
        returning id
    ),

    members as (
        insert into public.audience_members (team_id, list_id, contact_id)
        select %(team)s, list.id, p.id
        from list
        cross join (
            select c.id from public.contacts as c
            where c.team_id = %(team)s and c.servicetitan_customer_id %% 100 > 3
            order by c.id limit %(count)s
        ) as p
    )

    select id from list
"""
# The past, as the tick has left it: campaigns of two years, everybody enrolled in each of them and called twice;
# what ended within the grace is in the hot tables, the rest in the history.
_PAST = """
    create temporary table past as
    select
        c.id as campaign_id, c.started_at, row_number() over (order by c.started_at) as place
    from public.campaigns as c where c.team_id = %(team)s and c.name = 'Past';

    insert into engine.enrollments (
        team_id, id, campaign_id, contact_id, phone, status, reason_code, retries_left, enrolled_at, ended_at,
        archived_at
    )
    select
        %(team)s, i.id, w.campaign_id, w.contact_id, w.phone, 'COMPLETED', 'voicemail', 10, w.called_at,
        w.called_at + interval '1 day',
        case when w.called_at < engine.now() - interval '4 days' then w.called_at + interval '4 days' end
    from (
        select
            p.campaign_id, c.id as contact_id, c.phone,
            p.started_at
            + interval '73 days' * (c.servicetitan_customer_id::double precision / %(people)s) as called_at,
            row_number() over (order by p.place, c.servicetitan_customer_id) as n
        from past as p cross join public.contacts as c
        where c.team_id = %(team)s and p.place = %(place)s
    ) as w
    inner join engine.new_ids(%(people)s) as i on w.n = i.ordinal
    order by w.n;
"""
_PAST_MONTHS = """
    select engine.ensure_partitions(k.kind, array(
        select engine.now() - interval '1 month' * g.back from generate_series(0, 26) as g (back)
    ))
    from (values ('job'), ('attempt'), ('event')) as k (kind)
"""
_PAST_JOBS = """
    insert into engine.{jobs} (
        team_id, id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
        integration_id, status, priority, run_at, due_at, attempt_count, outcome, reason_code, created_at, finished_at
    )
    select
        e.team_id, engine.new_id(), 'call', e.campaign_id, e.id, %(workflow)s, 'call1', v.visit, e.contact_id, e.phone,
        %(integration)s, 'DONE', 100, date_trunc('second', e.enrolled_at), date_trunc('second', e.enrolled_at), 1,
        'voicemail', 'voicemail', e.enrolled_at, e.enrolled_at + interval '1 day' * (v.visit - 1)
    from engine.enrollments as e
    cross join generate_series(1, %(visits)s) as v (visit)
    where e.campaign_id = %(campaign)s and {where}
"""
_PAST_ATTEMPTS = """
    insert into engine.{attempts} (
        team_id, id, job_id, attempt_number, provider, status, worker, request, begun_at, provider_id, code, message,
        resolved_at, phone, phone_number_id, is_contact
    )
    select
        j.team_id, engine.new_id(), j.id, 1, 'vapi', 'ACCEPTED', 'past', %(request)s, j.finished_at, j.id::text,
        '201', '', j.finished_at, j.phone, %(number)s, true
    from engine.{jobs} as j
    where j.campaign_id = %(campaign)s
"""
_PAST_CAMPAIGNS = """
    insert into public.campaigns (
        team_id, name, list_id, workflow_id, phone_number_id, status, started_at, ended_at
    )
    select
        %(team)s, 'Past', %(list)s, %(workflow)s, %(number)s, 'COMPLETED',
        engine.now() - interval '73 days' * (g.n + 0.02), engine.now() - interval '1 hour'
    from generate_series(1, %(campaigns)s) as g (n)
    returning id
"""


@dataclass(frozen=True)
class Site:
    """A database with people to call."""

    database: Database
    scene: launch_scene.Scene
    list_id: UUID
    workflow_id: UUID


def make_site(database: Database, people: int, called: int) -> Site:
    """A team of so many people, of whom some are called in each round."""
    scene = launch_scene.set_scene(database, people)
    with database.connect("supabase_admin") as admin:
        list_id = _one(admin, _CALLED, {"team": scene.team.id, "count": called})
        assistant_id = _one(admin, "select id from public.assistants where team_id = %s", [scene.team.id])
    with database.connect_as(scene.team.admin_id) as person:
        workflow = _one(person, "select public.create_workflow('Two calls', %s)", [json.dumps(_graph(assistant_id))])
        person.execute("select public.publish_workflow(%s, null)", [workflow["id"]])
    return Site(database, scene, list_id, UUID(str(workflow["id"])))


def add_past(site: Site, people: int) -> int:
    """Two years of campaigns; returns how many finished jobs they left behind."""
    known: dict[str, Any] = {
        "team": site.scene.team.id, "list": site.list_id, "workflow": site.workflow_id, "people": people,
        "number": site.scene.phone_number_id, "campaigns": CAMPAIGNS, "visits": VISITS, "request": '{"to": "+1"}',
    }  # fmt: skip
    with site.database.connect("supabase_admin") as admin:
        # rows by the million: without triggers and the look at each foreign key; all are as they should be
        admin.execute("set session_replication_role = replica")
        known["integration"] = _one(
            admin, "select id from public.integrations where team_id = %s and provider = 'vapi'", [site.scene.team.id]
        )
        campaigns = [row[0] for row in admin.execute(_PAST_CAMPAIGNS.encode(), known).fetchall()]
        admin.execute(_PAST_MONTHS)
        statements = [part for part in _PAST.split(";\n") if part.strip()]
        admin.execute(statements[0].encode(), known)
        for place in range(1, CAMPAIGNS + 1):
            admin.execute(statements[1].encode(), known | {"place": place})
        for campaign_id in campaigns:
            whose = known | {"campaign": campaign_id}
            for jobs, attempts, where in (
                ("job_history", "attempt_history", "e.archived_at is not null"),
                ("jobs", "attempts", "e.archived_at is null"),
            ):
                admin.execute(_PAST_JOBS.format(jobs=jobs, where=where).encode(), whose)
                admin.execute(_PAST_ATTEMPTS.format(jobs=jobs, attempts=attempts).encode(), whose)
        return int(_one(admin, "select count(*) from engine.all_jobs", []))


def start_campaign(site: Site) -> None:
    """On the next day everybody's first call is due; earlier campaigns are out of the way."""
    with site.database.connect("supabase_admin") as admin:
        admin.execute(
            "update public.campaigns set status = 'CANCELLED', ended_at = engine.now() where status = 'ACTIVE'"
        )
        admin.execute("update engine.deployment set clock_at = clock_at + interval '1 day'")
    with site.database.connect_as(site.scene.team.admin_id) as person:
        person.execute("set statement_timeout = 0")
        campaign_id = _one(
            person, "select id from public.create_campaign('Now', %s, %s, %s)",
            [site.list_id, site.workflow_id, site.scene.phone_number_id],
        )  # fmt: skip
        person.execute("select public.launch_campaign(%s)", [campaign_id])


def _graph(assistant_id: UUID) -> dict[str, Any]:
    """Who is not reached is called again the next day."""
    call = {"assistant_id": str(assistant_id), "first_message": "Hi {{first_name|there}}!"}
    return {
        "nodes": [
            node("start", "trigger", label="Start"),
            node("call1", "call", label="Call", **call),
            node("call2", "call", label="Again", **call),
        ],
        "edges": [edge("start", "call1", "any"), edge("call1", "call2", "voicemail", delay="P1D")],
    }


def _one(connection: psycopg.Connection[Any], statement: str, arguments: Any) -> Any:
    row = connection.execute(statement.encode(), arguments).fetchone()
    assert row is not None  # each of these statements answers
    return row[0]
