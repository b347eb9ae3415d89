"""docs/workflows.md says what the database does."""

from __future__ import annotations

import json
import re
from typing import Any

import psycopg

from tests.support.factories import make_team
from tests.workflows.graphs import codes, issues_of
from tests.workflows.reference_page import PAGE, render


def test_the_tables_are_those_of_the_database(db: psycopg.Connection[Any]) -> None:
    page = PAGE.read_text()
    assert page == render(page, db), "write it anew: python -m tests.workflows.reference_page"


def test_the_example_is_in_order(db: psycopg.Connection[Any]) -> None:
    """The graph that the page shows validates without a warning, its placeholder being an assistant's id."""
    team_id = make_team(db).id
    row = db.execute(
        "insert into public.assistants (team_id, name, provider_assistant_id) values (%s, 'A', 'a') returning id::text",
        [team_id],
    ).fetchone()
    assert row is not None
    examples = re.findall(r"```json\n(\{\n  \"nodes\".*?)\n```", PAGE.read_text(), flags=re.DOTALL)
    assert len(examples) == 1
    graph = json.loads(examples[0].replace("ASSISTANT_ID", row[0]))
    assert codes(issues_of(db, graph, team_id)) == []


def test_every_stored_key_is_described(db: psycopg.Connection[Any]) -> None:
    """What engine.node_config keeps of a node full of everything is what the page lists."""
    everything = {
        "assistant_id": "a", "first_message": "b", "template": "c", "template_overrides": {"x": "y"},
        "reply_window": "PT1H", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "10:00"}]}},
        "batching": {"size": 1, "interval": "PT1M"}, "retry": {"outcomes": [], "max_retries": 1, "delay": "PT1M"},
    }  # fmt: skip
    page = PAGE.read_text()
    for kind in ("call", "text"):
        row = db.execute("select engine.node_config(%s, %s)", [kind, json.dumps(everything)]).fetchone()
        assert row is not None
        section = page.split(f"\n### {kind}\n")[1].split("\n#")[0]
        assert set(re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)) == {*row[0], "label"}
