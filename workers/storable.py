"""What strangers say, such that Postgres can hold it: its text has no NUL and no half of a character."""

import math
from typing import Any, Final

DEEPEST: Final = 128


class UnstorableError(Exception):
    """A value that Postgres cannot hold, and that nothing can stand for."""


def storable(value: Any, deepest: int = DEEPEST) -> Any:
    """A copy of JSON-like data that `jsonb` can hold. What is no text, number, dict or list stays as it is."""
    if deepest < 0:
        msg = "nested too deeply"
        raise UnstorableError(msg)
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {storable(key, deepest - 1): storable(item, deepest - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item, deepest - 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        msg = "a number is out of range"
        raise UnstorableError(msg)
    return value


def storable_text(value: str) -> str:
    """Text without what Postgres cannot store: NUL, and halves of characters."""
    if "\x00" not in value and value.isascii():
        return value
    return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
