"""`outbound schedules` against the whole stack: what an expression means, and the schedule of a list."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest

from tests.support.projects import Project


@pytest.fixture
def team(project: Project) -> str:
    name = f"Acme {uuid.uuid4().hex[:6]}"
    made: Any = project.service().rpc("create_team", {"p_name": name, "p_is_sandbox": True}).execute().data
    return str(made["id"])


def make_list(project: Project, team: str, source: str = "servicetitan") -> str:
    arguments = {"p_name": "Overdue for maintenance", "p_source": source, "p_team_id": team}
    made: Any = project.service().rpc("create_audience_list", arguments).execute().data
    return str(made["id"])


def test_a_schedule_is_set_listed_and_switched(project: Project, team: str) -> None:
    run = project.stack.run
    list_id = make_list(project, team)

    # Years away: the sandbox's clock runs on, and what is due is followed.
    made = run("schedules", "set", list_id, "30 8 29 2 *", "--timezone", "America/Chicago", "--json")
    assert made.status == 0, made.err
    assert (made.json["summary"], made.json["chip"]) == ("At 08:30, on day 29 of the month, in February", "on")
    first = datetime.fromisoformat(made.json["next"][0])
    assert (first.hour, first.minute, first.month, first.day) == (8, 30, 2, 29)

    [listed] = run("schedules", "list", "--team", team, "--search", "overdue", "--json").json
    assert listed["list_id"] == list_id
    table = run("schedules", "list", "--team", team)
    assert "Overdue for" in table.out
    assert "08:30" in table.out

    off = run("schedules", "toggle", list_id, "off", "--json")
    assert (off.json["chip"], off.json["next"]) == ("off", [])
    assert "never, while it is off" in run("schedules", "toggle", list_id, "off").out
    assert run("schedules", "toggle", list_id, "on", "--json").json["chip"] == "on"
    assert run("schedules", "set", list_id, "@hourly", "--off", "--json").json["is_enabled"] is False


def test_what_an_expression_means_without_storing_it(project: Project) -> None:
    run = project.stack.run
    found = run("schedules", "describe", "*/15 9-17 * * 1-5", "--timezone", "America/Chicago", "--count", "2", "--json")
    assert found.json["summary"] == "Every 15 minutes between 09:00 and 17:59, Monday to Friday"
    assert len(found.json["next"]) == 2
    shown = run("schedules", "describe", "0 9 * * sat-sun")
    assert "on Saturday and Sunday" in shown.out
    assert "Note: The range sat-sun" in shown.err


def test_refusals_name_every_field(project: Project, team: str) -> None:
    run = project.stack.run
    refused = run("schedules", "set", make_list(project, team, "csv"), "99 8 L * *", "--timezone", "Mars/Base")
    assert refused.status == 1
    assert "OB001: The schedule has 4 problems" in refused.err
    for place in ("p_expression.minute:", "p_expression.day_of_month:", "p_timezone:", "p_list_id:"):
        assert place in refused.err
    assert "Traceback" not in refused.err


@pytest.mark.parametrize("arguments", [("toggle", str(uuid.uuid4()), "maybe"), ("set", "not-an-id", "* * * * *")])
def test_wrong_usage(project: Project, arguments: tuple[str, ...]) -> None:
    assert project.stack.run("schedules", *arguments).status == 2


def test_a_list_that_is_not_there(project: Project) -> None:
    refused = project.stack.run("schedules", "toggle", str(uuid.uuid4()), "on")
    assert (refused.status, "OB004" in refused.err) == (1, True)
