"""`outbound dev`: load the source, assemble migrations, and run what CI runs."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from cli.demo.commands import demo as run_demo
from cli.dev import api_types, gate, migration, reference, releases, source, suite
from cli.dev.browser import Paper, browser
from cli.dev.databases import MIGRATIONS, SOURCE, start_servers
from cli.dev.faults.command import faults
from cli.dev.fuzz.command import fuzz
from cli.dev.project import ROOT
from cli.errors import CommandError, writing
from cli.output import say

PICTURE = ROOT / "docs" / "images" / "report.png"
PICTURE_WIDTH = 1120

app = typer.Typer(no_args_is_help=True, help="Developer tools: migrations, gates and tests.")
app.command()(faults)
app.command()(fuzz)


@app.command()
def load(
    database_url: Annotated[str, typer.Option("--database-url", help="An empty, Supabase-shaped database.")],
) -> None:
    """Load sql/ into a database, in one transaction.

    Example: outbound dev load --database-url postgresql://postgres:secret@127.0.0.1:5432/postgres
    """
    count = source.load(database_url)
    say(f"{count} statements of sql/ loaded.")


@app.command("migration")
def new_migration(
    name: Annotated[str, typer.Argument(help="What it does, such as add_contact_notes; the first one is `initial`.")],
    replace: Annotated[bool, typer.Option("--replace", help="In place of the last one, if no release has it.")] = False,
) -> None:
    """Assemble a migration from what changed in sql/, and say what the parity gate still finds.

    Example: outbound dev migration add_contact_notes
    """
    found = migration.existing()
    with contextlib.ExitStack() as stack:
        if not found or (replace and len(found) == 1):
            written = migration.write_first(name, replace=replace)
        else:
            if replace:
                kept = stack.enter_context(migration.last_set_aside())
                say(f"What it replaces is kept in {kept.relative_to(ROOT)}: copy what was written by hand.")
            servers = stack.enter_context(start_servers((SOURCE, MIGRATIONS)))
            written = migration.write_next(name, servers[SOURCE], servers[MIGRATIONS])
    say(f"Written: {written.relative_to(ROOT)}")
    open_ends = []
    for gate_of_migrations in (migration.demand_finished, _demand_parity):
        try:
            gate_of_migrations()
        except CommandError as error:
            open_ends.append(error.message)
    if open_ends:
        raise CommandError(
            f"{written.name} is not finished.\n\n" + "\n\n".join(open_ends),
            hint="Finish it by hand, then: outbound dev parity",
        )
    say("The migrations build what sql/ describes.")


def _demand_parity() -> None:
    with start_servers((SOURCE, MIGRATIONS)) as servers:
        gate.demand_parity(servers[SOURCE], servers[MIGRATIONS])


@app.command()
def parity(
    prove: Annotated[bool, typer.Option("--prove", help="Also plant changes and demand that each is caught.")] = False,
) -> None:
    """Compare the database that sql/ describes with the one that the migrations build.

    Example: outbound dev parity --prove
    """
    migration.demand_finished()
    releases.demand_unchanged()
    with start_servers((SOURCE, MIGRATIONS)) as servers:
        gate.demand_parity(servers[SOURCE], servers[MIGRATIONS])
        say("sql/ and the migrations build the same database.")
        if prove:
            planted = gate.prove(servers[MIGRATIONS])
            say(f"The gate noticed {', '.join(planted[:-1])} and {planted[-1]}.")


@app.command()
def lint() -> None:
    """Run every gate but the tests: style, types, import contracts, parity, function checks, advisors.

    Example: outbound dev lint
    """
    with suite.all_gates(suite.Stages()):
        pass


@app.command()
def docs() -> None:
    """Write what is made from what it describes: the pages of commands and functions, and the types in TypeScript.

    Example: outbound dev docs
    """
    with start_servers((SOURCE,)) as servers, psycopg.connect(servers[SOURCE].url(SOURCE)) as connection:
        pages = {
            reference.COMMANDS: reference.command_page(),
            reference.FUNCTIONS: reference.function_page(connection),
            api_types.TYPES: api_types.generate(servers[SOURCE].url(SOURCE)),
            api_types.PAGES: api_types.pages_module(),
        }
    for path, text in pages.items():
        path.write_text(text)
        say(f"Written: {path.relative_to(ROOT)}")


@app.command()
def picture(
    html: Annotated[Path | None, typer.Option("--html", help="A report that is there. [default: the demo's]")] = None,
    out: Annotated[Path, typer.Option(help="PNG to write, or PDF to print to.")] = PICTURE,
    dark: Annotated[bool, typer.Option("--dark", help="As it looks by night.")] = False,
    paper: Annotated[Paper, typer.Option(help="For a PDF.")] = Paper.A4,
) -> None:
    """Run the demo and take the picture of its report that the docs show, in headless Chromium.

    Example: outbound dev picture
    """
    with tempfile.TemporaryDirectory() as folder:
        page = html or Path(folder) / "report.html"
        if html is None:
            run_demo(report=page)
        with browser() as window:
            window.show(page, PICTURE_WIDTH, "dark" if dark else "light")
            taken = window.pdf(paper) if out.suffix == ".pdf" else window.picture()
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(taken)
    say(f"Written: {out} ({len(taken) / 1000:.0f} kB)")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run what CI runs: every gate, then every test. Arguments go to pytest.

    Example: outbound dev test -k parity -x
    """
    raise typer.Exit(suite.run_all(context.args))
