"""Starts the sandbox: settings from the environment, one uvicorn server on loopback."""

import asyncio
import logging
import sys

import uvicorn
from pydantic import ValidationError

from workers.db import Database
from workers.logs import configure
from workers.redaction import Redactor
from workers.sandbox.app import Sandbox
from workers.sandbox.settings import SandboxSettings
from workers.sandbox.wire import BreakableProtocol

log = logging.getLogger("workers.sandbox")


def main() -> int:
    """Serve until told to stop; 1 when the settings are wrong, each named on a line of its own."""
    try:
        settings = SandboxSettings()
    except ValidationError as invalid:
        for line in setting_problems(invalid):
            sys.stderr.write(f"{line}\n")
        return 1
    configure("info", Redactor(settings.secrets), part="sandbox")
    asyncio.run(serve(settings))
    return 0


async def serve(settings: SandboxSettings) -> None:
    """Serve with the campaign's clock when there is a database, with the wall clock else."""
    if settings.database_url is None:
        await _run(Sandbox(settings))
        return
    url, pooled = settings.database_url.get_secret_value(), settings.transaction_pooling
    async with Database(url, connections=2, transaction_pooling=pooled) as database:
        await _run(Sandbox(settings, database))


def server_of(sandbox: Sandbox) -> uvicorn.Server:
    """The server of a sandbox, configured but not running."""
    return uvicorn.Server(
        uvicorn.Config(
            sandbox.app(),
            host=sandbox.settings.host,
            port=sandbox.settings.port,
            http=BreakableProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # a forwarded address would hide which connection a fault has to break
            timeout_graceful_shutdown=2,
        )
    )


async def _run(sandbox: Sandbox) -> None:
    log.info("sandbox is starting", extra={"host": sandbox.settings.host, "port": sandbox.settings.port})
    await server_of(sandbox).serve()


def setting_problems(invalid: ValidationError) -> list[str]:
    """What is wrong with the settings, by the name of the variable."""
    lines = []
    for problem in invalid.errors(include_url=False, include_input=False, include_context=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        variable = name if name.startswith("OUTBOUND_") else f"OUTBOUND_SANDBOX_{name.upper()}"
        rest = ".".join(str(part) for part in problem["loc"][1:])
        lines.append(f"{variable}{'.' + rest if rest else ''}: {problem['msg']}")
    return lines
