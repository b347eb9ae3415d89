"""`outbound stack …`: the local stack on the command line."""

from __future__ import annotations

import secrets
import subprocess
from typing import Annotated, Any, Literal

import typer

from cli.errors import CommandError
from cli.output import JsonOption, YesOption, confirm, console, print_fields, print_json, print_table, say, stderr
from cli.settings import stack_dir
from cli.stack.parts import ALL_NAMES, log_of
from cli.stack.processes import last_lines
from cli.stack.stack import Options, Stack
from cli.stack.users import add_user, list_users, remove_user

app = typer.Typer(no_args_is_help=True, help="The local stack: database, API, webhooks, sandbox providers, workers.")
users = typer.Typer(no_args_is_help=True, help="People who can sign in to the local stack.")
app.add_typer(users, name="user")

_STYLES = {"running": "green", "unhealthy": "yellow", "dead": "red", "stopped": "dim"}


@app.command()
def up(
    postgres: Annotated[
        Literal["system", "embedded"] | None,
        typer.Option(help="Which PostgreSQL. Default: the system's where it has pg_cron, else the embedded one."),
    ] = None,
    database_url: Annotated[
        str | None,
        typer.Option(
            help="Use a database that exists, such as a Supabase project, as its role postgres.",
            envvar="OUTBOUND_STACK_DATABASE_URL",
        ),
    ] = None,
    worker_database_url: Annotated[
        str | None,
        typer.Option(help="With --database-url: how workers connect, as the role outbound_worker."),
    ] = None,
    migrate: Annotated[bool, typer.Option("--migrate", help="With --database-url: apply pending migrations.")] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="With --database-url: make a database without teams one for rehearsals.")
    ] = False,
    only: Annotated[str | None, typer.Option(help="Only these parts and what they need, separated by commas.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Start what does not run yet, on loopback and free ports. A second time nothing happens.

    Example: outbound stack up
    """
    options = Options(
        postgres=postgres,
        database_url=database_url,
        worker_database_url=worker_database_url,
        migrate=migrate,
        sandbox=sandbox,
        only=[name.strip() for name in (only or "").split(",") if name.strip()],
    )
    stack = Stack(stack_dir())
    with stderr.status("starting") as spinner:
        changes = stack.up(options, lambda what: spinner.update(f"starting: {what}"))
    for migration in changes.migrations:
        say(f"applied {migration}")
    for note in changes.notes:
        say(note)
    say(f"started {', '.join(changes.started)}" if changes.started else "everything was up already")
    _show(stack.status(), as_json=as_json)


@app.command()
def down() -> None:
    """Stop what `up` started; the data stays.

    Example: outbound stack down
    """
    with stderr.status("stopping") as spinner:
        changes = Stack(stack_dir()).down(lambda what: spinner.update(f"stopping: {what}"))
    say(f"stopped {', '.join(changes.stopped)}" if changes.stopped else "nothing was running")


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Show each part, its address and its health. Exit status 1 when one is dead or ill, or the stack is down.

    Example: outbound stack status --json
    """
    shown = Stack(stack_dir()).status()
    _show(shown, as_json=as_json)
    conditions = {part["state"] for part in shown["parts"]}
    if conditions & {"dead", "unhealthy"}:
        if not as_json:
            say("Start what is dead with: outbound stack up")
        raise typer.Exit(1)
    if conditions == {"stopped"}:
        if not as_json:
            say("The stack is down. Start it with: outbound stack up")
        raise typer.Exit(1)


@app.command()
def reset(yes: YesOption = False) -> None:
    """Stop the stack and delete its folder: database, logs and secrets.

    Example: outbound stack reset --yes
    """
    stack = Stack(stack_dir())
    losses = stack.losses()
    if not losses:
        say("There is nothing to delete.")
        return
    say("This deletes:")
    for line in losses:
        say(f"  {line}")
    confirm("Delete it?", yes=yes)
    stack.reset()
    say("deleted")


@app.command()
def logs(
    part: Annotated[str, typer.Argument(help=f"One of: {', '.join(ALL_NAMES)}.")],
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep printing what is added.")] = False,
) -> None:
    """Show the end of a part's log.

    Example: outbound stack logs worker --follow
    """
    if part not in ALL_NAMES:
        raise typer.BadParameter(f"there is no part {part!r}; the parts are {', '.join(ALL_NAMES)}")
    log = log_of(stack_dir(), part)
    if not log.exists():
        raise CommandError(f"{part} has no log: it was never started here.")
    if follow:
        subprocess.run(["tail", "-n", str(lines), "-F", str(log)], check=False)
        return
    for line in last_lines(log, lines):
        console.print(line, markup=False, soft_wrap=True)


@users.command("add")
def user_add(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    password: Annotated[
        str | None,
        typer.Option(
            envvar="OUTBOUND_USER_PASSWORD", help="At least 8 characters. Default: one is made up and printed, once."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The person's name.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Create a person who can sign in, or give one a new password. Teams are joined with `set_team_member`.

    Example: outbound stack user add ann@example.com --password 'correct horse'
    """
    made_up = None if password is not None else secrets.token_urlsafe(12)
    user = add_user(_database_url(), email, password or made_up or "", name=name)
    if made_up is not None:
        user = {**user, "password": made_up}
    if as_json:
        print_json(user)
    else:
        print_fields({key: value for key, value in user.items() if key != "created"})
        say("created" if user["created"] else "the password was changed")


@users.command("list")
def user_list(as_json: JsonOption = False) -> None:
    """List everybody who can sign in.

    Example: outbound stack user list
    """
    found = list_users(_database_url())
    if as_json:
        print_json(found)
    else:
        print_table(("id", "e-mail", "created", "last signed in"), (row.values() for row in found))


@users.command("remove")
def user_remove(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")], yes: YesOption = False
) -> None:
    """Delete a person's account.

    Example: outbound stack user remove ann@example.com --yes
    """
    url = _database_url()
    confirm(f"Delete the account of {email}?", yes=yes)
    remove_user(url, email)
    say("deleted")


def _database_url() -> str:
    url = Stack(stack_dir()).status()["database_url"]
    if url is None:
        raise CommandError("The stack is down.", hint="Start it with: outbound stack up")
    return str(url)


def _show(status: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(status)
        return
    rows = [
        (part["name"], part["state"], part["pid"], (part["address"] or "").removeprefix("http://"), part["detail"])
        for part in status["parts"]
    ]
    print_table(("part", "state", "process", "address", "detail"), rows, styles=_STYLES)
