"""A sandbox on a real port, and a server that hears its webhooks, each in a thread of its own."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workers.sandbox.app import Sandbox
from workers.sandbox.campaign_time import CampaignClock
from workers.sandbox.serve import server_of
from workers.sandbox.settings import SandboxSettings

API_KEY = "key-of-the-calling-account"
WEBHOOK_SECRET = "secret-of-server-messages"
AUTH_TOKEN = "token-of-the-texting-account"
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
OURS = "+12025550142"


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 10) -> Any:
    """Wait for something that is sure to come; how long it takes is no part of the test."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = condition()
        if found:
            return found
        time.sleep(0.005)
    pytest.fail(f"waited {seconds} s in vain for {what}")


class ServerThread:
    """A uvicorn server in a thread, on a free port."""

    def __init__(self, make: Callable[[int], uvicorn.Server]) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.server = make(self.port)
        self.thread = threading.Thread(target=lambda: self.server.run([self.socket]), daemon=True)
        self.thread.start()
        wait_until(lambda: self.server.started, "the server to start")

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.socket.close()


@dataclass
class Heard:
    """A webhook as its receiver saw it."""

    path: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Ear:
    """The receiver of webhooks. `answer` decides what each is told."""

    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[Heard], Response] = lambda _: JSONResponse({"results": []})
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        async def endpoint(request: Request) -> Response:
            heard = Heard(request.url.path, str(request.url), dict(request.headers), await request.body())
            self.heard.append(heard)
            return self.answer(heard)

        return Starlette(routes=[Route("/{path:path}", endpoint, methods=["POST"])])


class Running:
    """A sandbox that runs, and clients to speak to it."""

    def __init__(self, settings: SandboxSettings, clock: CampaignClock) -> None:
        self.sandbox = Sandbox(settings, clock)
        self.thread = ServerThread(lambda _: server_of(self.sandbox))
        root = self.url = f"http://127.0.0.1:{self.thread.port}"
        self.account_sid = settings.twilio_account_sid
        self.control = httpx.Client(base_url=f"{root}/control", timeout=20)
        self.vapi = httpx.Client(base_url=f"{root}/vapi", headers={"authorization": f"Bearer {API_KEY}"}, timeout=20)
        self.twilio = httpx.Client(
            base_url=f"{root}/twilio/2010-04-01/Accounts/{self.account_sid}",
            auth=(self.account_sid, AUTH_TOKEN),
            timeout=20,
        )

    def stop(self) -> None:
        for client in (self.control, self.vapi, self.twilio):
            client.close()
        self.thread.stop()

    def call_body(self, to: str = "+12025550101", server: str | None = None, **more: Any) -> dict[str, Any]:
        account = self.sandbox.stage.account
        body: dict[str, Any] = {
            "assistantId": account.assistants[0].id,
            "phoneNumberId": account.phone_numbers[0].id,
            "customer": {"number": to, "externalId": f"attempt of {to}"},
        }
        if server:
            body["assistantOverrides"] = {"server": {"url": server}, "metadata": {"attempt_id": f"attempt of {to}"}}
        return {**body, **more}

    def call(self, to: str = "+12025550101", server: str | None = None, **more: Any) -> httpx.Response:
        return self.vapi.post("/call", json=self.call_body(to, server, **more))

    def text(self, to: str = "+12025550101", **form: str) -> httpx.Response:
        given = {"To": to, "From": OURS, "Body": "Hello", **form}
        return self.twilio.post("/Messages.json", data={name: value for name, value in given.items() if value})

    def script(self, number: str, **script: Any) -> None:
        assert self.control.put(f"/people/{number}", json=script).status_code == 200

    def faults(self, *rules: dict[str, Any]) -> None:
        answer = self.control.put("/faults", json={"faults": rules})
        assert answer.status_code == 200, answer.text

    def log(self, kind: str | None = None) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.control.get("/log", params={"limit": 10_000}).json()["entries"]
        return [entry for entry in entries if kind in {None, entry["kind"]}]

    def advance(self, span: str) -> dict[str, Any]:
        answer = self.control.put("/clock", json={"mode": "manual", "advance": span})
        assert answer.json()["reached"], answer.text
        shown: dict[str, Any] = answer.json()
        return shown


RunSandbox = Callable[..., Running]
