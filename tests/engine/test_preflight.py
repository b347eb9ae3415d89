"""What a preflight estimates, against what the engine then does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support import engine, factories

Connection = psycopg.Connection[Any]

OFFICE = {
    "timezone": "contact",
    "windows": {day: [{"start": "09:00", "end": "17:00"}] for day in ("monday", "tuesday", "wednesday", "thursday")},
}


def make_campaign(
    connection: Connection, people: int, *, batching: dict[str, Any] | None = None, concurrency: int = 10_000
) -> engine.Scene:
    """A campaign that is not launched, over people in three zones, with office hours and batching at its first node."""
    factories.set_clock(connection, engine.MONDAY_NOON)
    team = factories.make_team(connection)
    [assistant] = connection.execute("select tests.connect_providers(%s, %s)", [team.id, concurrency]).fetchone() or []
    [graph] = connection.execute("select tests.graph(%s)", [assistant]).fetchone() or []
    [node] = [one for one in graph["nodes"] if one["id"] == "call"]
    node["data"] |= {"business_hours": OFFICE} | ({"batching": batching} if batching else {})
    node["data"].pop("retry")
    [audience] = connection.execute("select tests.create_list(%s, %s)", [team.id, people]).fetchone() or []
    connection.execute(
        "update public.contacts as c set timezones = z.zones::text[] from (select id, (array['{America/New_York}',"
        " '{America/Denver}', '{America/Los_Angeles,America/Denver}'])[1 + row_number() over (order by id) %% 3]"
        " as zones from public.contacts) as z where c.id = z.id and c.team_id = %s",
        [team.id],
    )
    [workflow] = connection.execute("select tests.publish(%s, %s)", [team.id, Jsonb(graph)]).fetchone() or []
    [campaign] = (
        connection.execute(
            "select (public.create_campaign('C', %s, %s, f.id, p_team_id => f.team_id)).id"
            " from public.phone_numbers as f where f.team_id = %s",
            [audience, workflow, team.id],
        ).fetchone()
        or []
    )
    return engine.Scene(team, campaign)


def estimate(connection: Connection, scene: engine.Scene) -> dict[str, Any]:
    """The estimate of a preflight."""
    [told] = connection.execute("select public.preflight_campaign(%s)", [scene.campaign_id]).fetchone() or []
    for key in ("first_contact_at", "last_contact_at", "last_by_batching_at"):
        at = told["estimate"][key]
        told["estimate"][key] = datetime.fromisoformat(at) if at else None
    return dict(told["estimate"]) | {"warnings": [one["code"] for one in told["warnings"]]}


@pytest.mark.parametrize(
    "batching",
    [None, {"size": 7, "interval": "PT30M"}, {"size": 5, "interval": "P1D"}, {"size": 1, "interval": "PT2M"}],
    ids=["all", "half_hours", "days", "minutes"],
)
def test_hours_and_batches_are_those_of_the_launch(admin: Connection, batching: dict[str, Any] | None) -> None:
    scene = make_campaign(admin, 60, batching=batching)
    told = estimate(admin, scene)
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    [first, last] = admin.execute("select min(run_at), max(run_at) from engine.jobs").fetchone() or []
    assert abs(told["first_contact_at"] - first) <= timedelta(minutes=5)
    assert abs(told["last_by_batching_at"] - last) <= timedelta(minutes=5)


def test_a_daily_limit_takes_the_days_that_it_takes(admin: Connection) -> None:
    scene = make_campaign(admin, 25)
    admin.execute("update public.phone_numbers set daily_limit = 10")
    admin.execute("update public.campaigns set max_lateness = '30 days'")
    told = estimate(admin, scene)
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    for _ in range(60):
        engine.dispatch(admin)
        engine.move_clock(admin, "1 hour")
    [contacts, last] = admin.execute("select count(*), max(begun_at) from engine.attempts").fetchone() or []
    assert contacts == 25
    assert abs(told["last_contact_at"] - last) <= timedelta(hours=1)
    assert told["last_contact_at"].date() == date(2027, 3, 3), "Monday, Tuesday, Wednesday"


def test_lines_make_it_slower_and_a_tight_campaign_is_warned(admin: Connection) -> None:
    scene = make_campaign(admin, 2_000, concurrency=1)
    told = estimate(admin, scene)
    # One line, calls of three minutes: twenty an hour, eight hours a day, and no Friday.
    assert told["last_contact_at"] - told["first_contact_at"] > timedelta(days=14)
    assert told["last_by_batching_at"] - told["first_contact_at"] < timedelta(days=1)
    assert told["warnings"] == ["later_than_allowed"]
    admin.execute("update public.campaigns set max_lateness = '60 days'")
    assert estimate(admin, scene)["warnings"] == []


def test_what_90_days_do_not_suffice_for_is_told(admin: Connection) -> None:
    scene = make_campaign(admin, 100)
    admin.execute("update public.phone_numbers set daily_limit = 1")
    told = estimate(admin, scene)
    assert told["last_contact_at"] is None
    assert 40 <= told["left_over"] <= 60, "four days a week"
    assert told["warnings"] == ["takes_too_long", "later_than_allowed"]


def test_who_is_at_the_cap_is_counted(admin: Connection) -> None:
    scene = make_campaign(admin, 5)
    admin.execute("update public.teams set frequency_limit = 1, frequency_window = '2 days'")
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    reached = len(engine.dispatch(admin, limit=2))
    [again] = (
        admin.execute(
            "select (public.create_campaign('D', c.list_id, c.workflow_id, c.phone_number_id,"
            " p_team_id => c.team_id)).id from public.campaigns as c"
        ).fetchone()
        or []
    )
    [told] = admin.execute("select public.preflight_campaign(%s)", [again]).fetchone() or []
    assert (reached, told["warnings"][0]["code"], told["warnings"][0]["message"][:2]) == (2, "at_frequency_cap", "2 ")
