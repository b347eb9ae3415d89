"""What a refresh keeps of the jobs that its members match by is work that grows with their number, and not faster."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from tests.support.factories import make_team
from tests.support.work import rows_worked

_FILL = """
    with jobs as (
        insert into engine.servicetitan_jobs (team_id, subject_id, id, status, business_unit_id)
        select %(team)s, %(run)s, n, 'Scheduled', 3 from generate_series(1, %(size)s) as n
    )

    insert into engine.member_facts (team_id, run_id, row_number, servicetitan_job_id)
    select %(team)s, %(run)s, n, n from generate_series(1, %(size)s) as n
"""


@pytest.mark.parametrize("keep", ["keep_member_jobs", "keep_member_work"])
def test_what_is_kept_of_jobs_grows_with_their_number(db: psycopg.Connection[Any], keep: str) -> None:
    """In tables that were empty when they were looked at, as they are whenever no refresh runs."""
    db.execute("analyze engine.servicetitan_jobs, engine.servicetitan_appointments, engine.member_facts")
    team_id = make_team(db).id

    def work(size: int) -> int:
        run_id = uuid.uuid4()
        db.execute(_FILL, {"team": team_id, "run": run_id, "size": size})
        return rows_worked(db, f"select engine.{keep}(%s, %s)", [team_id, run_id])

    assert work(1000) < 8 * work(200)
