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
    for words in ("┌─ trigger ─", "assistant Ava, opens with “Hi", "│ 2 not_booked, after 15m ", "◀──╯"):
        assert words in shown.out
    assert shown.out.count("┌─ text ─") == 2
    outlined = run("workflows", "show", workflow_id, "--outline")
    assert "  2 not_booked, after 15m → [text]" in outlined.out.splitlines()
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
    for issue in judged.out.strip().split("\n\n"):
        said, shown, mark = issue.splitlines()
        number, column, _ = said.removeprefix(f"{file}:").split(":", 2)
        found = lines[int(number) - 1]
        assert found[int(column) - 1 :].startswith(('"email"', '"soon"'))
        assert shown.endswith(f" | {found}")
        assert shown[mark.index("^") :].startswith(('"email"', '"soon"'))
    assert "2 errors" in judged.err
    issues = project.stack.run("workflows", "validate", file, "--team", team_id, "--json").json
    assert {issue["code"] for issue in issues} == {"edge_delay_invalid", "node_type_unknown"}
    assert all(issue["line"] > 1 and issue["column"] > 1 for issue in issues)
    refused = project.stack.run("workflows", "import", file, "--team", team_id)
    assert refused.status == 1
    assert "OB001" in refused.err
    assert "edge_delay_invalid" in refused.err
    assert project.stack.run("workflows", "list", "--team", team_id, "--json").json == []


def test_an_export_comes_back_byte_by_byte(project: Project, team: tuple[str, Graph], tmp_path: Path) -> None:
    team_id, graph = team
    graph["nodes"][1]["position"] = {"x": -12.5, "y": 1e3}
    graph["edges"][0]["sourceHandle"] = "right"
    graph["edges"][0]["data"]["label"] = "首"
    run = project.stack.run
    first = run("workflows", "import", write(tmp_path, graph), "--team", team_id, "--json").json
    files = [tmp_path / "first.json", tmp_path / "second.json"]
    assert run("workflows", "export", first["id"], "--out", str(files[0])).status == 0
    second = run("workflows", "import", str(files[0]), "--team", team_id, "--json").json
    assert run("workflows", "export", second["id"], "--out", str(files[1])).status == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert run("workflows", "export", second["id"]).out.encode() == files[0].read_bytes()
    exported = json.loads(files[0].read_text())
    assert set(exported) == {"nodes", "edges"}
    assert [list(item) for item in exported["nodes"]] == [["id", "type", "position", "data"]] * 4
    assert run("workflows", "export", first["id"], "--out", str(files[1])).status == 1  # is there; nobody says yes
    assert run("workflows", "export", first["id"], "--out", str(files[1]), "--yes").status == 0
    nowhere = run("workflows", "export", first["id"], "--out", str(tmp_path / "no folder" / "flow.json"))
    assert (nowhere.status, nowhere.err.count("\n")) == (1, 1)
    assert nowhere.err.rstrip().endswith("cannot be written: No such file or directory.")


def test_a_graph_is_read_from_anywhere(project: Project, team: tuple[str, Graph], tmp_path: Path) -> None:
    team_id, graph = team
    run = project.stack.run
    file = write(tmp_path, {"workflow": {"graph": graph}})
    judged = run("workflows", "validate", file, "--team", team_id)
    assert judged.status == 0
    assert "The graph is at $.workflow.graph" in judged.err
    text = json.dumps(graph)
    assert run("workflows", "validate", "-", "--team", team_id, stdin=text).status == 0
    twice = text.replace('"edges": [', '"edges": 3, "edges": [')
    judged = run("workflows", "validate", "-", "--team", team_id, stdin=twice)
    assert (judged.status, judged.out.split(" ")[3]) == (1, "[json_key_duplicate]")
    made = run("workflows", "import", "-", "--team", team_id, "--name", "Piped", "--json", stdin=text)
    assert made.json["name"] == "Piped"
    refused = run("workflows", "import", "-", "--team", team_id, stdin=twice)
    assert refused.status == 1
    assert "stands here twice" in refused.err
    drawn = run("workflows", "show", "-", stdin=text, OUTBOUND_STACK_DIR=str(tmp_path / "no stack"))
    assert drawn.status == 0, drawn.err
    assert "┌─ trigger ─" in drawn.out


