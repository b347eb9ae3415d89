"""The engine's invariants, one section each, on a real database with real connections."""

from __future__ import annotations

import concurrent.futures
import itertools
import random
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from tests.support import engine, factories
from tests.support.databases import Database
from tests.support.waiting import wait_until_blocked


@pytest.fixture
def admin(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The superuser's connection, each statement committed."""
    with database.connect(autocommit=True) as connection:
        yield connection


# 1. Once in a campaign, once at a node, one open attempt of a job.


def test_a_contact_is_enrolled_once_however_often_the_list_is_enrolled(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=5)
    admin.execute("select engine.enroll_members(%s, %s)", [scene.team.id, scene.campaign_id])
    assert engine.enrollments(admin, scene) == {"ACTIVE": 5}
    assert len(engine.jobs(admin, scene)) == 5


def test_two_enrollments_at_once_make_one_of_each_contact(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin, people=5, launch=False)
    with database.connect() as first, database.connect(autocommit=True) as second:
        first.execute("update public.campaigns set status = 'ACTIVE', started_at = engine.now()")
        first.execute("select engine.enroll_members(%s, %s)", [scene.team.id, scene.campaign_id])
        with concurrent.futures.ThreadPoolExecutor() as pool:
            enrolling = pool.submit(
                second.execute, "select engine.enroll_members(%s, %s)", [scene.team.id, scene.campaign_id]
            )
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            assert enrolling.result().fetchone() == (0,)
    assert engine.enrollments(admin, scene) == {"ACTIVE": 5}
    assert len(engine.jobs(admin, scene)) == 5


def test_a_second_job_of_a_visit_cannot_be_stored(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    with pytest.raises(errors.UniqueViolation):
        admin.execute(
            """
            insert into engine.jobs (
                team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
                integration_id, run_at, due_at, dedupe_hash, status, reason_code, finished_at
            )
            select
                team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
                integration_id, run_at, due_at, dedupe_hash, 'CANCELLED', 'test', engine.now()
            from engine.jobs
            """
        )


def test_an_enrollment_has_one_open_job(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    with pytest.raises(errors.UniqueViolation, match="jobs_one_open_per_enrollment"):
        admin.execute(
            """
            insert into engine.jobs (
                team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, visit, contact_id, phone,
                integration_id, run_at, due_at, dedupe_hash
            )
            select
                team_id, channel, campaign_id, enrollment_id, workflow_id, node_id, 2, contact_id, phone,
                integration_id, run_at, due_at, 'another'
            from engine.jobs
            """
        )


def test_a_job_is_leased_to_one_worker(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin, people=3)
    first = engine.claim(admin, worker="w1")
    assert len(first) == 3
    assert engine.claim(admin, worker="w2") == []


def test_beginning_twice_begins_once(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    claimed = engine.claim(admin)
    assert len(engine.begin(admin, claimed)) == 1
    assert engine.begin(admin, claimed) == []


def test_only_the_worker_that_holds_the_lease_begins(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    claimed = engine.claim(admin, worker="w1")
    assert engine.begin(admin, claimed, worker="w2") == []


def test_workers_claiming_at_once_share_the_jobs_without_overlap(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    engine.set_scene(admin, people=60, concurrency=1000)
    start = threading.Barrier(4)

    def take(name: str) -> list[Any]:
        with database.connect("outbound_worker", autocommit=True) as connection:
            start.wait()
            taken: list[Any] = []
            while batch := engine.claim(connection, worker=name, limit=7):
                taken += batch
            return taken

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        taken = list(itertools.chain(*pool.map(take, ["a", "b", "c", "d"])))
    # A worker that finds the rest of the queue locked stops early, so some may be left: for the next claim.
    taken += engine.claim(admin, worker="e", limit=1000)
    assert len(taken) == 60
    assert len(set(taken)) == 60


def test_two_workers_together_stay_within_the_accounts_lines(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    engine.set_scene(admin, people=20, concurrency=5)
    with database.connect("outbound_worker") as first, database.connect("outbound_worker", autocommit=True) as second:
        assert len(engine.claim(first, worker="w1", limit=4)) == 4
        with concurrent.futures.ThreadPoolExecutor() as pool:
            claiming = pool.submit(engine.claim, second, worker="w2", limit=4)
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            assert len(claiming.result()) == 1


# 2. No request without a committed attempt, and none while an earlier one's fate is unknown.


def test_a_job_in_doubt_is_never_handed_out(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")
    for _ in range(5):
        engine.move_clock(admin, "1 minute")
        assert engine.claim(admin) == []


def test_a_worker_that_died_while_sending_leaves_doubt_not_a_second_send(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    engine.begin(admin, engine.claim(admin))
    engine.move_clock(admin, "2 minutes")
    assert engine.claim(admin, worker="w2") == []
    assert engine.jobs(admin, scene)[0][2] == "AMBIGUOUS"


def test_a_worker_that_died_before_sending_loses_nothing(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    claimed = engine.claim(admin, worker="w1")
    engine.move_clock(admin, "2 minutes")
    assert engine.claim(admin, worker="w2") == claimed
    assert engine.begin(admin, claimed, worker="w1") == []


def test_doubt_is_settled_by_asking_and_a_no_counts_only_after_the_grace_period(
    admin: psycopg.Connection[Any],
) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")

    def ask(found: str) -> list[Any]:
        engine.move_clock(admin, "1 minute")
        doubtful = admin.execute(
            "select attempt_id, kind from engine.claim_ambiguous('w1', 10, '30 seconds')"
        ).fetchall()
        assert doubtful == [(attempts[0], "ambiguous")]
        answer = f'[{{"attempt_id": "{attempts[0]}", "found": {found}}}]'
        return admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [answer]).fetchall()

    assert ask("null") == [("AMBIGUOUS",)]
    engine.move_clock(admin, "1 minute")
    admin.execute("update engine.attempts set begun_at = engine.now() - interval '90 seconds'")
    assert ask("false") == [("READY",)]
    engine.move_clock(admin, "5 minutes")
    assert engine.begin(admin, engine.claim(admin)) != attempts
    assert len(engine.jobs(admin, scene)) == 1


def test_a_no_within_the_grace_period_proves_nothing(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")
    engine.move_clock(admin, "1 minute")
    answer = f'[{{"attempt_id": "{attempts[0]}", "found": false}}]'
    rows = admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [answer]).fetchall()
    assert rows == [("AMBIGUOUS",)]


def test_found_when_asked_is_accepted_and_its_end_applied(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts, "unknown")
    answer = (
        f'[{{"attempt_id": "{attempts[0]}", "found": true, "provider_id": "call-1",'
        ' "payload": {"id": "call-1", "status": "ended", "endedReason": "customer-ended-call"}}]'
    )
    rows = admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [answer]).fetchall()
    assert rows == [("DONE",)]
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_another_attempts_message_does_not_settle_the_doubt(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=2)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.record(admin, attempts[:1])
    engine.record(admin, attempts[1:], "unknown")
    answer = [{"attempt_id": str(attempts[1]), "found": True, "provider_id": f"p-{attempts[0]}", "payload": {}}]
    rows = admin.execute("select job_status::text from engine.resolve_attempts('w1', %s)", [Jsonb(answer)]).fetchall()
    assert rows == [("AMBIGUOUS",)]
    assert sorted(job[2] for job in engine.jobs(admin, scene)) == ["AMBIGUOUS", "DISPATCHED"]


def test_a_late_answer_of_the_first_worker_settles_the_doubt(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    engine.move_clock(admin, "2 minutes")
    engine.record(admin, attempts, "accepted")
    assert engine.jobs(admin, scene)[0][2] == "DISPATCHED"


def test_another_attempt_cannot_be_stored_while_one_is_live(admin: psycopg.Connection[Any]) -> None:
    engine.set_scene(admin)
    engine.begin(admin, engine.claim(admin))
    with pytest.raises(errors.UniqueViolation, match="attempts_one_live_per_job"):
        admin.execute(
            "insert into engine.attempts (team_id, job_id, attempt_number, provider, worker, request)"
            " select team_id, job_id, 2, provider, 'w9', request from engine.attempts"
        )


# 3. Nothing is lost.


def test_every_contact_ends_whatever_the_provider_answers(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=40)
    chance = random.Random(7)
    for _ in range(400):
        engine.move_clock(admin, "10 minutes")
        for attempt in engine.begin(admin, engine.claim(admin)):
            verdict = chance.choice(["accepted", "accepted", "refused", "try_later", "unknown"])
            scope = chance.choice(["job", "capacity"]) if verdict == "try_later" else "job"
            engine.record(admin, [attempt], verdict, scope=scope, code="x")
        for attempt, provider, kind in admin.execute(
            "select attempt_id, provider, kind from engine.claim_ambiguous('w1', 100, '30 seconds')"
        ).fetchall():
            found = kind == "silent" or chance.random() < 0.5
            ended = {
                "status": "ended",
                "endedReason": chance.choice(["customer-did-not-answer", "customer-ended-call"]),
            }
            payload = ended if provider == "vapi" else {"status": "delivered"}
            answer = {"attempt_id": str(attempt), "found": found, "provider_id": f"p-{attempt}", "payload": payload}
            admin.execute("select count(*) from engine.resolve_attempts('w1', %s)", [Jsonb([answer])])
        assert engine.count_mismatches(admin, scene.campaign_id) == []
    assert "ACTIVE" not in engine.enrollments(admin, scene)
    assert sum(engine.enrollments(admin, scene).values()) == 40
    assert admin.execute("select status::text from public.campaigns").fetchone() == ("COMPLETED",)


def test_a_busy_provider_spends_no_ones_budget(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    for _ in range(30):
        engine.record(admin, engine.begin(admin, engine.claim(admin)), "try_later", scope="capacity")
        engine.move_clock(admin, "1 hour")
        if engine.jobs(admin, scene)[0][2] != "READY":
            break
    assert admin.execute("select retries_left from engine.enrollments").fetchone() == (10,)


def test_a_refused_account_pauses_and_keeps_the_list(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=5)
    attempts = engine.begin(admin, engine.claim(admin, limit=1))
    engine.record(admin, attempts, "refused", scope="account", code="401", message="bad key")
    assert engine.claim(admin) == []
    assert engine.enrollments(admin, scene) == {"ACTIVE": 5}
    assert admin.execute(
        "select status::text, paused_reason from public.integrations where provider = 'vapi'"
    ).fetchone() == ("PAUSED", "401: bad key")


# 4. Events once each, in any order, early or late.


def test_every_order_of_a_calls_events_ends_the_same(admin: psycopg.Connection[Any]) -> None:
    orders = list(itertools.permutations(range(4)))
    scene = engine.set_scene(admin, people=len(orders))
    attempts = engine.dispatch(admin)
    for attempt, order in zip(attempts, orders, strict=True):
        events = [
            engine.call_status(attempt, "ringing"),
            engine.call_status(attempt, "in-progress"),
            engine.call_status(attempt, "ended"),
            engine.call_report(attempt, booked=False),
        ]
        for position in order:
            engine.ingest(admin, events[position])
            assert engine.ingest(admin, events[position]) == ["duplicate"]
    assert engine.enrollments(admin, scene) == {"COMPLETED": len(orders)}
    assert {job[2:4] for job in engine.jobs(admin, scene)} == {("DONE", "answered")}


def test_an_event_before_the_acceptance_is_applied(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    assert engine.ingest(admin, engine.call_report(attempts[0])) == ["applied"]
    engine.record(admin, attempts)
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_an_event_that_knows_only_the_providers_id_waits_for_the_acceptance(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    anonymous = engine.call_report(attempts[0]) | {"attempt_id": None}
    assert engine.ingest(admin, anonymous) == ["waiting"]
    assert engine.enrollments(admin, scene) == {"ACTIVE": 1}
    engine.record(admin, attempts)
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_an_event_with_our_id_but_another_call_is_not_believed(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.dispatch(admin)
    foreign = engine.call_report(attempts[0]) | {"provider_id": "someone-else", "event_key": "someone-else:report"}
    assert engine.ingest(admin, foreign) == ["waiting"]
    assert engine.enrollments(admin, scene) == {"ACTIVE": 1}


def test_a_secret_vouches_only_for_the_accounts_that_have_it(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.dispatch(admin)
    report = engine.call_report(attempts[0])
    assert engine.ingest(admin, report | {"secret_name": "ANOTHER_TEAMS"}) == ["waiting"]
    assert engine.enrollments(admin, scene) == {"ACTIVE": 1}
    assert engine.ingest(admin, report | {"secret_name": "VAPI", "event_key": "genuine"}) == ["applied"]
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_two_deliveries_at_once_are_applied_once(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.dispatch(admin)
    event = engine.call_report(attempts[0], "customer-did-not-answer")
    with database.connect("outbound_worker") as first, database.connect("outbound_worker", autocommit=True) as second:
        engine.ingest(first, event)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            delivering = pool.submit(engine.ingest, second, event)
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            assert delivering.result() == ["duplicate"]
    assert [job[:3] for job in engine.jobs(admin, scene)] == [("call", 1, "DONE"), ("call", 2, "READY")]


def test_the_answer_and_the_event_at_once_end_the_same(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.begin(admin, engine.claim(admin))
    with database.connect("outbound_worker") as first, database.connect("outbound_worker", autocommit=True) as second:
        engine.record(first, attempts)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            delivering = pool.submit(engine.ingest, second, engine.call_report(attempts[0]))
            wait_until_blocked(admin, second.info.backend_pid)
            first.commit()
            assert delivering.result() == ["applied"]
    assert engine.enrollments(admin, scene) == {"COMPLETED": 1}


def test_a_terminal_state_never_goes_back(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    attempts = engine.dispatch(admin)
    engine.ingest(admin, engine.call_report(attempts[0], "voicemail"))
    engine.ingest(admin, engine.call_report(attempts[0], booked=True) | {"event_key": "another"})
    assert engine.jobs(admin, scene) == [("call", 1, "DONE", "voicemail", "voicemail")]
    with pytest.raises(psycopg.Error) as refused:
        admin.execute("update engine.jobs set status = 'READY', finished_at = null")
    assert refused.value.sqlstate == "OB002"


def test_delivery_reports_out_of_order_do_not_go_back(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    engine.ingest(admin, engine.call_report(engine.dispatch(admin)[0], booked=True))
    text = engine.dispatch(admin)[0]
    for status in ("delivered", "sent", "queued"):
        engine.ingest(admin, engine.text_status(text, status))
    assert engine.jobs(admin, scene)[1] == ("thanks", 1, "DONE", "delivered", "delivered")
    assert engine.enrollments(admin, scene) == {"BOOKED": 1}


# 5. Opting out wins (so do pause and cancel): only what had begun can still arrive.


def test_an_opt_out_that_waits_for_a_begin_lets_only_that_one_go(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin)
    phone = admin.execute("select phone from engine.enrollments").fetchone()
    assert phone is not None
    claimed = engine.claim(admin)
    with database.connect("outbound_worker") as beginning, database.connect(autocommit=True) as stopping:
        begun = engine.begin(beginning, claimed)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            stop = pool.submit(engine.ingest, stopping, engine.inbound_text(scene.team.id, phone[0], "STOP"))
            wait_until_blocked(admin, stopping.info.backend_pid)
            beginning.commit()
            assert stop.result() == ["applied"]
    engine.record(admin, begun)
    engine.ingest(admin, engine.call_report(begun[0], "customer-did-not-answer"))
    # The call that had begun is counted; its retry is not made.
    assert engine.jobs(admin, scene) == [("call", 1, "DONE", "no_answer", "customer-did-not-answer")]
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}


def test_a_begin_that_waits_for_an_opt_out_does_not_begin(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    phone = admin.execute("select phone from engine.enrollments").fetchone()
    assert phone is not None
    claimed = engine.claim(admin)
    with database.connect() as stopping, database.connect("outbound_worker", autocommit=True) as beginning:
        engine.ingest(stopping, engine.inbound_text(scene.team.id, phone[0], "please stop calling me!"))
        with concurrent.futures.ThreadPoolExecutor() as pool:
            begin = pool.submit(engine.begin, beginning, claimed)
            wait_until_blocked(admin, beginning.info.backend_pid)
            stopping.commit()
            assert begin.result() == []
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}
    assert engine.jobs(admin, scene)[0][2] == "CANCELLED"


def test_a_begin_that_waits_for_a_pause_does_not_begin(admin: psycopg.Connection[Any], database: Database) -> None:
    scene = engine.set_scene(admin)
    claimed = engine.claim(admin)
    with database.connect() as pausing, database.connect("outbound_worker", autocommit=True) as beginning:
        pausing.execute("update public.campaigns set status = 'PAUSED'")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            begin = pool.submit(engine.begin, beginning, claimed)
            wait_until_blocked(admin, beginning.info.backend_pid)
            pausing.commit()
            assert begin.result() == []
    assert engine.jobs(admin, scene)[0][2] == "READY"
    assert engine.claim(admin) == []


# 7. Counters equal a recount at every commit, under concurrency.


def test_counters_equal_a_recount_at_every_moment_under_concurrent_workers(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    scene = engine.set_scene(admin, people=120, concurrency=1000)
    done = threading.Event()
    mismatches: list[Any] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        with database.connect("outbound_worker", autocommit=True) as connection:
            for _ in range(60):
                name = f"w{seed}"
                for attempt in engine.begin(connection, engine.claim(connection, worker=name, limit=5), worker=name):
                    engine.record(connection, [attempt], worker=name)
                    reason = chance.choice(["customer-did-not-answer", "customer-ended-call", "voicemail"])
                    if chance.random() < 0.9:
                        engine.ingest(connection, engine.call_report(attempt, reason, booked=chance.random() < 0.2))

    def watch() -> int:
        looked = 0
        with database.connect(autocommit=True) as connection:
            while not done.is_set():
                mismatches.extend(engine.count_mismatches(connection, scene.campaign_id))
                looked += 1
        return looked

    def fold() -> None:
        with database.connect("outbound_worker", autocommit=True) as connection:
            while not done.is_set():
                connection.execute("select engine.tick()")

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        watching, folding = pool.submit(watch), pool.submit(fold)
        workers = [pool.submit(work, seed) for seed in range(3)]
        try:
            for worker in workers:
                worker.result()
        finally:
            done.set()
        assert watching.result() > 10
        folding.result()
    assert mismatches == []
    metrics = admin.execute(
        "select enrolled, active + completed + booked + opted_out + suppressed + failed + cancelled,"
        " active, waiting + queued + in_progress from public.get_instant_metrics(array[%s::uuid])",
        [scene.campaign_id],
    ).fetchone()
    assert metrics is not None
    assert metrics[0] == metrics[1] == 120
    assert metrics[2] == metrics[3]


def test_waiting_turns_into_queued_without_a_write(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, people=2)
    engine.ingest(admin, *[engine.call_report(a, "customer-did-not-answer") for a in engine.dispatch(admin)])

    def metrics() -> Any:
        return admin.execute(
            "select waiting, queued from public.get_instant_metrics(array[%s::uuid])", [scene.campaign_id]
        ).fetchone()

    assert metrics() == (2, 0)
    admin.execute("update engine.deployment set clock_at = clock_at + interval '5 hours'")
    assert metrics() == (0, 2)
    assert engine.count_mismatches(admin, scene.campaign_id) == []


# 8. One clock.


def test_a_production_databases_clock_cannot_be_set(database: Database) -> None:
    with database.connect(autocommit=True) as connection:
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("select engine.set_clock('2030-01-01', 0)")
        assert refused.value.sqlstate == "OB002"
        with pytest.raises(errors.CheckViolation, match="deployment_clock_is_set_in_sandbox_only"):
            connection.execute("update engine.deployment set clock_at = now(), clock_set_at = now()")


def test_a_database_with_teams_cannot_become_a_sandbox(database: Database) -> None:
    with database.connect(autocommit=True) as connection:
        factories.make_team(connection)
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("select engine.become_sandbox()")
        assert refused.value.sqlstate == "OB002"


def test_the_sandboxs_clock_never_goes_back(admin: psycopg.Connection[Any]) -> None:
    factories.set_clock(admin, engine.MONDAY_NOON)
    admin.execute("select engine.set_clock('2020-01-01', 0)")
    assert admin.execute("select engine.now() = %s::timestamptz", [engine.MONDAY_NOON]).fetchone() == (True,)


def test_nothing_but_the_clock_reads_the_machines_time(admin: psycopg.Connection[Any]) -> None:
    readers = admin.execute(
        r"""
        select p.oid::regprocedure::text
        from pg_proc as p
        where p.pronamespace in ('public'::regnamespace, 'engine'::regnamespace)
            and regexp_replace(p.prosrc, '--[^\n]*', '', 'g')
            ~* any(array[
                '(^|[^.])\m(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(',
                '\mcurrent_(timestamp|date|time)\M', '\mlocaltime'
            ])
        """
    ).fetchall()
    # The clock itself, what sets it, and new ids, whose order is about storage and not about campaign time.
    assert {name for (name,) in readers} == {
        "engine.now()",
        "engine.new_id()",
        "engine.new_ids(bigint)",
        "engine.set_clock(timestamp with time zone,double precision)",
    }
