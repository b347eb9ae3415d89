"""`outbound audiences`: lists of contacts, and files imported into them."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.audiences import importing, lists, refreshing
from cli.audiences.importing import ImportRequest
from cli.errors import CommandError, writing
from cli.output import JsonOption, print_fields, print_json, print_table, say

app = typer.Typer(no_args_is_help=True)
app.add_typer(lists.verbs)
app.add_typer(refreshing.verbs)

_SHOWN_PROBLEMS = 20

ListOption = Annotated[
    str | None, typer.Option("--list", help="Name or id of the list; a new name makes a new list. [default: file name]")
]
MappingOption = Annotated[
    list[str] | None,
    typer.Option("--mapping", "-m", metavar="FIELD=COLUMN", help="Which column holds a field; several for phone."),
]
TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]
DelimiterOption = Annotated[str | None, typer.Option(help="What separates cells. [default: found out]")]
EncodingOption = Annotated[str | None, typer.Option(help="Such as utf-8 or cp1252. [default: found out]")]


@app.callback()
def audiences() -> None:
    """Lists of contacts, and files imported into them.

    Example: outbound audiences import customers.csv --partial
    """


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file, of any size.")],
    list_: ListOption = None,
    partial: Annotated[bool, typer.Option("--partial", help="Import the rows that can be used.")] = False,
    mapping: MappingOption = None,
    errors: Annotated[Path | None, typer.Option("--errors", help="Write every problem to this CSV file.")] = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a contact file into a list: every row is checked before anything is stored.

    Without --partial one row that cannot be used refuses the whole file. A contact that exists keeps what the file
    leaves empty; what the file says wins.

    Example: outbound audiences import customers.csv --list "Spring tune-up" --partial --errors problems.csv
    """
    request = ImportRequest(
        path=file,
        list_name=list_ or file.stem,
        partial=partial,
        mapping=read_mapping(mapping or []),
        delimiter=delimiter,
        encoding=encoding,
        team_id=team,
    )
    with Api.from_settings() as api:
        run = importing.run_import(api, request)
        if errors is not None:
            count = write_problems(errors, importing.problems(api, run["id"]))
            say(f"{count} problems are in {errors}.")
        shown = importing.first_problems(api, run["id"], _SHOWN_PROBLEMS)
    if run["status"] == "FAILED":
        raise CommandError(
            run["failure_message"],
            code="OB001",
            detail=shown,
            hint="Correct the rows, or import the others with --partial. All problems: --errors FILE.csv",
        )
    if as_json:
        print_json({"run": run, "problems": shown})
        sys.stdout.flush()
    else:
        print_run(run, shown)
    importing.index_imported(importing.worker_database_url())


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A CSV file; its first 5,000 rows are looked at.")],
    mapping: MappingOption = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a file would be read: its columns, what each holds, and the problems of its first rows.

    Example: outbound audiences check customers.csv
    """
    with Api.from_settings() as api:
        result = importing.preview(api, file, read_mapping(mapping or []), delimiter, encoding, team)
    if as_json:
        print_json(result)
        return
    print_table(["field", "column"], [(field, ", ".join(names)) for field, names in sorted(result["mapping"].items())])
    print_table(list(result["counts"]), [list(result["counts"].values())], right=result["counts"])
    _print_problems(result["issues"][:_SHOWN_PROBLEMS], result["issue_count"])


@app.command("list")
def list_lists(
    search: Annotated[str | None, typer.Option(help="Part of the name.")] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Archived lists instead of active ones.")] = False,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the lists, newest first.

    Example: outbound audiences list --search spring
    """
    arguments = {
        "p_search": search,
        "p_status": "ARCHIVED" if archived else "ACTIVE",
        "p_limit": 200,
        "p_team_id": str(team) if team else None,
    }
    with Api.from_settings() as api:
        items = list(api.pages("list_audience_lists", **arguments))
    if as_json:
        print_json(items)
        return
    print_table(
        ["name", "source", "members", "campaigns", "last run", "id"],
        [
            (
                item["name"],
                item["source"],
                f"{item['member_count']:,}",
                item["campaign_count"],
                (item["last_run"] or {}).get("status"),
                item["id"],
            )
            for item in items
        ],
        right=["members", "campaigns"],
    )


@app.command("show")
def show(list_id: Annotated[UUID, typer.Argument(help="Id of the list.")], as_json: JsonOption = False) -> None:
    """Show a list and its last run.

    Example: outbound audiences show 0193e0a4-…
    """
    with Api.from_settings() as api:
        found = api.rpc("get_audience_list", p_list_id=str(list_id))
    if as_json:
        print_json(found)
        return
    run = found["last_run"] or {}
    print_fields(
        {
            "name": found["name"],
            "source": found["source"],
            "status": found["status"],
            "members": f"{found['member_count']:,}",
            "campaigns": found["campaign_count"],
            "last run": run.get("status"),
            "id": found["id"],
        }
    )


