"""Fixtures of the sandbox's tests."""

from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr

from tests.workers.sandbox.harness import (
    API_KEY,
    AUTH_TOKEN,
    START,
    WEBHOOK_SECRET,
    Ear,
    Running,
    RunSandbox,
    ServerThread,
)
from workers.sandbox.campaign_time import CampaignClock
from workers.sandbox.clock import MemoryClock
from workers.sandbox.settings import SandboxSettings


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    thread = ServerThread(lambda _: uvicorn.Server(uvicorn.Config(ear.app(), log_config=None)))
    ear.port = thread.port
    yield ear
    thread.stop()


def start(clock: CampaignClock | None = None, **given: Any) -> Running:
    """A sandbox that stands still at START until it is told to go on."""
    settings = SandboxSettings(
        **{
            "database_url": None,
            "vapi_api_key": SecretStr(API_KEY),
            "vapi_webhook_secret": SecretStr(WEBHOOK_SECRET),
            "twilio_auth_token": SecretStr(AUTH_TOKEN),
            "clock_mode": "manual",
            "clock_grain_seconds": 0.0,
            "chatter_rate": 0.0,
            **given,
        },
    )
    return Running(settings, clock or MemoryClock(START, 0.0))


@pytest.fixture
def run_sandbox() -> Iterator[RunSandbox]:
    """Start sandboxes that end with the test."""
    started: list[Running] = []

    def run(clock: CampaignClock | None = None, **given: Any) -> Running:
        started.append(start(clock, **given))
        return started[-1]

    yield run
    for running in started:
        running.stop()


@pytest.fixture
def sandbox(run_sandbox: RunSandbox, ear: Ear) -> Running:
    """A sandbox whose account has the ear for its server."""
    return run_sandbox(webhook_url=f"{ear.url}/inbound?team=7")


@pytest.fixture(scope="module")
def standing() -> Iterator[Running]:
    """A sandbox for all tests of a module that never moves its clock."""
    running = start()
    yield running
    running.stop()


@pytest.fixture
def rehearsal(standing: Running) -> Running:
    """The module's sandbox, with nothing left of the test before."""
    assert standing.control.post("/reset").status_code == 200
    return standing
