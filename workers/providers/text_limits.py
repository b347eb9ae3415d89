"""Cutting text to a provider's limit without breaking a character."""

import unicodedata
from collections.abc import Iterator
from typing import Final

_JOINER: Final = "\u200d"
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)
_TAGS: Final = range(0xE0020, 0xE0080)


def cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units of the text, whole characters only, without white space around it.

    JavaScript counts lengths in UTF-16 units, in which an emoji has two. Accents, joined emoji and flags stay whole.
    """
    kept, length = "", 0
    for character in _characters(" ".join(text.split())):
        length += len(character.encode("utf-16-le", "surrogatepass")) // 2
        if length > limit:
            break
        kept += character
    return kept.rstrip()


def _characters(text: str) -> Iterator[str]:
    """The text in pieces that people see as one character."""
    current = ""
    for point in text:
        if current and not _extends(current, point):
            yield current
            current = ""
        current += point
    if current:
        yield current


def _extends(current: str, point: str) -> bool:
    code = ord(point)
    if point == _JOINER or current.endswith(_JOINER) or unicodedata.category(point) in {"Mn", "Me", "Mc"}:
        return True
    if code in _SKIN_TONES or code in _TAGS:
        return True
    return code in _FLAG_LETTERS and len(current) == 1 and ord(current) in _FLAG_LETTERS
