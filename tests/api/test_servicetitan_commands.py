"""`outbound audiences create`, `preview` and `refresh`, and the catalogue, against the whole stack and its sandbox."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from tests.support.projects import Project

# Nothing in it is relative to today: the sandbox's clock runs on between a preview and a refresh.
MEMBERS: dict[str, Any] = {
    "match": {"all": [{"membership": {"statuses": ["Active"]}}, {"job": {"statuses": ["Canceled"]}}]}
}


def test_from_a_definition_to_members(project: Project, tmp_path: Path) -> None:
    run = project.stack.run
    made = run("teams", "create", f"Evergreen {uuid.uuid4().hex[:6]}", "--sandbox", "--json")
    assert made.status == 0, made.err
    team = made.json["team_id"]
    path = tmp_path / "members.json"
    path.write_text(json.dumps(MEMBERS))

    tried = run("audiences", "preview", "--definition", str(path), "--team", team, "--json")
    assert tried.status == 0, tried.err
    assert tried.json["count"] > 20

    created = run("audiences", "create", "Members", "--definition", str(path), "--team", team, "--json")
    assert created.status == 0, created.err
    done = run("audiences", "refresh", created.json["id"], "--wait", "--json")
    assert done.status == 0, done.err
    assert done.json["counts"]["added"] == tried.json["count"]

    units = run("servicetitan", "catalogue", "business_units", "--refresh", "--team", team, "--json")
    assert units.status == 0, units.err
    assert "Plumbing" in {one["name"] for one in units.json["items"]}

    path.write_text('{"match": {"jobs": {}, "any": []}}')
    refused = run("audiences", "create", "Wrong", "--definition", str(path), "--team", team)
    assert (refused.status, "OB001" in refused.err) == (1, True)
