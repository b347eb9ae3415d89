"""Commands that look: list, versions, show, validate, export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.text import Text

from cli.api import Api
from cli.errors import writing
from cli.output import JsonOption, YesOption, confirm, console, print_fields, print_json, print_table, say
from cli.workflows.drawing import draw, for_encoding, outline
from cli.workflows.files import GraphFile, read_graph
from cli.workflows.flow import Flow
from cli.workflows.options import (
    FileArgument,
    SourceArgument,
    TeamOption,
    WorkflowArgument,
    assistants_of,
    id_or_file,
    text_of,
)
from cli.workflows.words import count, plain

_FACTS = ("id", "name", "status", "version", "revision", "note", "updated_at", "published_at")
_WIDE = 110  # columns from which a table has room for more than what is needed
_NODE_KEYS = ("id", "type", "position", "data")
_EDGE_KEYS = ("id", "source", "target", "sourceHandle", "data")


def list_workflows(
    status: Annotated[str | None, typer.Option(help="DRAFT, PUBLISHED or ARCHIVED.")] = None,
    search: Annotated[str | None, typer.Option(help="Part of the name.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to list at most.")] = 50,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """List workflows, last changed first.

    Example: outbound workflows list --status PUBLISHED
    """
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    with Api.from_settings() as api:
        while len(items) < limit:
            page = api.rpc(
                "list_workflows",
                p_search=search,
                p_status=status and status.upper(),
                p_limit=min(limit - len(items), 1000),
                p_cursor=cursor,
                p_team_id=text_of(team),
            )
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    if as_json:
        print_json(items)
        return
    wide = console.width >= _WIDE
    print_table(
        ("id", "name", "status", *(("nodes", "campaigns") if wide else ()), "changed"),
        [
            (
                item["id"],
                item["name"],
                f"{item['status']} {item['version'] or ''}".rstrip(),
                *((item["node_count"], item["campaign_count"]) if wide else ()),
                _minute(item["updated_at"])[: None if wide else 10],
            )
            for item in items
        ],
        right=("nodes", "campaigns"),
        whole=("id", "changed"),
    )
    if cursor is not None:
        say(f"There are more; --limit {limit * 2} lists further ones.")


def versions(workflow: WorkflowArgument, as_json: JsonOption = False) -> None:
    """List the versions and drafts of a workflow's lineage, oldest first.

    Example: outbound workflows versions 0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11
    """
    with Api.from_settings() as api:
        asked = api.rpc("get_workflow", p_workflow_id=str(workflow))
        found = api.select(
            "workflows",
            select="id,name,status,version,revision,note,created_at,updated_at,published_at",
            team_id=f"eq.{asked['team_id']}",
            lineage_id=f"eq.{asked['lineage_id']}",
            order="version.asc.nullslast,created_at.asc,id.asc",
        )
    if as_json:
        print_json(found)
        return
    for row in found:
        moment = _minute(row["published_at"] or row["updated_at"])
        line = Text(f"{row['version'] or '':>3}  ", style="bold")
        console.print(line.append(f"{row['status']:<9}  {moment}  {row['id']}", style="not bold"), soft_wrap=True)
        if row["note"]:
            console.print(Text(f"     {plain(row['note'])}", style="dim"), soft_wrap=True)


def show(
    source: SourceArgument,
    as_outline: Annotated[bool, typer.Option("--outline", help="Lines of text instead of a drawing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Draw a workflow: its nodes with their settings, and which way leads where.

    What --json prints can be edited and imported again. A file is drawn without asking the database.

    Example: outbound workflows show 0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11
    """
    asked = id_or_file(source)
    if isinstance(asked, GraphFile):
        found, assistants = asked.graph, {}
    else:
        with Api.from_settings() as api:
            found = api.rpc("get_workflow", p_workflow_id=str(asked))
            assistants = {} if as_json else assistants_of(api, found["team_id"])
    if as_json:
        print_json(found)
        return
    if isinstance(found, dict):
        print_fields(
            {
                fact.removesuffix("_at"): f"{_minute(found[fact])} UTC" if fact.endswith("_at") else found[fact]
                for fact in _FACTS
                if found.get(fact) is not None
            }
        )
    _print_flow(Flow.of(found), assistants, as_outline=as_outline)


