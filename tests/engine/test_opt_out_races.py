"""Nothing begins after an opt-out has committed, whatever else was under way when it was said."""

from __future__ import annotations

import concurrent.futures
import threading
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support import engine, factories, races
from tests.support.databases import Database
from tests.support.waiting import wait_until_blocked

Connection = psycopg.Connection[Any]


def value(connection: Connection, query: str, *arguments: object) -> Any:
    row = connection.execute(query.encode(), arguments).fetchone()
    assert row is not None
    return row[0]


def opt_out(connection: Connection, team_id: UUID, *phones: str) -> list[int]:
    """Each number is stopped by an operator; how many jobs that cancelled."""
    return [
        int(value(connection, "select public.opt_out(%s, p_team_id => %s) ->> 'cancelled_jobs'", phone, team_id))
        for phone in phones
    ]


def phones_of(connection: Connection) -> list[str]:
    return [row[0] for row in connection.execute("select phone from public.contacts order by phone").fetchall()]


def begun(connection: Connection) -> int:
    return int(value(connection, "select count(*) from engine.attempts"))


def test_a_campaign_launched_while_an_opt_out_is_under_way_begins_nothing(
    admin: Connection, database: Database
) -> None:
    """The opt-out has looked for jobs when the campaign makes one, and commits when the job is about to begin."""
    scene = engine.set_scene(admin, launch=False)
    [phone] = phones_of(admin)
    with database.connect() as stopping:
        assert opt_out(stopping, scene.team.id, phone) == [0]
        admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
        claimed = engine.claim(admin)
        assert len(claimed) == 1, "nobody can see the opt-out yet"
        assert engine.begin(admin, claimed) == []
        assert engine.jobs(admin, scene)[0][2] == "READY"
        assert engine.claim(admin) == [], "asked again in a moment, not at once"
        stopping.commit()
    engine.move_clock(admin, "1 minute")
    assert engine.claim(admin) == []
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}
    assert begun(admin) == 0


def test_an_opt_out_that_is_taken_back_stops_nobody(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin, launch=False)
    with database.connect() as stopping:
        opt_out(stopping, scene.team.id, *phones_of(admin))
        admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
        assert engine.begin(admin, engine.claim(admin)) == []
        stopping.rollback()
    engine.move_clock(admin, "10 seconds")
    assert len(engine.begin(admin, engine.claim(admin))) == 1


def test_an_opt_out_of_others_holds_nobody_up(admin: Connection, database: Database) -> None:
    engine.set_scene(admin, 20)
    with database.connect() as stopping:
        stopped = phones_of(admin)[0]
        opt_out(stopping, value(admin, "select id from public.teams"), stopped)
        # the one who is stopped is locked, so she is not even claimed
        assert len(engine.begin(admin, engine.claim(admin))) == 19


def test_a_launch_that_commits_after_an_opt_out_begins_nothing(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin, 2, launch=False)
    stopped, other = phones_of(admin)
    with database.connect() as launching:
        launching.execute("select public.launch_campaign(%s)", [scene.campaign_id])
        assert opt_out(admin, scene.team.id, stopped) == [0]
        launching.commit()
    assert len(engine.dispatch(admin)) == 1
    assert value(admin, "select phone from engine.jobs where status = 'DISPATCHED'") == other
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1, "ACTIVE": 1}


@pytest.mark.parametrize("lead_commits", ["before the opt-out", "after the opt-out"])
def test_a_lead_that_comes_while_she_opts_out_is_not_called(
    admin: Connection, database: Database, lead_commits: str
) -> None:
    scene = engine.set_scene(admin, launch=False)
    phone = factories.fictitious_phone(admin, 5)
    admin.execute("update public.audience_lists set source = 'speed_to_lead'")
    admin.execute("update public.campaigns set is_continuous = true")
    admin.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    first = engine.dispatch(admin)
    lead = "select public.ingest_lead((select id from public.audience_lists), %s) ->> 'status'"
    with database.connect() as stopping, database.connect() as bringing:
        if lead_commits == "before the opt-out":
            opt_out(stopping, scene.team.id, phone)
            assert value(bringing, lead, Jsonb({"phone": phone})) == "ACCEPTED"
            bringing.commit()
            assert engine.begin(admin, engine.claim(admin)) == []
            stopping.commit()
        else:
            assert value(bringing, lead, Jsonb({"phone": phone})) == "ACCEPTED"
            opt_out(stopping, scene.team.id, phone)
            stopping.commit()
            bringing.commit()
    engine.move_clock(admin, "1 minute")
    assert engine.dispatch(admin) == []
    assert begun(admin) == len(first)
    assert value(admin, "select status::text from engine.enrollments where phone = %s", phone) == "OPTED_OUT"


