"""What validation says of a template is what the engine would make of it."""

from __future__ import annotations

import json
import random
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.workflows.graphs import issues_of, node

PIECES = ["{{", "}}", "{", "}", "|", " ", "\t", "\n", "first_name", "unit", "nick", "1st", "Hi ", "ü", ""]
TEMPLATES = 2000


def random_template(seed: int) -> str:
    rnd = random.Random(seed)
    return "Hi " + "".join(rnd.choice(PIECES) for _ in range(rnd.randint(0, 14)))


def test_issues_are_what_the_reader_of_templates_finds(db: psycopg.Connection[Any]) -> None:
    """Read part by part, every variable known to all or to the node, and nothing malformed: no issue; else one each."""
    templates = [random_template(seed) for seed in range(TEMPLATES)]
    nodes = [
        node(f"n{number}", "text", template=template, template_overrides={"unit": "x"})
        for number, template in enumerate(templates)
    ]
    found = issues_of(db, {"nodes": nodes, "edges": []})
    told = {kind: [0] * TEMPLATES for kind in ("template_malformed", "template_variable_unknown")}
    for issue in found:
        if issue["code"] in told:
            told[issue["code"]][int(issue["node_id"][1:])] += 1

    expected = db.execute(
        """
        select
            count(distinct p.malformed),
            count(distinct p.variable) filter (
                where p.variable <> 'unit' and p.variable not in (select name from reference.template_variables)
            )
        from jsonb_array_elements_text(%s) with ordinality as t (template, place)
        cross join engine.template_parts(t.template) as p
        group by t.place
        order by t.place
        """,
        [Jsonb(templates)],
    ).fetchall()
    assert list(zip(*told.values(), strict=True)) == expected
    assert sum(map(any, expected)) > TEMPLATES // 10, "too few of them are broken to show anything"


def test_a_call_opens_with_the_same_rules(db: psycopg.Connection[Any]) -> None:
    """Blanks around a name are dropped, tabs are not; overrides are a text's."""
    openings = {
        "{{ first_name }}": None,
        "{{\tfirst_name}}": "template_malformed",
        "{{unit}}": "template_variable_unknown",
    }
    nodes = [
        node(f"n{number}", "call", first_message=opening, template_overrides={"unit": "x"})
        for number, opening in enumerate(openings)
    ]
    found = {
        issue["node_id"]: issue["code"]
        for issue in issues_of(db, {"nodes": nodes, "edges": []})
        if issue["code"].startswith("template_")
    }
    assert [found.get(f"n{number}") for number in range(3)] == list(openings.values()), json.dumps(found)
