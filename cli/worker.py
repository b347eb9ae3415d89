"""`outbound worker`: the process that sends calls and texts."""

from typing import Annotated

import typer

from cli.errors import CommandError
from workers import logs, process
from workers.config import Secrets, Settings, redactor
from workers.errors import ConfigurationError

app = typer.Typer(no_args_is_help=True)


@app.callback()
def worker() -> None:
    """The processes that send calls and texts, and ask providers about what is in doubt.

    Example: outbound worker run --queues call,text
    """


@app.command("run")
def run(
    queues: Annotated[str | None, typer.Option(help="The queues to serve, separated by commas.")] = None,
    concurrency: Annotated[int | None, typer.Option(help="Requests in flight at once, for each queue.")] = None,
    port: Annotated[int | None, typer.Option(help="Where /healthz and /metrics listen; 0 takes a free port.")] = None,
) -> None:
    """Run one worker until it is told to stop; then it finishes what began and exits.

    Everything else is read from the environment: OUTBOUND_DATABASE_URL, OUTBOUND_WEBHOOK_PUBLIC_URL and the secrets,
    OUTBOUND_SECRET_<NAME>, are required. Logs are JSON lines on stderr.

    Example: outbound worker run --queues call,text --concurrency 20
    """
    try:
        settings = Settings.load(queues=queues, concurrency=concurrency, port=port)
    except ConfigurationError as error:
        raise CommandError(str(error), hint="Set it in the environment and start the worker again.") from None
    secrets = Secrets.from_environment()
    logs.configure(settings.log_level, redactor(settings, secrets), part="worker")
    raise typer.Exit(process.main(settings, secrets))
