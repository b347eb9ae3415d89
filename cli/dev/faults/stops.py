"""Stops by text whose webhook is lost: a run is not over before the list of texts was asked for them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from cli.dev.faults.record import SUPPRESSED
from cli.dev.faults.scene import Row, Scene
from cli.dev.faults.texts import Text, stopped_by_text

PATIENCE_SECONDS = 20.0
LEFT_TO_WEBHOOKS = timedelta(minutes=2, seconds=1)
"""So much of the list's end is not asked for yet."""

_INBOX = "select min(read_at) as read_at, max(check_at) as check_at from engine.inboxes"


class Stops:
    """Gives each stop its chance to be found, in campaign time and in real time."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._asked_at: float | None = None
        self._goes_on_at: datetime | None = None
        self.texts: list[Text] = []
        """What people had texted at the last look: what comes later is nobody's to judge."""

    async def have_had_their_chance(self, look: Callable[[str], Awaitable[list[Row]]]) -> bool:
        """Whether every stop is known, or must be: the list was read to beyond it, or nobody reads it."""
        self.texts = [
            Text(one.person, one.body, one.created_at)
            for one in self._scene.sandbox.texts.all()
            if one.direction == "inbound"
        ]
        if not (stops := stopped_by_text(self.texts)):
            return True
        # In this order: what was read by then is suppressed by now.
        inbox = (await look(_INBOX))[0]
        known = {row["phone"] for row in await look(SUPPRESSED)}
        last = max((at for phone, at in stops.items() if phone not in known), default=None)
        if last is None or inbox["read_at"] > last:
            return True
        self._asked_at = self._asked_at or time.monotonic()
        self._let_time_pass(max(inbox["check_at"], last + LEFT_TO_WEBHOOKS))
        return time.monotonic() - self._asked_at > PATIENCE_SECONDS

    def _let_time_pass(self, until: datetime) -> None:
        """The clock goes from event to event; without one it would stand still."""
        stage = self._scene.sandbox.stage
        now = stage.clock.now()
        if until > now and (self._goes_on_at is None or self._goes_on_at <= now):
            self._goes_on_at = until
            stage.agenda.schedule(until, "stops", lambda _: None)
