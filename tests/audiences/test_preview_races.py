"""Who asks for a preview again and again never waits for whoever works on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.support.databases import Database
from tests.support.factories import Team, make_team
from tests.support.people import acting_as

Connection = psycopg.Connection[Any]
DEFINITION = json.dumps({"match": {"all": [{"membership": {"statuses": ["Active"]}}]}})


@pytest.fixture
def team(database: Database) -> Team:
    with database.connect(autocommit=True) as connection:
        team = make_team(connection, "Acme")
        connection.execute(
            "insert into public.integrations (team_id, provider, account_ref, secret_name, is_sandbox)"
            " values (%s, 'servicetitan', '1', 'ST', true)",
            [team.id],
        )
        return team


@pytest.fixture
def look(database: Database, team: Team) -> Iterator[Any]:
    """Ask as a person does, whose statements may not take long."""
    with database.connect(autocommit=True) as connection, acting_as(connection, team.admin_id):
        connection.execute("set statement_timeout = '2s'")

        def ask() -> dict[str, Any]:
            row = connection.execute("select public.preview_audience_definition(%s)", [DEFINITION]).fetchone()
            assert row is not None
            found: dict[str, Any] = row[0]
            return found

        yield ask


def test_a_look_does_not_wait_for_the_worker(database: Database, team: Team, look: Any) -> None:
    asked = look()
    preview = [team.id, asked["preview_id"]]
    assert asked["status"] == "QUEUED"
    with database.connect("outbound_worker") as worker:
        worker.execute("select engine.start_preview(%s, %s)", preview)
        assert look()["status"] == "QUEUED"
        worker.commit()
        worker.execute("select engine.finish_preview(%s, %s)", preview)
        assert look()["status"] == "RUNNING"
        worker.commit()
    assert look()["status"] == "SUCCEEDED"


def test_an_old_result_is_worked_out_again_once(database: Database, look: Any) -> None:
    """And not by whoever comes while another one has just begun that."""
    preview = look()["preview_id"]
    with database.connect(autocommit=True) as eye:
        count = "select count(*) from engine.tasks where kind = 'preview'"
        eye.execute("delete from engine.tasks")
        eye.execute(
            "update engine.audience_previews set status = 'SUCCEEDED', result = '{}', started_at = engine.now(),"
            " ended_at = engine.now() - interval '11 minutes'"
        )
        with database.connect() as other:
            other.execute("select from engine.audience_previews for update")
            assert look()["status"] == "SUCCEEDED"
            assert eye.execute(count).fetchone() == (0,)
        again = look()
        assert (again["preview_id"], again["status"], again["count"]) == (preview, "QUEUED", None)
        look()
        assert eye.execute(count).fetchone() == (1,)
