"""The tables and examples of docs/workflows.md, made from the rows that the database checks with.

Write them anew after a change of the rows, on a throw-away database or on one that is there:

    python -m tests.workflows.reference_page [DATABASE_URL]
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from tests.support.databases import Targets

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflows.md"

_TABLES = {
    "codes": (
        "| code | about | meaning | cure |\n|---|---|---|---|",
        """
        select format('[`%1$s`](#%1$s)', code) || case severity when 'warning' then ' (warning)' else '' end,
          about, meaning, cure
        from reference.validation_codes
        order by severity, array_position(array['graph', 'node', 'edge'], about), code
        """,
    ),
    "rules": (
        "| from | rule | matches |\n|---|---|---|",
        """
        select node_type::text, '`' || rule || '`'
            || case when bool_or(is_partial) then ', with `phrases`' else '' end
            || case when bool_or(needs_reply_window) then ' (waits)' else '' end,
          case node_type when 'trigger' then 'every contact'
            else string_agg('`' || outcome || '`', ', ' order by outcome) end
        from reference.edge_rules
        group by node_type, rule
        order by node_type, min(outcome), count(*), rule
        """,
    ),
    "variables": (
        "| variable | meaning | example |\n|---|---|---|",
        "select '`' || name || '`', meaning, example from reference.template_variables order by name",
    ),
}
_EXAMPLES = """
    select e.code, e.beside, e.example, e.cured
    from reference.validation_examples as e
    inner join reference.validation_codes as c using (code)
    order by c.severity, array_position(array['graph', 'node', 'edge'], c.about), c.code
"""
# jsonb keeps keys by their length; people read them in this order
_KEYS = [
    "nodes", "id", "type", "source", "target", "position", "data", "template", "when", "phrases", "start", "end",
    "timezone", "outcomes", "max_retries",
]  # fmt: skip


def render(page: str, connection: psycopg.Connection[Any]) -> str:
    """The page with each table, and the examples, between their markers made from the database."""
    for name, (head, query) in _TABLES.items():
        rows = [
            "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
            for row in connection.execute(query.encode())
        ]
        page = _replace(page, name, "\n".join([head, *rows]))
    sections = [_section(*row) for row in connection.execute(_EXAMPLES)]
    return _replace(page, "examples", "\n\n".join(sections))


def _replace(page: str, name: str, content: str) -> str:
    start, end = f"<!-- {name}: ", "<!-- end -->"
    before, found, rest = page.partition(start)
    marker, _, after = rest.partition(" -->\n")
    if not found or end not in after:
        raise ValueError(f"{PAGE.name} has no place for {name}")
    return f"{before}{start}{marker} -->\n{content}\n{after[after.index(end) :]}"


def _section(code: str, beside: list[str], example: Any, cured: Any) -> str:
    """An example and what cures it, as a difference of two whole graphs."""
    changes = difflib.ndiff(list(_lines(example)), list(_lines(cured)))
    shown = "\n".join(line.rstrip() for line in changes if not line.startswith("?"))
    also = f"\n\nWith it comes {' and '.join(f'`{other}`' for other in beside)}." if beside else ""
    return f"#### {code}\n\n```diff\n{shown}\n```{also}"


def _lines(graph: Any) -> Iterator[str]:
    """A graph with a line for each node and edge; what is no list of them as it is."""
    if not isinstance(graph, dict):
        yield json.dumps(graph)
        return
    for key, value in _in_order(graph).items():
        if isinstance(value, list):
            yield from (json.dumps(_in_order(item), ensure_ascii=False) for item in value)
        else:
            yield f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"


def _in_order(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_order(item) for item in value]
    if not isinstance(value, dict):
        return value
    known = [key for key in _KEYS if key in value]
    return {key: _in_order(value[key]) for key in [*known, *(key for key in value if key not in known)]}


def main() -> None:
    """Write the page."""
    if len(sys.argv) > 1:
        with psycopg.connect(sys.argv[1]) as connection:
            PAGE.write_text(render(PAGE.read_text(), connection))
        return
    with closing(Targets()) as targets, targets.copy() as database, database.connect() as connection:
        PAGE.write_text(render(PAGE.read_text(), connection))


if __name__ == "__main__":
    main()
