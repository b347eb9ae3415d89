"""`outbound workflows`: graphs of calls and texts, looked at, imported, published, compared and tried out."""

from __future__ import annotations

import typer

from cli.workflows import comparing, reading, simulating, writing

app = typer.Typer(no_args_is_help=True)


@app.callback()
def workflows() -> None:
    """Workflows: graphs of calls and texts.

    Example: outbound workflows list
    """


app.command("list")(reading.list_workflows)
app.command("versions")(reading.versions)
app.command("show")(reading.show)
app.command("validate")(reading.validate)
app.command("export")(reading.export)
app.command("import")(writing.import_workflow)
app.command("publish")(writing.publish)
app.command("archive")(writing.archive)
app.command("clone")(writing.clone)
app.command("diff")(comparing.diff)
app.command("simulate")(simulating.simulate)
