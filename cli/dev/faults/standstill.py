"""For how long nothing has moved: what tells a run that is stuck from one that takes its time."""

from __future__ import annotations

import time


class Standstill:
    """Looks at a state again and again, in real time."""

    def __init__(self) -> None:
        self._seen: object = None
        self._since = time.monotonic()

    def look(self, state: object) -> float:
        """Seconds since the first look that saw the state as it is now; 0 when it has changed."""
        moment = time.monotonic()
        if state != self._seen:
            self._seen, self._since = state, moment
        return moment - self._since
