"""Commands that change workflows: import, publish, archive, clone."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.errors import CommandError
from cli.output import JsonOption, YesOption, confirm, print_json, say
from cli.workflows.changes import change_lines
from cli.workflows.files import GraphFile, read_sound_graph
from cli.workflows.options import FileArgument, TeamOption, WorkflowArgument, print_saved, text_of
from cli.workflows.words import count

NoteOption = Annotated[str | None, typer.Option(help="What is new in this version.")]


class Direction(StrEnum):
    """Which way a layout runs."""

    LR = "LR"
    TB = "TB"


def import_workflow(
    file: FileArgument,
    name: Annotated[str | None, typer.Option(help="Name of a new draft. [default: the file's name]")] = None,
    into: Annotated[UUID | None, typer.Option(help="Id of a draft whose graph is replaced instead.")] = None,
    revision: Annotated[
        int | None, typer.Option(min=0, help="The revision that the file was made from; with --into.")
    ] = None,
    layout: Annotated[
        Direction | None, typer.Option(help="Place the nodes anew: left to right, or top to bottom.")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish it as well.")] = False,
    note: NoteOption = None,
    team: TeamOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Save the graph in a file: as a new draft, or into one that is there. Nothing is saved when it has an error.

    With --revision, a draft that someone else saved since then is left alone, and what they changed is told.

    Example: outbound workflows import flow.json --name "Spring tune-up" --publish --note "Second text after a day"
    """
    if revision is not None and into is None:
        raise typer.BadParameter("it says what --into was read at, so it needs --into.", param_hint="--revision")
    if note is not None and not publish:
        raise typer.BadParameter("a note belongs to a version, so it needs --publish.", param_hint="--note")
    read = read_sound_graph(file)
    with Api.from_settings() as api:
        graph = read.graph
        if layout is not None:
            graph = api.rpc("layout_workflow", p_graph=graph, p_direction=layout.value)
        saved = (
            api.rpc("create_workflow", p_name=name or _name_of(file), p_graph=graph, p_team_id=text_of(team))
            if into is None
            else _replace(api, into, read, graph, name, revision, yes=yes)
        )
        if publish:
            saved = api.rpc("publish_workflow", p_workflow_id=saved["id"], p_note=note)
    _tell(saved, as_json=as_json)


def _replace(
    api: Api, into: UUID, read: GraphFile, graph: Any, name: str | None, revision: int | None, *, yes: bool
) -> dict[str, Any]:
    draft = api.rpc("get_workflow", p_workflow_id=str(into))
    confirm(f"Replace the graph of “{draft['name']}” ({_size(draft)}) by that in {read.name}?", yes=yes)
    try:
        saved: dict[str, Any] = api.rpc(
            "save_workflow",
            p_workflow_id=str(into),
            p_graph=graph,
            p_revision=draft["revision"] if revision is None else revision,
            p_name=name,
        )
    except CommandError as error:
        raise _conflict(error, into, read.name) from error
    return saved


def _conflict(error: CommandError, into: UUID, file: str) -> CommandError:
    """A refused save with what the other person changed, instead of two numbers."""
    detail = error.detail
    if error.code != "OB006" or not isinstance(detail, dict):
        return error
    lines = [f"read at revision {detail.get('expected')}, now at revision {detail.get('actual')}"]
    if detail.get("saved_at"):
        lines[0] += f", saved {str(detail['saved_at'])[:16].replace('T', ' ')}"
    if isinstance(detail.get("changes"), dict):
        lines += [line.plain for line in change_lines(detail["changes"])]
    hint = f"See it with: outbound workflows diff {into} {file}. Then import with --revision {detail.get('actual')}."
    return CommandError(error.message, hint=hint, code=error.code, detail=lines)


def publish(
    workflow: WorkflowArgument, note: NoteOption = None, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """Publish a draft as the next version of its lineage. It never changes afterwards.

    Example: outbound workflows publish 0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11 --note "Second text after a day" --yes
    """
    with Api.from_settings() as api:
        draft = api.rpc("get_workflow", p_workflow_id=str(workflow))
        confirm(f"Publish “{draft['name']}” ({_size(draft)})? It can't be changed afterwards.", yes=yes)
        published = api.rpc("publish_workflow", p_workflow_id=str(workflow), p_note=note)
    _tell(published, as_json=as_json)


def archive(
    workflow: WorkflowArgument,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Archive a workflow, so that no campaign can be started with it. It can't be brought back, only cloned.

    Says what it would do, and asks. Refused while a campaign runs it.

    Example: outbound workflows archive 0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11
    """
    with Api.from_settings() as api:
        answer = api.rpc("archive_workflow", p_workflow_id=str(workflow), p_dry_run=True)
        if not dry_run:
            if not yes:
                say(answer["message"])
            confirm("Archive it?", yes=yes)
            answer = api.rpc("archive_workflow", p_workflow_id=str(workflow), p_dry_run=False)
    if as_json:
        print_json(answer)
        return
    say(answer["message"])
    if not dry_run:
        print_saved(answer)


def clone(
    workflow: WorkflowArgument,
    name: Annotated[str | None, typer.Option(help="Name of the draft. [default: that of the original]")] = None,
    new_lineage: Annotated[
        bool, typer.Option("--new-lineage", help="A workflow of its own, not the next version of this one.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy a workflow of any status to a new draft: the way to change one that is published.

    Example: outbound workflows clone 0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11
    """
    with Api.from_settings() as api:
        copied = api.rpc("clone_workflow", p_workflow_id=str(workflow), p_name=name, p_new_lineage=new_lineage)
    _tell(copied, as_json=as_json)


def _tell(saved: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(saved)
    else:
        print_saved(saved)


def _size(workflow: dict[str, Any]) -> str:
    return f"{count(len(workflow['nodes']), 'node')}, {count(len(workflow['edges']), 'edge')}"


def _name_of(file: Path) -> str:
    return "Imported" if str(file) == "-" else file.stem
