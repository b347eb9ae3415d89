"""Every error that the database can refuse with, and what workers may do about those that are not refusals.

The registry's home is `reference.errors` in SQL; `ERRORS` is its one map in Python. A test keeps the two equal.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Self

ERRORS: Final[Mapping[str, str]] = {
    "OB001": "validation failed",
    "OB002": "invalid transition",
    "OB003": "immutable",
    "OB004": "not found",
    "OB005": "in use",
    "OB006": "conflict",
    "OB007": "not ready",
    "OB008": "forbidden",
    "OB009": "too many",
}
"""SQLSTATE to name, as in the contract."""


class OutboundError(Exception):
    """A refusal by the database.

    Attributes:
        code: The SQLSTATE, one of `ERRORS`.
        message: A sentence for a person.
        detail: JSON for a program; its shape belongs to the code (see the contract).
        hint: What to do next; may be empty.
    """

    def __init__(self, code: str, message: str, detail: Any = None, hint: str = "") -> None:
        super().__init__(f"{code} ({ERRORS.get(code, 'unknown')}): {message}")
        self.code = code
        self.message = message
        self.detail = detail
        self.hint = hint

    @property
    def name(self) -> str:
        """The name of the error in the contract."""
        return ERRORS.get(self.code, "unknown")

    @classmethod
    def from_parts(cls, code: str, message: str, detail: str | None, hint: str | None) -> Self:
        """Build the error out of what Postgres or PostgREST sends: the detail is JSON in a string, or plain text."""
        parsed: Any = detail
        if detail:
            try:
                parsed = json.loads(detail)
            except ValueError:
                parsed = detail
        return cls(code, message, parsed, hint or "")


class DatabaseUnavailableError(Exception):
    """The database did not answer, or took the statement back: the same call may be made again later.

    Whether the statement took effect is not known, which is why every function of the engine that workers call can be
    called twice.
    """


class DatabaseFaultError(Exception):
    """A statement failed in a way that another try will not mend, such as a function that is not there (yet)."""


class ConfigurationError(Exception):
    """A setting is missing or cannot be used. The text names it and says what it is for; it never holds a value."""
