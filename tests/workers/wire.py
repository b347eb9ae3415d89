"""Servers on loopback for tests: an ASGI app, a sandbox, and one that misbehaves byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cli.dev.serving import serving
from workers.sandbox.app import Sandbox
from workers.sandbox.clock import MemoryClock
from workers.sandbox.settings import SandboxSettings
from workers.sandbox.wire import BreakableProtocol

API_KEY = SecretStr("key-of-the-calling-account")
AUTH_TOKEN = SecretStr("token-of-the-texting-account")
WEBHOOK_SECRET = SecretStr("secret-of-server-messages")


def noon() -> datetime:
    """Noon in New York on a Monday of next year: whoever may be called may be called then, whenever the test runs."""
    return datetime(2027, 3, 1, 17, tzinfo=UTC)


@dataclass
class Script:
    """An API that answers every request with what the test says, and remembers what it was asked."""

    answer: Callable[[Request], Response | Awaitable[Response]]
    requests: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def app(self) -> Starlette:
        async def endpoint(request: Request) -> Response:
            self.bodies.append(await request.body())
            self.requests.append(request)
            answer = self.answer(request)
            return answer if isinstance(answer, Response) else await answer

        return Starlette(routes=[Route("/{path:path}", endpoint, methods=["GET", "POST"])])


@contextlib.asynccontextmanager
async def scripted(answer: Callable[[Request], Response | Awaitable[Response]]) -> AsyncIterator[tuple[Script, str]]:
    """A `Script` that is being served, and its URL."""
    script = Script(answer)
    async with serving(script.app()) as url:
        yield script, url


@contextlib.asynccontextmanager
async def raw(talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """A server that says whatever bytes `talk` writes, once the head of a request has arrived."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@contextlib.asynccontextmanager
async def sandbox(**settings: Any) -> AsyncIterator[tuple[Sandbox, str]]:
    """The product's sandbox, its clock standing still unless told otherwise; gives it and its URL."""
    options = {
        "vapi_api_key": API_KEY,
        "vapi_webhook_secret": WEBHOOK_SECRET,
        "twilio_auth_token": AUTH_TOKEN,
        "clock_mode": "manual",
        "twilio_messages_per_second": 1000.0,
    }
    box = Sandbox(SandboxSettings(**{**options, **settings}), MemoryClock(noon()))
    async with serving(box.app(), http=BreakableProtocol, lifespan="on") as url:
        yield box, url
