"""What every provider client has in common: the verdicts, the lookups, and how HTTP failures are read."""

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Protocol

import httpx

from workers.deadline import Deadline
from workers.ledger import TOO_OLD, DispatchResult, Scope, Verdict
from workers.providers.lines import KEEP_SECONDS, Lines

LONGEST_MESSAGE: Final = 500
LONGEST_WAIT: Final = 24 * 3600.0


class Provider(Protocol):
    """A provider's client.

    Each has a method that sends one request and gives a `DispatchResult`, and methods that look for what was sent and
    give a `Lookup`; their arguments are the provider's own. None raises for what happens on the wire.
    """

    async def aclose(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer to "did you get it?".

    `found` is `None` when the provider could not be asked, which is not a no.
    """

    found: bool | None
    provider_id: str | None = None
    payload: dict[str, Any] | None = None
    reason: str = ""


class ListBrokenOffError(Exception):
    """A provider's list was not shown to its end; the text says why.

    A class of its own: what is caught as "it can't be read" must not be a defect of ours, which would then go unseen.
    """


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request without an answer that can be read; `sent` is false when nothing can have reached the provider."""

    sent: bool
    code: str
    message: str

    def result(self) -> DispatchResult:
        """What that means for a request that must not be made twice."""
        if self.sent:
            return DispatchResult("unknown", "job", self.code, self.message)
        return DispatchResult("try_later", "capacity", self.code, self.message)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of refusal is read: the first rule whose pattern is in the provider's words decides."""

    pattern: re.Pattern[str]
    verdict: Verdict
    scope: Scope
    code: str


def rule(pattern: str, verdict: Verdict, scope: Scope, code: str) -> Rule:
    """A rule; the pattern ignores case."""
    return Rule(re.compile(pattern, re.IGNORECASE), verdict, scope, code)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in the terms that tables are written in."""

    verdict: Verdict
    scope: Scope
    code: str


_STATUSES: Final[dict[int, Answer]] = {
    400: Answer("refused", "job", "bad_request"),
    401: Answer("refused", "account", "unauthorized"),
    402: Answer("refused", "account", "payment_required"),
    403: Answer("refused", "account", "forbidden"),
    404: Answer("refused", "configuration", "not_found"),
    405: Answer("refused", "configuration", "method_not_allowed"),
    406: Answer("refused", "configuration", "not_acceptable"),
    # The server, or something before it, gave up on the request or met a conflict: what it did until then is unknown.
    408: Answer("unknown", "job", "request_timeout"),
    409: Answer("unknown", "job", "conflict"),
    413: Answer("refused", "job", "request_too_large"),
    415: Answer("refused", "configuration", "unsupported_media_type"),
    422: Answer("refused", "job", "unprocessable"),
    425: Answer("try_later", "capacity", "too_early"),
    429: Answer("try_later", "capacity", "rate_limited"),
}


def read_status(response: httpx.Response) -> Answer:
    """What a status other than 2xx means for a request that must not be made twice.

    A 503 is "not now" only when it says when: with `Retry-After` the server turned the request away. Without, it may
    as well be a proxy that lost the server after handing the request over, so it is treated as any other 5xx.
    """
    status = response.status_code
    known = _STATUSES.get(status)
    if known:
        return known
    if status == 503 and "retry-after" in response.headers:
        return Answer("try_later", "capacity", "unavailable")
    if 300 <= status < 400:
        # Nothing was made where we were sent away from; the address is wrong.
        return Answer("refused", "configuration", f"http_{status}")
    if 400 <= status < 500:
        return Answer("refused", "job", f"http_{status}")
    return Answer("unknown", "job", f"http_{status}")


def json_object(response: httpx.Response) -> dict[str, Any] | None:
    """The body as a JSON object, if it is one."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def retry_after(response: httpx.Response, now: datetime | None = None) -> float | None:
    """The seconds that a `Retry-After` header asks for, in either of its forms, at most a day.

    A date is taken relative to the answer's own `Date`, so that clocks need not agree; `now` is used where it has none.
    """
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return min(float(value), LONGEST_WAIT)
    until = http_date(value)
    if until is None:
        return None
    base = http_date(response.headers.get("date", "")) or now or datetime.now(UTC)
    return min(max((until - base).total_seconds(), 0.0), LONGEST_WAIT)


def http_date(value: str) -> datetime | None:
    """A date as in HTTP and mail headers; without a zone it is UTC."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def clean(message: str, *secrets: str) -> str:
    """A provider's words, in one line of sane length, without the secrets that the request carried."""
    for secret in secrets:
        if secret:
            message = message.replace(secret, "[redacted]")
    return " ".join(message.replace("\x00", " ").split())[:LONGEST_MESSAGE]


class Transport:
    """The lines to one address, and the one place where a failed exchange is read.

    Times out as a whole too: a provider that sends a byte now and then would never reach a read timeout. `wire` makes
    what a line goes over, where that is not the network.
    """

    def __init__(
        self,
        base_url: str,
        *,
        connect_timeout: float = 5,
        timeout: float = 30,
        connections: int = 100,
        wire: Callable[[], httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self.longest = connect_timeout + timeout + 5
        certificates = httpx.create_ssl_context()  # takes longer than all the rest

        def line() -> httpx.AsyncClient:
            return httpx.AsyncClient(
                base_url=base_url,
                timeout=httpx.Timeout(timeout, connect=connect_timeout),
                limits=httpx.Limits(keepalive_expiry=KEEP_SECONDS),
                follow_redirects=False,
                transport=wire() if wire else None,
                # A proxy from the environment is for the outside, never for a sandbox on this machine.
                trust_env=not _is_loopback(base_url),
                verify=certificates,
            )

        self._lines = Lines(connections, connect_timeout, line)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._lines.aclose()

    async def send(
        self, method: str, url: str, *, send_by: Deadline | None = None, **options: Any
    ) -> httpx.Response | Unanswered:
        """One exchange, never repeated. Past `send_by` nothing of it leaves, or too little for anybody to act on."""
        if send_by is not None:
            options["extensions"] = {"trace": _holding_back(send_by)}
        try:
            async with asyncio.timeout(self.longest), self._lines.one() as line:
                return await line.request(method, url, **options)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            # The request starts only once there is a connection: nothing of it has left.
            return Unanswered(sent=False, code=_words(error), message=f"no connection: {_reason(error)}")
        except _TooLateError:
            return Unanswered(sent=False, code=TOO_OLD.code, message=TOO_OLD.message)
        except httpx.InvalidURL as error:
            return Unanswered(sent=False, code="invalid_url", message=str(error))
        except TimeoutError:
            return Unanswered(sent=True, code="timeout", message=f"no answer within {self.longest:g} s")
        except httpx.HTTPError as error:
            return Unanswered(sent=True, code=_words(error), message=_reason(error))


class _TooLateError(Exception):
    """The connection is there, but the deadline has passed."""


def _holding_back(send_by: Deadline) -> Callable[[str, Any], Awaitable[None]]:
    """Looks at the clock when a line is free and the connection stands, right before bytes go into the socket.

    Also between head and body: a request that breaks off there is none.
    """

    async def trace(event: str, _: Any) -> None:
        if event.endswith(("send_request_headers.started", "send_request_body.started")) and send_by.has_passed():
            raise _TooLateError

    return trace


def _is_loopback(url: str) -> bool:
    host = httpx.URL(url).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(error: Exception) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def _reason(error: Exception) -> str:
    return clean(str(error)) or type(error).__name__
