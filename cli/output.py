"""How commands print: tables for people, JSON for programs, refusals on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cli.errors import CommandError

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Answer the confirmation with yes.")]

console = Console(highlight=False)
stderr = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """Print one JSON document on stdout; dates, UUIDs and decimals become strings."""
    # where not every character can be written, JSON has a spelling for it
    ensure_ascii = not (sys.stdout.encoding or "").lower().startswith("utf")
    sys.stdout.write(json.dumps(value, default=str, ensure_ascii=ensure_ascii, indent=2) + "\n")


def print_table(
    columns: Sequence[str],
    rows: Iterable[Iterable[Any]],
    *,
    title: str | None = None,
    right: Iterable[str] = (),
    whole: Iterable[str] = (),
    styles: Mapping[str, str] | None = None,
) -> None:
    """Print rows as a table.

    Columns named in `right` are aligned as numbers, those in `whole` are never folded, so that an id can be copied.
    A cell that is a key of `styles` gets that colour. Cells are never read as markup.
    """
    table = Table(
        title=title, title_justify="left", title_style="bold", header_style="bold", box=SIMPLE_HEAD, pad_edge=False
    )
    aligned, unfolded = set(right), set(whole)
    for column in columns:
        justify: JustifyMethod = "right" if column in aligned else "left"
        table.add_column(column, justify=justify, overflow="fold", no_wrap=column in unfolded)
    for row in rows:
        texts = ["" if cell is None else str(cell) for cell in row]
        table.add_row(*(Text(text, style=(styles or {}).get(text, "")) for text in texts))
    console.print(table)


def print_fields(fields: Mapping[str, Any]) -> None:
    """Print one thing as aligned `name  value` lines."""
    width = max((len(name) for name in fields), default=0)
    for name, value in fields.items():
        console.print(
            f"[bold]{escape(name):<{width}}[/]  {escape('' if value is None else str(value))}", soft_wrap=True
        )


def say(text: str) -> None:
    """Print a sentence for a person on stderr, so that stdout stays the result."""
    stderr.print(escape(text), soft_wrap=True)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is lost. Without a terminal to ask on, only `--yes` answers."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError("This needs a confirmation, and there is nobody to ask.", hint="Repeat it with --yes.")
    typer.confirm(question, abort=True)


def print_error(error: CommandError) -> None:
    """Print a refusal: code and message, one line for each problem in its detail, and the hint."""
    code = f"{escape(error.code)}: " if error.code else ""
    stderr.print(f"[bold red]{code}[/]{escape(error.message)}", soft_wrap=True)
    for line in _detail_lines(error.detail):
        stderr.print(f"  {escape(line)}", soft_wrap=True)
    if error.hint:
        stderr.print(f"[dim]{escape(error.hint)}[/]", soft_wrap=True)


def _detail_lines(detail: Any) -> list[str]:
    if isinstance(detail, list):
        return [_problem_line(item) if isinstance(item, dict) else str(item) for item in detail]
    if isinstance(detail, dict):
        blockers = detail.get("blockers")
        if isinstance(blockers, list):
            return _detail_lines(blockers)
        used_by = detail.get("used_by")
        if isinstance(used_by, list):
            return [_user_line(item) if isinstance(item, dict) else str(item) for item in used_by]
        return [f"{name}: {value}" for name, value in detail.items() if value is not None]
    return [str(detail)] if detail else []


def _user_line(user: Mapping[str, Any]) -> str:
    """Something that depends on what was to be changed: its name, its status, its id."""
    status = f" ({user['status']})" if user.get("status") else ""
    return f"{user.get('name') or user.get('entity') or 'used by'}{status} {user.get('id', '')}".rstrip()


def _problem_line(problem: Mapping[str, Any]) -> str:
    """One validation problem: where it is, what it is, and its stable code."""
    where = ", ".join(
        f"{name.removesuffix('_id')} {problem[name]}"
        for name in ("row", "column", "node_id", "edge_id")
        if problem.get(name) is not None
    )
    if not where and problem.get("path"):
        where = str(problem["path"])
    message = str(problem.get("message") or "")
    code = f" [{problem['code']}]" if problem.get("code") else ""
    return f"{where}: {message}{code}" if where else f"{message}{code}"