def _print_flow(flow: Flow, assistants: dict[str, str], *, as_outline: bool) -> None:
    if not flow.nodes:
        say("Nothing is drawn yet: there are no nodes.")
        return
    lines = None if as_outline else draw(flow, console.width, assistants)
    if lines is None and not as_outline:
        say("Too many lines for this terminal to draw side by side, so here it is as an outline.")
    for line in lines or outline(flow, assistants):
        # never folded: a pipe has no width, and a folded box is none
        console.print(for_encoding(line, console.encoding), no_wrap=True, crop=False, overflow="ignore")


def validate(file: FileArgument, team: TeamOption = None, as_json: JsonOption = False) -> None:
    """Look for every problem of a graph in a file, without saving anything.

    Each is shown at its place in the file. Exit status 1 when there is an error; warnings alone are 0.

    Example: outbound workflows validate flow.json
    """
    read = read_graph(file)
    with Api.from_settings() as api:
        found = api.rpc("validate_workflow_graph", p_graph=read.graph, p_team_id=text_of(team))
    issues = [*read.repeated_keys, *map(read.locate, found)]
    if as_json:
        print_json([_with_line(issue) for issue in issues])
    else:
        _print_issues(read, issues)
    if any(issue["severity"] == "error" for issue in issues):
        raise typer.Exit(1)


def export(
    workflow: WorkflowArgument,
    out: Annotated[Path | None, typer.Option(help="File to write. [default: standard output]")] = None,
    yes: YesOption = False,
) -> None:
    """Write the graph of a workflow as React Flow holds it: JSON that `import` reads back to the same.

    Example: outbound workflows export 0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11 --out flow.json
    """
    with Api.from_settings() as api:
        graph = graph_of(api.rpc("get_workflow", p_workflow_id=str(workflow)))
    if out is None:
        print_json(graph)
        return
    if out.exists():
        confirm(f"Overwrite {out}?", yes=yes)
    with writing(out):
        out.write_text(json.dumps(graph, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    say(f"{count(len(graph['nodes']), 'node')} and {count(len(graph['edges']), 'edge')} written to {out}.")


def graph_of(workflow: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The graph of a workflow with its keys in the order in which people write them."""
    return {
        "nodes": [{key: node[key] for key in _NODE_KEYS} for node in workflow["nodes"]],
        "edges": [{key: edge[key] for key in _EDGE_KEYS if key in edge} for edge in workflow["edges"]],
    }


def _with_line(issue: dict[str, Any]) -> dict[str, Any]:
    place = issue["place"]
    rest = {key: value for key, value in issue.items() if key != "place"}
    return {**rest, "line": place.line, "column": place.column}


def _print_issues(read: GraphFile, issues: list[dict[str, Any]]) -> None:
    if read.at != "$":
        say(f"The graph is at {read.at} of {read.name}.")
    for issue in issues:
        place = issue["place"]
        colour = "red" if issue["severity"] == "error" else "yellow"
        console.print(
            f"[bold]{escape(read.name)}:{place.line}:{place.column}:[/] [{colour}]{issue['severity']}[/]"
            f" [dim]{escape('[' + issue['code'] + ']')}[/] {escape(issue['message'])}",
            soft_wrap=True,
        )
        line, mark = place.lines(console.width - 2)
        console.print(Text(f"  {line}"), soft_wrap=True)
        console.print(Text(f"  {mark}\n", style=colour), soft_wrap=True)
    errors = sum(issue["severity"] == "error" for issue in issues)
    say(
        f"{count(errors, 'error')}, {count(len(issues) - errors, 'warning')}."
        if issues
        else f"{read.name} is in order: no errors, no warnings."
    )


def _minute(moment: str | None) -> str:
    return moment[:16].replace("T", " ") if moment else ""
