"""The tables of docs/workflows.md, made from the rows that the database checks with.

Write them anew after a change of the rows:

    python -m tests.workflows.reference_page DATABASE_URL
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import psycopg

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflows.md"

_TABLES = {
    "codes": (
        "| code | about | meaning | cure |\n|---|---|---|---|",
        """
        select '`' || code || '`' || case severity when 'warning' then ' (warning)' else '' end, about, meaning, cure
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


def render(page: str, connection: psycopg.Connection[Any]) -> str:
    """The page with each table between its markers made from the database."""
    for name, (head, query) in _TABLES.items():
        rows = [
            "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
            for row in connection.execute(query.encode())
        ]
        table = "\n".join([head, *rows])
        start, end = f"<!-- {name}: ", "<!-- end -->"
        before, found, rest = page.partition(start)
        marker, _, after = rest.partition(" -->\n")
        if not found or end not in after:
            raise ValueError(f"{PAGE.name} has no place for {name}")
        page = f"{before}{start}{marker} -->\n{table}\n{after[after.index(end) :]}"
    return page


if __name__ == "__main__":
    with psycopg.connect(sys.argv[1]) as database:
        PAGE.write_text(render(PAGE.read_text(), database))
