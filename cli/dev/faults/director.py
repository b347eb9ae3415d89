"""Plays a plan: does each thing at its moment, and sees to it that the run comes to an end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import psycopg

from cli.dev.faults.arrivals import Arrivals
from cli.dev.faults.crew import Crew
from cli.dev.faults.evidence import connections
from cli.dev.faults.plan import Count, Moment, Step
from cli.dev.faults.record import MISCOUNTED
from cli.dev.faults.scene import Scene
from cli.dev.faults.standstill import Standstill
from cli.dev.faults.stops import Stops

LOOK_SECONDS = 0.02
IDLE_SECONDS = 1.0
STUCK_SECONDS = 25.0
LONGEST_SECONDS = 600.0
INSIST_SECONDS = 20.0
TRY_AGAIN = timedelta(minutes=10)
OVER = frozenset({"COMPLETED", "CANCELLED"})

_LAUNCH = "select public.launch_campaign(%s, %s)"
_STATES = """
    select c.id::text, c.status::text, (
        select count(*)
        from engine.jobs as j
        where j.campaign_id = c.id and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    ) as open_jobs
    from public.campaigns as c
"""
_STOP = "select public.opt_out(%s, p_note => 'asked by mail', p_team_id => %s)"
_MOVES = {
    "launch": "select public.launch_campaign(%s)",
    "pause": "select public.pause_campaign(%s)",
    "resume": "select public.resume_campaign(%s)",
    "cancel": "select public.cancel_campaign(%s)",
    "retry": "select public.retry_failed_enrollments(%s)",
}
_SEVER = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = 'outbound_worker'
"""
_RESUME_ACCOUNT = "select public.resume_integration(%s, %s)"
_PAUSED_ACCOUNTS = "select provider::text from public.integrations where status = 'PAUSED'"
_GLANCE = """
    select e.id::text
    from engine.enrollments as e
    where e.status = 'ACTIVE' and not exists (
        select from engine.jobs as j
        where j.team_id = e.team_id and j.enrollment_id = e.id
            and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    )
"""


