"""The pages of docs/ that are written by what they describe: every command, every function that the Data API serves."""

from __future__ import annotations

import inspect
import re
from itertools import groupby
from typing import Any

import psycopg

from cli.dev.command_line import commands
from cli.dev.project import ROOT

COMMANDS = ROOT / "docs" / "commands.md"
FUNCTIONS = ROOT / "docs" / "functions.md"

_WRITTEN = "Written by `outbound dev docs`; a test keeps it equal to what it describes."
_ALWAYS = "Every command answers `--help`; what prints also knows `--json`. Exit: 0 done, 1 refused, 2 used wrongly."
_EXAMPLE = "Example: "

_FUNCTIONS = """
select p.proname, pg_catalog.pg_get_function_arguments(p.oid), pg_catalog.pg_get_function_result(p.oid),
  pg_catalog.obj_description(p.oid, 'pg_proc'),
  array(
    select r.rolname::text from pg_catalog.pg_roles as r
    where r.rolname in ('anon', 'authenticated', 'service_role')
      and pg_catalog.has_function_privilege(r.oid, p.oid, 'execute')
    order by 1
  )
from pg_catalog.pg_proc as p
where p.pronamespace = 'public'::regnamespace and p.prorettype <> 'trigger'::regtype
  and not exists (
    select from pg_catalog.pg_depend as d where d.objid = p.oid and d.deptype = 'e'
  )
order by 1, 2
"""


def command_page() -> str:
    """docs/commands.md: each command with what it is for, its arguments and an example."""
    parts = ["# Commands", f"{_WRITTEN}\n{_ALWAYS}"]
    for group, members in groupby(commands(), key=lambda found: found[0][0]):
        parts.append(f"## {group}")
        for words, command in members:
            text, _, example = inspect.cleandoc(command.help or "").partition(_EXAMPLE)
            parts.append(f"### outbound {' '.join(words)}\n\n{text.strip()}")
            parts.append(_options(command))
            parts.append(f"```sh\n{' '.join(example.split())}\n```")
    return "\n\n".join(part for part in parts if part) + "\n"


def function_page(connection: psycopg.Connection[Any]) -> str:
    """docs/functions.md: each function of the schema that is exposed, as a client calls it."""
    parts = [
        "# Functions",
        f"{_WRITTEN}\nArguments with a default may be left out. What a refusal looks like: [errors](errors.md).",
    ]
    for name, arguments, result, comment, roles in connection.execute(_FUNCTIONS).fetchall():
        signature = "\n".join(f"  {argument}" for argument in _separate(_type(arguments)))
        parts.append(
            f"## {name}\n\n{comment}\n\n```sql\n{name}(\n{signature}\n) -> {_type(result)}\n```\n\n"
            f"For {', '.join(f'`{role}`' for role in roles)}."
        )
    return "\n\n".join(parts) + "\n"


def _options(command: Any) -> str:
    rows = [
        f"| `{_spelt(parameter)}` | {_cell(parameter.help or '')} |"
        for parameter in command.params
        if parameter.name != "help"
    ]
    return "\n".join(["| argument | meaning |", "|---|---|", *rows]) if rows else ""


def _spelt(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = (parameter.metavar or parameter.name.upper()).strip("[]")
        return name if parameter.required else f"[{name}]"
    return ", ".join([*parameter.opts, *parameter.secondary_opts])


def _cell(text: str) -> str:
    return " ".join(re.sub(r"\[/?(?:bold|dim|red|green|yellow)\]", "", text).split()).replace("|", "\\|")


def _type(result: str) -> str:
    """The type without its schema, which is shown or not by the search path of who asks."""
    return " ".join(result.replace("public.", "").split())


def _separate(arguments: str) -> list[str]:
    """The arguments of a signature one by one, the comma kept; a default may hold a comma in quotes or brackets."""
    return [found.strip() for found in re.findall(r"(?:[^,'(\[]|'[^']*'|\([^)]*\)|\[[^\]]*\])+,?", arguments)]
