"""`outbound doctor`: look a deployment over from end to end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any

import typer

from cli.api import Api
from cli.doctor import database, workers
from cli.doctor.findings import Finding, Status
from cli.output import JsonOption, print_json, print_table, say
from cli.settings import stack_dir
from cli.stack.parts import Databases, worker_environment
from cli.stack.state import StateFile
from workers.config import PREFIX, Secrets, Settings
from workers.errors import ConfigurationError

app = typer.Typer()

_MARKS = {Status.ok: "✓", Status.warning: "!", Status.wrong: "✗", Status.skipped: "-"}


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Look a deployment over: Data API, tick, queues, accounts, and with a worker's environment all that it needs.

    Reads OUTBOUND_API_URL and OUTBOUND_API_KEY (the service-role key) and a worker's own settings; without them the
    local stack. Nothing is written and nobody is called. Exit status 1 when something is wrong.

    Example: outbound doctor
    """
    with Api.from_settings() as api:
        first, facts = database.ask(api)
    found = [first, *(database.judge(facts) if facts else ())]
    found += asyncio.run(_beside(_environment(), facts["integrations"] if facts else []))
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        rows = [(_MARKS[one.status], one.name, one.message) for one in found]
        print_table(("", "what", "how it is"), rows)
        for one in found:
            if one.cure:
                say(f"{_MARKS[one.status]} {one.name}: {one.cure}")
    if any(one.status is Status.wrong for one in found):
        raise typer.Exit(1)


def _environment() -> Mapping[str, str]:
    """Of a worker: this process's, or that of the local stack where no project is named."""
    if os.environ.get(f"{PREFIX}API_URL"):
        return os.environ
    state = StateFile(stack_dir()).load_or_none()
    if state is None or state.connection is None:
        return os.environ
    url = state.connection["worker_database_url"]
    return {**os.environ, **worker_environment(state, Databases(api="", auth="", worker=url))}


async def _beside(environment: Mapping[str, str], integrations: list[dict[str, Any]]) -> list[Finding]:
    """What is to be seen only with a worker's environment."""
    stated = {
        name: environment[PREFIX + name.upper()]
        for name in Settings.model_fields
        if environment.get(PREFIX + name.upper())
    }
    try:
        settings = Settings.load(**stated)
    except ConfigurationError as missing:
        return [workers.unknown(missing)]
    found = [await workers.connection(settings), await workers.receiver(settings)]
    secrets = await workers.secrets_of(settings, Secrets.from_environment(environment))
    return found + await _all(workers.accounts(integrations, settings, secrets))


async def _all(found: AsyncIterator[Finding]) -> list[Finding]:
    return [one async for one in found]
