"""Client of the Data API: the commands call the same RPCs, over the same HTTP, as a frontend does."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import httpx

from cli import settings
from cli.errors import CommandError

# An import or a launch is one statement that may work for minutes; connecting may not.
_TIMEOUT = httpx.Timeout(600.0, connect=5.0)
_NO_SUCH_FUNCTION = "PGRST202"


class Api:
    """One caller of one project. Refusals of the database are raised as `CommandError` with their OBxxx code."""

    def __init__(self, url: str, api_key: str, access_token: str | None = None) -> None:
        """`access_token` is a signed-in person's; without one the key itself is the caller."""
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url,
            headers={"apikey": api_key, "Authorization": f"Bearer {access_token or api_key}"},
            timeout=_TIMEOUT,
            trust_env=not self.url.startswith("http://127.0.0.1"),
        )
        self._api_key = api_key

    @classmethod
    def from_settings(cls) -> Self:
        """The project and the caller that the environment or the local stack name."""
        current = settings.load()
        if current.api_url is None or current.api_key is None:  # load() has already refused both
            raise CommandError("There is no Data API to talk to.")
        token = current.access_token
        return cls(current.api_url, current.api_key.get_secret_value(), token.get_secret_value() if token else None)

    def sign_in(self, email: str, password: str) -> Api:
        """The same project as a person, signed in by e-mail and password."""
        answer = self._send(
            "POST", "/auth/v1/token", params={"grant_type": "password"}, json={"email": email, "password": password}
        )
        return type(self)(self.url, self._api_key, answer.json()["access_token"])

    def rpc(self, function: str, **arguments: Any) -> Any:
        """Call an RPC with its named `p_` arguments; what it returns, or None."""
        answer = self._send("POST", f"/rest/v1/rpc/{function}", json=arguments)
        return answer.json() if answer.content else None

    def pages(self, function: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Every item of a paged RPC, page by page as they are asked for."""
        cursor: str | None = None
        while True:
            page = self.rpc(function, **arguments, p_cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def select(self, table: str, **filters: str) -> list[dict[str, Any]]:
        """Rows of a table under row-level security; filters as PostgREST spells them (`id="eq.…", select="id"`)."""
        rows: list[dict[str, Any]] = self._send("GET", f"/rest/v1/{table}", params=filters).json()
        return rows

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise CommandError(
                f"The Data API at {self.url} does not answer ({type(error).__name__}).",
                hint="See what is wrong with: outbound stack status",
            ) from error
        if answer.is_error:
            raise _refusal(answer)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _refusal(answer: httpx.Response) -> CommandError:
    """PostgREST's and Supabase Auth's error bodies as one kind of error."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return CommandError(f"The Data API answered {answer.status_code} without a reason.")
    message = body.get("message") or body.get("msg") or body.get("error_description") or f"HTTP {answer.status_code}"
    if body.get("code") == _NO_SUCH_FUNCTION:  # what PostgREST would call instead helps nobody who only typed a command
        return CommandError(
            f"The Data API has no such function: {message}.",
            hint="Its database is of another release than this program, which `outbound doctor` looks after: "
            "migrations go first (docs/deploy.md, Upgrading).",
            code=_NO_SUCH_FUNCTION,
        )
    detail = body.get("details")
    if isinstance(detail, str):
        with contextlib.suppress(ValueError):  # a detail of Postgres's own is a text, and says enough as it is
            detail = json.loads(detail)
    return CommandError(str(message), hint=body.get("hint"), code=body.get("code"), detail=detail)
