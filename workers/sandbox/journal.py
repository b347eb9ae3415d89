"""The log of every request that the sandbox got and every webhook that it sent: the judge in fault tests.

An entry is written when its fate is decided and before the answer leaves, so whoever has an answer finds the entry.
Sequence numbers are the order in which requests took effect. Secrets never enter it.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TextIO
from urllib.parse import parse_qsl

REDACTED = "[redacted]"
BODY_LIMIT = 20_000
_SECRET_NAME = re.compile(r"authori[sz]ation|secret|token|api[-_]?key|password|cookie", re.IGNORECASE)


@dataclass
class Entry:
    """A request that came in, or a webhook that went out.

    `status` is what the other side was answered (for a webhook: what it answered); null when no answer passed.
    `taken` says whether the provider acted on the request, whatever the client was told: a call placed, a text sent.
    `sent_after` is, for a webhook, the last sequence number when it left.
    """

    kind: Literal["request", "webhook"]
    provider: str
    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    status: int | None = None
    answer: Any = None
    taken: bool = False
    fault: str | None = None
    error: str | None = None
    correlation: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    sent_after: int | None = None


class Journal:
    """Entries in order, in memory and, when a path is given, as JSON lines on disk.

    Each watcher is told of an entry at once, before the answer leaves: what it does happens between the two.
    """

    def __init__(self, path: Path | None = None, secrets: Iterable[str] = ()) -> None:
        self.secrets = tuple(secrets)
        self._entries: list[dict[str, Any]] = []
        self._first = 1 + _last_sequence(path)
        self._file: TextIO | None = None
        self._news = asyncio.Event()
        self.watchers: list[Callable[[Mapping[str, Any]], None]] = []
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")

    @property
    def last_seq(self) -> int:
        """The number of the newest entry; 0 when there is none."""
        return self._first + len(self._entries) - 1

    def write(self, entry: Entry, at: datetime) -> int:
        """Number an entry and keep it; returns its number. On disk before this returns, as far as the system goes."""
        seq = self.last_seq + 1
        record = {
            "seq": seq,
            "at": _moment(entry.at or at),
            "real_at": _moment(datetime.now(UTC)),
            "kind": entry.kind,
            "provider": entry.provider,
            "method": entry.method,
            "path": self._scrub(entry.path),
            "query": self._scrub(entry.query),
            "status": entry.status,
            "taken": entry.taken,
            "fault": entry.fault,
            "error": self._scrub(entry.error),
            "correlation": self._scrub(dict(entry.correlation)),
            "sent_after": entry.sent_after,
            "headers": self._scrub(dict(entry.headers)),
            "body": self._scrub(entry.body),
            "answer": self._scrub(entry.answer),
        }
        self._entries.append(record)
        if self._file:
            self._file.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")
            self._file.flush()
        self._news.set()
        self._news = asyncio.Event()
        for watcher in self.watchers:
            watcher(record)
        return seq

    def after(self, seq: int, limit: int = 1000) -> list[dict[str, Any]]:
        """Entries that come after `seq`, oldest first."""
        start = max(0, seq - self._first + 1)
        return self._entries[start : start + limit]

    def __len__(self) -> int:
        return len(self._entries)

    async def wait(self, seq: int, seconds: float) -> None:
        """Wait until there is an entry after `seq`, or the time is over."""
        if self.last_seq <= seq:
            news = self._news
            try:
                await asyncio.wait_for(news.wait(), seconds)
            except TimeoutError:
                return

    def close(self) -> None:
        """Close the file; entries in memory stay readable."""
        if self._file:
            self._file.close()
            self._file = None

    def _scrub(self, value: Any) -> Any:
        if isinstance(value, str):
            for secret in self.secrets:
                value = value.replace(secret, REDACTED)
            return value
        if isinstance(value, dict):
            return {key: self._scrub_named(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._scrub(item) for item in value]
        return value

    def _scrub_named(self, name: object, value: object) -> object:
        if isinstance(value, str) and value and _SECRET_NAME.search(str(name)):
            return REDACTED
        return self._scrub(value)


def read_body(raw: bytes, content_type: str) -> Any:
    """A body as the log keeps it: JSON and forms as objects, everything else as text, never too much of it."""
    if not raw:
        return None
    text = raw[:BODY_LIMIT].decode("utf-8", "replace")
    if len(raw) <= BODY_LIMIT and "json" in content_type:
        try:
            return json.loads(text)
        except ValueError:
            return text
    if "x-www-form-urlencoded" in content_type:
        return dict(parse_qsl(text, keep_blank_values=True))
    return text


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _last_sequence(path: Path | None) -> int:
    """The last number in a log that exists: a sandbox that was restarted goes on counting."""
    if path is None or not path.exists():
        return 0
    last = 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                last = max(last, int(json.loads(line)["seq"]))
            except (ValueError, KeyError, TypeError):
                continue  # a line cut short by a kill counts for nothing
    return last
