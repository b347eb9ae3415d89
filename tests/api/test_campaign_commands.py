"""`outbound campaigns` against the whole stack: a campaign is created, launched, held back, watched and ended."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import Project
from tests.support.stacks import Outcome

PHONES = ("+12125550151", "+12125550152", "+12125550153")
LATER = "2099-01-04T09:00-05:00"


@pytest.fixture(scope="module", autouse=True)
def _still_clock(project: Project) -> Iterator[None]:
    """Campaign time stands still here: jumping to the next job, a day away, it would overtake what else goes on."""
    before = project.stack.run("sandbox", "clock", "--json").json["mode"]
    assert project.stack.run("sandbox", "clock", "--mode", "manual").status == 0
    yield
    service = project.service()
    running: Any = service.table("campaigns").select("id").eq("name", "Spring").eq("status", "ACTIVE").execute()
    for row in running.data:
        service.rpc("cancel_campaign", {"p_campaign_id": row["id"]}).execute()
    assert project.stack.run("sandbox", "clock", "--mode", before).status == 0


@pytest.fixture
def made(project: Project, tmp_path: Path) -> dict[str, str]:
    """A team with a list of three and a published workflow that waits a day before it calls: workers stay out of it."""
    run = project.stack.run
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
    return {"team": team["team_id"], "list": imported.json["run"]["list_id"], "workflow": workflow.json["id"]}


def create(project: Project, made: dict[str, str], name: str, *more: str) -> str:
    done = project.stack.run(
        "campaigns", "create", name, "--list", made["list"], "--workflow", made["workflow"], "--json", *more
    )
    assert done.status == 0, done.err
    return str(done.json["id"])


@dataclass(frozen=True)
class Campaign:
    """A campaign, and the commands about it."""

    project: Project
    team: str
    id: str

    def step(self, verb: str, *more: str) -> Outcome:
        return self.project.stack.run("campaigns", verb, self.id, *more)

    def listed(self, *more: str) -> Any:
        return self.project.stack.run("campaigns", "list", "--team", self.team, "--json", *more).json["items"]


@pytest.fixture
def spring(project: Project, made: dict[str, str]) -> Campaign:
    return Campaign(project, made["team"], create(project, made, "Spring"))


@pytest.fixture
def running(spring: Campaign) -> Campaign:
    launched = spring.step("launch", "--yes", "--json")
    assert launched.status == 0, launched.err
    assert launched.json["members"] == 3
    return spring


def test_a_launch_is_shown_asked_for_and_taken_back(spring: Campaign) -> None:
    step = spring.step
    plan = step("launch", "--at", LATER, "--dry-run", "--json").json
    assert (plan["to"], plan["members"], plan["dry_run"]) == ("SCHEDULED", 3, True)
    unasked = step("launch", "--at", LATER)
    assert unasked.status == 1
    assert "would be scheduled" in unasked.err
    assert "--yes" in unasked.err, "a launch asks"
    assert step("launch", "--at", LATER, "--yes").status == 0
    assert spring.listed()[0]["status"] == "SCHEDULED"
    assert step("unschedule", "--yes", "--json").json["to"] == "CREATED"
    for nonsense in ("tomorrow", "2099-01-04T09:00"):
        refused = step("launch", "--at", nonsense, "--yes")
        assert refused.status == 1
        assert "offset" in refused.err


def test_a_launch_is_looked_at_beforehand(spring: Campaign) -> None:
    told = spring.step("preflight", "--at", LATER)
    assert told.status == 0, told.err
    assert "3 of 3 would be contacted" in told.out
    assert "Nothing blocks the launch." in told.out
    plan = spring.step("preflight", "--json").json
    assert (plan["members"], plan["reach"], plan["blockers"]) == (3, 3, [])
    assert spring.step("preflight", "--at", "tomorrow").status == 1
    assert spring.listed()[0]["status"] == "CREATED", "nothing has happened"
    assert spring.step("launch", "--yes").status == 0
    refused = spring.step("preflight")
    assert refused.status == 1
    assert "OB003" in refused.err


def test_the_retries_of_a_contact_are_chosen(project: Project, made: dict[str, str]) -> None:
    frugal, usual = create(project, made, "Frugal", "--retry-budget", "0"), create(project, made, "Usual")
    assert "0 for each contact" in project.stack.run("campaigns", "show", frugal).out
    assert project.stack.run("campaigns", "show", usual, "--json").json["retry_budget"] == 10


def test_a_campaign_is_held_back_and_let_go(running: Campaign) -> None:
    step = running.step
    again = step("launch", "--yes")
    assert again.status == 1
    assert "OB002" in again.err
    plan = step("pause", "--dry-run", "--json").json
    assert plan["waiting"] == 3
    paused = step("pause", "--json").json
    assert paused | {"dry_run": True, "message": "", "at": ""} == plan | {"message": "", "at": ""}
    assert "would be resumed" in step("resume", "--dry-run").err
    assert step("resume").status == 1, "a resume asks"
    assert step("resume", "--yes", "--json").json["waiting"] == 3


def test_a_campaign_is_looked_at(running: Campaign) -> None:
    step = running.step
    for verb in (["pause"], ["resume", "--yes"]):
        assert step(*verb).status == 0
    shown = step("show")
    assert shown.status == 0, shown.err
    for words in ("Spring", "Tune-up v1", "pause, cancel, retry", "resumed", "First call"):
        assert words in shown.out
    assert [item["reason"] for item in step("show", "--json").json["steps"]][:2] == ["resumed", "paused"]
    assert "Spring" in running.project.stack.run("campaigns", "list", "--search", "spr", "--team", running.team).out
    assert running.listed("--status", "paused") == []


def test_the_people_of_a_campaign_come_by_the_page(running: Campaign) -> None:
    step = running.step
    people = step("enrollments", "--json").json["items"]
    assert sorted(item["phone"] for item in people) == list(PHONES)
    assert all(item["next_due_at"] for item in people)
    first = step("enrollments", "--limit", "2", "--json").json
    second = step("enrollments", "--limit", "2", "--cursor", first["next_cursor"], "--json").json
    assert [len(first["items"]), len(second["items"]), second["next_cursor"]] == [2, 1, None]
    assert "--cursor" in step("enrollments", "--limit", "2").err
    found = step("enrollments", "--search", "pat1", "--status", "active")
    assert PHONES[1] in found.out
    assert PHONES[0] not in found.out
    assert step("enrollments", "--status", "lost").status == 1


def test_a_campaign_is_watched_and_ended(running: Campaign) -> None:
    step = running.step
    once = step("watch", "--once")
    assert once.status == 0, once.err
    assert "0 of 3 contacts done" in once.out
    seen = step("watch", "--once", "--json").out.splitlines()
    assert len(seen) == 1
    assert json.loads(seen[0])["enrolled"] == 3

    assert step("retry", "--yes", "--json").json["retried"] == 0
    assert step("archive").status == 1, "what runs is not archived"
    plan = step("cancel", "--dry-run", "--json").json
    assert (plan["cancelled"], plan["in_progress"]) == (3, 0)
    assert step("cancel").status == 1, "a cancel asks"
    assert step("cancel", "--yes", "--json").json["cancelled"] == 3
    over = step("watch", "--json").out.splitlines()
    assert [json.loads(line)["cancelled"] for line in over] == [3], "it ends by itself"
    assert "CANCELLED" in step("watch").err
    assert step("archive").status == 0
    assert running.listed() == []
    assert running.listed("--archived")[0]["id"] == running.id
    assert step("unarchive").status == 0


def test_the_numbers_are_shown_drawn_exported_and_reported(
    running: Campaign, made: dict[str, str], tmp_path: Path
) -> None:
    def run(*arguments: str) -> Outcome:
        done = running.project.stack.run(*arguments)
        assert done.status == 0, done.err
        return done

    shown = run("metrics", "show", running.id, "--json").json
    assert (shown["campaigns"][0]["enrolled"], shown["campaigns"][0]["channels"]["call"]["waiting"]) == (3, 3)
    assert [node["scheduled"] for node in shown["nodes"]] == [3]
    assert shown["audience"][0]["size"] == 3
    assert "First call" in run("metrics", "show", running.id).out
    second = create(running.project, made, "Autumn")
    both = run("metrics", "show", running.id, second, "--json").json
    assert [campaign["name"] for campaign in both["campaigns"]] == ["Spring", "Autumn"]
    assert [node["scheduled"] for node in both["nodes"]] == [3], "one workflow, so its nodes are added up"
    assert json.loads(run("metrics", "watch", running.id, "--once", "--json").out)["waiting"] == 3

    points = run("metrics", "timeseries", running.id, "--from", "2d", "--bucket", "hour", "--json").json
    assert sum(point["enrolled"] for point in points) == 3
    assert len(points) >= 47, "an hour of which there is nothing is there too"
    assert "max 3" in run("metrics", "timeseries", running.id).out
    for what in ("metrics", "nodes", "timeseries", "audience"):
        rows = run("metrics", "export", what, running.id, "--format", "json").json
        table = run("metrics", "export", what, running.id).out.splitlines()
        assert len(table) == 1 + len(rows), what

    page, numbers = tmp_path / "spring.html", tmp_path / "nodes.csv"
    run("metrics", "export", "nodes", running.id, "--out", str(numbers))
    assert "First call" in numbers.read_text()
    run("report", running.id, "--html", str(page), "--timezone", "America/Denver")
    assert "America/Denver" in page.read_text()
    refused = running.project.stack.run("report", running.id, "--html", str(page))
    assert refused.status == 1, "nothing is overwritten unasked"


def test_what_cannot_be_counted_is_told(spring: Campaign) -> None:
    run, nobody = spring.project.stack.run, str(uuid.uuid4())
    for refused, code in (
        (run("metrics", "show", nobody), "OB004"),
        (run("report", nobody, "--html", "unwritten.html"), "OB004"),
        (run("metrics", "timeseries", spring.id, "--bucket", "fortnight"), "OB001"),
        (run("metrics", "timeseries", spring.id, "--from", "52w", "--bucket", "minute"), "OB009"),
        (run("metrics", "timeseries", spring.id, "--from", "soon"), "7d"),
    ):
        assert refused.status == 1, refused.out
        assert code in refused.err


def test_what_blocks_a_launch_is_listed(project: Project, made: dict[str, str]) -> None:
    campaign = create(project, made, "Blocked")
    project.service().rpc("archive_audience_list", {"p_list_id": made["list"]}).execute()
    plan = project.stack.run("campaigns", "launch", campaign, "--dry-run")
    assert plan.status == 0
    assert "list_archived" in plan.err
    refused = project.stack.run("campaigns", "launch", campaign, "--yes")
    assert refused.status == 1
    assert "OB007" in refused.err
    assert "list_archived" in refused.err
    assert "list_archived" in project.stack.run("campaigns", "show", campaign).err


def test_what_is_not_there_is_told(project: Project) -> None:
    nobody = str(uuid.uuid4())
    for command in ("show", "pause", "watch", "enrollments"):
        refused = project.stack.run("campaigns", command, nobody)
        assert refused.status == 1
        assert "OB004" in refused.err
    refused = project.stack.run("campaigns", "create", "X", "--list", nobody, "--workflow", nobody)
    assert refused.status == 1
    assert "OB004" in refused.err