def test_an_opt_out_waits_for_the_end_of_a_job_and_cancels_the_next(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    [phone] = phones_of(admin)
    [attempt] = engine.dispatch(admin)
    _, cancelled = races.race(
        database,
        lambda ending: engine.ingest(ending, engine.call_report(attempt, "customer-did-not-answer")),
        lambda stopping: opt_out(stopping, scene.team.id, phone),
    )
    assert cancelled == [1], "the retry that the first transaction made"
    assert [job[2] for job in engine.jobs(admin, scene)] == ["DONE", "CANCELLED"]
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}


def test_a_job_that_ends_while_she_opts_out_makes_no_next_one(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    [phone] = phones_of(admin)
    [attempt] = engine.dispatch(admin)
    races.race(
        database,
        lambda stopping: opt_out(stopping, scene.team.id, phone),
        lambda ending: engine.ingest(ending, engine.call_report(attempt, "customer-did-not-answer")),
    )
    assert [job[2] for job in engine.jobs(admin, scene)] == ["DONE"]
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}


def test_a_booking_that_comes_while_she_opts_out_leads_nowhere(admin: Connection, database: Database) -> None:
    scene = engine.set_scene(admin)
    [phone] = phones_of(admin)
    [attempt] = engine.dispatch(admin)
    races.race(
        database,
        lambda stopping: opt_out(stopping, scene.team.id, phone),
        lambda ending: engine.ingest(ending, engine.call_report(attempt, booked=True)),
    )
    assert [job[2:4] for job in engine.jobs(admin, scene)] == [("DONE", "booked")]


def test_everything_of_the_number_is_cancelled_across_campaigns(admin: Connection) -> None:
    scene = engine.set_scene(admin)
    [phone] = phones_of(admin)
    for name in ("Second", "Third"):
        other = value(
            admin,
            "select (public.create_campaign(%s, list_id, workflow_id, phone_number_id)).id"
            " from public.campaigns limit 1",
            name,
        )
        admin.execute("select public.launch_campaign(%s)", [other])
    assert opt_out(admin, scene.team.id, phone) == [3]
    assert value(admin, "select array_agg(distinct status::text) from engine.enrollments") == ["OPTED_OUT"]
    assert engine.claim(admin) == []


def test_stops_texts_reports_and_workers_at_once_deadlock_nowhere(admin: Connection, database: Database) -> None:
    """Operators, texts and workers on the same forty people; nobody is begun whose opt-out had committed."""
    scene = engine.set_scene(admin, 40)
    people = phones_of(admin)
    stopped: dict[str, int] = {}
    ticket = iter(range(1_000_000))
    late: list[str] = []
    done = threading.Event()

    def operators() -> None:
        with database.connect(autocommit=True) as connection:
            for phone in people[::2]:
                opt_out(connection, scene.team.id, phone)
                stopped[phone] = next(ticket)

    def texts() -> None:
        with database.connect(autocommit=True) as connection:
            for n, phone in enumerate(people[1::2]):
                engine.ingest(connection, engine.inbound_text(scene.team.id, phone, "STOP", f"SM{n}"))
                stopped[phone] = next(ticket)

    def work(name: str) -> None:
        with (
            database.connect("outbound_worker", autocommit=True) as connection,
            database.connect(autocommit=True) as eye,
        ):
            while not done.is_set():
                claimed = engine.claim(connection, worker=name, limit=3)
                asked = next(ticket)
                attempts = engine.begin(connection, claimed, worker=name)
                engine.record(connection, attempts, worker=name)
                rows = eye.execute(
                    "select j.phone from engine.attempts a join engine.jobs j on j.id = a.job_id where a.id = any(%s)",
                    [attempts],
                ).fetchall()
                late.extend(phone for (phone,) in rows if stopped.get(phone, asked) < asked)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        workers = [pool.submit(work, name) for name in ("w1", "w2")]
        for one in [pool.submit(operators), pool.submit(texts)]:
            one.result()
        done.set()
        for one in workers:
            one.result()
    assert late == []
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 40}
    assert engine.count_mismatches(admin, scene.campaign_id) == []


