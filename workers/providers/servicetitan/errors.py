"""ServiceTitan's refusals as exceptions, read from RFC 7807 bodies and from the shapes that its gateway uses."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

import httpx

from workers.providers.base import clean, json_object, retry_after

_SECONDS: Final = re.compile(r"(?:try again|retry)\s+(?:in|after)\s+(\d+)\s*s", re.IGNORECASE)
LONGEST_FIELDS: Final = 20


class ServiceTitanError(Exception):
    """A request that did not do what it was for.

    Attributes:
        status: The HTTP status; `None` when no answer came.
        title: ServiceTitan's words, without secrets.
        trace_id: What ServiceTitan's support asks for.
        fields: What is wrong, by parameter or field.
        can_retry: Whether the same request may succeed later without anybody changing anything.
    """

    can_retry: ClassVar[bool] = False

    def __init__(
        self,
        title: str,
        *,
        status: int | None = None,
        trace_id: str | None = None,
        fields: Mapping[str, list[str]] | None = None,
    ) -> None:
        self.status, self.title, self.trace_id = status, title, trace_id
        self.fields = dict(fields or {})
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """What happened, in one line for a person."""
        parts = [f"ServiceTitan answered {self.status}: {self.title}" if self.status else self.title]
        parts += [f"{name}: {' '.join(problems)}" for name, problems in self.fields.items()]
        if self.trace_id:
            parts.append(f"trace {self.trace_id}")
        return "; ".join(parts)


class Unauthorized(ServiceTitanError):
    """The credentials, the token or the app key are not accepted."""


class Forbidden(ServiceTitanError):
    """The application lacks the scope, or the tenant has not connected it."""


class NotFound(ServiceTitanError):
    """Nothing is there under that id or tenant."""


class Conflict(ServiceTitanError):
    """The state of what is there does not allow it."""


class Invalid(ServiceTitanError):
    """The request itself is wrong; `fields` says where."""


class RateLimited(ServiceTitanError):
    """Turned away unprocessed for coming too fast; `retry_after` is in seconds when it was told."""

    can_retry = True

    def __init__(self, title: str, *, retry_after: float | None = None, **more: Any) -> None:
        self.retry_after = retry_after
        super().__init__(title, **more)


class Unavailable(ServiceTitanError):
    """No answer, or one of a server that fails; the request had no effect, or is one that may be repeated."""

    can_retry = True


class Ambiguous(ServiceTitanError):
    """A change was asked for and nobody knows whether it was made: look before asking again."""


_BY_STATUS: Final[dict[int, type[ServiceTitanError]]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    422: Invalid,
}


def refusal(response: httpx.Response, *, is_safe: bool, secrets: Iterable[str] = ()) -> ServiceTitanError:
    """What an answer other than 2xx means; `is_safe` says whether the request may be repeated."""
    status, body = response.status_code, json_object(response) or {}
    known = tuple(secrets)
    told: dict[str, Any] = {
        "status": status,
        "trace_id": _text(body.get("traceId")),
        "fields": _fields(body, known),
    }
    title = clean(_title(body, response), *known)
    if status == 429:
        return RateLimited(title, retry_after=wait_of(response), **told)
    kind = _BY_STATUS.get(status)
    if kind is None and (status >= 500 or status in {408, 425}):
        kind = Unavailable if is_safe else Ambiguous
    return (kind or Invalid)(title, **told)


def wait_of(response: httpx.Response) -> float | None:
    """The seconds that an answer asks to wait: its `Retry-After` in either form, or what its words say."""
    told = retry_after(response)
    if told is not None:
        return told
    found = _SECONDS.search(_title(json_object(response) or {}, response))
    return float(found.group(1)) if found else None


def _title(body: Mapping[str, Any], response: httpx.Response) -> str:
    """The application says `title`, the gateway before it `message`, the token endpoint `error`."""
    for name in ("title", "message", "error_description", "error", "detail"):
        value = body.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return response.reason_phrase or "no reason given"


def _fields(body: Mapping[str, Any], secrets: tuple[str, ...]) -> dict[str, list[str]]:
    """`errors` is an object of lists; a single string and nulls are read too."""
    errors = body.get("errors")
    if not isinstance(errors, dict):
        return {}
    read: dict[str, list[str]] = {}
    for name, problems in list(errors.items())[:LONGEST_FIELDS]:
        listed = problems if isinstance(problems, list) else [problems]
        words = [clean(str(problem), *secrets) for problem in listed if problem is not None]
        if words:
            read[clean(str(name), *secrets)] = words
    return read


def _text(value: Any) -> str | None:
    return clean(value) if isinstance(value, str) and value else None
