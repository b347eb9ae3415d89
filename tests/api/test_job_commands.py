"""`outbound jobs` against the whole stack, and what its worker says of itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.exposition import parse
from tests.support.projects import Project

PHONES = ("+12125550161", "+12125550162", "+12125550163")


@pytest.fixture(scope="module", autouse=True)
def _still_clock(project: Project) -> Iterator[None]:
    """Campaign time stands still here, so that what is due in a day is not due."""
    before = project.stack.run("sandbox", "clock", "--json").json["mode"]
    assert project.stack.run("sandbox", "clock", "--mode", "manual").status == 0
    yield
    assert project.stack.run("sandbox", "clock", "--mode", before).status == 0


@pytest.fixture
def campaign(project: Project, tmp_path: Path) -> Iterator[str]:
    """A launched campaign over three people, which waits a day before it calls: workers stay out of it."""
    run, service = project.stack.run, project.service()
    team = run("teams", "create", f"Acme {uuid.uuid4().hex[:6]}", "--sandbox", "--json").json
    people = tmp_path / "people.csv"
    people.write_text("First name,Phone\n" + "".join(f"Pat{n},{phone}\n" for n, phone in enumerate(PHONES)))
    imported = run("audiences", "import", str(people), "--list", "Owners", "--team", team["team_id"], "--json")
    assert imported.status == 0, imported.err
    graph = {
        "nodes": [
            {"id": "start", "type": "trigger", "data": {}},
            {"id": "call", "type": "call", "data": {"assistant_id": team["assistant_id"], "label": "First call"}},
        ],
        "edges": [{"id": "e", "source": "start", "target": "call", "data": {"when": "any", "delay": "P1D"}}],
    }
    flow = tmp_path / "flow.json"
    flow.write_text(json.dumps(graph))
    workflow = run(
        "workflows", "import", str(flow), "--name", "Tune-up", "--team", team["team_id"], "--publish", "--yes", "--json"
    )
    assert workflow.status == 0, workflow.err
    numbers: Any = service.table("phone_numbers").select("id").eq("team_id", team["team_id"]).execute()
    arguments = {
        "p_name": "Spring", "p_list_id": imported.json["run"]["list_id"], "p_workflow_id": workflow.json["id"],
        "p_phone_number_id": numbers.data[0]["id"], "p_team_id": team["team_id"],
    }  # fmt: skip
    made: Any = service.rpc("create_campaign", arguments).execute().data
    service.rpc("launch_campaign", {"p_campaign_id": made["id"]}).execute()
    yield str(made["id"])
    service.rpc("cancel_campaign", {"p_campaign_id": made["id"]}).execute()


@pytest.mark.timeout(240)
def test_jobs_are_listed_shown_and_called_off(project: Project, campaign: str) -> None:
    run = project.stack.run
    jobs = run("jobs", "list", "--campaign", campaign, "--status", "ready", "--json").json["items"]
    assert {job["phone"] for job in jobs} == set(PHONES)
    table = run("jobs", "list", "--campaign", campaign)
    assert jobs[0]["id"] in table.out
    assert "First call" in table.out
    page = run("jobs", "list", "--campaign", campaign, "--limit", "2")
    assert "--cursor" in page.err
    [found] = run("jobs", "list", "--phone", "(212) 555-0161", "--campaign", campaign, "--json").json["items"]
    shown = run("jobs", "show", found["id"])
    assert "next: Would be called on" in shown.err
    assert f"cancel: outbound jobs cancel {found['id']}" in shown.err
    assert run("jobs", "show", found["id"], "--json").json["refusals"]["cancel"] is None

    refused = run("jobs", "retry", found["id"])
    assert (refused.status, "OB002" in refused.err) == (1, True)
    assert "called off" in run("jobs", "cancel", found["id"], "--dry-run").err
    assert run("jobs", "cancel", found["id"]).status == 1  # nobody to ask
    assert run("jobs", "cancel", found["id"], "--yes", "--json").json["to"] == "CANCELLED"
    again = run("jobs", "cancel", found["id"], "--yes")
    assert (again.status, "OB002" in again.err) == (1, True)
    left = run("jobs", "list", "--campaign", campaign, "--status", "READY", "--json").json["items"]
    assert {job["phone"] for job in left} == set(PHONES[1:])
    told = run("campaigns", "explain", campaign, "(212) 555-0161")
    assert "the journey ended as CANCELLED" in told.err
    assert "An operator called it off." in told.out
    other = run("campaigns", "explain", campaign, left[0]["contact"]["id"], "--json").json
    assert (other["next"]["kind"], other["enrollment"]["status"]) == ("send", "ACTIVE")
    assert run("campaigns", "explain", campaign, "+12125550199").status == 1
    assert run("jobs", "list", "--status", "lost").status == 1
    assert run("jobs", "show", str(uuid.uuid4())).status == 1


@pytest.mark.timeout(240)
def test_the_stacks_worker_is_healthy_and_says_how_far_behind_it_is(project: Project) -> None:
    [url] = [part["address"] for part in project.stack.status()["parts"] if part["name"] == "worker"]
    assert httpx.get(f"{url}/healthz").json()["status"] == "ok"
    read = parse(httpx.get(f"{url}/metrics").text)
    assert {"outbound_queue_lag_seconds", "outbound_request_seconds", "outbound_tasks_total"} <= set(read)
