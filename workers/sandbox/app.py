"""The sandbox as one ASGI application: `/vapi`, `/twilio`, `/servicetitan`, `/control`, and the driver beside them.

Another provider is one more `Gate` around one more router.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from workers.sandbox import servicetitan, twilio, vapi
from workers.sandbox.campaign_time import CampaignClock
from workers.sandbox.clock import MemoryClock
from workers.sandbox.control import control_routes, health
from workers.sandbox.driver import Driver
from workers.sandbox.gate import Gate, Manners
from workers.sandbox.servicetitan_desk import Desk
from workers.sandbox.settings import SandboxSettings
from workers.sandbox.stage import Stage
from workers.sandbox.twilio_texts import TextDesk
from workers.sandbox.vapi_calls import CallDesk


class Sandbox:
    """Everything that one sandbox is made of."""

    def __init__(self, settings: SandboxSettings, campaign: CampaignClock | None = None) -> None:
        self.settings = settings
        self.stage = Stage.build(settings)
        self.calls = CallDesk(self.stage)
        self.texts = TextDesk(self.stage)
        self.servicetitan = Desk(self.stage)
        self.gates = {
            "vapi": Gate(
                vapi.VapiApi(self.calls, self.stage).app,
                self.stage,
                Manners("vapi", vapi.gateway_error, vapi.too_many_requests, vapi.about, resource="id"),
                self.hasten,
            ),
            "twilio": Gate(
                twilio.TwilioApi(self.texts, self.stage).app,
                self.stage,
                Manners("twilio", twilio.gateway_error, twilio.too_many_requests, twilio.about, resource="sid"),
                self.hasten,
            ),
            "servicetitan": Gate(
                servicetitan.ServiceTitanApi(self.servicetitan, self.stage).app,
                self.stage,
                Manners(
                    "servicetitan",
                    servicetitan.gateway_error,
                    servicetitan.too_many_requests,
                    servicetitan.about,
                    resource="id",
                    keeps_short=True,
                ),
                self.hasten,
            ),
        }
        self.driver = Driver(
            self.stage,
            campaign or MemoryClock(),
            requests=lambda: sum(len(gate.in_flight) for gate in self.gates.values()),
            taken=lambda: sum(gate.taken for gate in self.gates.values()),
            calls=lambda: self.calls.unfinished,
        )
        if campaign is None and settings.clock_mode is None:
            self.driver.pace.mode = "real"  # nobody shares this time: it is the wall clock's

    def app(self) -> Starlette:
        """The application; the driver lives as long as it does."""
        routes: list[BaseRoute] = [Mount(f"/{name}", app=gate) for name, gate in self.gates.items()]
        routes.append(Mount("/control", routes=control_routes(self)))
        routes.append(Route("/health", health))

        @contextlib.asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            driving = asyncio.create_task(self.driver.run())
            try:
                yield
            finally:
                driving.cancel()
                await asyncio.gather(driving, return_exceptions=True)
                await self.stage.courier.close()
                self.stage.journal.close()

        return Starlette(routes=routes, lifespan=lifespan)

    def hasten(self, subject: str, all_of_it: bool) -> None:
        """Play a call's or text's next event now, or its whole future."""
        now = self.stage.clock.now()
        events = self.stage.agenda.take(subject)
        while events:
            event = events.pop(0)
            event.action(now)
            if not all_of_it:
                break
            # Playing one may have planned others, such as the report after the end.
            events = sorted([*events, *self.stage.agenda.take(subject)])
        for event in events:
            self.stage.agenda.schedule(event.at, event.subject, event.action)

    def forget(self) -> None:
        """Back to how it was configured, with no calls, texts, opt-outs or scripts. The log and the clock stay."""
        self.stage.agenda.clear()
        self.stage.courier.forget()
        self.stage.population.forget()
        self.stage.restore()
        self.calls.forget()
        self.texts.forget()
        self.servicetitan.forget()

    def asked(self) -> list[str]:
        """The requests that are not answered yet."""
        return [f"{name} {one.what} {one.stage}" for name, gate in self.gates.items() for one in gate.in_flight]

    def counts(self) -> dict[str, Any]:
        """What happened so far, by the log: what was taken, and whether anything was taken twice."""
        taken: Counter[str] = Counter()
        by_attempt: Counter[tuple[str, str]] = Counter()
        for entry in self.stage.journal.after(0, limit=10**9):
            if entry["kind"] == "request" and entry["taken"] and entry["method"] == "POST":
                taken[entry["provider"]] += 1
                about = entry["correlation"]
                attempt = about.get("attempt_id") or about.get("external_id")
                if attempt:
                    by_attempt[entry["provider"], attempt] += 1
        return {
            "calls_taken": taken["vapi"],
            "texts_taken": taken["twilio"],
            "holds_taken": self.servicetitan.holds_taken,
            "calls_active": self.calls.active,
            "attempts_taken_twice": sorted(attempt for (_, attempt), times in by_attempt.items() if times > 1),
            "opted_out": len({person for _, person in self.texts.opted_out}),
            "events_ahead": len(self.stage.agenda),
            "webhooks_answered": self.stage.courier.sent,
            "webhooks_failed": self.stage.courier.failed,
            "log_entries": len(self.stage.journal),
            "log_last": self.stage.journal.last_seq,
        }
