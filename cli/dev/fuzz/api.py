"""PostgREST before a database of its own, set up as the stack does, where every call is undone after its answer."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import jwt

from cli.dev.fuzz.calls import Answer, Call
from cli.dev.fuzz.scene import Scene
from cli.errors import CommandError
from cli.stack.parts import BY_NAME, Databases
from cli.stack.ports import free_port
from cli.stack.processes import last_words, wait_until
from cli.stack.state import StackState

_START_SECONDS = 60.0
_ANSWER_SECONDS = 120.0
# Calls come one after the other, and what a connection has planned it need not plan again.
_CONNECTIONS = 1


class Api:
    """A connection to PostgREST, and the tokens of the scene's people."""

    def __init__(self, state: StackState, scene: Scene) -> None:
        self.scene = scene
        self._state = state
        self._tokens = {
            name: self._token({"role": "authenticated", "sub": user_id})
            for name, user_id in {**scene.own.people, "stranger": scene.stranger}.items()
        } | {role: self._token({"role": role}) for role in ("anon", "service_role")}
        self._http: http.client.HTTPConnection | None = None

    def send(self, call: Call) -> Answer:
        """Make a call; what it wrote is rolled back, once its deferred constraints were checked."""
        headers = {
            "Authorization": f"Bearer {self._tokens[call.persona]}",
            "Content-Type": "application/json",
            "Prefer": "tx=rollback",
        }
        address, body = f"/rpc/{call.function}", None
        if call.method == "GET":
            address += f"?{call.query(self.scene)}"
        else:
            body = call.body(self.scene)
        started = time.monotonic()
        for is_last in (False, True):
            try:
                connection = self._connection()
                connection.request(call.method, address, body, headers)
                answer = connection.getresponse()
                told = answer.read()
            except (http.client.HTTPException, OSError) as error:
                self.close()  # the server may have closed a connection that was idle
                if is_last:
                    return Answer(0, f"no answer: {type(error).__name__} {error}".encode(), time.monotonic() - started)
            else:
                return Answer(answer.status, told, time.monotonic() - started)
        raise AssertionError

    def close(self) -> None:
        """Close the connection."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def _connection(self) -> http.client.HTTPConnection:
        if self._http is None:
            port = self._state.ports["postgrest"]
            self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
        return self._http

    def _token(self, claims: dict[str, str]) -> str:
        return jwt.encode({**claims, "exp": int(time.time()) + 7 * 86_400}, self._state.jwt_secret, algorithm="HS256")


@contextlib.contextmanager
def serving(database_url: str, scene: Scene) -> Iterator[Api]:
    """PostgREST on a database with the scene, for as long as this lasts; the URL is the authenticator's."""
    part = BY_NAME["postgrest"]
    state = StackState(ports={"postgrest": free_port(), "postgrest_admin": free_port(), "gateway": 1})
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        **part.environment(state, Databases(api=database_url, auth="", worker="")),
        "PGRST_DB_TX_END": "commit-allow-override",
        "PGRST_DB_POOL": str(_CONNECTIONS),
        "PGRST_DB_CHANNEL_ENABLED": "false",
        "PGRST_LOG_LEVEL": "error",
    }
    with tempfile.TemporaryDirectory(prefix="outbound-fuzz-") as folder:
        log = Path(folder) / "postgrest.log"
        with (
            log.open("wb") as output,
            subprocess.Popen(
                part.command(), env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            ) as process,
        ):
            try:
                _wait_until_ready(state.ports["postgrest_admin"], process, log)
                with contextlib.closing(Api(state, scene)) as api:
                    yield api
            finally:
                process.terminate()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    def answered() -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            with contextlib.closing(connection):
                connection.request("GET", "/ready")
                return connection.getresponse().status == 200
        return False

    wait_until(lambda: process.poll() is not None or answered(), _START_SECONDS)
    if not answered():
        raise CommandError(f"PostgREST does not start: {last_words(log)}")
