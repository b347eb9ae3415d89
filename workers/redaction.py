"""Keeping secrets out of logs and out of the database.

Providers echo what they were sent: Vapi's call object holds the very headers that authenticate its messages. So what
is stored passes through here, and what is logged does too.
"""

from collections.abc import Iterable
from typing import Any, Final

REDACTED: Final = "[redacted]"

_SECRET_KEYS: Final = frozenset(
    {
        "accesstoken",
        "apikey",
        "apisecret",
        "authorization",
        "authtoken",
        "clientsecret",
        "credentials",
        "databaseurl",
        "headers",
        "password",
        "privatekey",
        "secret",
        "secretkey",
        "serverurlsecret",
        "token",
        "twilioauthtoken",
        "xvapisecret",
    }
)

_SHORTEST_SECRET: Final = 6
"""Shorter values would blank out ordinary words; no provider issues such secrets."""


class Redactor:
    """Replaces secrets by name of the key that holds them and by value, in any nesting of dicts and lists."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values = sorted({value for value in values if len(value) >= _SHORTEST_SECRET}, key=len, reverse=True)

    def text(self, value: str) -> str:
        """The text without any known secret."""
        for secret in self._values:
            if secret in value:
                value = value.replace(secret, REDACTED)
        return value

    def scrub(self, value: Any) -> Any:
        """A copy of JSON-like data without secrets."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self._scrub_item(key, item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.scrub(item) for item in value]
        return value

    def _scrub_item(self, key: Any, value: Any) -> Any:
        if value and isinstance(key, str) and key.replace("_", "").replace("-", "").lower() in _SECRET_KEYS:
            return REDACTED
        return self.scrub(value)
