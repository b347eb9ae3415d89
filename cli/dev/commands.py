"""`outbound dev`: load the source, assemble migrations, and run what CI runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from cli.dev import gate, lint, migration, source, suite
from cli.dev.databases import Server, scratch_server
from cli.errors import CommandError
from cli.output import console, say

app = typer.Typer(no_args_is_help=True, help="Developer tools: migrations, gates and tests.")


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
    replace: Annotated[bool, typer.Option("--replace", help="Rewrite the first migration, before a release.")] = False,
) -> None:
    """Assemble a migration from what changed in sql/, and say what the parity gate still finds.

    Example: outbound dev migration add_contact_notes
    """
    path = migration.write_first(name, replace=replace) if replace or not migration.existing() else None
    with _databases(with_migrations=path is not None) as (of_source, of_migrations):
        if path is None:
            path = migration.write_next(name, of_source, of_migrations)
        console.print(str(path.relative_to(migration.ROOT)))
        try:
            gate.demand_parity(of_source, of_migrations)
        except CommandError as error:
            raise CommandError(
                f"{path.name} is written but not finished. {error.message}",
                hint="Finish its marked places by hand, then: outbound dev parity",
            ) from error
    say("The migrations build what sql/ describes.")


@app.command()
def parity(
    prove: Annotated[bool, typer.Option("--prove", help="Also plant changes and demand that each is caught.")] = False,
) -> None:
    """Compare the database that sql/ describes with the one that the migrations build.

    Example: outbound dev parity --prove
    """
    with _databases() as (of_source, of_migrations):
        gate.demand_parity(of_source, of_migrations)
        say("sql/ and the migrations build the same database.")
        if prove:
            planted = gate.prove(of_migrations)
            say(f"The gate noticed {', '.join(planted[:-1])} and {planted[-1]}.")
