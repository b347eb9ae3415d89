"""`outbound`, started once and forked for each command: a process of its own without the second that imports take.

    python -m tests.support.warm SOCKET

Everything that a command can see (arguments, environment, folder, standard streams, exit status) is its own.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import json
import os
import pkgutil
import socket
import socketserver
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

# The terminal's width is read when a module is imported.
COLUMNS = "200"
_SECONDS = 150


class _Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    request_queue_size = 100
    max_children = 100


class _Command(socketserver.StreamRequestHandler):
    """One connection: what is to be run, and what came of it. It lives in a process of its own."""

    def handle(self) -> None:
        from cli.app import run  # noqa: PLC0415 - the parent has imported it

        line = self.rfile.readline()
        if not line:  # somebody who only wants to know whether anybody is here
            return
        asked = json.loads(line)
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(asked["stdin"].encode())
            given.seek(0)
            for number, file in enumerate((given, out, err)):
                os.dup2(file.fileno(), number)
            sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), encoding="utf-8")
            sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding="utf-8")
            sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8")
            status = run(asked["arguments"])
            sys.stdout.flush()
            sys.stderr.flush()
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode())
        self.wfile.write(json.dumps([status, *texts]).encode())


def serve(path: str) -> None:
    """Import every command, then serve until killed."""
    import cli  # noqa: PLC0415 - only this process needs it

    for module in pkgutil.walk_packages(cli.__path__, "cli."):
        with contextlib.suppress(ImportError):  # what a command may do without
            importlib.import_module(module.name)
    with _Server(path, _Command) as server:
        server.serve_forever(poll_interval=1)


@cache
def _address() -> str:
    """Where this process's own server listens; started when it is first asked for, ended with the process."""
    folder = tempfile.TemporaryDirectory(prefix="outbound-warm-")
    path = str(Path(folder.name) / "socket")
    # what a command starts, it starts with the interpreter that the program has: the same, but perhaps by another name
    interpreter = Path(sys.executable).with_name("outbound").read_text().split("\n", 1)[0].removeprefix("#!")
    process = subprocess.Popen(
        [interpreter, "-m", __name__, path],
        env={**os.environ, "COLUMNS": COLUMNS},
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.DEVNULL,
    )

    def end() -> None:
        process.terminate()
        process.wait()
        folder.cleanup()

    atexit.register(end)
    while True:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(path)
            return path
        assert process.poll() is None, "the command line could not be imported"
        # the server is importing; there is nothing to wait on but its socket
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)


def run(
    arguments: Sequence[str], environment: Mapping[str, str], stdin: str, folder: str | None
) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `outbound …`."""
    asked = {
        "arguments": list(arguments),
        "environment": dict(environment),
        "stdin": stdin,
        "folder": folder or str(Path.cwd()),
    }
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_SECONDS)
        connection.connect(_address())
        connection.sendall(json.dumps(asked).encode() + b"\n")
        with connection.makefile("rb") as answer:
            status, out, err = json.load(answer)
    return status, out, err


if __name__ == "__main__":
    serve(sys.argv[1])