def test_a_draft_that_was_saved_since_is_left_alone(project: Project, team: tuple[str, Graph], tmp_path: Path) -> None:
    team_id, graph = team
    run = project.stack.run
    file = write(tmp_path, graph)
    draft = run("workflows", "import", file, "--team", team_id, "--json").json
    graph["nodes"][3]["data"]["template"] = "Good bye"
    del graph["edges"][3]
    file = write(tmp_path, graph)
    revision = str(draft["revision"])
    renamed = ["--name", "Winter"]
    assert (
        run("workflows", "import", file, "--into", draft["id"], "--revision", revision, *renamed, "--yes").status == 0
    )
    refused = run("workflows", "import", file, "--into", draft["id"], "--revision", revision, "--yes")
    assert refused.status == 1
    assert refused.err.startswith("OB006: ")
    assert "read at revision 1, now at revision 2" in refused.err
    assert f"~ name: “{draft['name']}” → “Winter”" in refused.err
    assert "    template: Bye → “Good bye”" in refused.err
    assert "- edge text → bye on reply_matches [e4]" in refused.err
    assert run("workflows", "import", file, "--revision", "1").status == 2


def test_the_life_of_a_version(project: Project, team: tuple[str, Graph], tmp_path: Path) -> None:
    team_id, graph = team
    run = project.stack.run
    made = run(
        "workflows", "import", write(tmp_path, graph), "--team", team_id, "--publish", "--note", "First", "--json"
    )
    first = made.json
    assert (first["status"], first["note"]) == ("PUBLISHED", "First")
    copied = run("workflows", "clone", first["id"], "--json").json
    assert (copied["status"], copied["lineage_id"]) == ("DRAFT", first["lineage_id"])
    apart = run("workflows", "clone", first["id"], "--name", "Apart", "--new-lineage", "--json").json
    assert apart["lineage_id"] == apart["id"]

    graph["nodes"][2]["data"]["reply_window"] = "P1D"
    changed = write(tmp_path, graph)
    assert run("workflows", "import", changed, "--into", copied["id"], "--yes").status == 0
    told = run("workflows", "diff", first["id"], copied["id"], "--exit-code")
    assert told.status == 1
    assert told.out.splitlines()[2:] == ["~ text [text]", "    reply_window: 4h → 1d"]
    assert run("workflows", "diff", copied["id"], changed, "--exit-code").status == 0

    assert run("workflows", "publish", copied["id"], "--note", "A day to answer", "--yes").status == 0
    listed = run("workflows", "versions", first["id"], "--json").json
    assert [(row["version"], row["note"]) for row in listed] == [(1, "First"), (2, "A day to answer")]
    assert "A day to answer" in run("workflows", "versions", copied["id"]).out

    looked = run("workflows", "archive", first["id"], "--dry-run", "--json").json
    assert (looked["from"], looked["to"], looked["dry_run"]) == ("PUBLISHED", "ARCHIVED", True)
    assert run("workflows", "archive", first["id"]).status == 1  # nobody there to confirm it
    gone = run("workflows", "archive", first["id"], "--yes")
    assert gone.status == 0, gone.err
    assert "ARCHIVED" in gone.out
    again = run("workflows", "archive", first["id"], "--yes")
    assert again.status == 1
    assert again.err.startswith("OB002: ")