class Director:
    """Does the steps of a plan."""

    def __init__(self, scene: Scene, crew: Crew) -> None:
        self._scene = scene
        self._crew = crew
        self._plan = scene.plan
        self._due: defaultdict[tuple[Count, int], list[Step]] = defaultdict(list)
        self._counts: Counter[Count] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._arrivals = Arrivals(scene)
        self.stops = Stops(scene)
        self._unlaunched = [step for step in self._plan.steps if step.act == "launch"]
        self._to_come = [step for step in self._plan.steps if step.act == "lead"]
        self._at_the_end = [step for step in self._plan.steps if step.act == "retry"]
        self._frozen = False
        self._restarting = asyncio.Lock()
        self._quiet = False
        self.done: list[tuple[datetime, str]] = []
        self.acts: Counter[str] = Counter()
        self.lost: list[str] = []
        """Enrollments that were seen without a job while their journey was not over."""
        self.miscounted: list[str] = []
        self.brought = self._arrivals.brought
        self.problems: list[str] = []
        """Steps that failed in a way that nobody expects."""
        for step in self._plan.steps:
            if step.at.of is not None:
                self._due[step.at.of, step.at.nth].append(step)

    async def begin(self) -> None:
        """Launch what is launched at the start, and put on the agenda what has its time."""
        for place, campaign in enumerate(self._plan.campaigns):
            if campaign.scheduled_after is not None:
                await self._launch(place, self._plan.start + campaign.scheduled_after)
            elif place == 0:
                await self._launch(place, None)
        for step in self._plan.steps:
            if step.at.after is not None:
                self._plan_step(self._plan.start + step.at.after, step)
        self._scene.sandbox.stage.journal.watchers.append(self._saw)
        await self._scene.sandbox.driver.change("auto")

    async def until_over(self) -> str | None:
        """Wait for the end of every campaign; says what is stuck when nothing moves any more."""
        began, standstill = time.monotonic(), Standstill()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            stage, driver = self._scene.sandbox.stage, self._scene.sandbox.driver
            still = standstill.look((stage.journal.last_seq, stage.clock.now(), driver.pending))
            if driver.pending.open_jobs == 0 and not self._tasks and await self._is_over():
                return None
            if self.lost:
                return "somebody is lost, so the rest was not waited for"
            if still > IDLE_SECONDS and not self._frozen:
                await self._resume_accounts()
            if still > STUCK_SECONDS:
                return f"nothing has moved for {STUCK_SECONDS:.0f} seconds at {await self.standing()}"
            if time.monotonic() - began > LONGEST_SECONDS:
                return f"not over after {LONGEST_SECONDS:.0f} seconds, at {await self.standing()}"

    async def standing(self) -> str:
        """What somebody who finds the run stuck wants to know."""
        driver = self._scene.sandbox.driver
        wires = list(connections(urlsplit(self._scene.sandbox_url).port or 0))
        return (
            f"{self._scene.sandbox.stage.clock.now()}: {driver.pending}, busy with {driver.busy_with()}, "
            f"doing {sorted(task.get_name() for task in self._tasks)}, frozen {self._crew.freezer.frozen()}, "
            f"workers {self._crew.states()}, asked {self._scene.sandbox.asked()} over {wires}, "
            f"problem {driver.problem}\n"
            f"{await self._crew.stacks()}"
        )

    async def settle(self) -> None:
        """Let nothing more happen, and what is happening come to its end."""
        self._quiet = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._scene.sandbox.driver.change("manual")
        while self._scene.sandbox.stage.courier.in_flight:
            await self._scene.sandbox.stage.courier.rest(1)

    async def _is_over(self) -> bool:
        states = await self._insist(lambda: self._scene.look(_STATES))
        # A campaign that waits for a request that never came is launched when there is nothing else.
        growing = {
            id_: place for place, id_ in enumerate(self._scene.campaign_ids) if self._plan.campaigns[place].grows
        }
        resting = [row for row in states if row["id"] in growing and row["status"] in {"ACTIVE", "PAUSED"}]
        waiting = [row for row in states if row["status"] not in OVER and row not in resting]
        if waiting and self._unlaunched and not self._frozen and all(row["status"] == "CREATED" for row in waiting):
            self._fire(self._unlaunched[0])
        # Somebody may have come since the look began, and be on the way.
        if waiting or self._tasks or any(row["open_jobs"] for row in states):
            return False
        if self._to_come:
            # Nobody has to wait for a request that never comes.
            if (step := next((step for step in self._to_come if step.at.of), None)) is not None:
                self._fire(step)
            return False
        for row in resting:
            # One that enrolls continuously goes on until an operator ends it; by then nobody may have been lost.
            await self._glance()
            self._fire(Step(Moment(), "cancel", growing[row["id"]]))
        if resting:
            return False
        if self._at_the_end:
            self._fire(self._at_the_end.pop())
            return False
        return await self.stops.have_had_their_chance(lambda query: self._insist(lambda: self._scene.look(query)))

    def _saw(self, entry: Mapping[str, Any]) -> None:
        """Something was logged; whoever asked for it waits for the answer while this runs."""
        if self._quiet:
            return
        if entry["kind"] == "webhook":
            self._count("webhooks")
        elif entry["method"] == "POST":
            self._count("requests")
            if entry["taken"]:
                self._count("taken")

    def _count(self, what: Count) -> None:
        self._counts[what] += 1
        for step in self._due.pop((what, self._counts[what]), []):
            self._fire(step)

    def _plan_step(self, at: datetime, step: Step) -> None:
        self._scene.sandbox.stage.agenda.schedule(at, "director", lambda _: self._fire(step))

    def _fire(self, step: Step) -> None:
        """Do it. What needs no waiting is done before this returns; the clock stands still for the rest."""
        if self._quiet:
            return
        if step in self._unlaunched:
            self._unlaunched.remove(step)
        elif step in self._to_come:
            self._to_come.remove(step)
        elif step.act in {"launch", "lead"}:
            return
        if step.act == "kill":
            self._crew.kill(step.target)
        if step.act == "suspend":
            self._crew.suspend(step.target, step.lasting)
        if step.act == "stop_by_text":
            self._text(step.target, "STOP")
        if step.act == "start_by_text":
            self._text(step.target, "START")
        self._note(step)
        hold = contextlib.ExitStack()
        hold.enter_context(self._scene.sandbox.driver.hold())
        task = asyncio.create_task(self._do(step, hold), name=str(step))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self.problems.append(f"{type(problem).__name__}: {problem}")

    def _note(self, step: Step) -> None:
        self.done.append((self._scene.sandbox.stage.clock.now(), str(step)))
        self.acts[step.act] += 1

    def _text(self, person: int, words: str) -> None:
        ours = self._scene.sandbox.stage.account.text_numbers[0].number
        self._scene.sandbox.texts.receive(self._plan.people[person].phone, ours, words)

    async def _do(self, step: Step, hold: contextlib.ExitStack) -> None:
        with hold:
            if step.act == "crash_postgres":
                async with self._restarting:
                    await asyncio.to_thread(self._scene.server.cluster.crash)
            elif step.act == "sever":
                await self._insist(lambda: self._scene.look(_SEVER))
            elif step.act == "stop_by_operator":
                phone = self._plan.people[step.target].phone
                await self._insist(lambda: self._scene.operate(_STOP, phone, self._scene.team_id))
            elif step.act in _MOVES:
                await self._move(step)
            elif step.act == "lead":
                await self._arrivals.bring(step.target)
            elif step.act == "freeze":
                self._freeze(step)
            await self._glance()

    async def _launch(self, place: int, at: datetime | None) -> None:
        await self._insist(lambda: self._scene.operate(_LAUNCH, self._scene.campaign_ids[place], at))

    async def _move(self, step: Step) -> None:
        """Launch, pause, resume, cancel or retry; a campaign that is over, or not yet begun, refuses."""
        campaign, now = self._scene.campaign_ids[step.target], self._scene.sandbox.stage.clock.now()
        try:
            await self._insist(lambda: self._scene.operate(_MOVES[step.act], campaign))
        except psycopg.Error as error:
            if error.sqlstate == "OB007" and step.act in {"launch", "resume"}:
                # An account is paused: whoever launches or resumes the campaign sees that first.
                if not self._frozen:
                    await self._resume_accounts()
                if step.act == "launch":
                    self._unlaunched.append(step)
                self._plan_step(now + TRY_AGAIN, step)
            elif error.sqlstate not in {"OB002", "OB007"}:
                raise
            self.acts[f"{step.act} refused"] += 1
        else:
            if step.act == "pause":
                self._plan_step(now + step.lasting, Step(step.at, "resume", step.target))

    def _freeze(self, step: Step) -> None:
        """No call starts any more, until the account is mended."""
        self._start_error("call.start.error-subscription-frozen")
        at = self._scene.sandbox.stage.clock.now() + step.lasting
        self._scene.sandbox.stage.agenda.schedule(at, "director", lambda _: self._start_error(None))

    def _start_error(self, reason: str | None) -> None:
        stage, self._frozen = self._scene.sandbox.stage, reason is not None
        stage.account = stage.account.model_copy(update={"call_start_error": reason})

    async def _resume_accounts(self) -> None:
        """An operator sees that nothing goes on, and why."""
        for row in await self._insist(lambda: self._scene.look(_PAUSED_ACCOUNTS)):
            provider = row["provider"]
            self.acts[f"{provider} resumed"] += 1
            await self._insist(partial(self._scene.operate, _RESUME_ACCOUNT, provider, self._scene.team_id))

    async def _glance(self) -> None:
        """At any moment nobody is without a job while her journey is not over, and the counters are right."""
        self.lost += [row["id"] for row in await self._insist(lambda: self._scene.look(_GLANCE))]
        self.miscounted += [str(row) for row in await self._insist(lambda: self._scene.look(MISCOUNTED))]

    async def _insist(self, ask: Callable[[], Awaitable[list[dict[str, Any]]]]) -> list[dict[str, Any]]:
        """Ask until Postgres answers: it may just be restarting."""
        deadline = time.monotonic() + INSIST_SECONDS
        while True:
            try:
                return await ask()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.05)
