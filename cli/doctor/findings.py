"""What was looked at, how it is, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How it is. Only `wrong` keeps the product from working; `skipped` could not be looked at."""

    ok = "ok"
    warning = "warning"
    wrong = "wrong"
    skipped = "skipped"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    status: Status
    message: str
    cure: str | None = None


def ok(name: str, message: str) -> Finding:
    """It is as it should be."""
    return Finding(name, Status.ok, message)


def warning(name: str, message: str, cure: str) -> Finding:
    """It works, and somebody should know."""
    return Finding(name, Status.warning, message, cure)


def wrong(name: str, message: str, cure: str) -> Finding:
    """It does not work."""
    return Finding(name, Status.wrong, message, cure)


def skipped(name: str, message: str, cure: str | None = None) -> Finding:
    """Nobody could look."""
    return Finding(name, Status.skipped, message, cure)
