"""Invariant 6, what many share: the team's cap on contacts of a person, and sending numbers' caps."""

from __future__ import annotations

import concurrent.futures
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support import engine, races
from tests.support.databases import Database
from tests.support.waiting import wait_until_blocked

Connection = psycopg.Connection[Any]

PAUSE_TEXTS = (
    "update public.integrations set status = 'PAUSED', paused_reason = 'x', paused_at = now() where provider = 'twilio'"
)


def cap_contacts(connection: Connection, limit: int, window: str) -> None:
    """The team's cap: so many contacts of one person in a window."""
    connection.execute("update public.teams set frequency_limit = %s, frequency_window = %s::interval", [limit, window])


def cap_number(connection: Connection, *, rate: int | None = None, daily: int | None = None) -> None:
    """The caps of the team's sending number."""
    connection.execute("update public.phone_numbers set rate_per_minute = %s, daily_limit = %s", [rate, daily])


def another_campaign(connection: Connection, priority: int = 100, list_id: UUID | None = None) -> UUID:
    """Another campaign over the first one's list (or another), launched."""
    [campaign] = (
        connection.execute(
            "select (public.create_campaign('Again', coalesce(%s, c.list_id), c.workflow_id, c.phone_number_id,"
            " p_priority => %s, p_team_id => c.team_id)).id from public.campaigns as c order by c.id limit 1",
            [list_id, priority],
        ).fetchone()
        or []
    )
    connection.execute("select public.launch_campaign(%s)", [campaign])
    return UUID(str(campaign))


def job_of(connection: Connection, campaign_id: UUID) -> tuple[str, str | None]:
    """Status and reason of a campaign's only job."""
    [row] = connection.execute(
        "select status::text, reason_code from engine.jobs where campaign_id = %s", [campaign_id]
    ).fetchall()
    return row[0], row[1]


def report_all(connection: Connection, attempts: list[UUID], ended_reason: str = "customer-ended-call") -> None:
    """The calls end."""
    for attempt in attempts:
        engine.ingest(connection, engine.call_report(attempt, ended_reason))


def decisions(connection: Connection) -> set[str]:
    """The reasons that the gate has given."""
    return {row[0] for row in connection.execute("select reason_code from engine.gate_decisions").fetchall()}


# -- contacts of a person --------------------------------------------------------------------------------------------


def test_a_person_is_contacted_no_oftener_than_the_team_allows(admin: Connection) -> None:
    engine.set_scene(admin)
    cap_contacts(admin, 2, "7 days")
    admin.execute("update public.campaigns set max_lateness = '30 days'")
    another_campaign(admin)
    another_campaign(admin)
    admin.execute("update public.campaigns set max_lateness = '30 days'")
    contacts = 0
    for _ in range(8):
        made = engine.dispatch(admin)
        contacts += len(made)
        report_all(admin, made)
        engine.move_clock(admin, "12 hours")
    assert contacts == 2
    # The third waits for the moment at which the first contact is a window old, to the second.
    third = admin.execute(
        "select j.run_at - (select min(begun_at) from engine.contacts_made) - interval '7 days' from engine.jobs as j"
        " where j.status = 'READY'"
    ).fetchall()
    assert [0 < row[0].total_seconds() <= 1 for row in third] == [True]
    engine.move_clock(admin, "3 days 1 second")
    assert len(engine.dispatch(admin)) == 1
    assert admin.execute("select count(*) from engine.contacts_made").fetchone() == (3,)


def test_who_cannot_be_contacted_before_it_is_too_late_is_told_at_once(admin: Connection) -> None:
    engine.set_scene(admin)
    cap_contacts(admin, 1, "7 days")
    report_all(admin, engine.dispatch(admin))
    again = another_campaign(admin)
    assert engine.claim(admin) == []
    assert job_of(admin, again) == ("CANCELLED", "frequency_cap")
    assert admin.execute(
        "select status::text, reason_code from engine.enrollments where campaign_id = %s", [again]
    ).fetchone() == ("FAILED", "frequency_cap")


def test_the_better_campaign_gets_the_last_contact(admin: Connection) -> None:
    worse_one = engine.set_scene(admin).campaign_id
    cap_contacts(admin, 1, "1 day")
    better_one = another_campaign(admin, 10)
    # Asked about alone, the worse one must leave the slot to the one that is due beside it.
    [verdict] = admin.execute(
        "select decision, reason_code from engine.check_eligibility(array(select id from engine.jobs"
        " where campaign_id = %s))",
        [worse_one],
    ).fetchall()
    assert verdict == ("defer", "frequency_priority")
    report_all(admin, engine.dispatch(admin))
    assert job_of(admin, better_one)[0] == "DONE"
    assert job_of(admin, worse_one)[0] == "READY"


