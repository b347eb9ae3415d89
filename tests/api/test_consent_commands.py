"""`outbound consent` against the whole stack, as an operator uses it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import Project


@pytest.fixture(scope="module")
def team(project: Project) -> str:
    made = project.stack.run("teams", "create", f"Acme {uuid.uuid4().hex[:6]}", "--sandbox", "--json")
    assert made.status == 0, made.err
    return str(made.json["team_id"])


def test_a_number_is_stopped_shown_and_let_in_again(project: Project, team: str) -> None:
    def run(*words: str) -> Any:
        return project.stack.run("consent", *words, "--team", team)

    phone = "(212) 555-0171"
    assert "Nothing stops +12125550171" in run("show", phone).err
    refused = run("opt-out", phone)
    assert (refused.status, "--yes" in refused.err) == (1, True), "nobody is there to ask"
    stopped = run("opt-out", phone, "--note", "Rang us", "--yes", "--json").json
    assert (stopped["added"], stopped["cancelled_jobs"]) == (["call", "text"], 0)
    assert "already" in run("opt-out", phone, "--yes").err
    shown = run("show", phone)
    assert ("opted_out" in shown.out, "Rang us" in shown.out, "person" in shown.out) == (True, True, True)
    assert run("opt-out", phone, "--reason", "litigator", "--channel", "call", "--yes").status == 0

    lifted = run("opt-in", phone, "--note", "Wrote to us", "--yes")
    assert (lifted.status, "Lifted: call, text." in lifted.err, "litigator" in lifted.out) == (0, True, True)
    named = run("opt-in", phone, "--reason", "litigator", "--yes")
    assert (named.status, "[note_required]" in named.err) == (1, True)
    entries = run("history", phone, "--json").json
    told = [(item["action"], item["reason"]) for item in entries]
    assert told == [("opt_in", "opted_out")] * 2 + [("opt_out", "litigator")] + [("opt_out", "opted_out")] * 2
    assert [item["id"] for item in run("history", phone, "--limit", "2", "--json").json] == [
        item["id"] for item in entries[:2]
    ]
    wrong = run("show", "12")
    assert (wrong.status, "[phone_too_short]" in wrong.err) == (1, True)


def test_a_list_is_checked_shown_and_imported(project: Project, team: str, tmp_path: Path) -> None:
    file = tmp_path / "do-not-call.csv"
    file.write_text("Phone,Note\n(212) 555-0181,asked\n2125550182,\n12,\n")

    def run(*words: str) -> Any:
        return project.stack.run("consent", "import", str(file), "--team", team, *words)

    plan = run("--dry-run", "--json").json
    assert (plan["rows"], plan["new"], plan["rejected"], plan["issues"][0]["row"]) == (3, 2, 1, 4)
    refused = run("--yes")
    assert (refused.status, "row 4, column phone" in refused.err, "[phone_too_short]" in refused.err) == (1, True, True)
    shown = project.stack.run("consent", "show", "2125550181", "--team", team, "--json").json
    assert shown["suppressions"] == [], "nothing of a refused list is stored"
    done = run("--partial", "--yes", "--json").json
    assert (done["new"], done["known"], done["rejected"]) == (2, 0, 1)
    again = run("--partial", "--yes", "--json").json
    assert (again["new"], again["known"]) == (0, 2)
    shown = project.stack.run("consent", "show", "2125550181", "--team", team, "--json").json
    assert {(item["reason"], item["words"]) for item in shown["suppressions"]} == {("do_not_contact", "asked")}
    assert run("--phone-column", "Telefon", "--yes").status == 1


def test_a_team_has_words_of_its_own(project: Project, team: str) -> None:
    def run(*words: str) -> Any:
        return project.stack.run("consent", "phrases", "--team", team, *words)

    made = run("--add", "We moved away", "--add", "basta", "--add-start", "send offers", "--json").json
    assert [(item["phrase"], item["action"], item["is_whole_message"]) for item in made["phrases"]] == [
        ("send offers", "opt_in", True), ("basta", "opt_out", True), ("we moved away", "opt_out", False),
    ]  # fmt: skip
    assert [item["phrase"] for item in run("--remove", "Basta", "--json").json["phrases"]] == [
        "send offers",
        "we moved away",
    ]
    assert "unsubscribe" not in run().out
    assert "unsubscribe" in run("--standard").out
    refused = run("--add", "start")
    assert (refused.status, "[phrase_reserved]" in refused.err) == (1, True)
