"""Whose job ServiceTitan cancels is not called about it: from the list to the end of her journey."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.audiences.office import Office, office
from tests.support.databases import Database as Copy
from tests.support.factories import set_clock
from tests.support.waiting import until
from workers.handlers.watch import is_cancelled
from workers.providers.servicetitan.models import Appointment, Customer, Job

SCHEDULED: dict[str, Any] = {"purpose": "service", "match": {"job": {"statuses": ["Scheduled"]}}}
CANCELLED: dict[str, Any] = {"purpose": "service", "match": {"job": {"statuses": ["Canceled"]}}}
STATES = (
    "select coalesce(jsonb_object_agg(s.state, s.people), '{}')"
    " from (select concat_ws(' ', e.status, e.reason_code) as state, count(*) as people"
    " from engine.enrollments e where e.campaign_id = %s group by 1) s"
)


async def launched(desk: Office, definition: dict[str, Any], workflow: str) -> tuple[str, str]:
    """A list as it is refreshed, and a campaign that runs over it."""
    list_id = desk.new_list(definition)
    desk.rpc("refresh_audience_list", p_list_id=list_id)
    assert (await desk.ended(list_id))["status"] in {"SUCCEEDED", "PARTIAL"}
    number = desk.value("select id from public.phone_numbers")
    desk.rpc("create_campaign", p_name=list_id, p_list_id=list_id, p_workflow_id=workflow, p_phone_number_id=number)
    campaign = str(desk.value("select id from public.campaigns where name = %s", list_id))
    desk.rpc("launch_campaign", p_campaign_id=campaign)
    return list_id, campaign


async def test_a_cancelled_job_ends_the_journey_of_whoever_was_enrolled_for_it(database: Copy) -> None:
    async with office(database, servicetitan_customers=120) as desk, desk.working():
        workflow = str(
            desk.value("select tests.publish(%s, tests.graph(tests.connect_providers(%s)))", desk.team.id, desk.team.id)
        )
        list_id, campaign = await launched(desk, SCHEDULED, workflow)
        _, on_purpose = await launched(desk, CANCELLED, workflow)
        before, wanted = desk.value(STATES, campaign), desk.value(STATES, on_purpose)
        assert before["ACTIVE"] > 3
        assert wanted["ACTIVE"] > 0

        person, job = desk.connection.execute(
            "select e.id, m.servicetitan_job_id from engine.enrollments e"
            " join public.audience_members m using (contact_id)"
            " where e.campaign_id = %s and e.status = 'ACTIVE' and m.list_id = %s order by e.id limit 1",
            [campaign, list_id],
        ).fetchone() or (None, None)
        await desk.titan.control("PATCH", f"/jobs/{job}", {"jobStatus": "Canceled"})
        # a refresh takes her off the list, and knows nothing of where she was enrolled
        desk.rpc("refresh_audience_list", p_list_id=list_id)
        await desk.ended(list_id)
        assert desk.value("select status from engine.enrollments where id = %s", person) == "ACTIVE"
        asked = len(desk.titan.requests("GET", "/jpm/"))

        assert desk.value("select engine.tick_work()")["looks_queued"] == 1
        await until(
            lambda: desk.value("select count(*) = 0 from engine.tasks where status in ('READY', 'CLAIMED')"),
            "the look has ended",
        )
        assert desk.value(STATES, campaign) == {**before, "ACTIVE": before["ACTIVE"] - 1, "CANCELLED job_cancelled": 1}
        assert desk.value(STATES, on_purpose) == wanted
        assert desk.value("select status || reason_code from engine.enrollments where id = %s", person) == (
            "CANCELLEDjob_cancelled"
        )
        assert len(desk.titan.requests("GET", "/jpm/")) - asked <= 2, "a look reads what changed, not everything"
        assert desk.value("select engine.check_counters()") == 0

        moment = desk.value("select max(run_at) from engine.jobs where status = 'READY'")
        with database.connect(autocommit=True) as connection:
            set_clock(connection, moment)
        handed = called(desk.connection)
        assert handed
        assert person not in handed, "she would have been called about a job that is cancelled"


def called(connection: psycopg.Connection[Any]) -> set[Any]:
    """Whom a worker is given now."""
    rows = connection.execute(
        "select j.enrollment_id from engine.claim_jobs('caller', '{call}', 1000) as c"
        " join engine.jobs as j on c.job_id = j.id"
    )
    return {enrollment for (enrollment,) in rows}


@pytest.mark.parametrize(
    ("row", "stops"),
    [
        (Job(id=1, job_status="Canceled"), True),
        (Job(id=1, job_status="Scheduled"), False),
        (Job(id=1), False),
        (Appointment(id=1, status="Canceled"), True),
        (Appointment(id=1, status="Done"), False),
        (Customer(id=1, active=False), False),
    ],
)
def test_only_a_row_that_says_so_itself_is_cancelled(row: Any, stops: bool) -> None:
    assert is_cancelled(row) is stops
