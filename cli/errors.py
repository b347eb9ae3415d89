"""What a command raises when it cannot do what it was asked to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class CommandError(Exception):
    """A refusal that a person is meant to read: one clear sentence, and the way out where there is one.

    Printed to stderr by `cli.app`, exit status 1. `code` is an OBxxx from the error registry where the database
    refused, else None; `detail` is its JSON.
    """

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None, detail: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.detail = detail


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Around the writing of a file that a person named: that it can't be written is a refusal, not a crash."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
