"""`outbound outreach` against the whole stack: a list from ServiceTitan is rescheduled, held first and called then."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.support.projects import Project
from tests.support.stacks import Outcome
from tests.support.waiting import wait_until

REFRESH_SECONDS = 240
APPOINTMENTS = {
    "match": {
        "all": [
            {"appointment": {"statuses": ["Scheduled"], "starts": {"days_ahead": {"min": 1, "max": 2}}}},
            {"customer": {"types": ["Commercial"]}},
        ]
    }
}


@pytest.fixture
def team(project: Project) -> dict[str, Any]:
    made = project.stack.run("teams", "create", f"Acme {uuid.uuid4().hex[:6]}", "--sandbox", "--json")
    assert made.status == 0, made.err
    return dict(made.json)


@pytest.fixture
def audience(project: Project, team: dict[str, Any]) -> str:
    """A list of people with an appointment in the next days, as the sandbox's tenant has them."""
    service = project.service()
    arguments = {
        "p_name": "Tomorrow's visits", "p_source": "servicetitan", "p_team_id": team["team_id"],
        "p_definition": APPOINTMENTS,
    }  # fmt: skip
    made: Any = service.rpc("create_audience_list", arguments).execute().data
    service.rpc("refresh_audience_list", {"p_list_id": made["id"]}).execute()

    def run() -> Any:
        found: Any = service.rpc("get_audience_list", {"p_list_id": made["id"]}).execute().data
        return found["last_run"]

    wait_until(lambda: run()["status"] not in {"QUEUED", "RUNNING"}, "the list is refreshed", limit=REFRESH_SECONDS)
    assert run()["status"] in {"SUCCEEDED", "PARTIAL"}, run()
    return str(made["id"])


@pytest.mark.timeout(400)
def test_a_list_is_rescheduled_held_first_and_called_then(
    project: Project, team: dict[str, Any], audience: str
) -> None:
    run = project.stack.run

    def reasons() -> Any:
        return run("outreach", "reasons", "--team", team["team_id"], "--json").json["items"]

    assert run("outreach", "reasons", "--refresh", "--team", team["team_id"]).status == 0
    wait_until(lambda: bool(reasons()), "the reasons are known", limit=60)
    reason = next(item for item in reasons() if item["is_active"])

    def launch(*more: str) -> Outcome:
        return run(
            "outreach", "launch", audience, "--kind", "reschedule", "--assistant", team["assistant_id"],
            "--reason", reason["name"], "--memo", "Storm on Monday", *more,
        )  # fmt: skip

    refused = run("outreach", "launch", audience, "--kind", "reschedule", "--json", "--yes")
    assert refused.status == 1
    assert "hold_reason_missing" in refused.err
    plan = launch("--dry-run", "--json").json
    counts = plan["counts"]
    assert counts["items"] > 1
    assert counts["holds"] + counts["suppressed"] == counts["items"]
    assert "holds" in launch("--dry-run").out
    unasked = launch()
    assert (unasked.status, "--yes" in unasked.err) == (1, True), "a launch asks"

    launched = launch("--yes", "--json").json
    assert launched["counts"] == counts
    again = launch("--yes")
    assert again.status == 0
    assert "Nobody is new" in again.err

    outreach = launched["outreach_id"]

    def items() -> Any:
        return run("outreach", "items", outreach, "--limit", "1000", "--json").json

    wait_until(lambda: items()["counts"]["holding"] == 0, "the holds have ended", limit=120)
    held = [item for item in items()["items"] if (item["hold"] or {}).get("code") == "held"]
    assert held

    def requests(provider: str) -> list[Any]:
        lines = run("sandbox", "log", "--provider", provider, "--kind", "request", "--json").out.splitlines()
        return [entry for entry in map(json.loads, lines) if entry["method"] in {"POST", "PUT"}]

    appointments = {item["phone"]: item["servicetitan_appointment_id"] for item in held}

    def called() -> dict[str, int]:
        placed = {entry["body"]["customer"]["number"]: entry["seq"] for entry in reversed(requests("vapi"))}
        return {phone: seq for phone, seq in placed.items() if phone in appointments}

    wait_until(lambda: bool(called()), "a customer is called", limit=120)
    holds = {entry["path"]: entry["seq"] for entry in requests("servicetitan") if entry["path"].endswith("/hold")}
    for phone, seq in called().items():
        [asked] = [at for path, at in holds.items() if f"/appointments/{appointments[phone]}/hold" in path]
        assert asked < seq

    [listed] = run("outreach", "list", "--list", audience, "--json").json["items"]
    assert (listed["id"], listed["kind"]) == (outreach, "reschedule")
    assert "reschedule" in run("outreach", "list", "--team", team["team_id"]).out
    shown = run("outreach", "items", outreach)
    assert "holds failed" in shown.err
    can_retry = items()["counts"]["can_retry"]
    assert run("outreach", "retry", outreach, "--yes", "--json").json["retried"] == can_retry
    assert run("outreach", "items", outreach, "--outcome", "lost").status == 1
