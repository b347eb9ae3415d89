"""A server that may be crashed, and a nursery of workers, for all tests of a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import psycopg
import pytest
import pytest_asyncio

from cli.dev.databases import Server
from cli.dev.faults.crew import Nursery
from cli.dev.faults.run import quiet
from cli.dev.faults.scene import TEMPLATE, fault_server
from cli.dev.project import ROOT

Mutate = Callable[..., str]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with quiet(), fault_server() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nursery() -> AsyncIterator[Nursery]:
    async with Nursery.open() as nursery:
        yield nursery


@pytest.fixture
def mutate(server: Server) -> Iterator[Mutate]:
    """Makes a template whose source was changed: (file of sql/, what it says, what it is to say) each."""
    made: list[str] = []

    def plant(*changes: tuple[str, str, str]) -> str:
        made.append(server.copy(TEMPLATE, f"mutant_{len(made)}"))
        with psycopg.connect(server.url(made[-1])) as connection:
            connection.execute("set local check_function_bodies = off")
            texts = {path: (ROOT / "sql" / "40_functions" / path).read_text() for path, _, _ in changes}
            for path, said, says in changes:
                assert said in texts[path], f"{path} does not say {said!r} any more"
                texts[path] = texts[path].replace(said, says)
            for text in texts.values():
                connection.execute(text.encode())
        return made[-1]

    yield plant
    for name in made:
        server.drop(name)
