"""The Data API over a benchmark's database: the stack's own gateway and PostgREST, started for it alone."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import httpx
import jwt

from cli.api import Api
from cli.errors import CommandError
from cli.settings import PROJECT
from cli.stack.parts import BY_NAME, Databases, Part, log_of, part_environment, url_of
from cli.stack.ports import settle_ports
from cli.stack.processes import last_words, spawn, wait_until
from cli.stack.state import StackState

_NEEDED = ("postgrest", "gateway")
_READY_SECONDS = 90.0
_TOKEN_SECONDS = 24 * 3600


class DataApi:
    """The running pair; callers are made from it."""

    def __init__(self, state: StackState) -> None:
        self._state = state

    def as_person(self, user_id: UUID) -> Api:
        """A client that calls as a person who has signed in."""
        return Api(*self.credentials(user_id))

    def credentials(self, user_id: UUID) -> tuple[str, str, str]:
        """What such a client is made from, in this process or another: address, key and token."""
        now = int(time.time())
        claims = {"sub": str(user_id), "role": "authenticated", "aud": "authenticated", "iat": now}
        token = jwt.encode({**claims, "exp": now + _TOKEN_SECONDS}, self._state.jwt_secret, algorithm="HS256")
        return url_of(self._state, "gateway"), self._state.api_key("anon"), token


@contextlib.contextmanager
def serve(folder: Path, api_url: str, auth_url: str) -> Iterator[DataApi]:
    """Start both, wait until they answer, and stop them at the end."""
    state = StackState()
    # neither of the two has anything to do with the workers' connection
    with running(folder, _NEEDED, state, Databases(api=api_url, auth=auth_url, worker="")):
        yield DataApi(state)


@contextlib.contextmanager
def running(folder: Path, names: Sequence[str], state: StackState, urls: Databases) -> Iterator[None]:
    """Start parts of the stack on free ports, wait until they answer, and stop them at the end."""
    parts = [BY_NAME[name] for name in names]
    settle_ports(state, [port for part in parts for port in part.ports], ())
    with contextlib.ExitStack() as stack:
        for part in parts:
            handle = spawn(
                part.command(),
                environment=part_environment(folder, part, state, urls),
                mark=f"{state.id}:{part.name}",
                log=log_of(folder, part.name),
                folder=PROJECT,
            )
            stack.callback(handle.end, part.patience)
        for part in parts:
            _wait_until_ready(folder, part, state)
        yield


def _wait_until_ready(folder: Path, part: Part, state: StackState) -> None:
    port, path = part.health
    if not wait_until(lambda: _answers(url_of(state, port, path)), _READY_SECONDS):
        raise CommandError(f"{part.name} does not answer: {last_words(log_of(folder, part.name))}")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=2.0).is_success
    except httpx.HTTPError:
        return False
