"""The driver of virtual time: no event skipped, none too early, never backwards, and nobody's work run over."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.workers.sandbox.harness import START, Ear, Running, RunSandbox, wait_until
from workers.sandbox.app import Sandbox
from workers.sandbox.campaign_time import ClockReading, PendingWork
from workers.sandbox.clock import Agenda, MemoryClock, VirtualClock
from workers.sandbox.gate import Asked
from workers.sandbox.settings import SandboxSettings

ANN = "+12025550101"


class EngineClock(MemoryClock):
    """A campaign clock whose keeper has work of its own, and remembers every time it was set to."""

    def __init__(self, environment: str = "sandbox") -> None:
        super().__init__(START, 0.0)
        self.environment = environment
        self.due: list[datetime] = []
        self.stuck = 0
        self.set_to: list[datetime] = []
        self.down = False

    async def read(self) -> ClockReading:
        if self.down:
            raise ConnectionError("the database is restarting")
        reading = await super().read()
        return ClockReading(reading.at, reading.rate, self.environment)

    async def set(self, at: datetime, rate: float) -> None:
        await super().set(at, rate)
        self.set_to.append(at)

    async def pending(self) -> PendingWork:
        now = (await super().read()).at
        ahead = [moment for moment in self.due if moment > now]
        due = sum(moment <= now for moment in self.due)
        return PendingWork(due + self.stuck, len(self.due) + self.stuck, min(ahead, default=None))

    def work_off(self, now: datetime) -> None:
        self.due = [moment for moment in self.due if moment > now]


class Theatre:
    """A sandbox without a network, driven step by step in this thread."""

    def __init__(self, **given: Any) -> None:
        self.clock = EngineClock(given.pop("environment", "sandbox"))
        settings = SandboxSettings(**{"clock_mode": "auto", "clock_speed": 1e9, "database_url": None, **given})
        self.sandbox = Sandbox(settings, self.clock)
        self.driver = self.sandbox.driver
        self.agenda: Agenda = self.sandbox.stage.agenda
        self.played: list[tuple[str, datetime, datetime]] = []

    def plan(self, name: str, after: timedelta, then: Callable[[], None] | None = None) -> None:
        def action(planned: datetime) -> None:
            self.played.append((name, planned, self.sandbox.stage.clock.now()))
            if then:
                then()

        self.agenda.schedule(START + after, name, action)

    async def run(self, steps: int = 400) -> None:
        for _ in range(steps):
            await self.driver.step()
            if not len(self.agenda) and (await self.clock.pending()) == PendingWork(0, 0, None):
                return

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.played]


async def soon(condition: Callable[[], object]) -> None:
    """Wait for something that the driver does by itself."""
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it never came")


def seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


async def test_every_event_is_played_in_order_and_at_its_time() -> None:
    theatre = Theatre(clock_grain_seconds=0)
    for name, after in (("c", 90), ("a", 1), ("d", 86_400), ("b", 1)):
        theatre.plan(name, seconds(after))
    theatre.plan("parent", seconds(2), lambda: theatre.plan("child", seconds(3)))
    await theatre.run()
    assert theatre.names == ["a", "b", "parent", "child", "c", "d"]
    assert all(planned == now for _, planned, now in theatre.played)


async def test_events_within_the_grain_share_a_step_and_none_is_early() -> None:
    theatre = Theatre(clock_grain_seconds=2)
    for after in (1.0, 2.5, 2.9, 3.1, 60.0):
        theatre.plan(str(after), seconds(after))
    await theatre.run()
    assert theatre.names == ["1.0", "2.5", "2.9", "3.1", "60.0"]
    assert [moment for moment in theatre.clock.set_to if moment > START] == [
        START + seconds(after) for after in (2.9, 3.1, 60.0)
    ]
    assert all(seconds(0) <= now - planned <= seconds(2) for _, planned, now in theatre.played)


async def test_the_engines_next_moment_is_never_jumped_over() -> None:
    theatre = Theatre(clock_grain_seconds=0, clock_stall_seconds=0)
    theatre.clock.due = [START + seconds(10), START + seconds(3600)]
    theatre.plan("before", seconds(8))
    theatre.plan("after", seconds(12))
    await theatre.run(12)
    moments = sorted({moment for moment in theatre.clock.set_to if moment > START})
    assert moments == [START + seconds(after) for after in (8, 10, 12, 3600)]


async def test_the_engine_is_never_kept_waiting_longer_than_the_grain() -> None:
    theatre = Theatre(clock_grain_seconds=5, clock_stall_seconds=0)
    theatre.clock.due = [START + seconds(after) for after in (10, 11, 14, 40, 41)]
    theatre.plan("event", seconds(42))
    await theatre.run(12)
    moments = sorted({moment for moment in theatre.clock.set_to if moment > START})
    assert moments == [START + seconds(after) for after in (15, 41.999, 42)]


@pytest.mark.parametrize(("reply", "deadline"), [(12, 13), (13, 12)])
async def test_what_arrives_and_what_the_engine_does_by_itself_keep_their_order(reply: float, deadline: float) -> None:
    theatre = Theatre(clock_grain_seconds=30)
    closed: list[datetime] = []
    theatre.clock.due = [START + seconds(deadline)]
    theatre.plan("reply", seconds(reply))
    while not (theatre.played and closed):
        await theatre.driver.step()
        now = (await theatre.clock.read()).at
        if now >= START + seconds(deadline):  # the worker's tick, as soon as it is time
            closed = closed or [now]
            theatre.clock.work_off(now)
    assert (theatre.played[0][2] < closed[0]) == (reply < deadline)


async def test_a_moment_that_passed_is_work_that_is_due() -> None:
    """A tick that is late: the engine's next moment lies behind, and no job counts as due."""
    theatre = Theatre(clock_stall_seconds=30)
    theatre.plan("later", seconds(60))
    late = PendingWork(0, 1, START - seconds(5))

    async def pending() -> PendingWork:
        return late

    theatre.clock.pending = pending  # type: ignore[method-assign]
    for _ in range(10):
        await theatre.driver.step()
    assert theatre.played == []
    late = PendingWork(0, 1, None)
    for _ in range(10):
        await theatre.driver.step()
    assert theatre.names == ["later"]


