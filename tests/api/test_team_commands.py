"""`outbound teams` and `outbound doctor` against the whole stack."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.support.projects import Project


@pytest.fixture
def team(project: Project) -> dict[str, Any]:
    made = project.stack.run("teams", "create", f"Acme {uuid.uuid4().hex[:6]}", "--sandbox", "--json")
    assert made.status == 0, made.err
    return dict(made.json)


def test_settings_are_shown_and_changed(project: Project, team: dict[str, Any]) -> None:
    run = project.stack.run
    ours = ("--team", team["team_id"])
    assert "no cap" in run("teams", "settings", "show", *ours).out
    changed = run("teams", "settings", "set", "--frequency-limit", "3", "--frequency-window", "P7D", *ours)
    assert changed.status == 0
    assert "at most 3 in P7D" in changed.out
    shown = run("teams", "settings", "show", "--json", *ours).json
    assert (shown["frequency_limit"], shown["frequency_window"], shown["timezone"]) == (3, "P7D", "America/New_York")
    refused = run("teams", "settings", "set", "--timezone", "Mars/Olympus", "--frequency-limit", "-1", *ours)
    assert refused.status == 1
    assert "timezone_unknown" in refused.err
    assert "frequency_limit_range" in refused.err
    run("teams", "settings", "set", "--frequency-limit", "0", *ours)
    assert "no cap" in run("teams", "settings", "show", *ours).out


def test_accounts_are_shown_and_resumed(project: Project, team: dict[str, Any]) -> None:
    run = project.stack.run
    ours = ("--team", team["team_id"])
    found = run("teams", "health", "--json", *ours).json
    assert {one["provider"]: one["health"] for one in found}["vapi"] == "ok"
    assert "vapi" in run("teams", "health", *ours).out
    resumed = run("teams", "resume", "vapi", *ours)
    assert (resumed.status, "In use." in resumed.out) == (0, True)
    refused = run("teams", "resume", "fax", *ours)
    assert refused.status == 1
    assert "provider_unknown" in refused.err


def test_accounts_numbers_and_assistants_are_connected(project: Project, team: dict[str, Any]) -> None:
    run, ours = project.stack.run, ("--team", team["team_id"])
    sid = f"AC{uuid.uuid4().hex}"
    connected = run("teams", "connect", "twilio", "--secret", "ACME_TWILIO", "--account", sid, *ours, "--json")
    assert (connected.json["provider"], connected.json["account_ref"]) == ("twilio", sid)
    number = run(
        "teams", "number", "(212) 555-0142", "--vapi-id", "line-1", "--calls", "--daily", "500", *ours, "--json"
    ).json
    assert (number["phone"], number["is_verified_for_texts"], number["daily_limit"]) == ("+12125550142", False, 500)
    voice = run("teams", "assistant", "Ava", "--id", str(uuid.uuid4()), *ours)
    assert (voice.status, "Ava" in voice.out) == (0, True)
    refused = run("teams", "number", "911", "--calls", "--rate", "0", *ours)
    assert (refused.status, "vapi_id_required" in refused.err, "rate_range" in refused.err) == (1, True, True)


def test_the_doctor_finds_a_stack_in_order_and_names_what_is_wrong(project: Project) -> None:
    run, name = project.stack.run, f"Acme {uuid.uuid4().hex[:6]}"
    assert run("teams", "create", name, "--sandbox").status == 0
    found = {one["name"]: one["status"] for one in run("doctor", "--json").json}
    parts = ("data API", "schema", "clocks", "tick", "worker role", "worker connection", "webhook receiver")
    # of each account how it is, whether its provider takes its secrets, and whether Vapi has what calls name
    of_ours = [one for one in found if one.endswith(f"of {name}")]
    assert len(of_ours) == 7, found
    assert {one: found[one] for one in (*parts, *of_ours)} == dict.fromkeys((*parts, *of_ours), "ok")
    assert found["environment"] == "warning"
    refused = run("doctor", OUTBOUND_API_KEY=project.anon_key)
    assert refused.status == 1
    assert "service-role" in refused.err
