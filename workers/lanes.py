"""What a worker keeps of each queue that it serves."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from workers.ledger import TOO_OLD, BegunAttempt, DispatchResult, Handler
from workers.waiting import Bell


@dataclass
class Lane:
    """One queue: its handler, the requests in flight, and the bell that says "look again"."""

    queue: str
    handler: Handler
    bell: Bell = field(default_factory=Bell)
    in_flight: set[asyncio.Task[DispatchResult]] = field(default_factory=set)
    unbegun: list[UUID] = field(default_factory=list)
    """Jobs that were claimed and, for all that is known, not begun."""

    async def send(self, attempt: BegunAttempt) -> DispatchResult:
        """Ask the provider, if it is not too late for that."""
        # The handler passes it on to where the bytes leave; what is too old already need not go that far.
        if attempt.send_by is not None and attempt.send_by.has_passed():
            return TOO_OLD
        return await self.handler(attempt)
