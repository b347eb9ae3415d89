"""The frontend in strict TypeScript: the calls of docs/frontend.md, compiled and run in Node against the stack."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.dev.project import ROOT
from tests.support.projects import Person, Project
from tests.support.typescript import mistypes, run_typescript

# Functions that a browser calls elsewhere, and why not here.
ELSEWHERE = {
    "preview_audience_definition": "takes a copy of a tenant, as test_servicetitan_commands.py has it",
    "refresh_audience_list": "the same",
    "retry_job": "takes a job that failed, which test_job_commands.py has",
}


@pytest.fixture(scope="module", autouse=True)
def _still_clock(project: Project) -> Iterator[None]:
    """Campaign time stands still, on a Monday: nothing becomes due between two looks."""
    before = project.stack.run("sandbox", "clock", "--json").json["mode"]
    assert project.stack.run("sandbox", "clock", "--mode", "manual").status == 0
    yield
    assert project.stack.run("sandbox", "clock", "--mode", before).status == 0


@pytest.fixture(scope="module")
def said(project: Project, typescript: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the functions answered and refused while the client went through the pages."""
    made = project.stack.run("teams", "create", f"Acme {uuid.uuid4().hex[:6]}", "--sandbox", "--json")
    assert made.status == 0, made.err
    people = {name: project.person(name) for name in ("operator", "viewer", "admin", "stranger")}
    service = project.service()
    bare: Any = service.rpc("create_team", {"p_name": "Bare", "p_is_sandbox": True}).execute().data
    for role in ("operator", "viewer", "admin"):
        for team_id in (made.json["team_id"], bare["id"]):
            arguments = {"p_user_id": people[role].id, "p_role": role, "p_team_id": team_id}
            service.rpc("set_team_member", arguments).execute()
    file = tmp_path_factory.mktemp("frontend") / "said.json"
    given = {
        "url": project.url,
        "anonKey": project.anon_key,
        "said": str(file),
        "people": {name: credentials(person) for name, person in people.items()},
        "teamId": made.json["team_id"],
        "bareTeamId": bare["id"],
        "assistantId": made.json["assistant_id"],
        "phoneNumberId": made.json["phone_number_id"],
    }
    run_typescript(typescript / "main.js", given)
    answers: list[dict[str, Any]] = json.loads(file.read_text())
    return answers


def credentials(person: Person) -> dict[str, str]:
    return {"email": person.email, "password": person.password}


@pytest.mark.timeout(300)
def test_every_answer_has_the_shape_that_its_type_says(said: list[dict[str, Any]]) -> None:
    answers = [(one["name"], one["body"]) for one in said if one["ok"]]
    assert mistypes(answers, [one["body"] for one in said if not one["ok"]]) == []
    # and each of these would be noticed
    [whole, *_] = [body for name, body in answers if name == "get_audience_list"]
    run = whole["last_run"]
    assert run is not None
    planted = [
        {**whole, "surplus": 1},
        {key: value for key, value in whole.items() if key != "status"},
        {**whole, "status": "SLEEPING"},
        {**whole, "last_run": {**run, "counts": {**run["counts"], "fetched": None}}},
        {**whole, "last_run": {**run, "surplus": 1}},
    ]
    assert len(mistypes([("get_audience_list", body) for body in planted])) == len(planted)


@pytest.mark.timeout(300)
def test_the_client_calls_every_function_that_answers_in_json(said: list[dict[str, Any]]) -> None:
    shapes = (ROOT / "types" / "results.ts").read_text().partition("export type Results = {")[2]
    typed = set(re.findall(r"^  (\w+): ", shapes, flags=re.MULTILINE))
    answered = {one["name"] for one in said if one["ok"]}
    assert typed - answered == ELSEWHERE.keys()