@pytest.fixture
def held(admin: Connection) -> tuple[UUID, str]:
    """A team with a list of one customer who has an appointment, and her number."""
    factories.set_clock(admin, engine.MONDAY_NOON)
    team = factories.make_team(admin)
    admin.execute("select tests.connect_providers(%s), tests.connect_holds(%s)", [team.id, team.id])
    made = value(admin, "select tests.create_list(%s, 1)", team.id)
    admin.execute("select tests.give_appointments(%s)", [made])
    return team.id, phones_of(admin)[0]


def reschedule(connection: Connection) -> None:
    connection.execute("select tests.reschedule(id) from public.audience_lists")


def take_hold(connection: Connection) -> UUID:
    return UUID(str(value(connection, "select task_id from engine.claim_tasks('w1', '{hold}', 5)")))


def begin_hold(connection: Connection, task: UUID) -> Any:
    return value(connection, "select step from engine.begin_hold('w1', %s)", task)


def item(connection: Connection) -> tuple[Any, ...]:
    row = connection.execute(
        "select i.status::text, i.hold_outcome, e.status::text, (select count(*) from engine.jobs)"
        " from public.outreach_items i left join engine.enrollments e on e.contact_id = i.contact_id"
    ).fetchone()
    assert row is not None
    return tuple(row)


def test_a_hold_that_waits_is_let_go_with_the_opt_out(admin: Connection, held: tuple[UUID, str]) -> None:
    reschedule(admin)
    opt_out(admin, *held)
    assert item(admin) == ("ENROLLED", None, "OPTED_OUT", 0)
    assert begin_hold(admin, take_hold(admin)) == "done", "nobody asks ServiceTitan"


def test_a_hold_of_the_other_channel_goes_on(admin: Connection, held: tuple[UUID, str]) -> None:
    reschedule(admin)
    team_id, phone = held
    admin.execute("select public.opt_out(%s, 'text', p_team_id => %s)", [phone, team_id])
    assert begin_hold(admin, take_hold(admin)) == "hold"


def test_a_hold_that_is_asked_for_ends_on_its_own_way(admin: Connection, held: tuple[UUID, str]) -> None:
    """The appointment may be on hold by now, so what came of it is told; she is not called."""
    reschedule(admin)
    task = take_hold(admin)
    assert begin_hold(admin, task) == "hold"
    opt_out(admin, *held)
    assert item(admin)[0] == "HOLDING"
    assert value(admin, "select engine.record_hold('w1', %s, 'held')", task) == "ENROLLED"
    assert item(admin) == ("ENROLLED", "held", "OPTED_OUT", 0)


def test_a_hold_that_begins_while_she_opts_out_is_not_asked_for(
    admin: Connection, database: Database, held: tuple[UUID, str]
) -> None:
    """The outreach is launched when the opt-out has looked for holds already."""
    with database.connect() as stopping, database.connect(autocommit=True) as beginning:
        opt_out(stopping, *held)
        reschedule(admin)
        task = take_hold(admin)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            step = pool.submit(begin_hold, beginning, task)
            wait_until_blocked(admin, beginning.info.backend_pid)
            stopping.commit()
            assert step.result() == "done"
    assert item(admin) == ("ENROLLED", None, "OPTED_OUT", 0)
