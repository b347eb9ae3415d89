"""Headless Chromium, where it is installed: pictures and prints of a page, through its own debugging protocol."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import httpx
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from cli.errors import CommandError
from cli.stack.processes import wait_until

_INCHES = {"a4": (8.27, 11.69), "letter": (8.5, 11.0)}
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# It speaks to nobody but us, and keeps nothing.
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--remote-debugging-port=0",
)  # fmt: skip
_SECONDS = 60


class Paper(StrEnum):
    """What a page is printed on."""

    A4 = "a4"
    LETTER = "letter"


class Page:
    """One page in the browser."""

    def __init__(self, socket: Connection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One request of the protocol and its answer; what the browser tells in between is passed over."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": arguments}))
        while True:
            told = json.loads(self._socket.recv(timeout=_SECONDS))
            if told.get("id") == number:
                if "error" in told:
                    raise CommandError(f"Chromium refused {method}: {told['error']['message']}.")
                answer: dict[str, Any] = told["result"]
                return answer

    def show(self, path: Path, width: int, scheme: Literal["light", "dark"]) -> None:
        """Open a file in a window of this width, by day or by night."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("Page.navigate", url=path.resolve().as_uri())
        ready = "document.readyState === 'complete' && location.protocol === 'file:'"
        if not wait_until(
            lambda: self.ask("Runtime.evaluate", expression=ready)["result"].get("value") is True, _SECONDS
        ):
            raise CommandError(f"Chromium does not finish {path}.")

    def picture(self) -> bytes:
        """The whole page as PNG."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        taken = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(taken["data"])

    def pdf(self, paper: Paper) -> bytes:
        """The page as it is printed on this paper."""
        width, height = _INCHES[paper]
        printed = self.ask("Page.printToPDF", paperWidth=width, paperHeight=height, preferCSSPageSize=False)
        return base64.b64decode(printed["data"])


@contextmanager
def browser() -> Iterator[Page]:
    """A browser with one empty page, gone afterwards with all that it kept."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        raise CommandError("There is no Chromium on this machine.", hint="On Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="outbound-browser-", ignore_cleanup_errors=True) as folder:
        running = subprocess.Popen(
            [program, *_QUIET, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with connect(_address(Path(folder), running), max_size=None) as socket:
                yield Page(socket)
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _address(folder: Path, running: subprocess.Popen[bytes]) -> str:
    """Where the page listens; the browser writes its port to a file when it is up."""
    port = folder / "DevToolsActivePort"
    found: list[str] = []

    def listens() -> bool:
        if port.exists() and (lines := port.read_text().splitlines()):
            pages = httpx.get(f"http://127.0.0.1:{lines[0]}/json", trust_env=False).json()
            found.extend(str(page["webSocketDebuggerUrl"]) for page in pages if page["type"] == "page")
        return bool(found) or running.poll() is not None

    wait_until(listens, _SECONDS)
    if found:
        return found[0]
    raise CommandError("Chromium does not start.")
