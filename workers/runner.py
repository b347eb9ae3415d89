"""The worker's loops: claim, begin, send, record. It knows queues and handlers, nothing of providers or SQL.

What is safe when this process dies, at each step: jobs are claimed and their attempts begun in one transaction, of
which nothing is left if it did not commit; a begun attempt is committed before its request leaves, so it is in doubt
at worst, and the provider is asked before anything is sent again; a result that was not recorded is found the same way.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from workers.deadline import SEND_WITHIN, Deadline
from workers.doubts import Doubts
from workers.errors import DatabaseFaultError, DatabaseUnavailableError, OutboundError
from workers.lanes import Lane
from workers.ledger import (
    Asker,
    Begun,
    BegunAttempt,
    DispatchResult,
    Handler,
    Ledger,
)
from workers.logs import get_logger
from workers.metrics import Metrics
from workers.numbers import Queues, describe, note_begun
from workers.recorder import Recorder
from workers.ticks import TICK_PARTS, TickPart, note_tick
from workers.waiting import Bell, backoff, end

log = get_logger(__name__)

T = TypeVar("T")

DOUBTS_AT_ONCE = 20
CONTACTS_AT_ONCE = 10_000
UNRECORDED_LIMIT = 4
"""A queue stops claiming when this many times its concurrency waits to be recorded."""


@dataclass(frozen=True)
class Pace:
    """How a worker goes about its work; real seconds. `tick` is `None` where somebody else calls the tick."""

    concurrency: int = 10
    lease: float = 120
    poll: float = 1.0
    reconcile: float = 5.0
    tick: float | None = None
    index: float = 5.0
    watch: float = 15.0
    drain: float = 75
    send_within: float = SEND_WITHIN


class Runner:
    """Serves queues until told to stop.

    Args:
        ledger: The engine.
        worker: This worker's name in leases; unlike any other's.
        handlers: By queue, what sends a begun attempt.
        ask: What asks a provider about an attempt in doubt; `None` leaves that to other workers.
        pace: How often, how many, how long.
        metrics: Where to count.
        wakes: Opens a stream of notifications: the name of a queue that has work, or empty for all of them.
    """

    def __init__(
        self,
        ledger: Ledger,
        worker: str,
        handlers: Mapping[str, Handler],
        *,
        ask: Asker | None = None,
        pace: Pace | None = None,
        metrics: Metrics | None = None,
        wakes: Callable[[], AsyncIterator[str]] | None = None,
    ) -> None:
        self.worker = worker
        self.pace = pace or Pace()
        self.metrics = metrics or Metrics()
        self.stopping = False
        self._ledger = ledger
        self._ask = ask
        self._wakes = wakes
        self._lanes = {queue: Lane(queue, handler) for queue, handler in handlers.items()}
        self._reconcile_bell, self._index_bell, self._watch_bell = Bell(), Bell(), Bell()
        self._tick_bells, self._long_ticks = {part: Bell() for part in TICK_PARTS}, asyncio.Lock()
        self._held: dict[UUID, UUID] = {}
        self._recorder = Recorder(ledger, worker, self.metrics, self._settled)
        self._doubts = Doubts(ledger, worker, self.metrics)
        self._contact = time.monotonic()
        self._lease = timedelta(seconds=self.pace.lease)
        describe(self.metrics, self)
        self._queues = Queues(self.metrics, self._lanes)

    @property
    def in_flight(self) -> int:
        """Requests that are out now."""
        return sum(len(lane.in_flight) for lane in self._lanes.values())

    @property
    def unrecorded(self) -> int:
        """Results that wait to be written down."""
        return len(self._recorder)

    @property
    def seconds_without_database(self) -> float:
        """Since the database last answered."""
        return time.monotonic() - self._contact

    async def run(self, stop: asyncio.Event) -> bool:
        """Serve until `stop` is set, then finish what began; whether all of it was finished and recorded."""
        recording = asyncio.create_task(self._recorder.run(), name="recorder")
        loops = [asyncio.create_task(self._serve(lane), name=lane.queue) for lane in self._lanes.values()]
        keepers = [asyncio.create_task(self._keep_leases(), name="leases"), *self._other_loops()]
        stopped = asyncio.create_task(stop.wait(), name="stop")
        everything: list[asyncio.Task[Any]] = [recording, *loops, *keepers, stopped]
        try:
            done, _ = await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
            log.info("draining", in_flight=self.in_flight, unrecorded=self.unrecorded)
            finished = await self._drain(loops)
            for task in done - {stopped}:
                task.result()  # a loop ends by itself only by a defect, which must not go unseen
            return finished
        finally:
            await end(everything)

    def _other_loops(self) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self._index(), name="index"), asyncio.create_task(self._watch(), name="watch")]
        if self._ask is not None:
            tasks.append(asyncio.create_task(self._reconcile(self._ask), name="reconcile"))
        if self.pace.tick is not None:
            tasks += [asyncio.create_task(self._tick(part, self.pace.tick), name=f"tick {part}") for part in TICK_PARTS]
        if self._wakes is not None:
            tasks.append(asyncio.create_task(self._listen(self._wakes), name="listen"))
        return tasks

    async def _drain(self, loops: list[asyncio.Task[None]]) -> bool:
        """Stop claiming, let requests come back, record them."""
        self.stopping = True
        for lane in self._lanes.values():
            lane.bell.ring()
        try:
            async with asyncio.timeout(self.pace.drain):
                await asyncio.wait(loops)
                while in_flight := [task for lane in self._lanes.values() for task in lane.in_flight]:
                    await asyncio.wait(in_flight)
                await self._recorder.drained()
        except TimeoutError:
            log.error("drain_incomplete", in_flight=self.in_flight, unrecorded=self.unrecorded)
            await end([task for lane in self._lanes.values() for task in lane.in_flight])
            return False
        log.info("drained")
        return True

    async def _serve(self, lane: Lane) -> None:
        """Begin what there is room for, send it at once; sleep when there is nothing or no room."""
        delays = backoff(0.1, 5)
        while not self.stopping:
            room = self.pace.concurrency - len(lane.in_flight)
            if room <= 0 or len(self._recorder) >= UNRECORDED_LIMIT * self.pace.concurrency:
                await lane.bell.wait(self.pace.poll)
                continue
            try:
                full = await self._fill(lane, room)
            except (DatabaseUnavailableError, DatabaseFaultError, OutboundError) as error:
                await self._step_back(lane.bell, f"claim_{lane.queue}", error, next(delays))
                continue
            delays = backoff(0.1, 5)
            if not full and not self.stopping:
                await lane.bell.wait(self.pace.poll)
        with suppress(DatabaseUnavailableError, DatabaseFaultError, OutboundError):  # their leases run out, then
            await self._release(lane)

    async def _fill(self, lane: Lane, room: int) -> bool:
        """Fill the room; whether the queue may hold more than that."""
        await self._release(lane)
        send_by = Deadline.after(self.pace.send_within)  # from before they were begun, so that none is older
        try:
            begun = await self._reached(self._ledger.claim_and_begin(self.worker, [lane.queue], room, self._lease))
        except (DatabaseFaultError, OutboundError) as error:
            begun = await self._begin_alone(lane, room, error)
        note_begun(self.metrics, lane.queue, begun)
        for attempt in begun.attempts:
            self._held[attempt.job_id] = attempt.attempt_id
            sending = lane.send(replace(attempt, send_by=send_by))
            task: asyncio.Task[DispatchResult] = asyncio.ensure_future(sending)
            lane.in_flight.add(task)
            task.add_done_callback(partial(self._came_back, lane, attempt, time.monotonic()))
        return len(begun.attempts) + begun.put_off >= room

    async def _begin_alone(self, lane: Lane, room: int, error: Exception) -> Begun:
        """One job that cannot begin must not hold up the others: each goes alone, and that one stays leased a while.

        Where none of several begins it is not for the jobs' sake, and they are given back.
        """
        jobs = await self._reached(self._ledger.claim_jobs(self.worker, [lane.queue], room, self._lease))
        lane.unbegun = [job.job_id for job in jobs]
        attempts, stuck = list[BegunAttempt](), list[UUID]()
        while lane.unbegun and not self.stopping:
            try:
                attempts += await self._reached(self._ledger.begin_attempts(self.worker, lane.unbegun[:1]))
            except (DatabaseFaultError, OutboundError) as one:
                error = one
                stuck += lane.unbegun[:1]
            except DatabaseUnavailableError:
                break
            del lane.unbegun[:1]
        if not attempts:
            lane.unbegun += stuck if len(stuck) > 1 else []
            raise error
        self.metrics.count("jobs_stuck_total", len(stuck), queue=lane.queue)
        log.error("jobs_stuck", queue=lane.queue, job_ids=[str(job_id) for job_id in stuck], error=str(error))
        # when it was claimed, by the campaign clock, is what the lease says
        late = {job.job_id: (job.lease_expires_at - self._lease - job.run_at).total_seconds() for job in jobs}
        return Begun(attempts, [late[attempt.job_id] for attempt in attempts], len(jobs) - len(attempts))

    async def _release(self, lane: Lane) -> None:
        """Give back what was not begun, at once: nobody has to wait for the lease to run out.

        Whether a beginning that was not answered was committed is not known here, but it is where this is asked.
        """
        if lane.unbegun:
            released = await self._reached(self._ledger.release_leases(self.worker, lane.unbegun))
            self.metrics.count("leases_released_total", released, queue=lane.queue)
            lane.unbegun = []

    def _came_back(self, lane: Lane, attempt: BegunAttempt, sent_at: float, task: asyncio.Task[DispatchResult]) -> None:
        lane.in_flight.discard(task)
        lane.bell.ring()
        if task.cancelled():
            return  # nothing is known, so nothing is recorded: the ledger asks when the lease runs out
        error = task.exception()
        if error is None:
            result = task.result()
        else:
            result = DispatchResult("unknown", "job", "worker_fault", type(error).__name__)
            log.error("handler_failed", queue=lane.queue, attempt_id=attempt.attempt_id, exc_info=error)
        seconds = time.monotonic() - sent_at
        self.metrics.count("dispatches_total", queue=lane.queue, verdict=result.verdict)
        self.metrics.observe("request_seconds", seconds, queue=lane.queue)
        log.info(
            "dispatched",
            queue=lane.queue,
            team_id=attempt.team_id,
            job_id=attempt.job_id,
            attempt_id=attempt.attempt_id,
            provider_id=result.provider_id,
            verdict=result.verdict,
            scope=result.scope,
            code=result.code,
            message=result.message or None,
            seconds=round(seconds, 4),
        )
        self._recorder.put(attempt, result)

    def _settled(self, attempt: BegunAttempt) -> None:
        self._contact = time.monotonic()
        if self._held.get(attempt.job_id) == attempt.attempt_id:
            del self._held[attempt.job_id]

    async def _keep_leases(self) -> None:
        """Prolong what is held, well before it runs out."""
        while True:
            await asyncio.sleep(self.pace.lease / 3)
            held = list(self._held)
            if not held:
                continue
            try:
                kept = await self._reached(self._ledger.extend_leases(self.worker, held, self._lease))
            except (DatabaseUnavailableError, DatabaseFaultError, OutboundError) as error:
                log.warning("leases_not_extended", jobs=len(held), error=str(error))
                continue
            self.metrics.count("leases_extended_total", len(kept))
            lost = [job for job in held if job not in kept and job in self._held]
            if lost:
                self.metrics.count("leases_lost_total", len(lost))
                log.warning("leases_lost", job_ids=[str(job) for job in lost])

    async def _reconcile(self, ask: Asker) -> None:
        """Ask about attempts in doubt."""
        delays = backoff(0.5, 30)
        while True:
            try:
                doubts = await self._reached(self._ledger.claim_ambiguous(self.worker, DOUBTS_AT_ONCE, self._lease))
                if doubts:
                    answers = await asyncio.gather(*(self._doubts.ask(ask, doubt) for doubt in doubts))
                    await self._reached(self._doubts.resolve(answers))
            except (DatabaseUnavailableError, DatabaseFaultError, OutboundError) as error:
                await self._step_back(self._reconcile_bell, "reconcile", error, next(delays))
                continue
            delays = backoff(0.5, 30)
            if len(doubts) < DOUBTS_AT_ONCE:
                await self._reconcile_bell.wait(self.pace.reconcile)

    async def _tick(self, part: TickPart, interval: float) -> None:
        """Do a part of what time alone changes, where no cron does it; what may take long has one connection."""
        bell, delays = self._tick_bells[part], backoff(0.5, 30)
        turn = asyncio.Lock() if part == "work" else self._long_ticks
        while True:
            try:
                async with turn:
                    note_tick(self.metrics, part, await self._reached(self._ledger.tick(part)))
            except (DatabaseUnavailableError, DatabaseFaultError, OutboundError) as error:
                await self._step_back(bell, f"tick {part}", error, next(delays))
                continue
            delays = backoff(0.5, 30)
            await bell.wait(interval)

    async def _index(self) -> None:
        """Let the index of the search follow what was imported: slice by slice, but slowly while requests are out."""
        delays = backoff(0.5, 30)
        while True:
            try:
                indexed = await self._reached(self._ledger.index_contacts(CONTACTS_AT_ONCE))
            except (DatabaseUnavailableError, DatabaseFaultError, OutboundError) as error:
                await self._step_back(self._index_bell, "index", error, next(delays))
                continue
            delays = backoff(0.5, 30)
            self.metrics.count("contacts_indexed_total", indexed)
            if indexed < CONTACTS_AT_ONCE or self.in_flight:
                await self._index_bell.wait(self.pace.index)

    async def _watch(self) -> None:
        """Look how far the queues and the tick are behind, for the metrics."""
        while True:
            try:
                queues = await self._reached(self._ledger.queue_lag())
                self._queues.note(queues, await self._reached(self._ledger.tick_lag()))
            except (DatabaseUnavailableError, DatabaseFaultError, OutboundError) as error:
                await self._step_back(self._watch_bell, "watch", error, self.pace.watch)
                continue
            await self._watch_bell.wait(self.pace.watch)

    async def _listen(self, wakes: Callable[[], AsyncIterator[str]]) -> None:
        """Pass notifications on. An empty one means that anything may have changed, the clock included."""
        async for queue in wakes():
            lane = self._lanes.get(queue)
            if lane is not None:
                lane.bell.ring()
            elif queue in {"", "*"}:
                others = (self._reconcile_bell, self._index_bell, *self._tick_bells.values())
                for bell in (*(lane.bell for lane in self._lanes.values()), *others):
                    bell.ring()

    async def _reached(self, call: Awaitable[T]) -> T:
        answer = await call
        self._contact = time.monotonic()
        return answer

    async def _step_back(self, bell: Bell, what: str, error: Exception, delay: float) -> None:
        self.metrics.count("database_failures_total", what=what)
        level = log.warning if isinstance(error, DatabaseUnavailableError) else log.error
        level("database_failed", what=what, error=str(error), retry_in_seconds=round(delay, 2))
        await bell.wait(delay)
