"""To whom of two campaigns a reply belongs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from tests.support import engine, races
from tests.support.databases import Database

FIRST, SECOND = "+12125550100", "+12125550199"
"""Our numbers: the first campaign's and the second's."""


def _two_campaigns(admin: psycopg.Connection[Any]) -> tuple[engine.Scene, UUID]:
    """Two campaigns from two numbers to one person, both at the step whose text waits for a reply."""
    scene = engine.set_scene(admin)
    admin.execute(
        "with n as (insert into public.phone_numbers (team_id, phone, vapi_phone_number_id, is_verified_for_calls,"
        " is_verified_for_texts) values (%s, %s, 'vapi-second', true, true) returning id)"
        " insert into public.campaigns (team_id, name, list_id, workflow_id, phone_number_id)"
        " select c.team_id, 'Second', c.list_id, c.workflow_id, n.id from public.campaigns as c cross join n",
        [scene.team.id, SECOND],
    )
    row = admin.execute("select public.launch_campaign(id) from public.campaigns where name = 'Second'").fetchone()
    assert row is not None
    return scene, UUID(row[0]["campaign_id"])


def _text(admin: psycopg.Connection[Any], campaign_id: UUID, *, settle: bool = True) -> UUID:
    """Turn the campaign's open job into its text, and have it sent; the attempt."""
    admin.execute(
        "update engine.jobs set node_id = 'text', channel = 'text', run_at = date_trunc('second', engine.now()),"
        " integration_id = (select id from public.integrations where provider = 'twilio') where campaign_id = %s",
        [campaign_id],
    )
    job = admin.execute("select id from engine.jobs where campaign_id = %s", [campaign_id]).fetchone()
    assert job is not None
    admin.execute(
        "update engine.jobs set status = 'CLAIMED', lease_owner = 'w1',"
        " lease_expires_at = engine.now() + interval '1 minute' where id = %s",
        [job[0]],
    )
    [attempt] = engine.begin(admin, [job[0]])
    if settle:
        engine.record(admin, [attempt])
    return attempt


def _reply(admin: psycopg.Connection[Any], scene: engine.Scene, to: str) -> list[str]:
    event = engine.inbound_text(scene.team.id, engine.only_phone(admin), "Tomorrow suits me")
    event["payload"]["To"] = to
    return engine.ingest(admin, event)


def _outcomes(admin: psycopg.Connection[Any]) -> dict[str, str | None]:
    return dict(
        admin.execute(
            "select c.name, j.outcome::text from public.campaigns as c inner join engine.jobs as j"
            " on c.id = j.campaign_id and j.node_id = 'text'"
        ).fetchall()
    )


def test_a_reply_goes_to_the_campaign_whose_number_it_was_sent_to(admin: psycopg.Connection[Any]) -> None:
    scene, second = _two_campaigns(admin)
    _text(admin, scene.campaign_id)
    engine.move_clock(admin, "1 minute")
    _text(admin, second)
    assert _reply(admin, scene, FIRST) == ["applied"]
    assert _outcomes(admin) == {"Tune-up": "replied", "Second": None}


def test_a_reply_to_a_text_that_is_not_settled_is_kept_from_the_other_number(admin: psycopg.Connection[Any]) -> None:
    scene, second = _two_campaigns(admin)
    attempt = _text(admin, scene.campaign_id, settle=False)
    _text(admin, second)
    assert _reply(admin, scene, FIRST) == ["waiting"]
    engine.record(admin, [attempt])
    admin.execute("select engine.apply_waiting_events()")
    assert _outcomes(admin) == {"Tune-up": "replied", "Second": None}


def test_a_reply_to_a_number_that_awaits_none_answers_the_latest_text(admin: psycopg.Connection[Any]) -> None:
    scene, second = _two_campaigns(admin)
    _text(admin, second)
    assert _reply(admin, scene, FIRST) == ["applied"]
    assert _outcomes(admin)["Second"] == "replied"


def test_a_reply_that_had_to_wait_is_not_lost_when_the_sending_settles_meanwhile(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    """It came with a stop of somebody else, for which that person's job had to be waited for."""
    scene = engine.set_scene(admin, 2)
    for _ in range(2):
        calls = engine.dispatch(admin)
        engine.ingest(admin, *(engine.call_report(call, "customer-did-not-answer") for call in calls))
        engine.move_clock(admin, "4 hours 1 minute")
    attempts = engine.begin(admin, engine.claim(admin))
    phones = dict(admin.execute("select id, phone from engine.attempts where id = any(%s)", [attempts]).fetchall())
    replying, stopping = attempts
    texts = [
        engine.inbound_text(scene.team.id, phones[replying], "Tomorrow suits me", "SM1"),
        engine.inbound_text(scene.team.id, phones[stopping], "STOP", "SM2"),
    ]
    with database.connect() as sending:
        sending.execute("select from engine.jobs where phone = %s for update", [phones[stopping]])

        def settle() -> None:
            engine.record(sending, [replying])
            sending.commit()

        results = races.after(database, lambda receiving: engine.ingest(receiving, *texts), settle)
    assert sorted(results) == ["applied", "waiting"]
    admin.execute("select engine.apply_waiting_events()")
    outcome = admin.execute(
        "select j.status, j.outcome from engine.jobs as j inner join engine.attempts as a on j.id = a.job_id"
        " where a.id = %s",
        [replying],
    ).fetchone()
    assert outcome == ("DONE", "replied")
