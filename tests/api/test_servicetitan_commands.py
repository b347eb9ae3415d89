"""`outbound audiences create`, `preview` and `refresh`, and the catalogue, against the whole stack and its sandbox."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from tests.support.projects import Project
from tests.support.typescript import mistypes, run_typescript

# Nothing in it is relative to today: the sandbox's clock runs on between a preview and a refresh.
MEMBERS: dict[str, Any] = {
    "match": {"all": [{"membership": {"statuses": ["Active"]}}, {"job": {"statuses": ["Canceled"]}}]}
}


def test_from_a_definition_to_members(project: Project, typescript: Path, tmp_path: Path) -> None:
    run = project.stack.run
    made = run("teams", "create", f"Evergreen {uuid.uuid4().hex[:6]}", "--sandbox", "--json")
    assert made.status == 0, made.err
    team = made.json["team_id"]
    path = tmp_path / "members.json"
    path.write_text(json.dumps(MEMBERS))

    tried = run("audiences", "preview", "--definition", str(path), "--team", team, "--json")
    assert tried.status == 0, tried.err
    assert tried.json["count"] > 20
    assert_the_builder_shows(project, typescript, team, tried.json)

    created = run("audiences", "create", "Members", "--definition", str(path), "--team", team, "--json")
    assert created.status == 0, created.err
    done = run("audiences", "refresh", created.json["id"], "--wait", "--json")
    assert done.status == 0, done.err
    assert done.json["counts"]["added"] == tried.json["count"]

    units = run("servicetitan", "catalogue", "business_units", "--refresh", "--team", team, "--json")
    assert units.status == 0, units.err
    assert "Plumbing" in {one["name"] for one in units.json["items"]}
    service = project.service()
    run_of_list: Any = service.rpc("get_audience_list", {"p_list_id": created.json["id"]}).execute().data
    answers = [
        ("preview_audience_definition", tried.json),
        ("refresh_audience_list", run_of_list["last_run"]),
        ("get_audience_list", run_of_list),
        ("get_servicetitan_catalogue", units.json),
        *(
            (name, service.rpc(name, arguments).execute().data)
            for name, arguments in (
                ("get_audience_members", {"p_list_id": created.json["id"]}),
                ("get_audience_run_errors", {"p_run_id": run_of_list["last_run"]["id"]}),
                ("get_campaign_prerequisites", {"p_team_id": team}),
            )
        ),
    ]
    assert mistypes(answers) == []

    path.write_text('{"match": {"jobs": {}, "any": []}}')
    refused = run("audiences", "create", "Wrong", "--definition", str(path), "--team", team)
    assert (refused.status, "OB001" in refused.err) == (1, True)


def assert_the_builder_shows(project: Project, typescript: Path, team: str, tried: dict[str, Any]) -> None:
    """A person who asks for the same filter in the browser sees the same people, and waits for nothing."""
    person = project.person("operator")
    arguments = {"p_user_id": person.id, "p_role": "operator", "p_team_id": team}
    project.service().rpc("set_team_member", arguments).execute()
    given = {
        "url": project.url, "anonKey": project.anon_key, "email": person.email, "password": person.password,
        "teamId": team, "filter": MEMBERS,
    }  # fmt: skip
    shown = json.loads(run_typescript(typescript / "preview.js", given))
    assert (shown["states"][-1], shown["ended"]["count"]) == ("SUCCEEDED", tried["count"])
