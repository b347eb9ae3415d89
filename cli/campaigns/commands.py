"""`outbound campaigns`: created, launched, watched, paused, resumed, cancelled, tried again.

Each command is a function of one of the modules beside this one; a new one is one more line here.
"""

from __future__ import annotations

import typer

from cli.campaigns import creating, explaining, preflight, reading, steps, watching

app = typer.Typer(no_args_is_help=True)


@app.callback()
def campaigns() -> None:
    """Campaigns: one list, one published workflow, one sending number.

    Example: outbound campaigns list --status ACTIVE
    """


app.command("list")(reading.list_campaigns)
app.command("show")(reading.show)
app.command("enrollments")(reading.enrollments)
app.command("explain")(explaining.explain)
app.command("watch")(watching.watch)
app.command("create")(creating.create)
app.command("preflight")(preflight.preflight)
app.command("launch")(steps.launch)
app.command("unschedule")(steps.unschedule)
app.command("pause")(steps.pause)
app.command("resume")(steps.resume)
app.command("cancel")(steps.cancel)
app.command("retry")(steps.retry)
app.command("archive")(steps.archive)
app.command("unarchive")(steps.unarchive)