@app.command("members")
def members(
    list_id: Annotated[UUID, typer.Argument(help="Id of the list.")],
    search: Annotated[str | None, typer.Option(help="Part of a name, a phone number or an e-mail address.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show members of a list.

    Example: outbound audiences members 0193e0a4-… --search smith
    """
    with Api.from_settings() as api:
        page = api.rpc("get_audience_members", p_list_id=str(list_id), p_search=search, p_limit=limit)
    if as_json:
        print_json(page)
        return
    print_table(
        ["name", "phone", "e-mail", "time zones"],
        [
            (
                " ".join(filter(None, (item["first_name"], item["last_name"]))),
                item["phone"] + (f" x{item['phone_extension']}" if item["phone_extension"] else ""),
                item["email"],
                ", ".join(item["timezones"]) if len(item["timezones"]) <= 3 else f"{len(item['timezones'])} zones",
            )
            for item in page["items"]
        ],
    )
    if page["next_cursor"]:
        say("There are more; --limit shows up to 1000, --search finds the rest.")


@app.command("runs")
def runs(
    list_id: Annotated[UUID | None, typer.Argument(help="Id of a list; all lists without it.")] = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the last imports and refreshes, those that were refused included.

    Example: outbound audiences runs
    """
    arguments = {"p_list_id": str(list_id) if list_id else None, "p_team_id": str(team) if team else None}
    with Api.from_settings() as api:
        page = api.rpc("get_audience_runs", **arguments)
    if as_json:
        print_json(page["items"])
        return
    counted = ["fetched", "added", "updated", "excluded", "duplicate", "rejected"]
    print_table(
        ["list", "status", *counted, "id"],
        [
            (run["list_name"], run["status"], *(run["counts"][name] for name in counted), run["id"])
            for run in page["items"]
        ],
        right=counted,
    )


@app.command("errors")
def run_errors(
    run_id: Annotated[UUID, typer.Argument(help="Id of the run.")],
    file: Annotated[Path | None, typer.Option("--file", help="Write them to this CSV file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was wrong with the rows of a run, by row and column.

    Example: outbound audiences errors 0193e0a4-… --file problems.csv
    """
    with Api.from_settings() as api:
        found = importing.problems(api, str(run_id))
        if file is not None:
            say(f"{write_problems(file, found)} problems are in {file}.")
            return
        listed = list(found)
    if as_json:
        print_json(listed)
        return
    _print_problems(listed, len(listed))


def read_mapping(pairs: list[str]) -> dict[str, list[str]] | None:
    """`FIELD=COLUMN` pairs as the RPCs take them; None when there are none."""
    found: dict[str, list[str]] = {}
    for pair in pairs:
        field, separator, column = pair.partition("=")
        if not separator or not field.strip() or not column.strip():
            raise typer.BadParameter(f'"{pair}" is not FIELD=COLUMN, such as phone="Mobile No."')
        found.setdefault(field.strip().lower().replace("-", "_"), []).append(column.strip())
    return found or None


def write_problems(path: Path, problems: Any) -> int:
    """Write problems as CSV, with values that a spreadsheet would run as formulas made harmless; returns how many."""
    count = 0
    with writing(path), path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "column", "severity", "code", "message", "value"])
        for count, problem in enumerate(problems, 1):  # noqa: B007 - counted while they stream by
            value = problem["value"] or ""
            writer.writerow(
                [
                    problem["row"],
                    _harmless(problem["column"] or ""),
                    problem["severity"],
                    problem["code"],
                    problem["message"],
                    _harmless(value),
                ]
            )
    return count


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def print_run(run: dict[str, Any], problems: list[dict[str, Any]]) -> None:
    """A run's counts as a table, its first problems, and where the rest is."""
    names = ["fetched", "added", "updated", "excluded", "duplicate", "rejected", "warning"]
    print_table(
        ["list", "status", *names],
        [(run["list_name"], run["status"], *(f"{run['counts'][name]:,}" for name in names))],
        right=names,
    )
    _print_problems(problems, None)
    say(f"The list's id is {run['list_id']}, the run's {run['id']}.")


def _print_problems(problems: list[dict[str, Any]], total: int | None) -> None:
    if not problems:
        return
    print_table(
        ["row", "column", "severity", "problem", "value"],
        [(item["row"], item.get("column"), item["severity"], item["message"], item.get("value")) for item in problems],
        right=["row"],
    )
    if total is None and len(problems) == _SHOWN_PROBLEMS:
        say("These are the first; all of them: outbound audiences errors RUN_ID")
    elif total is not None and total > len(problems):
        say(f"These are the first {len(problems)} of {total}.")
