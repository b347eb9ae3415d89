"""`outbound workflows`: graphs of calls and texts, looked at, imported and published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.tree import Tree

from cli.api import Api
from cli.output import JsonOption, YesOption, confirm, console, print_fields, print_json, print_table, say
from cli.workflow_file import Places, read_graph

app = typer.Typer(no_args_is_help=True)

TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]
WorkflowArgument = Annotated[UUID, typer.Argument(metavar="WORKFLOW", help="Id of the workflow.")]
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="JSON with nodes and edges, as React Flow exports it.")
]

_FACTS = ("id", "name", "status", "version", "revision", "note", "updated_at", "published_at")


@app.callback()
def workflows() -> None:
    """Workflows: graphs of calls and texts.

    Example: outbound workflows list
    """


@app.command("list")
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
                p_team_id=_text(team),
            )
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    if as_json:
        print_json(items)
        return
    print_table(
        ("id", "name", "status", "version", "nodes", "campaigns", "changed"),
        [
            (item["id"], item["name"], item["status"], item["version"], item["node_count"], item["campaign_count"],
             item["updated_at"][:16].replace("T", " "))
            for item in items
        ],
        right=("version", "nodes", "campaigns"),
    )  # fmt: skip
    if cursor is not None:
        say(f"There are more; --limit {limit * 2} lists further ones.")


@app.command()
def show(workflow: WorkflowArgument, as_json: JsonOption = False) -> None:
    """Show a workflow: what it is, and which way leads where.

    What --json prints can be edited and imported again.

    Example: outbound workflows show 0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11
    """
    with Api.from_settings() as api:
        found = api.rpc("get_workflow", p_workflow_id=str(workflow))
    if as_json:
        print_json(found)
        return
    print_fields({fact.replace("_at", ""): found[fact] for fact in _FACTS if found[fact] is not None})
    console.print(draw(found))


@app.command()
def validate(file: FileArgument, team: TeamOption = None, as_json: JsonOption = False) -> None:
    """Look for every problem of a graph in a file, without saving anything.

    Exit status 1 when there is an error; warnings alone are 0.

    Example: outbound workflows validate flow.json
    """
    graph, text = read_graph(file)
    with Api.from_settings() as api:
        issues = api.rpc("validate_workflow_graph", p_graph=graph, p_team_id=_text(team))
    places = Places(text)
    for issue in issues:
        issue["line"] = places.line_of(issue["path"])
    if as_json:
        print_json(issues)
    else:
        _print_issues(file, issues)
    if any(issue["severity"] == "error" for issue in issues):
        raise typer.Exit(1)


@app.command("import")
def import_workflow(
    file: FileArgument,
    name: Annotated[str | None, typer.Option(help="Name of a new draft. [default: the file's name]")] = None,
    into: Annotated[UUID | None, typer.Option(help="Id of a draft whose graph is replaced instead.")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish it as well.")] = False,
    team: TeamOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Save the graph in a file: as a new draft, or into one that is there. Nothing is saved when it has an error.

    Example: outbound workflows import flow.json --name "Spring tune-up" --publish
    """
    graph, _ = read_graph(file)
    with Api.from_settings() as api:
        if into is None:
            saved = api.rpc("create_workflow", p_name=name or file.stem, p_graph=graph, p_team_id=_text(team))
        else:
            draft = api.rpc("get_workflow", p_workflow_id=str(into))
            confirm(f"Replace the graph of “{draft['name']}” ({len(draft['nodes'])} nodes) by that in {file}?", yes=yes)
            saved = api.rpc(
                "save_workflow", p_workflow_id=str(into), p_graph=graph, p_revision=draft["revision"], p_name=name
            )
        if publish:
            saved = api.rpc("publish_workflow", p_workflow_id=saved["id"], p_note=None)
    if as_json:
        print_json(saved)
        return
    _print_saved(saved)


@app.command()
def publish(
    workflow: WorkflowArgument,
    note: Annotated[str | None, typer.Option(help="What is new in this version.")] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Publish a draft as the next version of its lineage. It never changes afterwards.

    Example: outbound workflows publish 0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11 --note "Second text after a day" --yes
    """
    with Api.from_settings() as api:
        draft = api.rpc("get_workflow", p_workflow_id=str(workflow))
        confirm(f"Publish “{draft['name']}” ({len(draft['nodes'])} nodes)? It can't be changed afterwards.", yes=yes)
        published = api.rpc("publish_workflow", p_workflow_id=str(workflow), p_note=note)
    if as_json:
        print_json(published)
        return
    _print_saved(published)


def draw(workflow: dict[str, Any]) -> Tree:
    """The graph as a tree from the trigger; a node that several ways lead to is drawn once and named elsewhere."""
    nodes = {node["id"]: node for node in workflow["nodes"]}
    ways: dict[str, list[dict[str, Any]]] = {node_id: [] for node_id in nodes}
    for edge in sorted(workflow["edges"], key=lambda edge: edge["data"]["priority"]):
        ways[edge["source"]].append(edge)
    start = next((node_id for node_id, node in nodes.items() if node["type"] == "trigger"), None)
    if start is None:
        return Tree("[dim]nothing drawn yet[/]")
    root = Tree(_node_line(nodes[start]))
    drawn = {start}
    open_branches = [(root, start)]
    while open_branches:  # by hand: a long chain is deeper than the interpreter's stack
        branch, node_id = open_branches.pop()
        for edge in ways[node_id]:
            target = edge["target"]
            again = target in drawn
            twig = branch.add(f"[cyan]{escape(_way(edge['data']))}[/] → {_node_line(nodes[target], again=again)}")
            if not again:
                drawn.add(target)
                open_branches.append((twig, target))
    return root


def _way(data: dict[str, Any]) -> str:
    words = [data["when"]]
    if data.get("phrases"):
        words.append("“" + "”, “".join(data["phrases"]) + "”")
    if data["delay"] != "PT0S":
        words.append(f"after {data['delay']}")
    return " ".join(words)


def _node_line(node: dict[str, Any], *, again: bool = False) -> str:
    label = node["data"].get("label")
    shown = f"[bold]{node['type']}[/] {escape(node['id'])}" + (f" “{escape(label)}”" if label else "")
    return f"{shown} [dim](see there)[/]" if again else shown


def _print_issues(file: Path, issues: list[dict[str, Any]]) -> None:
    for issue in issues:
        colour = "red" if issue["severity"] == "error" else "yellow"
        console.print(
            f"{escape(str(file))}:{issue['line']}: [{colour}]{issue['severity']}[/] {escape(issue['message'])}"
            f" [dim]{escape('[' + issue['code'] + ']')} {escape(issue['path'])}[/]",
            soft_wrap=True,
        )
    errors = sum(issue["severity"] == "error" for issue in issues)
    say(
        f"{_count(errors, 'error')}, {_count(len(issues) - errors, 'warning')}."
        if issues
        else f"{file} is in order: no errors, no warnings."
    )


def _print_saved(saved: dict[str, Any]) -> None:
    print_fields(
        {fact: saved[fact] for fact in ("id", "name", "status", "version", "revision") if saved[fact] is not None}
    )
    for warning in saved.get("warnings", []):
        console.print(f"[yellow]warning[/] {escape(warning['message'])}", soft_wrap=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _text(team: UUID | None) -> str | None:
    return str(team) if team is not None else None