async def test_time_stands_still_while_work_is_due() -> None:
    theatre = Theatre(clock_stall_seconds=30)
    theatre.plan("later", seconds(60))
    theatre.clock.due = [START]
    await theatre.run(10)
    assert theatre.played == []
    theatre.clock.work_off(START)
    await theatre.run()
    assert theatre.names == ["later"]


async def test_time_stands_still_while_a_request_is_answered() -> None:
    theatre = Theatre()
    theatre.plan("later", seconds(60))
    theatre.sandbox.gates["vapi"].in_flight.add(Asked("POST /call"))
    await theatre.run(10)
    assert theatre.played == []
    theatre.sandbox.gates["vapi"].in_flight.clear()
    await theatre.run()
    assert theatre.names == ["later"]


async def test_work_that_nobody_does_is_waited_for_only_so_long() -> None:
    """A killed worker: its lease expires in a minute of virtual time, and nobody else will touch the job before."""
    theatre = Theatre(clock_stall_seconds=0.2)
    theatre.clock.stuck = 1
    theatre.clock.due = [START + seconds(60)]
    started = time.monotonic()
    while (await theatre.clock.read()).at < START + seconds(60):
        assert (await theatre.clock.read()).at == START, "it goes to that moment in one step"
        await theatre.driver.step()
    assert time.monotonic() - started >= 0.2
    assert theatre.driver.stalled


async def test_nothing_to_wait_for_is_no_reason_to_move() -> None:
    theatre = Theatre(clock_stall_seconds=0)
    theatre.clock.stuck = 1
    for _ in range(3):
        await theatre.driver.step()
    assert (await theatre.clock.read()).at == START


async def test_speed_is_a_limit() -> None:
    theatre = Theatre(clock_speed=3600)
    theatre.plan("tomorrow", timedelta(hours=1))
    started = time.monotonic()
    await theatre.run()
    took = time.monotonic() - started
    assert theatre.names == ["tomorrow"]
    # One hour at an hour a second, less what may be saved up: a quarter of a second.
    assert took >= 0.7
    steps = [moment for moment in theatre.clock.set_to if moment > START]
    assert len(steps) > 5, "it glides, so that a view can be watched"
    assert steps == sorted(steps)


async def test_time_never_goes_backwards() -> None:
    theatre = Theatre()
    theatre.plan("first", seconds(100))
    await theatre.run()
    before = theatre.sandbox.stage.clock.now()
    theatre.clock._clock.sync(START, 0.0)  # somebody set the clock back
    theatre.plan("second", seconds(200))
    await theatre.run()
    assert theatre.played[-1][2] >= before
    assert theatre.names == ["first", "second"]


async def test_no_clock_can_be_set_back() -> None:
    shown = VirtualClock(START, 0.0)
    shown.sync(START + seconds(60), 0.0)
    assert shown.now() == START + seconds(60)
    shown.sync(START, 0.0)
    assert shown.now() == START + seconds(60)
    kept = MemoryClock(START, 0.0)
    await kept.set(START + seconds(60), 0.0)
    await kept.set(START, 0.0)
    assert kept._clock._at == START + seconds(60)


async def test_a_clock_that_runs_is_stopped_in_auto_mode_and_only_in_a_sandbox() -> None:
    theatre = Theatre()
    theatre.clock._clock.sync(START, 1.0)
    await theatre.driver.step()
    assert (await theatre.clock.read()).rate == 0
    production = Theatre(environment="production")
    production.clock._clock.sync(START, 1.0)
    production.plan("event", seconds(0.05))
    while not production.played:
        await production.driver.step()
    assert production.clock.set_to == [], "a production clock is followed and never set"
    assert (await production.clock.read()).rate == 1


