"""Putting a worker together: settings, database, clients, handlers, runner."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import uvloop

from workers import __version__
from workers.config import Secrets, Settings, redactor
from workers.db import Database, when_reachable
from workers.handlers.call import CallHandler
from workers.handlers.catalogue import CatalogueHandler
from workers.handlers.hold import HoldHandler
from workers.handlers.mirror import tenants_of
from workers.handlers.preview import PreviewHandler
from workers.handlers.reconcile import ProviderAsker
from workers.handlers.refresh import RefreshHandler
from workers.handlers.text import TextHandler
from workers.handlers.watch import WatchHandler
from workers.health import health_app, serving
from workers.inboxes import InboxReader
from workers.ledger import Handler
from workers.logs import get_logger
from workers.metrics import Metrics
from workers.providers.base import Transport
from workers.providers.servicetitan import ServiceTitanClient
from workers.providers.twilio import TwilioClient
from workers.providers.vapi import VapiClient
from workers.runner import Pace, Runner
from workers.shared_limiter import SharedLimiter
from workers.tasks import TaskHandler, TaskRunner
from workers.vault import with_vault
from workers.waiting import end, ring_on_signals

log = get_logger(__name__)

Connect = Callable[[Settings], Database]
"""Makes the database of a worker; the fault suite's own dies at a set call."""

SANDBOX_PACE = 0.1
"""Where campaign time may run thousands of times as fast as ours, waiting costs campaign hours: look often."""


