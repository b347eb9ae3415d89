"""Options and lookups that the commands of the group share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape

from cli.api import Api
from cli.errors import CommandError
from cli.output import console, print_fields
from cli.workflows.files import GraphFile, read_graph

TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]
WorkflowArgument = Annotated[UUID, typer.Argument(metavar="WORKFLOW", help="Id of the workflow.")]
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="JSON with nodes and edges, as React Flow exports it; - reads stdin.")
]
SourceArgument = Annotated[
    str, typer.Argument(metavar="WORKFLOW|FILE", help="Id of a workflow, or a file with a graph; - reads stdin.")
]


def text_of(value: UUID | None) -> str | None:
    """An id as an RPC takes it."""
    return str(value) if value is not None else None


def id_or_file(source: str) -> UUID | GraphFile:
    """What a person means by one argument: a workflow by its id, or the graph in a file."""
    try:
        return UUID(source)
    except ValueError:
        pass
    if source != "-" and not Path(source).exists():
        raise CommandError(
            f"“{source}” is neither the id of a workflow nor a file.", hint="See the ids with: outbound workflows list"
        )
    return read_graph(Path(source))


def assistants_of(api: Api, team_id: str) -> dict[str, str]:
    """Names of a team's assistants by id."""
    found = api.select("assistants", select="id,name", team_id=f"eq.{team_id}")
    return {row["id"]: row["name"] for row in found}


def print_saved(saved: dict[str, Any]) -> None:
    """What became of a workflow that was written, and what validation warns of."""
    facts = ("id", "name", "status", "version", "revision", "note")
    print_fields({fact: saved[fact] for fact in facts if saved.get(fact) is not None})
    for warning in saved.get("warnings", []):
        console.print(f"[yellow]warning[/] {escape(warning['message'])}", soft_wrap=True)
