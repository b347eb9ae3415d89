"""The state machines as tables, and the database against them: every pair of states is tried by raw SQL.

A row is put into a state, with all that its CHECKs want there, and updated to another one with all that they want
there: what the tables here have passes, everything else is refused with OB002, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import psycopg
import pytest

from tests.support import engine
from tests.support.databases import Targets

Connection = psycopg.Connection[Any]
Columns = dict[str, str | None]
NOW = "engine.now()"


@dataclass(frozen=True)
class Machine:
    """One state machine: what may follow what, and how a row looks in each state."""

    table: str
    legal: dict[str, str]
    dress: Callable[[str], Columns]
    retried: frozenset[tuple[str, str]] = frozenset()
    """Steps that are legal only together with a rising retry_count."""

    def pairs(self) -> set[tuple[str, str]]:
        return {(old, new) for old, news in self.legal.items() for new in news.split()}


def _campaign(state: str) -> Columns:
    return {
        "scheduled_at": NOW if state == "SCHEDULED" else None,
        "started_at": None if state in ("CREATED", "SCHEDULED") else NOW,
        "ended_at": NOW if state in ("COMPLETED", "CANCELLED") else None,
    }


def _enrollment(state: str) -> Columns:
    return {
        "ended_at": None if state == "ACTIVE" else NOW,
        "reason_code": {"ACTIVE": None, "SUPPRESSED": "'same_customer'"}.get(state, "'because'"),
        "booked_at": NOW if state == "BOOKED" else None,
        "reopened_at": "case when retry_count > 0 then engine.now() end",
    }


def _job(state: str) -> Columns:
    over = state in ("DONE", "FAILED", "CANCELLED")
    return {
        "lease_owner": "'w'" if state == "CLAIMED" else None,
        "lease_expires_at": NOW if state == "CLAIMED" else None,
        "provider_id": "'p'" if state == "DISPATCHED" else None,
        "dispatched_at": NOW if state == "DISPATCHED" else None,
        "check_at": NOW if state in ("DISPATCHED", "AMBIGUOUS") else None,
        "finished_at": NOW if over else None,
        "outcome": "'answered'" if over else None,
    }


def _run(state: str) -> Columns:
    over = state in ("SUCCEEDED", "PARTIAL", "FAILED")
    return {
        "started_at": NOW if state != "QUEUED" else None,
        "ended_at": NOW if over else None,
        "lease_expires_at": None if over else NOW,
        "failure_code": "'x'" if state == "FAILED" else None,
        "failure_message": "'x'" if state == "FAILED" else None,
        "fetched_count": "1" if state == "PARTIAL" else "0",
        "rejected_count": "1" if state == "PARTIAL" else "0",
    }


def _item(state: str) -> Columns:
    return {
        "enrolled_at": NOW if state == "ENROLLED" else None,
        "hold_outcome": "'unknown'" if state == "HOLD_FAILED" else None,
        "hold_ended_at": NOW if state == "HOLD_FAILED" else None,
    }


def _workflow(state: str) -> Columns:
    # Publishing gives the version; what had one keeps it.
    return {
        "version": "coalesce(version, 1)" if state == "PUBLISHED" else "version",
        "published_at": "coalesce(published_at, engine.now())" if state == "PUBLISHED" else "published_at",
        "archived_at": NOW if state == "ARCHIVED" else None,
    }


MACHINES = {
    "campaign": Machine(
        "public.campaigns",
        {
            "CREATED": "SCHEDULED ACTIVE CANCELLED",
            "SCHEDULED": "CREATED ACTIVE CANCELLED",
            "ACTIVE": "PAUSED COMPLETED CANCELLED",
            "PAUSED": "ACTIVE CANCELLED",
            "COMPLETED": "ACTIVE",
            "CANCELLED": "",
        },
        _campaign,
        frozenset({("COMPLETED", "ACTIVE")}),
    ),
    "enrollment": Machine(
        "engine.enrollments",
        {
            "ACTIVE": "COMPLETED BOOKED OPTED_OUT SUPPRESSED FAILED CANCELLED",
            "COMPLETED": "",
            "BOOKED": "",
            "OPTED_OUT": "",
            "SUPPRESSED": "ACTIVE",
            "FAILED": "ACTIVE",
            "CANCELLED": "",
        },
        _enrollment,
        frozenset({("FAILED", "ACTIVE"), ("SUPPRESSED", "ACTIVE")}),
    ),
    "job": Machine(
        "engine.jobs",
        {
            "READY": "CLAIMED DISPATCHED CANCELLED",
            "CLAIMED": "READY DISPATCHED AMBIGUOUS FAILED CANCELLED",
            "DISPATCHED": "DONE FAILED CANCELLED",
            "AMBIGUOUS": "DISPATCHED READY FAILED CANCELLED",
            "DONE": "",
            "FAILED": "",
            "CANCELLED": "",
        },
        _job,
    ),
    "audience_run": Machine(
        "public.audience_runs",
        {
            "QUEUED": "RUNNING FAILED",
            "RUNNING": "SUCCEEDED PARTIAL FAILED",
            "SUCCEEDED": "",
            "PARTIAL": "",
            "FAILED": "",
        },
        _run,
    ),
    "audience_list": Machine(
        "public.audience_lists", {"ACTIVE": "ARCHIVED", "ARCHIVED": "ACTIVE"}, lambda _: {}
    ),
    "workflow": Machine(
        "public.workflows",
        {"DRAFT": "PUBLISHED ARCHIVED", "PUBLISHED": "ARCHIVED", "ARCHIVED": ""},
        _workflow,
    ),
    "outreach_item": Machine(
        "public.outreach_items",
        {
            "HOLDING": "HOLD_FAILED ENROLLED CANCELLED",
            "HOLD_FAILED": "HOLDING CANCELLED",
            "ENROLLED": "CANCELLED",
            "CANCELLED": "",
        },
        _item,
    ),
}  # fmt: skip
ALL_PAIRS = [
    (name, old, new) for name, machine in MACHINES.items() for old, new in product(machine.legal, machine.legal)
]


@pytest.fixture(scope="module")
def rows(targets: Targets) -> Iterator[Connection]:
    """A database with one row of each kind; what stands in `tried` is what is moved."""
    with targets.copy() as copy, copy.connect(autocommit=True) as connection:
        scene = engine.set_scene(connection)
        connection.execute(
            "insert into public.audience_runs (team_id, list_id, list_name, source, lease_expires_at)"
            " select team_id, id, name, source, engine.now() from public.audience_lists",
        )
        connection.execute(
            "create table tests.tried as select c.team_id, c.id as campaign, e.id as enrollment, j.id as job,"
            " r.id as audience_run, c.list_id as audience_list, c.workflow_id as workflow, null::uuid as outreach_item"
            " from public.campaigns as c, engine.enrollments as e, engine.jobs as j, public.audience_runs as r"
        )
        connection.execute("select tests.connect_holds(%s)", [scene.team.id])
        connection.execute(
            "select tests.reschedule(id) from (select tests.create_list(%s, 1, 2000) as id) as l,"
            " lateral (select tests.give_appointments(l.id)) as g",
            [scene.team.id],
        )
        connection.execute("update tests.tried set outreach_item = (select id from public.outreach_items)")
        yield connection


def dressed(machine: Machine, state: str, **more: str) -> str:
    """The SET clause for a state."""
    columns = {"status": f"'{state}'", **machine.dress(state), **more}
    return ", ".join(f"{name} = {value or 'null'}" for name, value in columns.items())


def move(rows: Connection, name: str, old: str, new: str, **more: str) -> str | None:
    """The SQLSTATE that a step is refused with; what changed is taken back."""
    machine = MACHINES[name]
    with rows.transaction(force_rollback=True):
        rows.execute("set local session_replication_role = replica")
        fresh = {"version": "null", "published_at": "null"} if (name, old) == ("workflow", "DRAFT") else {}
        where = f"where id = (select {name} from tests.tried)"
        rows.execute(f"update {machine.table} set {dressed(machine, old, **fresh)} {where}".encode())
        if name in ("workflow", "audience_list"):
            # what depends on it is not what is tried
            rows.execute("update public.campaigns set status = 'COMPLETED', ended_at = engine.now()")
            for table in ("workflow_nodes", "workflow_edges"):
                rows.execute(
                    f"update public.{table} as n set status = w.status from public.workflows as w"
                    " where n.workflow_id = w.id".encode()
                )
        rows.execute("set local session_replication_role = origin")
        try:
            done = rows.execute(f"update {machine.table} set {dressed(machine, new, **more)} {where}".encode())
            assert done.rowcount == 1
        except psycopg.Error as error:
            return error.sqlstate
        return None


@pytest.mark.parametrize(("name", "old", "new"), ALL_PAIRS)
def test_every_pair_of_states_is_legal_or_refused(rows: Connection, name: str, old: str, new: str) -> None:
    machine = MACHINES[name]
    refused = move(rows, name, old, new)
    if (old, new) in machine.retried:
        assert refused == "OB002", "not without counting the retry"
        more = {"retry_count": "retry_count + 1"} | ({"reopened_at": NOW} if name == "enrollment" else {})
        assert move(rows, name, old, new, **more) is None
    elif (old, new) in machine.pairs():
        assert refused is None
    elif old == new:
        # no step; but what is published refuses every write
        assert refused == (None if name != "workflow" or old == "DRAFT" else "OB003")
    else:
        assert refused == "OB002"
        if machine.retried:
            counted = {"retry_count": "retry_count + 1"} | ({"reopened_at": NOW} if name == "enrollment" else {})
            assert move(rows, name, old, new, **counted) == "OB002", "not even as a retry"


def test_the_reference_table_has_these_steps_and_no_others(rows: Connection) -> None:
    stored = {tuple(row) for row in rows.execute("table reference.transitions").fetchall()}
    assert stored == {(name, *pair) for name, machine in MACHINES.items() for pair in machine.pairs()}


def test_every_state_that_there_is_was_tried(rows: Connection) -> None:
    for name, machine in MACHINES.items():
        states = rows.execute(
            "select array_agg(enumlabel::text) from pg_enum inner join pg_attribute on atttypid = enumtypid"
            " where attrelid = %s::regclass and attname = 'status'",
            [machine.table],
        ).fetchone()
        assert states is not None
        assert set(states[0]) == set(machine.legal), name


def test_a_refusal_says_what_is_allowed(rows: Connection) -> None:
    with rows.transaction(force_rollback=True), pytest.raises(psycopg.Error) as refusal:
        rows.execute("update engine.jobs set status = 'DONE', outcome = 'answered', finished_at = engine.now()")
    assert refusal.value.sqlstate == "OB002"
    assert '"allowed": ["CANCELLED", "CLAIMED", "DISPATCHED"]' in str(refusal.value.diag.message_detail)


def test_actions_and_steps_agree(rows: Connection) -> None:
    """What reference.campaign_actions offers is a legal step, and every step that a person takes is offered."""
    offered = {
        (old, to)
        for action, olds, to in rows.execute(
            "select action, from_statuses::text[], to_status from reference.campaign_actions"
        ).fetchall()
        for old in olds
        if to in MACHINES["campaign"].legal and old != to
    }
    by_the_clock = {("CREATED", "SCHEDULED"), ("SCHEDULED", "ACTIVE"), ("ACTIVE", "COMPLETED")}
    by_a_retry = {("PAUSED", "ACTIVE")}  # leaves a paused campaign paused; it is the resume that takes this step
    assert offered | by_the_clock | by_a_retry == MACHINES["campaign"].pairs()
