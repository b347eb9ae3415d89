"""Until when the request of a begun attempt may leave, by clocks that a process does not sleep through.

A worker can be frozen between the commit of an attempt and its request: stopped, swapped out, its machine suspended.
Meanwhile its lease runs out, the provider is asked, has no trace, and after a grace period another worker sends. The
first one, thawed, must not send as well. So no request leaves later than this after its attempt was begun:

    SEND_WITHIN            60 s   begun, at the latest here the request leaves
    + the whole timeout    40 s   at the latest here the client has hung up (`Transport`; 95 s at most)
    < engine.doubt_grace  300 s   at the earliest here "no trace of it" is believed

What is left, 200 s (145 s), is for what was written to a socket and is still on its way, and for a provider that
takes a request before its lists show it. A test keeps the three together. For the same reason it is the moment of the
question that must lie behind the grace, not that of its answer: whoever asks can be frozen too (`proves_absence`).

The grace is campaign time. In production that is real time. A sandbox's clock may jump over hours while a worker is
frozen, and no limit in real time is short enough for that: there `OUTBOUND_SEND_WITHIN_SECONDS` can be lowered, and
nobody is called who could be called twice.
"""

import time
from dataclasses import dataclass
from typing import Final, Self

SEND_WITHIN: Final = 60.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on two clocks; it has passed when it has on either.

    `awake` runs on while the system is suspended, and nobody can set it. But it stands still in a virtual machine that
    its host has paused; there only the wall clock leaps, as soon as it has been put right.
    """

    awake: float
    wall: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """So many seconds from now."""
        return cls(_awake() + seconds, time.time() + seconds)

    def has_passed(self) -> bool:
        """Whether it is too late."""
        return _awake() > self.awake or time.time() > self.wall


def _awake() -> float:
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux only; elsewhere the nearest there is
    return time.monotonic() if clock is None else time.clock_gettime(clock)