def worker_name() -> str:
    """A name that tells a person where the worker runs, and that no other has."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


def pace_of(settings: Settings) -> Pace:
    """What the settings say about pace, before the database was asked."""
    return Pace(
        concurrency=settings.concurrency,
        lease=settings.lease_seconds,
        poll=settings.poll_seconds,
        reconcile=settings.reconcile_seconds,
        tick=settings.tick_seconds if settings.run_tick == "yes" else None,
        drain=settings.drain_seconds,
        send_within=settings.send_within_seconds,
    )


async def settle_pace(settings: Settings, database: Database) -> Pace:
    """The pace that fits the database: faster in a sandbox, and with the tick where no cron drives it."""
    pace = pace_of(settings)
    sandbox = (await database.read()).environment == "sandbox"
    # A sandbox's clock may pass days in a minute, and cron looks once a minute.
    ticks = settings.run_tick == "yes" or (
        settings.run_tick == "auto" and (sandbox or not await database.cron_drives_tick())
    )
    # Also where this worker ticks: the doctor looks at pg_cron, and a sandbox outlives its workers.
    if settings.run_tick == "auto" and await database.wake_cron():
        log.warning("cron_woken")
    pace = replace(pace, tick=settings.tick_seconds if ticks else None)
    if not sandbox:
        return pace
    return replace(
        pace,
        poll=min(pace.poll, SANDBOX_PACE),
        reconcile=min(pace.reconcile, SANDBOX_PACE),
        tick=None if pace.tick is None else min(pace.tick, SANDBOX_PACE),
    )


async def run_worker(settings: Settings, secrets: Secrets, connect: Connect = Database.from_settings) -> int:
    """Run a worker until a signal stops it; the exit status: 0 when everything that began was finished."""
    stop, hurry, metrics = asyncio.Event(), asyncio.Event(), Metrics()
    ring_on_signals(stop, hurry, (signal.SIGTERM, signal.SIGINT))
    vapi, twilio = (
        VapiClient(_transport(settings.vapi_base_url, settings)),
        TwilioClient(_transport(settings.twilio_base_url, settings)),
    )
    async with connect(settings) as database:
        servicetitan = ServiceTitanClient.connect(
            settings.servicetitan_base_url, settings.servicetitan_auth_url, SharedLimiter(database)
        )
        try:
            found = await when_reachable(lambda: _prepare(settings, secrets, database), stop)
            if found is None:
                return 0
            pace, secrets = found
            public_url = settings.webhook_public_url
            handlers: dict[str, Handler] = {
                "call": CallHandler(vapi, secrets, public_url),
                "text": TextHandler(twilio, secrets, public_url),
            }
            runner = Runner(
                database,
                worker_name(),
                {queue: handlers[queue] for queue in settings.queues if queue in handlers},
                ask=ProviderAsker(vapi, twilio, secrets, public_url, redactor(settings, secrets)),
                pace=pace,
                metrics=metrics,
                wakes=database.listen if settings.listens else None,
            )
            tasks = TaskRunner(
                database,
                runner.worker,
                task_handlers(database, servicetitan, secrets) if "servicetitan" in settings.queues else {},
                lease=pace.lease,
                poll=pace.poll,
                drain=pace.drain,
                metrics=metrics,
                wakes=database.listen if settings.listens else None,
            )
            inboxes = InboxReader(database, twilio, secrets, every=settings.inbox_seconds, metrics=metrics)
            async with serving(health_app(runner), settings.host, settings.port) as port:
                told = {"version": __version__, "queues": settings.queues, "pace": vars(pace), "health_port": port}
                log.info("started", worker=runner.worker, **told)
                working = asyncio.gather(_stopping(stop, runner.run(stop)), tasks.run(stop), _reading(inboxes, stop))
                return 0 if await _unless_hurried(working, hurry, runner) else 1
        finally:
            await vapi.aclose()
            await twilio.aclose()
            await servicetitan.aclose()


def task_handlers(database: Database, client: ServiceTitanClient, secrets: Secrets) -> dict[str, TaskHandler]:
    """What works on tasks, by kind."""
    tenants = tenants_of(client, secrets)
    return {
        "refresh": RefreshHandler(database, tenants),
        "preview": PreviewHandler(database, tenants),
        "catalogue": CatalogueHandler(database, tenants),
        "hold": HoldHandler(database, tenants),
        "watch": WatchHandler(database, tenants),
    }


async def _reading(inboxes: InboxReader, stop: asyncio.Event) -> bool:
    """Read inboxes beside the queues; what a stop interrupts is read by whoever is next."""
    reading = asyncio.create_task(inboxes.run(stop), name="inboxes")
    stopped = asyncio.create_task(stop.wait(), name="inboxes-stop")
    try:
        await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return True
    finally:
        await end([reading, stopped])


async def _stopping(stop: asyncio.Event, work: Awaitable[bool]) -> bool:
    """Let everything stop when this ends, also when a defect ended it."""
    try:
        return await work
    finally:
        stop.set()


async def _unless_hurried(
    working: asyncio.Future[tuple[bool, bool, bool]], hurry: asyncio.Event, runner: Runner
) -> bool:
    """Wait for the work to end; a second signal ends it at once, and what is out then is asked about later."""
    hurried = asyncio.create_task(hurry.wait(), name="hurry")
    try:
        both: set[asyncio.Future[Any]] = {working, hurried}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return all(working.result())
        log.error("ended_at_once", in_flight=runner.in_flight, unrecorded=runner.unrecorded)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        return False
    finally:
        hurried.cancel()


async def _prepare(settings: Settings, secrets: Secrets, database: Database) -> tuple[Pace, Secrets]:
    """What the database has to say of both, if it is one for this release."""
    await database.demand_release()
    complete = await with_vault(database, settings, secrets, part="worker")
    return await settle_pace(settings, database), complete


def _transport(base_url: str, settings: Settings) -> Transport:
    return Transport(
        base_url,
        connect_timeout=settings.connect_timeout_seconds,
        timeout=settings.provider_timeout_seconds,
        connections=settings.concurrency * 2,
    )


def main(settings: Settings, secrets: Secrets, connect: Connect = Database.from_settings) -> int:
    """Run a worker in a loop of its own; logging has been configured."""
    return uvloop.run(run_worker(settings, secrets, connect))
