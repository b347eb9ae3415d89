"""The gate before each provider's API: it logs every request, and lets faults strike.

Order of things: the body is read whole; faults are drawn; the provider decides; the log has the entry; the answer
leaves. Whatever goes wrong after the decision, the entry is there.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workers.sandbox.faults import Fault
from workers.sandbox.journal import BODY_LIMIT, Entry, read_body
from workers.sandbox.stage import Stage
from workers.sandbox.wire import drop_connection

LARGEST_BODY = 1_000_000
STRUCK = "outbound.faults"
"""Where an application finds the kinds of the faults that struck its request: some only it can act out."""


@dataclass
class Answer:
    """A whole answer, kept until it may leave."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] | None = None
    body: bytes = b""


@dataclass(frozen=True)
class Manners:
    """How one provider fails, and what its requests are about."""

    provider: str
    gateway_error: Callable[[int], Response]
    too_many_requests: Callable[[int | None], Response]
    about: Callable[[str, Any], dict[str, str]]
    resource: str
    keeps_short: bool = False
    """Whether the log has only the length of long answers: whole pages of a tenant's data would fill it."""


@dataclass(eq=False)
class Asked:
    """A request that has begun to arrive and is not answered yet."""

    what: str
    stage: str = "arrives"


class Gate:
    """Wraps a provider's API."""

    def __init__(self, app: ASGIApp, stage: Stage, manners: Manners, hasten: Callable[[str, bool], None]) -> None:
        self._app = app
        self._stage = stage
        self._manners = manners
        self._hasten = hasten
        self.in_flight: set[Asked] = set()
        self.taken = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request from its first byte to its answer, or to the moment where its connection breaks."""
        if scope["type"] != "http":
            return
        asked = Asked(f"{scope['method']} {scope['path']}")
        self.in_flight.add(asked)
        try:
            await self._handle(scope, receive, send, asked)
        finally:
            self.in_flight.remove(asked)

    async def _handle(self, scope: Scope, receive: Receive, send: Send, asked: Asked) -> None:
        body = await _read(receive)
        asked.stage = "is acted on"
        if body is None:
            return  # the client left before it had said what it wanted
        entry = self._entry(scope, body)
        faults = self._stage.faults.for_request(
            self._manners.provider, scope["method"], entry.correlation.get("to", ""), entry.path
        )
        entry.fault = ", ".join(fault.kind for fault in faults) or None
        await self._wait(faults, "before")
        if _one(faults, "drop_before"):
            self._write(entry)
            await drop_connection(scope)
            return
        answer = await self._decide(scope, body, faults, entry)
        await self._arrive_early(faults, entry)
        await self._wait(faults, "after")
        if _one(faults, "drop_after"):
            await drop_connection(scope)
            return
        asked.stage = "is answered"
        await _send(send, answer)

    async def _decide(self, scope: Scope, body: bytes, faults: list[Fault], entry: Entry) -> Answer:
        """Let the provider act, or not; the entry is written before anybody else has a turn."""
        limited, broken = _one(faults, "rate_limited"), _one(faults, "server_error")
        if limited:
            answer = await _render(self._manners.too_many_requests(limited.retry_after), scope)
        elif broken and not broken.taken:
            answer = await _render(self._manners.gateway_error(broken.status), scope)
        else:
            answer = await _call(self._app, {**scope, STRUCK: {fault.kind for fault in faults}}, body)
            entry.taken = scope["method"] != "GET" and answer.status < 300
            self.taken += entry.taken
            self._name_resource(entry, answer)
            if broken:
                answer = await _render(self._manners.gateway_error(broken.status), scope)
        entry.answer = read_body(answer.body, dict(answer.headers or []).get(b"content-type", b"").decode())
        entry.status = None if _one(faults, "drop_after") else answer.status
        if isinstance(entry.answer, list):
            entry.answer = {"items": len(entry.answer)}
        elif len(answer.body) > BODY_LIMIT and self._manners.keeps_short:
            entry.answer = {"bytes": len(answer.body)}
        self._write(entry)
        return answer

    def _name_resource(self, entry: Entry, answer: Answer) -> None:
        given = read_body(answer.body, "json") if entry.taken else None
        name = given.get(self._manners.resource) if isinstance(given, dict) else None
        if isinstance(name, str):
            entry.correlation = {**entry.correlation, "resource": name}

    async def _arrive_early(self, faults: list[Fault], entry: Entry) -> None:
        early, resource = _one(faults, "early"), entry.correlation.get("resource")
        if early and resource and entry.taken:
            self._hasten(resource, early.through == "last")
            await self._stage.courier.settle(resource)

    @staticmethod
    async def _wait(faults: list[Fault], phase: str) -> None:
        slow = _one(faults, "latency")
        if slow and slow.phase == phase:
            await asyncio.sleep(slow.seconds)

    def _write(self, entry: Entry) -> None:
        self._stage.journal.write(entry, self._stage.clock.now())

    def _entry(self, scope: Scope, body: bytes) -> Entry:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        parsed = read_body(body, headers.get("content-type", ""))
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return Entry(
            kind="request",
            provider=self._manners.provider,
            method=scope["method"],
            path=path,
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=parsed,
            correlation=self._manners.about(path, parsed),
        )


def _one(faults: list[Fault], kind: str) -> Fault | None:
    return next((fault for fault in faults if fault.kind == kind), None)


async def _read(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part: bytes = message.get("body", b"")
        body += part
        if not message.get("more_body", False) or len(body) > LARGEST_BODY:
            return body


async def _call(app: ASGIApp, scope: Scope, body: bytes) -> Answer:
    """Run an application on a body that was read already, and keep its answer."""
    answer = Answer()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], list(message.get("headers", []))
        else:
            answer.body += message.get("body", b"")

    await app(dict(scope), receive, send)
    return answer


async def _render(response: Response, scope: Scope) -> Answer:
    return await _call(response, scope, b"")


async def _send(send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers or []})
    await send({"type": "http.response.body", "body": answer.body})