def test_of_equals_the_one_that_was_due_first_gets_the_last_contact(admin: Connection) -> None:
    engine.set_scene(admin)
    cap_contacts(admin, 1, "1 day")
    [first] = admin.execute("select id from public.campaigns").fetchone() or []
    engine.move_clock(admin, "1 minute")
    second = another_campaign(admin)
    assert len(engine.dispatch(admin)) == 1
    assert job_of(admin, first)[0] == "DISPATCHED"
    assert job_of(admin, second)[0] == "READY"


@pytest.mark.parametrize(
    "obstacle",
    [
        "update public.campaigns set status = 'PAUSED' where priority = 10",
        PAUSE_TEXTS,
        "update engine.jobs set run_at = run_at + interval '1 day' where priority = 10",
    ],
    ids=["paused", "account_paused", "not_due"],
)
def test_who_cannot_go_anyway_keeps_nobody_waiting(admin: Connection, obstacle: str) -> None:
    engine.set_scene(admin)
    cap_contacts(admin, 1, "1 day")
    another_campaign(admin, 10)
    # The better one would text, so that its account is another one.
    admin.execute(
        "update engine.jobs as j set channel = 'text', integration_id = i.id from public.integrations as i"
        " where i.provider = 'twilio' and j.priority = 10"
    )
    admin.execute(obstacle.encode())
    assert len(engine.dispatch(admin)) == 1


def test_two_workers_do_not_both_make_the_last_contact(admin: Connection, database: Database) -> None:
    engine.set_scene(admin)
    cap_contacts(admin, 1, "1 day")
    first = engine.claim(admin, worker="w1")
    # In another campaign, and leased before the first has begun.
    another_campaign(admin)
    admin.execute(
        "update engine.jobs set status = 'CLAIMED', lease_owner = 'w2', lease_expires_at = engine.now() + '1m'"
        " where status = 'READY'"
    )
    second = [row[0] for row in admin.execute("select id from engine.jobs where lease_owner = 'w2'").fetchall()]
    admin.execute("update engine.jobs set priority = 1 where lease_owner = 'w2'")
    with database.connect() as one:
        assert len(engine.begin(one, second, worker="w2")) == 1
        assert engine.begin(admin, first, worker="w1") == [], "nobody can see the other yet"
        one.commit()
    engine.move_clock(admin, "10 seconds")
    assert engine.dispatch(admin) == []


def test_what_the_provider_did_not_take_is_no_contact(admin: Connection) -> None:
    engine.set_scene(admin)
    cap_contacts(admin, 1, "1 day")
    engine.record(admin, engine.begin(admin, engine.claim(admin)), "try_later", scope="job")
    engine.move_clock(admin, "5 minutes")
    report_all(admin, engine.dispatch(admin), "call.start.error-subscription-concurrency-limit-reached")
    engine.move_clock(admin, "10 minutes")
    assert len(engine.dispatch(admin)) == 1, "nobody was dialled so far"


def test_a_contact_in_doubt_counts(admin: Connection) -> None:
    engine.set_scene(admin)
    cap_contacts(admin, 1, "1 day")
    # A text: while a call is in doubt, nobody calls the person for another reason.
    admin.execute(
        "update engine.jobs set channel = 'text', integration_id = i.id from public.integrations as i"
        " where i.provider = 'twilio'"
    )
    engine.record(admin, engine.begin(admin, engine.claim(admin)), "unknown")
    another_campaign(admin)
    assert engine.claim(admin) == []
    assert decisions(admin) == {"frequency_cap"}


# -- sending numbers -------------------------------------------------------------------------------------------------


def test_no_minute_has_more_than_a_numbers_rate(admin: Connection) -> None:
    engine.set_scene(admin, people=40)
    cap_number(admin, rate=6)
    for _ in range(30):
        engine.dispatch(admin, limit=4)
        engine.move_clock(admin, "7 seconds")
    times = [row[0] for row in admin.execute("select begun_at from engine.attempts order by 1").fetchall()]
    most = max(sum(1 for other in times if 0 <= (other - one).total_seconds() < 60) for one in times)
    assert most == 6
    assert len(times) >= 18, "and it is used"


def test_no_day_has_more_than_a_numbers_limit(admin: Connection) -> None:
    engine.set_scene(admin, people=12)
    cap_number(admin, daily=5)
    assert len(engine.dispatch(admin)) == 5
    for _ in range(11):
        engine.move_clock(admin, "1 hour")
        assert engine.dispatch(admin) == []
    # The day is the team's: New York's begins at noon and half a day, and the doors open at eight.
    engine.move_clock(admin, "9 hours")
    assert len(engine.dispatch(admin)) == 5