def test_files_and_workflows_are_compared_alike(project: Project, team: tuple[str, Graph], tmp_path: Path) -> None:
    """One difference, found by the database and found in files."""
    team_id, graph = team
    run = project.stack.run
    ids = [run("workflows", "import", write(tmp_path, graph), "--team", team_id, "--json").json["id"]]
    graph["nodes"][1]["data"]["retry"]["delay"] = "PT90M"
    graph["nodes"][1]["data"]["business_hours"]["windows"]["friday"] = [{"start": "10:00", "end": "12:00"}]
    graph["nodes"][1]["position"] = {"x": 5, "y": 0}
    del graph["nodes"][2]["data"]["template_overrides"]
    graph["nodes"][2]["data"]["template"] = "Hi"
    graph["nodes"][3]["id"] = graph["edges"][1]["target"] = graph["edges"][3]["target"] = "ciao"
    graph["edges"][4] = {**graph["edges"][4], "id": "e6", "target": "ciao"}
    graph["edges"][2]["sourceHandle"] = "left"
    ids.append(run("workflows", "import", write(tmp_path, graph), "--team", team_id, "--json").json["id"])
    files = [str(tmp_path / f"{number}.json") for number in (0, 1)]
    for workflow_id, file in zip(ids, files, strict=True):
        run("workflows", "export", workflow_id, "--out", file)
    told = run("workflows", "diff", *ids, "--json").json
    for pair in ((files[0], files[1]), (ids[0], files[1]), (files[0], ids[1])):
        seen = run("workflows", "diff", *pair, "--json").json
        assert [seen[key] for key in ("equal", "nodes", "edges")] == [told[key] for key in ("equal", "nodes", "edges")]
    assert len(told["edges"]["changed"]) == 3


def test_a_simulation_follows_its_script(project: Project, team: tuple[str, Graph], tmp_path: Path) -> None:
    team_id, graph = team
    run = project.stack.run
    file = write(tmp_path, graph)
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"call": ["busy", "voicemail"], "text": ["no_reply"]}))
    asked = (
        "--start", "2026-03-02T09:30", "--timezone", "America/Denver", "--script", str(script),
        "--outcome", "text=replied:yes, ok please", "--team", team_id,
    )  # fmt: skip
    refused = run("workflows", "simulate", file, *asked)
    assert (refused.status, refused.err[:7]) == (1, "OB001: ")  # a comma parts two visits
    asked = (*asked[:7], "text=replied:ok please", *asked[8:])
    told = run("workflows", "simulate", file, *asked)
    assert told.status == 0, told.err
    lines = told.out.splitlines()
    assert lines[0] == "Mon 2026-03-02 09:30  begins, in America/Denver"
    assert "Mon 2026-03-02 13:30  call “First call” [call], visit 2" in lines
    assert "                      ↻ again, after 4h: busy is tried again: retry 1 of 2." in lines
    assert any(line.lstrip().startswith("→ 2 not_booked → text, after 15m: ") for line in lines)
    assert any(line.lstrip().startswith("replied “ok please” Mon 2026-03-02 13:") for line in lines), told.out

    made = run("workflows", "import", file, "--team", team_id, "--json").json
    stored = run("workflows", "simulate", made["id"], *asked, "--json").json
    drawn = run("workflows", "simulate", file, *asked, "--json").json
    assert {**stored, "workflow_id": None} == drawn
    assert [(visit["node_id"], visit["outcome"]) for visit in drawn["visits"][1:4]] == [
        ("call", "busy"), ("call", "voicemail"), ("text", "replied"),
    ]  # fmt: skip
    for wrong in (("--start", "soon"), ("--outcome", "call"), ("--start", "2026-03-02", "--timezone", "Mars")):
        assert run("workflows", "simulate", file, *wrong).status == 2


def test_a_layout_is_made_when_asked_for(project: Project, team: tuple[str, Graph], tmp_path: Path) -> None:
    team_id, graph = team
    for number, item in enumerate(graph["nodes"]):
        item["position"] = {"x": number, "y": number}
    run = project.stack.run
    file = write(tmp_path, graph)
    kept = run("workflows", "import", file, "--team", team_id, "--json").json
    assert [item["position"] for item in kept["nodes"]] == [item["position"] for item in graph["nodes"]]
    for direction, along in (("LR", "x"), ("TB", "y")):
        placed = run("workflows", "import", file, "--team", team_id, "--layout", direction, "--json").json
        steps = [item["position"][along] for item in placed["nodes"]]
        assert steps == sorted(steps)
        assert steps[2] - steps[1] > 50
