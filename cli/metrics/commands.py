"""`outbound metrics`: looked at, watched, drawn over time, exported."""

from __future__ import annotations

import typer

from cli.metrics import exporting, reading, watching

app = typer.Typer(no_args_is_help=True)


@app.callback()
def metrics() -> None:
    """Numbers of campaigns, exact while these run: the calls of the analytics page.

    Example: outbound metrics show 018f…
    """


app.command("show")(reading.show)
app.command("watch")(watching.watch)
app.command("timeseries")(reading.timeseries)
app.command("export")(exporting.export)