def test_a_day_begins_at_midnight_of_the_team(admin: Connection) -> None:
    engine.set_scene(admin, people=4)
    admin.execute("update public.teams set timezone = 'Asia/Tokyo'")
    cap_number(admin, daily=2)
    assert len(engine.dispatch(admin)) == 2
    # Noon in New York is two in the morning in Tokyo: midnight there is 22 hours away, ten in the morning here.
    engine.move_clock(admin, "21 hours 59 minutes")
    assert engine.dispatch(admin) == []
    engine.move_clock(admin, "1 minute")
    assert len(engine.dispatch(admin)) == 2


def test_two_workers_do_not_both_take_a_numbers_last_slot(admin: Connection, database: Database) -> None:
    engine.set_scene(admin, people=2)
    one = engine.claim(admin, worker="w1", limit=1)
    two = engine.claim(admin, worker="w2", limit=1)
    cap_number(admin, daily=1)
    begun, late = races.race(
        database,
        lambda first: engine.begin(first, one, worker="w1"),
        lambda second: engine.begin(second, two, worker="w2"),
    )
    assert (len(begun), late) == (1, [])
    assert decisions(admin) == {"number_daily_limit"}
    [job] = admin.execute("select run_at = '2027-03-02 00:00-05' from engine.jobs where status = 'READY'").fetchall()
    assert job == (True,)


def test_many_workers_at_once_never_exceed_a_numbers_limit(admin: Connection, database: Database) -> None:
    engine.set_scene(admin, people=60)
    cap_number(admin, daily=7)

    def work(worker: str) -> int:
        with database.connect("outbound_worker", autocommit=True) as connection:
            return sum(
                len(engine.begin(connection, engine.claim(connection, worker=worker, limit=3), worker=worker))
                for _ in range(6)
            )

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, [f"w{n}" for n in range(6)])) == 7


def test_a_number_that_is_used_up_keeps_no_other_waiting(admin: Connection) -> None:
    scene = engine.set_scene(admin, people=30)
    cap_number(admin, daily=1)
    [other] = (
        admin.execute(
            "insert into public.phone_numbers (team_id, phone, vapi_phone_number_id, is_verified_for_calls,"
            " is_verified_for_texts) values (%s, '+12125550101', 'other', true, true) returning id",
            [scene.team.id],
        ).fetchone()
        or []
    )
    [audience] = admin.execute("select tests.create_list(%s, 5, 3000)", [scene.team.id]).fetchone() or []
    [campaign] = (
        admin.execute(
            "select (public.create_campaign('Other', %s, c.workflow_id, %s, p_priority => 900,"
            " p_team_id => c.team_id)).id from public.campaigns as c",
            [audience, other],
        ).fetchone()
        or []
    )
    admin.execute("select public.launch_campaign(%s)", [campaign])
    # Thirty more urgent jobs stand in front, and a claim takes two.
    counts = [len(engine.dispatch(admin, limit=2)) for _ in range(4)]
    assert counts == [2, 2, 2, 0]
    assert decisions(admin) == set(), "and who waits for the number is not even touched"


def test_campaigns_that_share_a_number_share_what_is_left(admin: Connection) -> None:
    engine.set_scene(admin, people=5)
    [audience] = admin.execute("select tests.create_list(team_id, 5, 3000) from public.campaigns").fetchone() or []
    another_campaign(admin, 900, audience)
    cap_number(admin, daily=7)
    assert len(engine.claim(admin, limit=9)) == 7
    assert engine.claim(admin, worker="w2", limit=9) == [], "what is leased is as good as sent"
    assert decisions(admin) == set()
    due = admin.execute("select count(*) from engine.jobs where status = 'READY' and priority = 900").fetchone()
    assert due == (3,), "the better campaign goes first"


def test_a_stopped_clock_is_told_when_a_number_has_room_again(admin: Connection) -> None:
    engine.set_scene(admin, people=3)
    cap_number(admin, rate=2)
    report_all(admin, engine.dispatch(admin))
    [due, moment] = (
        admin.execute("select due_jobs, next_due_at - engine.now() from engine.pending_work()").fetchone() or []
    )
    assert due == 0
    assert 60 <= moment.total_seconds() <= 61
    engine.move_clock(admin, "61 seconds")
    assert admin.execute("select due_jobs from engine.pending_work()").fetchone() == (1,)


def test_a_begin_waits_for_one_that_takes_from_the_same_number(admin: Connection, database: Database) -> None:
    engine.set_scene(admin, people=2)
    cap_number(admin, rate=5)
    one = engine.claim(admin, worker="w1", limit=1)
    two = engine.claim(admin, worker="w2", limit=1)
    with database.connect() as first, database.connect(autocommit=True) as second:
        assert len(engine.begin(first, one, worker="w1")) == 1
        with concurrent.futures.ThreadPoolExecutor() as pool:
            begin = pool.submit(engine.begin, second, two, worker="w2")
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            assert len(begin.result()) == 1
