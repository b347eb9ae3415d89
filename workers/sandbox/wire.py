"""Connections that break: the one fault that no answer can express."""

import asyncio
from typing import Any, ClassVar

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol


class BreakableProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it; remembers each connection so that a fault can break it."""

    transports: ClassVar[dict[tuple[str, int], asyncio.Transport]] = {}

    def connection_made(self, transport: Any) -> None:
        """Note who called."""
        super().connection_made(transport)
        if self.client:
            self.transports[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the caller."""
        super().connection_lost(exc)
        if self.client:
            self.transports.pop(self.client, None)


async def drop_connection(scope: Scope) -> None:
    """Break the connection of a request at once, with no answer."""
    client = scope.get("client")
    transport = BreakableProtocol.transports.get(tuple(client)) if client else None
    if transport is not None:
        transport.abort()
    # The server learns of the loss in the loop's next turns, and then asks for no answer.
    for _ in range(3):
        await asyncio.sleep(0)
