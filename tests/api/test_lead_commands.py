"""`outbound leads` against the whole stack: a lead that another system posts is called by the worker."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx

from tests.support.projects import Project
from tests.support.waiting import wait_until


def sandbox_team(project: Project) -> dict[str, Any]:
    made = project.stack.run("teams", "create", f"Acme {uuid.uuid4().hex[:6]}", "--sandbox", "--json")
    assert made.status == 0, made.err
    return dict(made.json)


def speed_to_lead(project: Project, team: dict[str, Any]) -> str:
    made: Any = project.service().rpc(
        "create_audience_list",
        {"p_name": "Web leads", "p_source": "speed_to_lead", "p_team_id": team["team_id"]},
    )
    return str(made.execute().data["id"])


def campaign(project: Project, team: dict[str, Any], list_id: str) -> str:
    """A continuous campaign over the list, launched: one call."""
    service = project.service()
    graph = {
        "nodes": [
            {"id": "start", "type": "trigger", "data": {}},
            {"id": "call", "type": "call", "data": {"assistant_id": team["assistant_id"]}},
        ],
        "edges": [{"id": "e", "source": "start", "target": "call", "data": {"when": "any"}}],
    }
    flow: Any = service.rpc(
        "create_workflow", {"p_name": "Call back", "p_graph": graph, "p_team_id": team["team_id"]}
    ).execute()
    service.rpc("publish_workflow", {"p_workflow_id": flow.data["id"]}).execute()
    made: Any = service.rpc(
        "create_campaign",
        {
            "p_name": "Call back",
            "p_list_id": list_id,
            "p_workflow_id": flow.data["id"],
            "p_phone_number_id": team["phone_number_id"],
            "p_is_continuous": True,
            "p_team_id": team["team_id"],
        },
    ).execute()
    service.rpc("launch_campaign", {"p_campaign_id": made.data["id"]}).execute()
    return str(made.data["id"])


def test_a_posted_lead_is_called(project: Project) -> None:
    run = project.stack.run
    team = sandbox_team(project)
    list_id = speed_to_lead(project, team)
    campaign_id = campaign(project, team, list_id)

    made = run("leads", "connect", list_id, "--source", "website", "--json")
    assert made.status == 0, made.err
    status = run("stack", "status", "--json").json
    url = status["webhook_url"] + made.json["path"]

    posted = httpx.post(url, json={"Phone": "(212) 555-0137", "id": "w-1", "urgency": "high"})
    assert (posted.status_code, posted.json()["status"]) == (200, "ACCEPTED")
    assert httpx.post(url, json={"Phone": "(212) 555-0137", "id": "w-1"}).json()["duplicate"] is True
    assert httpx.post(url, data={"Phone": "911", "id": "w-2"}).status_code == 422
    assert httpx.post(status["webhook_url"] + "/webhooks/leads/guess", json={"phone": "x"}).status_code == 401

    def calls() -> list[Any]:
        entries = [json.loads(line) for line in run("sandbox", "log", "--json").out.splitlines()]
        return [entry for entry in entries if "+12125550137" in str(entry) and entry["kind"] == "request"]

    wait_until(lambda: bool(calls()), "the lead is called", limit=60)
    metrics: Any = project.service().rpc("get_instant_metrics", {"p_campaign_ids": [campaign_id]}).execute()
    assert metrics.data[0]["enrolled"] == 1

    listed = run("leads", "list", list_id, "--json")
    assert [(item["external_id"], item["status"]) for item in listed.json] == [("w-2", "REJECTED"), ("w-1", "ACCEPTED")]
    added = run("leads", "add", list_id, "--phone", "212.555.0138", "--name", "Ari Stone", "--json")
    assert (added.status, added.json["campaigns"][0]["campaign_id"]) == (0, campaign_id)
    refused = run("leads", "add", list_id, "--phone", "12")
    assert refused.status == 1
    assert "too few digits" in refused.err

    assert run("leads", "disconnect", made.json["endpoint_id"], "--yes").status == 0
    assert httpx.post(url, json={"Phone": "(212) 555-0139"}).status_code == 401
    assert len(run("leads", "endpoints", list_id, "--json").json) == 1
