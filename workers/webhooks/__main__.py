"""`python -m workers.webhooks`: the receiver, set up by the environment."""

import asyncio
import sys
from functools import partial

import uvicorn
import uvloop

from workers import __version__, logs
from workers.config import Secrets, Settings, redactor
from workers.db import Database, when_reachable
from workers.errors import ConfigurationError
from workers.logs import get_logger
from workers.vault import with_vault
from workers.webhooks.app import Receiver, create_app

DEFAULT_PORT = 8920


async def _complete(settings: Settings, secrets: Secrets) -> Secrets:
    """With those of the Vault, as soon as the database answers: without it nothing could be stored either."""
    async with Database.from_settings(settings) as database:
        ask = partial(with_vault, database, settings, secrets, part="webhooks")
        return await when_reachable(ask, asyncio.Event()) or secrets


def main() -> int:
    """Serve until a signal; 1 when a setting is missing."""
    try:
        settings, secrets = Settings.load(), Secrets.from_environment()
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    logs.configure(settings.log_level, redactor(settings, secrets), part="webhooks")
    get_logger(__name__).info("starting", version=__version__)
    secrets = uvloop.run(_complete(settings, secrets))
    database = Database.from_settings(settings)
    app = create_app(Receiver(settings, secrets, database), database)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port or DEFAULT_PORT,
        log_config=None,
        access_log=False,
        server_header=False,
        loop="uvloop",
        http="h11",  # which bounds the head of a request; httptools would read headers without an end
        timeout_graceful_shutdown=20,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
