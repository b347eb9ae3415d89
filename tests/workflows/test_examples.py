"""Each example of the reference has its problem, and loses it by its cure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support.factories import make_team
from tests.workflows.graphs import Issue, issues_of

ASSISTANTS = {
    "CALL_ASSISTANT_ID": ("call", True),
    "TEXT_ASSISTANT_ID": ("text", True),
    "INACTIVE_ASSISTANT_ID": ("call", False),
}
Example = tuple[str, list[str], Any, Any]


class Judge:
    """Says what is wrong with a graph whose capitals stand for the assistants of a team."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.team_id: UUID = make_team(connection).id
        self.ids = {name: self._add(name, *kind) for name, kind in ASSISTANTS.items()}

    def _add(self, name: str, channel: str, is_active: bool) -> str:
        row = self.connection.execute(
            "insert into public.assistants (team_id, name, channel, provider_assistant_id, is_active, template)"
            " values (%s, %s, %s, %s, %s, %s) returning id::text",
            [self.team_id, name, channel, name, is_active, "Hello" if channel == "text" else None],
        ).fetchone()
        assert row is not None
        return str(row[0])

    def issues(self, graph: Any) -> list[Issue]:
        text = json.dumps(graph)
        for name, assistant_id in self.ids.items():
            text = text.replace(json.dumps(name), json.dumps(assistant_id))
        return issues_of(self.connection, json.loads(text), self.team_id)


@pytest.fixture
def judge(db: psycopg.Connection[Any]) -> Judge:
    return Judge(db)


@pytest.fixture
def examples(db: psycopg.Connection[Any]) -> list[Example]:
    return db.execute("select code, beside, example, cured from reference.validation_examples order by code").fetchall()


def test_every_code_has_an_example(db: psycopg.Connection[Any], examples: list[Example]) -> None:
    known = {code for (code,) in db.execute("select code from reference.validation_codes")}
    assert {code for code, *_ in examples} == known


def test_an_example_has_its_problem_once_and_only_what_comes_with_it(judge: Judge, examples: list[Example]) -> None:
    for code, beside, example, _ in examples:
        found = [issue["code"] for issue in judge.issues(example)]
        assert found.count(code) == 1, code
        assert {*found} == {code, *beside}, code
        assert len(beside) <= 1, code


def test_the_cure_cures(judge: Judge, examples: list[Example]) -> None:
    """What is cured has no issue at all, not even a warning."""
    assert {code: judge.issues(cured) for code, _, _, cured in examples if judge.issues(cured)} == {}


def test_a_cured_example_can_be_saved(judge: Judge, examples: list[Example]) -> None:
    text = json.dumps([cured for *_, cured in examples])
    for name, assistant_id in judge.ids.items():
        text = text.replace(json.dumps(name), json.dumps(assistant_id))
    for graph in json.loads(text):
        row = judge.connection.execute(
            "select public.create_workflow('Example', %s, %s) -> 'warnings'", [json.dumps(graph), judge.team_id]
        ).fetchone()
        assert row == ([],)


def parts(graph: Any) -> Iterator[Any]:
    """The graph without each of its edges, and without each of its nodes and what hangs on it."""
    if not isinstance(graph, dict) or not all(isinstance(graph.get(key), list) for key in ("nodes", "edges")):
        return
    nodes, edges = graph["nodes"], graph["edges"]
    for gone in edges:
        yield {"nodes": nodes, "edges": [edge for edge in edges if edge is not gone]}
    for gone in nodes:
        name = gone.get("id") if isinstance(gone, dict) else None
        left = [edge for edge in edges if not isinstance(edge, dict) or name not in (edge["source"], edge["target"])]
        yield {"nodes": [node for node in nodes if node is not gone], "edges": left}


def test_nothing_can_be_left_out_of_an_example(judge: Judge, examples: list[Example]) -> None:
    """Without any of its nodes and edges it has another problem, or none."""
    larger = [
        code
        for code, beside, example, _ in examples
        for part in parts(example)
        if {issue["code"] for issue in judge.issues(part)} <= {code, *beside}
        and code in {issue["code"] for issue in judge.issues(part)}
    ]
    assert larger == []
