"""Faults on demand: what can go wrong between a client and a provider, at set rates or a set number of times."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Provider = Literal["vapi", "twilio", "servicetitan"]
RequestKind = Literal[
    "latency", "rate_limited", "server_error", "drop_before", "drop_after", "early", "expired_token", "repeated_rows"
]
WebhookKind = Literal["lost", "repeated", "reordered", "delayed"]
REQUEST_KINDS = frozenset(get_args(RequestKind))


class Fault(BaseModel):
    """One rule. It is tried on everything that matches, and fires with `probability`, at most `count` times.

    Kinds for requests: `latency` (`seconds` of real time, before or after the request is taken), `rate_limited` (429,
    with `retry_after` seconds or without the header), `server_error` (`status`, with `taken` the provider has acted all
    the same), `drop_before` and `drop_after` (the connection breaks before or after the request is taken), `early` (the
    first or every webhook arrives before the request's own answer); of ServiceTitan `expired_token` (the token is good
    no more) and `repeated_rows` (an export gives rows again that it gave before).
    Kinds for webhooks: `lost`, `repeated` (`times` more), `reordered` (after the next of the same call or text),
    `delayed` (`by` virtual time).
    """

    model_config = ConfigDict(extra="forbid")

    kind: RequestKind | WebhookKind
    provider: Provider | None = None
    probability: float = Field(1.0, ge=0, le=1)
    count: int | None = Field(None, ge=0)
    to: str | None = Field(None, description="only requests and webhooks about this number")
    methods: tuple[str, ...] = Field((), description="requests of these methods; * is any; without, POST")
    path: str | None = Field(None, description="only requests whose path contains this")
    types: tuple[str, ...] = Field((), description="only these webhooks: end-of-call-report, delivered, inbound …")

    seconds: float = Field(2.0, ge=0, le=300)
    phase: Literal["before", "after"] = "after"
    retry_after: int | None = Field(None, ge=0)
    status: int = Field(500, ge=500, le=599)
    taken: bool = False
    through: Literal["first", "last"] = "first"
    times: int = Field(1, ge=1, le=20)
    by: timedelta = timedelta(minutes=5)

    fired: int = Field(0, ge=0, description="how often it has fired")

    def is_about(self, provider: str, method: str, path: str) -> bool:
        """Whether a request is of the kind that it strikes. ServiceTitan is mostly read: there, any method is."""
        methods = self.methods or (("*",) if provider == "servicetitan" else ("POST",))
        return (
            self.kind in REQUEST_KINDS
            and self.provider in {None, provider}
            and ("*" in methods or method in methods)
            and (self.path is None or self.path in path)
        )

    def is_open(self) -> bool:
        """Whether it may still fire."""
        return self.count is None or self.fired < self.count


class FaultPlan:
    """The rules in force. Draws depend on the seed, the rule and the number concerned, not on who comes first."""

    def __init__(self, seed: str, faults: Sequence[Fault] = ()) -> None:
        self.seed = seed
        self.faults: list[Fault] = []
        self._drawn: Counter[tuple[int, str]] = Counter()
        self.replace(faults)

    def replace(self, faults: Sequence[Fault]) -> None:
        """Put other rules in force; draws begin anew."""
        self.faults = list(faults)
        self._drawn.clear()

    def for_request(self, provider: str, method: str, to: str, path: str = "") -> list[Fault]:
        """The faults that strike this request."""
        return self._struck(
            to, ((index, fault) for index, fault in enumerate(self.faults) if fault.is_about(provider, method, path))
        )

    def for_webhook(self, provider: str, kind: str, to: str) -> list[Fault]:
        """The faults that strike this webhook."""
        return self._struck(
            to,
            (
                (index, fault)
                for index, fault in enumerate(self.faults)
                if fault.kind not in REQUEST_KINDS
                and fault.provider in {None, provider}
                and (not fault.types or kind in fault.types)
            ),
        )

    def _struck(self, to: str, candidates: Iterable[tuple[int, Fault]]) -> list[Fault]:
        struck: list[Fault] = []
        for index, fault in candidates:
            if not fault.is_open() or (fault.to is not None and fault.to != to):
                continue
            self._drawn[index, to] += 1
            if draw(self.seed, "fault", str(index), to, str(self._drawn[index, to])) < fault.probability:
                fault.fired += 1
                struck.append(fault)
        return struck


def draw(*parts: str) -> float:
    """A number from 0 up to 1 that depends on nothing but `parts`."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56
