"""`outbound demo`: the main job, start to end, on a stack of its own that is gone afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.status import Status
from rich.text import Text

from cli.audiences import importing
from cli.audiences.commands import print_run
from cli.audiences.importing import ImportRequest
from cli.campaigns.live import Film
from cli.csv_reader import open_csv
from cli.demo import live, verdict
from cli.demo.scene import CONTACTS, Scene, scene, stack_of_its_own
from cli.errors import CommandError
from cli.files import write_whole
from cli.output import JsonOption, console, print_json, say
from cli.report.gathering import gather
from cli.report.page import render
from cli.stack.binaries import Kind

app = typer.Typer()

_SHOWN_PROBLEMS = 8


@app.command()
def demo(
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Your own contacts, as CSV. [default: ours]")
    ] = None,
    speed: Annotated[
        float, typer.Option(min=60, help="At most so many seconds of campaign time in one real second.")
    ] = 20_000,
    postgres: Annotated[Kind, typer.Option(help="The embedded PostgreSQL, or the system's with pg_cron.")] = "embedded",
    report: Annotated[Path | None, typer.Option(help="Write the campaign's report to this new HTML file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run a whole campaign: contacts from a file, calls and texts, outcomes by webhook, metrics that add up.

    Everything happens on this machine: the providers are the sandbox, nobody is really called, and nothing is left
    running.

    Example: outbound demo --file customers.csv --report campaign.html
    """
    path = file or CONTACTS
    if report is not None and report.exists():
        raise CommandError(f"{report} is there already.", hint="Name a file that is not.")
    open_csv(path)  # a file that can't be read is told before anything is started
    with (
        Status("Starting the stack", console=console)
        if console.is_terminal
        else Status("", console=_silent()) as status
    ):

        def progress(what: str) -> None:
            status.update(f"Starting the stack: {what}")

        with stack_of_its_own(postgres, progress) as (stack, connection):
            status.update("Setting up the team, its accounts and a published workflow")
            with scene(stack, connection, speed) as stage:
                status.stop()
                run = _import(stage, path, quiet=as_json)
                film, taken = _run(stage, run, quiet=as_json)
                if report is not None:
                    found = gather(stage.api, UUID(film.samples[-1].metrics["campaign_id"]))
                    write_whole(report, render(found), yes=False)
    if as_json:
        last = film.samples[-1]
        print_json(
            {"import": run, "metrics": last.metrics, "nodes": last.nodes, "providers": taken, "seconds": film.seconds}
        )
        return
    verdict.show(console, film, taken)
    if report is not None:
        say(f"The campaign's report is in {report}.")


def _import(stage: Scene, path: Path, *, quiet: bool) -> dict[str, Any]:
    """Import the file as `outbound audiences import --partial` does."""
    if not quiet:
        console.print(Text(f"1. Contacts from {path.name}", style="bold"))
    run = importing.run_import(stage.api, ImportRequest(path=path, list_name=path.stem, partial=True))
    shown = importing.first_problems(stage.api, run["id"], _SHOWN_PROBLEMS)
    if run["status"] == "FAILED":
        raise CommandError(run["failure_message"], code="OB001", detail=shown)
    if not quiet:
        print_run(run, shown)
    if run["counts"]["added"] + run["counts"]["updated"] == 0:
        raise CommandError(
            f"No row of {path.name} can be called or texted, so there is no campaign to run.",
            hint=f"See every row's reason on a stack that stays: outbound stack up, outbound audiences check {path}",
        )
    return run


def _run(stage: Scene, run: dict[str, Any], *, quiet: bool) -> tuple[Film, dict[str, int]]:
    """Launch, let campaign time go, and watch to the end."""
    campaign = stage.api.rpc(
        "create_campaign",
        p_name="Spring tune-ups",
        p_list_id=run["list_id"],
        p_workflow_id=stage.workflow_id,
        p_phone_number_id=stage.phone_number_id,
    )
    launched = stage.api.rpc("launch_campaign", p_campaign_id=campaign["id"])
    if not quiet:
        console.print()
        console.print(Text("2. Trigger, call, text: a published workflow", style="bold"))
        console.print(f"   launched for {launched['members']} contacts; the sandbox's clock starts to run")
        console.print()
        console.print(Text("3. The campaign", style="bold"))
    stage.sandbox.put("/clock", json={"mode": "auto"}).raise_for_status()
    try:
        film = live.watch(stage, campaign["id"], _silent() if quiet else console)
    except CommandError:
        say(f"The sandbox's clock: {stage.sandbox.get('/clock').text}")
        raise
    taken = stage.taken()
    _agree(film, taken)
    return film, taken


def _agree(film: Film, taken: dict[str, int]) -> None:
    """The demo shows what the product promises, or it fails."""
    metrics = film.samples[-1].metrics
    if film.samples[-1].ended != metrics["enrolled"] or taken["taken_twice"]:
        raise CommandError(
            f"The campaign does not add up: {metrics}, {taken}.", hint="This is a defect. Please report it."
        )


def _silent() -> Console:
    return Console(quiet=True)
