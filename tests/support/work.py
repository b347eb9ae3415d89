"""How much work a statement is, counted in rows: the same on every machine, whatever else it does at the moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg

_WATCH = """
    load 'auto_explain';
    set local auto_explain.log_min_duration = 0;
    set local auto_explain.log_nested_statements = on;
    set local auto_explain.log_analyze = on;
    set local auto_explain.log_timing = off;
    set local auto_explain.log_format = json;
    set local auto_explain.log_level = notice
"""


def rows_worked(connection: psycopg.Connection[Any], statement: str, values: Any) -> int:
    """Run a statement, in the transaction that is open if one is, and count the rows that its plans took up: given on,
    or read and thrown away. Those of the functions and the foreign keys inside it are among them; what plpgsql works
    out without a plan, such as an array that grows by itself, is not."""
    plans: list[str] = []

    def take(diagnostic: psycopg.errors.Diagnostic) -> None:
        _, found, plan = (diagnostic.message_primary or "").partition("plan:\n")
        if found:
            plans.append(plan)

    connection.add_notice_handler(take)
    try:
        with connection.transaction():
            connection.execute(_WATCH)
            connection.execute(statement.encode(), values)
            connection.execute("set local auto_explain.log_min_duration = -1")
    finally:
        connection.remove_notice_handler(take)
    return sum(_rows(node) for plan in plans for node in _nodes(json.loads(plan)["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


def _rows(node: dict[str, Any]) -> int:
    removed = sum(count for key, count in node.items() if key.startswith("Rows Removed by"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])
