"""The slice through the gateway: a member runs a campaign with Supabase's own clients; others see nothing of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from supabase import Client, PostgrestAPIError

from cli.demo.scene import WORKFLOW
from tests.support.projects import Project
from tests.support.typescript import mistypes

HERE = Path(__file__).parent
ENDED = ("completed", "booked", "opted_out", "suppressed", "failed", "cancelled")
# 12 people, all in one zone: fictitious numbers of one area code
ROWS = [{"Phone": f"(212) 555-01{n:02d}", "First name": f"Pat {n}"} for n in range(12)]


def call(client: Client, function: str, **arguments: Any) -> Any:
    return cast("Any", client.rpc(function, arguments).execute().data)


class Company:
    """A team with people, and accounts at the sandbox."""

    def __init__(self, project: Project, name: str) -> None:
        service = project.service()
        made = project.stack.run("teams", "create", name, "--sandbox", "--json").json
        self.team_id: str = made["team_id"]
        self.phone_number_id: str = made["phone_number_id"]
        self.people = {role: project.person(role) for role in ("admin", "operator", "viewer")}
        for role, person in self.people.items():
            call(service, "set_team_member", p_user_id=person.id, p_role=role, p_team_id=self.team_id)
        self.graph: dict[str, Any] = json.loads(WORKFLOW.read_text().replace("ASSISTANT", made["assistant_id"]))


@pytest.fixture(scope="module")
def acme(project: Project) -> Company:
    # campaign time stands on a Monday afternoon and then runs from event to event
    control = project.stack.status()["sandbox_urls"]["control"]
    for order in ({"mode": "manual", "at": "2027-03-01T17:00:00Z"}, {"mode": "auto", "speed": 100_000}):
        httpx.put(f"{control}/clock", json=order, trust_env=False, timeout=30).raise_for_status()
    return Company(project, "Acme")


@pytest.fixture(scope="module")
def rival(project: Project) -> Client:
    return project.client(Company(project, "Rival").people["admin"])


def test_supabase_js_runs_the_slice_as_a_member(project: Project, acme: Company, rival: Client) -> None:
    operator = acme.people["operator"]
    seen = project.node(
        HERE / "slice.mjs",
        member={"email": operator.email, "password": operator.password},
        rows=ROWS,
        graph=acme.graph,
        phoneNumberId=acme.phone_number_id,
    )
    assert seen["issues"] == 0
    assert seen["members"] == seen["launched"] == seen["contacts"] == len(ROWS)
    assert seen["invalid"]["code"] == "OB001"
    assert "trigger_missing" in seen["invalid"]["issues"]
    assert seen["nodes"] == sorted(node["id"] for node in acme.graph["nodes"])
    assert seen["again"] == {"code": "OB002", "hint": True}
    assert_adds_up(seen["metrics"], seen["nodeMetrics"])
    assert_sees_nothing(rival, seen["ids"])


def test_supabase_py_runs_the_slice_as_a_member(project: Project, acme: Company, rival: Client) -> None:
    member = project.client(acme.people["operator"])
    campaign = make_campaign(member, acme)
    assert call(member, "launch_campaign", p_campaign_id=campaign["id"])["members"] == len(ROWS)
    deadline = time.monotonic() + 90
    while (metrics := call(member, "get_instant_metrics", p_campaign_ids=[campaign["id"]])[0])["status"] != "COMPLETED":
        assert time.monotonic() < deadline, metrics
        time.sleep(0.15)
    assert_adds_up(metrics, call(member, "get_node_metrics", p_campaign_id=campaign["id"]))
    assert_what_came_of_it_has_the_shapes_of_types(member, campaign["id"])
    ids = {"list": campaign["list_id"], "workflow": campaign["workflow_id"], "campaign": campaign["id"]}
    assert_sees_nothing(rival, ids)


def test_a_viewer_reads_and_changes_nothing(project: Project, acme: Company) -> None:
    viewer = project.client(acme.people["viewer"])
    assert viewer.table("contacts").select("phone").execute().data != []
    writes: dict[str, dict[str, Any]] = {
        "create_audience_list": {"p_name": "Mine", "p_source": "csv"},
        "create_workflow": {"p_name": "Mine"},
    }
    for function, arguments in writes.items():
        with pytest.raises(PostgrestAPIError) as refused:
            call(viewer, function, **arguments)
        assert refused.value.code == "OB008"


def test_nobody_writes_a_table(project: Project, acme: Company) -> None:
    admin = project.client(acme.people["admin"])
    writes: list[Callable[[], object]] = [
        admin.table("contacts").delete().eq("team_id", acme.team_id).execute,
        admin.table("campaigns").update({"name": "x"}).eq("team_id", acme.team_id).execute,
        admin.table("teams").insert({"name": "x"}).execute,
    ]
    for write in writes:
        with pytest.raises(PostgrestAPIError) as refused:
            write()
        assert refused.value.code == "42501"


def make_campaign(member: Client, company: Company) -> dict[str, Any]:
    """A list, a published workflow and a campaign of them."""
    created = call(member, "create_audience_list", p_name="From Python", p_source="csv", p_rows=ROWS)
    workflow = call(member, "create_workflow", p_name="Call, then text")
    saved = {"p_workflow_id": workflow["id"], "p_graph": company.graph, "p_revision": workflow["revision"]}
    call(member, "save_workflow", **saved)
    call(member, "publish_workflow", p_workflow_id=workflow["id"], p_note=None)
    campaign: dict[str, Any] = call(
        member,
        "create_campaign",
        p_name="From Python",
        p_list_id=created["id"],
        p_workflow_id=workflow["id"],
        p_phone_number_id=company.phone_number_id,
    )
    return campaign


def assert_adds_up(metrics: dict[str, Any], nodes: list[dict[str, Any]]) -> None:
    assert metrics["status"] == "COMPLETED"
    assert metrics["enrolled"] == len(ROWS) == sum(metrics[state] for state in ENDED)
    assert [node["node_id"] for node in nodes if node["type"] == "trigger"] == []
    for node in nodes:
        states = ("waiting", "queued", "in_progress", "completed", "failed", "cancelled")
        assert node["scheduled"] == sum(node[state] for state in states)
        assert node["completed"] + node["failed"] == sum(node["outcomes"].values())


def assert_what_came_of_it_has_the_shapes_of_types(member: Client, campaign_id: str) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        (name, {"p_campaign_id": campaign_id})
        for name in ("list_jobs", "get_campaign", "get_campaign_enrollments", "get_node_metrics")
    ]
    asked += [(name, {"p_campaign_ids": [campaign_id]}) for name in ("get_instant_metrics", "get_audience_stats")]
    for job in call(member, "list_jobs", p_campaign_id=campaign_id)["items"]:
        asked.append(("get_job", {"p_job_id": job["id"]}))
        asked.append(("explain_contact", {"p_campaign_id": campaign_id, "p_contact_id": job["contact"]["id"]}))
    assert mistypes((name, call(member, name, **arguments)) for name, arguments in asked) == []


def assert_sees_nothing(stranger: Client, ids: dict[str, str]) -> None:
    """A member of another team finds no row and no RPC that knows of these."""
    for table in ("contacts", "audience_lists", "audience_members", "workflows", "workflow_nodes", "campaigns"):
        assert stranger.table(table).select("*").execute().data == []
    assert call(stranger, "get_instant_metrics", p_campaign_ids=[ids["campaign"]]) == []
    reads: dict[str, dict[str, Any]] = {
        "get_node_metrics": {"p_campaign_id": ids["campaign"]},
        "launch_campaign": {"p_campaign_id": ids["campaign"]},
        "get_workflow": {"p_workflow_id": ids["workflow"]},
        "publish_workflow": {"p_workflow_id": ids["workflow"], "p_note": None},
        "get_audience_list": {"p_list_id": ids["list"]},
        "get_audience_members": {"p_list_id": ids["list"]},
    }
    for function, arguments in reads.items():
        with pytest.raises(PostgrestAPIError) as refused:
            call(stranger, function, **arguments)
        assert refused.value.code == "OB004", (function, refused.value)
