"""`outbound workflows` against the whole stack: a file is judged, imported, shown and published."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import Project
from tests.workflows.graphs import Graph, good


@pytest.fixture
def team(project: Project) -> tuple[str, Graph]:
    service = project.service()
    team_id = service.rpc("create_team", {"p_name": f"Acme {uuid.uuid4().hex[:6]}", "p_is_sandbox": True}).execute()
    made: Any = team_id.data
    assistant: Any = (
        service.rpc(
            "upsert_assistant", {"p_name": "Ava", "p_provider_assistant_id": "vapi-ava", "p_team_id": made["id"]}
        )
        .execute()
        .data
    )
    return made["id"], good(assistant["id"])


def write(folder: Path, graph: Any) -> str:
    path = folder / "flow.json"
    path.write_text(json.dumps(graph, indent=2))
    return str(path)


def test_a_flow_from_file_to_published(project: Project, team: tuple[str, Graph], tmp_path: Path) -> None:
    team_id, graph = team
    file = write(tmp_path, graph)
    run = project.stack.run

    judged = run("workflows", "validate", file, "--team", team_id)
    assert (judged.status, judged.out) == (0, "")
    assert "is in order" in judged.err

    made = run("workflows", "import", file, "--name", "Tune-up", "--team", team_id, "--json")
    assert made.status == 0, made.err
    workflow_id = made.json["id"]
    listed = run("workflows", "list", "--team", team_id, "--json")
    assert [(item["name"], item["status"], item["node_count"]) for item in listed.json] == [("Tune-up", "DRAFT", 4)]

    shown = run("workflows", "show", workflow_id)
    assert shown.status == 0, shown.err
    for words in ("trigger start", "any → call call “First call”", "not_booked after PT15M → text text", "(see there)"):
        assert words in shown.out
    # what is shown as JSON goes in again
    again = tmp_path / "again.json"
    again.write_text(run("workflows", "show", workflow_id, "--json").out)
    replaced = run("workflows", "import", str(again), "--into", workflow_id, "--yes", "--json")
    assert replaced.status == 0, replaced.err
    assert (replaced.json["revision"], replaced.json["nodes"]) == (2, made.json["nodes"])

    assert run("workflows", "publish", workflow_id).status == 1  # nobody there to confirm it
    published = run("workflows", "publish", workflow_id, "--note", "First", "--yes")
    assert published.status == 0, published.err
    assert "PUBLISHED" in published.out
    refused = run("workflows", "import", file, "--into", workflow_id, "--yes")
    assert refused.status == 1
    assert "OB003" in refused.err


def test_problems_are_told_with_their_line(project: Project, team: tuple[str, Graph], tmp_path: Path) -> None:
    team_id, graph = team
    graph["edges"][2]["data"]["delay"] = "soon"
    graph["nodes"][3]["type"] = "email"
    file = write(tmp_path, graph)
    judged = project.stack.run("workflows", "validate", file, "--team", team_id)
    assert judged.status == 1
    lines = Path(file).read_text().splitlines()
    for line in judged.out.splitlines():
        number = int(line.removeprefix(f"{file}:").split(":")[0])
        assert '"email"' in lines[number - 1] or '"soon"' in lines[number - 1]
    assert "2 errors" in judged.err
    issues = project.stack.run("workflows", "validate", file, "--team", team_id, "--json").json
    assert {issue["code"] for issue in issues} == {"edge_delay_invalid", "node_type_unknown"}
    refused = project.stack.run("workflows", "import", file, "--team", team_id)
    assert refused.status == 1
    assert "OB001" in refused.err
    assert "edge_delay_invalid" in refused.err
    assert project.stack.run("workflows", "list", "--team", team_id, "--json").json == []


def test_every_command_says_an_example(project: Project) -> None:
    for command in ("list", "show", "validate", "import", "publish"):
        assert f"Example: outbound workflows {command}" in project.stack.run("workflows", command, "--help").out