async def test_the_driver_survives_a_clock_that_is_away() -> None:
    theatre = Theatre()
    theatre.plan("event", seconds(5))
    theatre.clock.down = True
    driving = asyncio.create_task(theatre.driver.run())
    await soon(lambda: theatre.driver.problem)
    assert "restarting" in (theatre.driver.problem or "")
    theatre.clock.down = False
    await soon(lambda: theatre.played)
    await soon(lambda: theatre.driver.problem is None)
    driving.cancel()
    assert theatre.driver.problem is None


async def test_calls_that_wait_for_a_line_do_not_stop_the_clock() -> None:
    """Ten lines taken, more calls due: the clock must go on for the lines to become free."""
    theatre = Theatre(clock_settle_seconds=0.05, clock_stall_seconds=60)
    account = theatre.sandbox.stage.account
    request = {"assistantId": account.assistants[0].id, "phoneNumberId": account.phone_numbers[0].id}
    for digit in range(10):
        theatre.sandbox.calls.place({**request, "customer": {"number": f"+1202555010{digit}"}})
    theatre.clock.stuck = 40
    while theatre.sandbox.calls.active == 10:
        await theatre.driver.step()
    assert theatre.sandbox.calls.active < 10


async def test_a_real_clock_runs_by_itself() -> None:
    theatre = Theatre(clock_mode="real")
    await theatre.driver.change("real", rate=1000)
    theatre.plan("event", seconds(50))
    while not theatre.played:
        await theatre.driver.step()
    (_, planned, now) = theatre.played[0]
    assert now >= planned
    assert (await theatre.clock.read()).rate == 1000


@pytest.fixture
def automatic(run_sandbox: RunSandbox, ear: Ear) -> Running:
    return run_sandbox(EngineClock(), clock_mode="auto", clock_speed=1e9, webhook_url=f"{ear.url}/in")


def test_a_whole_campaign_plays_by_itself(automatic: Running, ear: Ear) -> None:
    people = [f"+1202555{line:04}" for line in range(100, 140)]
    for number in people:
        wait_until(lambda: automatic.sandbox.calls.active < 10, "a free line")
        assert automatic.call(number, server=f"{ear.url}/vapi").status_code == 201
        automatic.text(number, StatusCallback=f"{ear.url}/status?a={number[1:]}")
    sandbox = automatic.sandbox
    wait_until(lambda: not len(sandbox.stage.agenda) and not sandbox.driver.is_busy(), "the end")
    assert sandbox.calls.unfinished == 0
    reports = [heard for heard in ear.heard if b"end-of-call-report" in heard.body]
    assert len(reports) == len(people)
    entries = automatic.log("webhook")
    assert len(entries) == len(ear.heard)
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)


def test_manual_time_goes_where_it_is_sent(sandbox: Running) -> None:
    assert sandbox.advance("PT90M")["at"] == "2026-03-02T16:30:00+00:00"
    shown = sandbox.control.put("/clock", json={"at": "2026-03-04T09:00:00Z"}).json()
    assert (shown["at"], shown["mode"], shown["reached"]) == ("2026-03-04T09:00:00+00:00", "manual", True)
    shown = sandbox.control.put("/clock", json={"at": "2026-03-01T09:00:00Z"}).json()
    assert shown["at"] == "2026-03-04T09:00:00+00:00", "never back"
    assert sandbox.control.put("/clock", json={"mode": "auto", "at": "2026-03-09T09:00:00Z"}).status_code == 400
    assert sandbox.control.put("/clock", json={"advance": "-PT1H"}).status_code == 400
    assert sandbox.control.put("/clock", json={"at": "2026-03-09T09:00:00"}).status_code == 400
    assert sandbox.control.put("/clock", json={"mode": "warp"}).status_code == 400


def test_a_journey_ends_at_its_moment_with_what_is_due_there(sandbox: Running) -> None:
    sandbox.script(ANN, calls=[{"outcome": "answered", "ring": "PT4S", "talk": "PT55S", "report_after": "PT10S"}])
    call = sandbox.call(ANN).json()
    assert sandbox.advance("PT1M")["at"] == "2026-03-02T15:01:00+00:00"
    shown = sandbox.vapi.get(f"/call/{call['id']}").json()
    assert shown["status"] == "ended"
    assert "analysis" not in shown
    assert shown["endedAt"] == "2026-03-02T15:01:00.000Z"


def test_modes_can_be_changed_while_it_runs(sandbox: Running, ear: Ear) -> None:
    sandbox.call(ANN, server=ear.url)
    shown = sandbox.control.put("/clock", json={"mode": "auto", "speed": 1e9}).json()
    assert (shown["mode"], shown["speed"], shown["rate"]) == ("auto", 1e9, 0)
    wait_until(lambda: b"end-of-call-report" in (ear.heard[-1].body if ear.heard else b""), "the report")
    assert sandbox.control.put("/clock", json={"mode": "real", "rate": 60}).json()["rate"] == 60
