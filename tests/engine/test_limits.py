"""What nobody may exceed: batches, lines, days, one call at a time; and what must not use up a contact's chances."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support import engine, factories

OFFICE = {
    "timezone": "contact",
    "windows": {
        day: [{"start": "09:00", "end": "17:00"}] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    },
}


def paced_scene(connection: psycopg.Connection[Any], people: int, size: int, interval: str, node: str) -> engine.Scene:
    """A launched campaign, one of whose nodes has office hours and batching."""
    factories.set_clock(connection, engine.MONDAY_NOON)
    team = factories.make_team(connection)
    [assistant] = connection.execute("select tests.connect_providers(%s, 10000)", [team.id]).fetchone() or []
    [graph] = connection.execute("select tests.graph(%s)", [assistant]).fetchone() or []
    for one in graph["nodes"]:
        if one["id"] == node:
            one["data"] |= {"batching": {"size": size, "interval": interval}, "business_hours": OFFICE}
        one["data"].pop("retry", None)
    [audience] = connection.execute("select tests.create_list(%s, %s)", [team.id, people]).fetchone() or []
    [workflow] = connection.execute("select tests.publish(%s, %s)", [team.id, Jsonb(graph)]).fetchone() or []
    [campaign] = (
        connection.execute(
            "select (public.create_campaign('C', %s, %s, (select id from public.phone_numbers where team_id = %s),"
            " p_team_id => %s)).id",
            [audience, workflow, team.id, team.id],
        ).fetchone()
        or []
    )
    connection.execute("select public.launch_campaign(%s)", [campaign])
    return engine.Scene(team, campaign)


def most_at_once(connection: psycopg.Connection[Any], node: str, interval: str) -> int:
    """The most jobs of a node that are due within one of its intervals."""
    [most] = (
        connection.execute(
            "select max(n) from (select count(*) as n from engine.jobs where node_id = %s"
            " group by date_bin(%s::interval, run_at, 'epoch')) as slots",
            [node, interval],
        ).fetchone()
        or []
    )
    return int(most)


@pytest.mark.parametrize("interval", ["P1D", "PT12H", "PT1H"])
def test_a_batch_is_never_larger_than_its_size(admin: psycopg.Connection[Any], interval: str) -> None:
    paced_scene(admin, 60, 5, interval, "call")
    assert most_at_once(admin, "call", interval) == 5


def test_those_who_come_one_by_one_are_paced_as_well(admin: psycopg.Connection[Any]) -> None:
    paced_scene(admin, 120, 1, "PT1H", "text")
    for attempt in engine.dispatch(admin, limit=1000):
        engine.ingest(admin, engine.call_report(attempt, "customer-did-not-answer"))
    assert most_at_once(admin, "text", "PT1H") == 1


def test_those_who_come_later_do_not_jump_the_queue(admin: psycopg.Connection[Any]) -> None:
    scene = paced_scene(admin, 200, 1, "PT1H", "call")
    admin.execute(
        "insert into public.audience_members (team_id, list_id, contact_id)"
        " select c.team_id, c.list_id, p.id from public.campaigns as c,"
        " lateral (select tests.create_list(c.team_id, 40, 5000)) as l,"
        " lateral (select id from public.contacts where team_id = c.team_id) as p"
        " on conflict do nothing"
    )
    admin.execute("select engine.enroll_members(%s, %s)", [scene.team.id, scene.campaign_id])
    assert most_at_once(admin, "call", "PT1H") == 1


def test_one_call_at_a_time_for_a_person_across_campaigns(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    for _ in range(3):
        repeat_campaign(admin)
    first = engine.dispatch(admin)
    assert len(first) == 1
    engine.move_clock(admin, "15 minutes")
    assert engine.dispatch(admin) == []
    engine.ingest(admin, engine.call_report(first[0]))
    engine.move_clock(admin, "15 minutes")
    assert len(engine.dispatch(admin)) == 1


def test_a_region_limits_the_contacts_of_a_day(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    for _ in range(4):
        repeat_campaign(admin)
    admin.execute("update public.contacts set regions = '{FL}'")
    calls = 0
    for _ in range(20):
        for attempt in engine.dispatch(admin):
            calls += 1
            engine.ingest(admin, engine.call_report(attempt))
        engine.move_clock(admin, "15 minutes")
    assert calls == 3
    engine.move_clock(admin, "20 hours")
    assert len(engine.dispatch(admin)) == 1


def repeat_campaign(connection: psycopg.Connection[Any]) -> None:
    """Another campaign over the same list, launched."""
    connection.execute(
        "select public.launch_campaign((public.create_campaign('Again', c.list_id, c.workflow_id, c.phone_number_id,"
        " p_team_id => c.team_id)).id) from public.campaigns as c order by c.id limit 1"
    )


def test_a_clock_that_can_be_set_never_reaches_a_live_account(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    claimed = engine.claim(admin)
    admin.execute("update public.integrations set is_sandbox = false")
    admin.execute(
        "create or replace function engine.is_fictitious(p_phone text) returns boolean language sql return false"
    )
    assert engine.begin(admin, claimed) == []
    assert engine.jobs(admin, scene)[0][2] == "READY"


def test_no_free_line_spends_nobodys_chances(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    for _ in range(15):
        for attempt in engine.dispatch(admin):
            engine.ingest(admin, engine.call_report(attempt, "call.start.error-subscription-concurrency-limit-reached"))
        engine.move_clock(admin, "6 minutes")
    assert engine.enrollments(admin, scene) == {"ACTIVE": 1}
    assert admin.execute("select retries_left from engine.enrollments").fetchone() == (10,)
    # and the node's own retry is still there
    engine.ingest(admin, engine.call_report(engine.dispatch(admin)[0], "customer-did-not-answer"))
    assert engine.jobs(admin, scene)[-1][2] == "READY"


def test_a_wrong_set_up_pauses_instead_of_burning_the_list(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=5)
    attempts = engine.begin(admin, engine.claim(admin, limit=1))
    engine.record(admin, attempts, "refused", scope="configuration", code="assistant_not_found")
    assert engine.enrollments(admin, scene) == {"ACTIVE": 5}
    assert admin.execute("select status::text from public.integrations where provider = 'vapi'").fetchone() == (
        "PAUSED",
    )


def test_a_call_that_never_ends_gives_its_line_back(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=2, concurrency=1)
    attempt = engine.dispatch(admin)[0]
    engine.move_clock(admin, "7 hours")
    assert engine.look_up(admin, attempt, found=True, status="in-progress") == ["FAILED"]
    # which of the two people was dialled is not said
    assert {job[4] for job in engine.jobs(admin, scene)} == {"never_ended", None}
    assert len(engine.claim(admin)) == 1
