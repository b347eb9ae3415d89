"""`outbound audiences` against the whole stack: a file is looked at, imported, refused, and its problems exported."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from cli.csv_reader import open_csv
from tests.support.projects import Project

CONTACTS = Path(__file__).resolve().parents[2] / "cli" / "demo" / "contacts.csv"


@pytest.fixture
def team(project: Project) -> str:
    made: Any = (
        project.service()
        .rpc("create_team", {"p_name": f"Acme {uuid.uuid4().hex[:6]}", "p_is_sandbox": True})
        .execute()
        .data
    )
    return str(made["id"])


def test_from_a_file_to_members(project: Project, team: str, tmp_path: Path) -> None:
    run = project.stack.run

    looked = run("audiences", "check", str(CONTACTS), "--team", team, "--json")
    assert looked.status == 0, looked.err
    assert looked.json["counts"] == {"rows": 398, "accepted": 357, "rejected": 32, "duplicate": 9, "warning": 5}

    refused = run("audiences", "import", str(CONTACTS), "--team", team)
    assert refused.status == 1
    assert "OB001: 32 of 398 rows cannot be used" in refused.err
    assert "nothing was stored" in refused.err
    assert run("audiences", "list", "--team", team, "--json").json == []

    problems = tmp_path / "problems.csv"
    done = run(
        *("audiences", "import", str(CONTACTS), "--list", "Spring", "--partial"),
        *("--errors", str(problems), "--team", team, "--json"),
    )
    assert done.status == 0, done.err
    assert done.json["run"]["counts"]["added"] == 357
    rows = [cells for _, cells in open_csv(problems).records()]
    assert (rows[0][:2], len(rows)) == (["row", "column"], 58)

    [found] = run("audiences", "list", "--team", team, "--json").json
    assert (found["name"], found["member_count"]) == ("Spring", 357)
    shown = run("audiences", "members", found["id"], "--search", "smith", "--json")
    assert all("smith" in f"{item['first_name']} {item['last_name']}".lower() for item in shown.json["items"])
    assert len(shown.json["items"]) > 2

    statuses = [item["status"] for item in run("audiences", "runs", "--team", team, "--json").json]
    assert statuses == ["PARTIAL", "FAILED"]
    listed = run("audiences", "errors", done.json["run"]["id"], "--json")
    assert len(listed.json) == 57


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name,city\nAnn,Austin\n", "No column holds phone numbers; the columns are: name, city."),
        ("", "is empty"),
        ("phone\n", "no rows"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence(
    project: Project, team: str, tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(content)
    refused = project.stack.run("audiences", "import", str(path), "--team", team)
    assert refused.status == 1
    assert said in refused.err
    assert "Traceback" not in refused.err


def test_a_mapping_that_is_none_is_wrong_usage(project: Project, team: str) -> None:
    used = project.stack.run("audiences", "import", str(CONTACTS), "--mapping", "phone", "--team", team)
    assert used.status == 2


def test_a_list_is_renamed_leaves_people_out_and_is_archived(project: Project, team: str, tmp_path: Path) -> None:
    run = project.stack.run
    path = tmp_path / "people.csv"
    path.write_text("phone,name\n2125550101,Ann Lee\n2125550102,Bob Stone\n")
    imported = run("audiences", "import", str(path), "--list", "Spring", "--team", team, "--json")
    list_id = imported.json["run"]["list_id"]

    assert run("audiences", "update", list_id, "--name", "Summer", "--json").json["name"] == "Summer"
    assert run("audiences", "usage", list_id, "--json").json == {"items": [], "next_cursor": None}

    assert run("audiences", "exclusions", list_id, "--json").json == {}
    changed = run(
        "audiences", "exclusions", list_id, "--phone", "(212) 555-0103", "--contacted-within", "P30D", "--json"
    )
    assert changed.json == {"phones": ["+12125550103"], "contacted_within": "P30D"}
    assert run("audiences", "exclusions", list_id, "--already-booked", "--json").json == {
        **changed.json,
        "already_booked": True,
    }
    refused = run("audiences", "exclusions", list_id, "--booked-within", "a month", "--list", list_id)
    assert refused.status == 1
    assert "OB001" in refused.err
    path.write_text("phone\n2125550103\n2125550104\n")
    again = run("audiences", "import", str(path), "--list", "Summer", "--team", team, "--json")
    assert (again.json["run"]["counts"]["added"], again.json["run"]["counts"]["excluded"]) == (1, 1)
    assert run("audiences", "exclusions", list_id, "--clear", "--json").json == {}

    unasked = run("audiences", "archive", list_id)
    assert (unasked.status, "--yes" in unasked.err) == (1, True)
    assert "would be archived: it keeps its 3 members" in unasked.err
    archived = run("audiences", "archive", list_id, "--yes", "--json")
    assert archived.json["status"] == "ARCHIVED"
    assert run("audiences", "archive", list_id, "--yes").status == 1
    assert [item["id"] for item in run("audiences", "list", "--archived", "--team", team, "--json").json] == [list_id]
    assert run("audiences", "unarchive", list_id, "--json").json["status"] == "ACTIVE"
