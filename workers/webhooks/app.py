"""The receiver's HTTP side: who may speak, what is stored, what is answered."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from workers.config import Secrets, Settings, redactor
from workers.errors import DatabaseFaultError, DatabaseUnavailableError, OutboundError
from workers.ledger import Inbox, ProviderEvent
from workers.logs import get_logger
from workers.metrics import Metrics
from workers.waiting import backoff
from workers.webhooks import bodies, events
from workers.webhooks.signatures import verify_twilio, verify_vapi

log = get_logger(__name__)

T = TypeVar("T")

PATIENCE_SECONDS: Final = 8.0
"""How long to try to store an event while the database is away. Twilio gives up on us after 15 seconds and does not
send a status again; Vapi after 20."""

ACCOUNT_MEMORY_SECONDS: Final = 60.0
ACCOUNT_MEMORY_SIZE: Final = 1000

EMPTY_TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


class Receiver:
    """Takes webhooks for the teams whose secrets this process was given."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        inbox: Inbox,
        *,
        metrics: Metrics | None = None,
        now: Callable[[], float] = time.time,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.metrics = metrics or Metrics()
        self._settings = settings
        self._secrets = secrets
        self._vapi_secrets = secrets.webhook_secrets()
        self._redactor = redactor(settings, secrets)
        self._inbox = inbox
        self._now = now
        self._patience = patience
        self._accounts: dict[str, tuple[float, list[str]]] = {}
        self.metrics.tell_release()
        self.metrics.describe("webhooks_total", "Webhooks, by provider and what became of them.")

    def routes(self) -> list[Route]:
        """The addresses that providers are given, and those for whoever watches."""
        return [
            Route("/webhooks/vapi", self._guarded("vapi", self._vapi), methods=["POST"]),
            Route("/webhooks/twilio/status", self._guarded("twilio", self._twilio_status), methods=["POST"]),
            Route("/webhooks/twilio/inbound", self._guarded("twilio", self._twilio_inbound), methods=["POST"]),
            Route("/webhooks/leads", self._guarded("leads", self._lead), methods=["POST"]),
            Route("/webhooks/leads/{token}", self._guarded("leads", self._lead), methods=["POST"]),
            Route("/healthz", self._healthz),
            Route("/metrics", self._metrics),
        ]

    def _guarded(
        self, provider: str, take: Callable[[Request, bytes], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Turn what can go wrong into the answer that makes the provider do the right thing."""

        async def endpoint(request: Request) -> Response:
            try:
                body = await bodies.read(request, self._settings.webhook_max_bytes)
                return await take(request, body)
            except bodies.BodyTooLargeError:
                return self._refuse(provider, "too_large", 413)
            except bodies.UnreadableBodyError:
                return self._refuse(provider, "unreadable", 400)
            except DatabaseUnavailableError as error:
                log.warning("webhook_not_stored", provider=provider, error=str(error))
                return self._refuse(provider, "unavailable", 503, {"Retry-After": "5"})
            except (OutboundError, DatabaseFaultError) as error:
                log.exception("webhook_rejected_by_database", provider=provider, error=str(error))
                return self._refuse(provider, "failed", 500)

        return endpoint

    async def _vapi(self, request: Request, body: bytes) -> Response:
        secret_name = verify_vapi(
            request.headers,
            body,
            self._vapi_secrets,
            now=self._now(),
            tolerance=self._settings.signature_tolerance_seconds,
        )
        if secret_name is None:
            return self._refuse("vapi", "forged", 401)
        message = bodies.json_object(body).get("message")
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            return self._refuse("vapi", "unreadable", 400)
        event = events.vapi_event(self._redactor.scrub(message), secret_name)
        if event is None:
            self.metrics.count("webhooks_total", provider="vapi", result="unwanted")
        else:
            await self._store(event)
        return JSONResponse(events.tool_results(message) if message["type"] == "tool-calls" else {})

    async def _twilio_status(self, request: Request, body: bytes) -> Response:
        verified = await self._verified_form(request, body, "/webhooks/twilio/status")
        if isinstance(verified, Response):
            return verified
        form, secret_name = verified
        event = events.status_event(form, request.query_params.get("attempt"), secret_name)
        if event is None:
            return self._refuse("twilio", "unreadable", 400)
        await self._store(event)
        return Response(status_code=200)

    async def _twilio_inbound(self, request: Request, body: bytes) -> Response:
        verified = await self._verified_form(request, body, "/webhooks/twilio/inbound")
        if isinstance(verified, Response):
            return verified
        form, secret_name = verified
        event = events.inbound_event(form, secret_name)
        if event is None:
            return self._refuse("twilio", "unreadable", 400)
        await self._store(event)
        return Response(EMPTY_TWIML, media_type="text/xml")

    async def _lead(self, request: Request, body: bytes) -> Response:
        """A lead, for whoever shows the token of an address: in the path, where systems can set nothing else."""
        token = request.path_params.get("token") or bodies.bearer(request.headers)
        if not token:
            return self._refuse("leads", "forged", 401)
        lead = bodies.posted(body, request.headers.get("content-type", ""))
        digest = hashlib.sha256(token.encode()).hexdigest()
        taken = await self._persist(lambda: self._inbox.receive_lead(digest, lead))
        if taken is None:
            return self._refuse("leads", "forged", 401)
        result = "duplicate" if taken["is_duplicate"] else str(taken["status"]).lower()
        self.metrics.count("webhooks_total", provider="leads", result=result)
        log.info("lead", lead_id=taken["lead_id"], list_id=taken["list_id"], source=taken["source"], result=result)
        answer = {"lead_id": taken["lead_id"], "status": taken["status"], "duplicate": taken["is_duplicate"]}
        # What the other system sent wrongly is told to it, without anything that we know of the person.
        problems = [{key: problem[key] for key in ("code", "message", "path")} for problem in taken["problems"]]
        rejected = taken["status"] == "REJECTED"
        return JSONResponse({**answer, "problems": problems}, status_code=422 if rejected else 200)

    async def _verified_form(self, request: Request, body: bytes, path: str) -> tuple[dict[str, Any], str] | Response:
        """The form and the name of the token that signed it, for the URL that Twilio was given: ours from outside."""
        signature = request.headers.get("x-twilio-signature", "")
        if not signature:
            return self._refuse("twilio", "forged", 401)
        fields = bodies.form(body, request.headers.get("content-type", ""))
        query = request.url.query
        url = f"{self._settings.webhook_public_url}{path}" + (f"?{query}" if query else "")
        names = await self._secret_names(fields.get("AccountSid", ""))
        tokens = [(name, token) for name in names if (token := self._secrets.find(name)) is not None]
        if names and not tokens:
            log.error("secret_missing", provider="twilio", secret_names=names)
        secret_name = verify_twilio(url, fields, signature, tokens)
        if secret_name is None:
            return self._refuse("twilio", "forged", 401)
        return self._redactor.scrub(bodies.form_object(fields)), secret_name

    async def _secret_names(self, account_sid: str) -> list[str]:
        """Whose account this is; known accounts are remembered for a minute, unknown ones are not."""
        if not account_sid or len(account_sid) > 64 or not account_sid.isalnum():
            return []
        moment = time.monotonic()
        kept = self._accounts.get(account_sid)
        if kept is not None and moment - kept[0] < ACCOUNT_MEMORY_SECONDS:
            return kept[1]
        names = await self._persist(lambda: self._inbox.find_secret_names("twilio", account_sid))
        if names:
            if len(self._accounts) >= ACCOUNT_MEMORY_SIZE:
                self._accounts.clear()
            self._accounts[account_sid] = (moment, names)
        return names

    async def _store(self, event: ProviderEvent) -> None:
        results = await self._persist(lambda: self._inbox.ingest_events([event]))
        result = results.get(event.event_key, "stored")
        self.metrics.count("webhooks_total", provider=event.provider, result=result)
        log.info(
            "webhook",
            provider=event.provider,
            type=event.type,
            provider_id=event.provider_id,
            attempt_id=event.attempt_id,
            event_key=event.event_key,
            result=result,
        )

    async def _persist(self, call: Callable[[], Awaitable[T]]) -> T:
        """Try for as long as the provider waits: the database may only be restarting."""
        deadline, delays = time.monotonic() + self._patience, backoff(0.05, 1)
        while True:
            try:
                return await call()
            except DatabaseUnavailableError:
                delay = next(delays)
                if time.monotonic() + delay >= deadline:
                    raise
                await asyncio.sleep(delay)

    def _refuse(self, provider: str, why: str, status: int, headers: dict[str, str] | None = None) -> Response:
        """Refuse with a status and nothing else: who is not known learns nothing, and leaves only a count."""
        self.metrics.count("webhooks_total", provider=provider, result=why)
        return Response(status_code=status, headers=headers)

    async def _healthz(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _metrics(self, _: Request) -> Response:
        return PlainTextResponse(self.metrics.render(), media_type="text/plain; version=0.0.4")


def create_app(receiver: Receiver, *resources: AbstractAsyncContextManager[Any]) -> Starlette:
    """The ASGI app; `resources` are open while it runs."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        for resource in resources:
            await resource.__aenter__()
        try:
            yield
        finally:
            for resource in reversed(resources):
                await resource.__aexit__(None, None, None)

    return Starlette(routes=receiver.routes(), lifespan=lifespan)
