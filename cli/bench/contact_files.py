"""Contact files as people export them, of any size and always the same: what an import is measured on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HEADER = ("Customer ID", "First Name", "Last Name", "Phone", "Email", "ZIP", "Lifetime Revenue")

# With the first digits of a ZIP code of each; toll-free and overlay codes come too.
_AREAS = (
    ("212", "100"), ("718", "112"), ("646", "100"), ("617", "021"), ("404", "303"), ("305", "331"), ("407", "328"),
    ("813", "336"), ("312", "606"), ("773", "606"), ("214", "752"), ("713", "770"), ("512", "787"), ("210", "782"),
    ("303", "802"), ("720", "802"), ("602", "850"), ("480", "852"), ("702", "891"), ("213", "900"), ("310", "902"),
    ("415", "941"), ("408", "951"), ("916", "958"), ("206", "981"), ("503", "972"), ("808", "968"), ("907", "995"),
    ("313", "482"), ("614", "432"), ("216", "441"), ("412", "152"), ("215", "191"), ("410", "212"), ("202", "200"),
    ("704", "282"), ("919", "276"), ("615", "372"), ("901", "381"), ("502", "402"), ("317", "462"), ("414", "532"),
    ("612", "554"), ("816", "641"), ("314", "631"), ("504", "701"), ("205", "352"), ("601", "392"), ("501", "722"),
    ("405", "731"), ("316", "672"), ("402", "681"), ("505", "871"), ("801", "841"), ("208", "837"), ("406", "591"),
    ("307", "820"), ("701", "581"), ("605", "571"), ("515", "503"), ("207", "041"), ("603", "031"), ("802", "054"),
    ("401", "029"), ("860", "061"), ("302", "198"), ("304", "253"), ("804", "232"), ("757", "235"), ("843", "294"),
    ("803", "292"), ("912", "314"), ("850", "323"), ("904", "322"), ("561", "334"), ("941", "342"), ("251", "366"),
    ("225", "708"), ("318", "711"), ("479", "729"), ("918", "741"), ("806", "794"), ("915", "799"), ("361", "784"),
    ("956", "785"), ("817", "761"), ("719", "809"), ("970", "805"), ("520", "857"), ("928", "860"), ("775", "895"),
    ("619", "921"), ("858", "921"), ("714", "926"), ("949", "926"), ("909", "917"), ("559", "937"), ("661", "933"),
    ("530", "959"), ("707", "954"), ("253", "984"), ("509", "992"), ("541", "974"), ("734", "481"), ("616", "495"),
    ("248", "483"), ("937", "454"), ("513", "452"),
)  # fmt: skip
_FIRST = (
    "Anthony", "Ronald", "Timothy", "Gregory", "Carol", "Stephen", "Łukasz", "Barbara", "Siobhán", "Nicholas", "Björn",
    "Brandon", "Christine", "Benjamin", "Mary Ann", "José", "Linda", "Patricia", "Wei", "Amir", "Olga", "Kevin", "Zoë",
)  # fmt: skip
_LAST = (
    "Richardson", "Ramos", "Hernández", "Robinson", "Chavez", "Kim", "Watson", "Ruiz", "Howard", "Torres", "Stewart",
    "Mitchell", "Smith", "Taylor", "Baker", "Jones", "Nguyen", "Ross", "O'Neil", "van den Berg", "Smith-Jones", "Lee",
    "Okafor", "Patel", "Garcia", "Murphy", "Kowalski", "Schmidt", "Rossi",
)  # fmt: skip

# The usual spellings, and how many of 200 rows have them; the rest of the rows share the odd ones.
_USUAL: tuple[tuple[int, Callable[[str, str, str], str]], ...] = (
    (64, lambda area, exchange, line: f"({area}) {exchange}-{line}"),
    (46, lambda area, exchange, line: f"{area}-{exchange}-{line}"),
    (30, lambda area, exchange, line: f"{area}{exchange}{line}"),
    (20, lambda area, exchange, line: f"+1{area}{exchange}{line}"),
    (14, lambda area, exchange, line: f"{area}.{exchange}.{line}"),
    (10, lambda area, exchange, line: f"1-{area}-{exchange}-{line}"),
    (6, lambda area, exchange, line: f"{area} {exchange} {line}"),
    (2, lambda area, exchange, line: f"+1 ({area}) {exchange}-{line}"),
    (2, lambda area, exchange, line: f"({area}) {exchange}-{line} x12"),
    (2, lambda area, exchange, line: f"Cell: {area}-{exchange}-{line}"),
    (1, lambda area, exchange, line: f'="{area}{exchange}{line}"'),
    (1, lambda area, exchange, line: f"tel:+1-{area}-{exchange}-{line}"),
    (1, lambda area, exchange, line: f"{area}{exchange}{line}.0"),
    (1, lambda area, exchange, line: f"{area}\u2013{exchange}\u2013{line}"),
)
_SPELLINGS = [spell for share, spell in _USUAL for _ in range(share)]
_UNUSABLE = ("", "n/a", "555-0134", "212-555-12", "(012) 555-1234", "2.12556E+09", "212-011-1234", "call office")
# Every hundredth row cannot be used, every hundredth repeats a number, every two-hundredth has a bad address.
_BAD_AT, _DUPLICATE_AT, _BAD_EMAIL_AT = 37, 71, 103
_LINES = 9_900  # of an exchange, those reserved for fiction aside
_EXCHANGES = 10
_STRIDE = 6_607_961  # prime to the count of numbers: they come in no order, and none comes twice


@dataclass(frozen=True)
class ContactFile:
    """A file, and what an import must make of it."""

    path: Path
    rows: int
    rejected: int
    duplicate: int
    bad_email: int

    @property
    def accepted(self) -> int:
        """People in it, each once."""
        return self.rows - self.rejected - self.duplicate


def write_contacts(path: Path, rows: int) -> ContactFile:
    """Write a file of so many rows below its header."""
    rejected = duplicate = bad_email = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(HEADER) + "\n")
        for start in range(0, rows, 10_000):
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows(_rows(start, min(start + 10_000, rows)))
            file.write(text.getvalue())
    for place in range(rows):
        rejected += _is_rejected(place)
        duplicate += _is_duplicate(place)
        bad_email += place % 200 == _BAD_EMAIL_AT
    return ContactFile(path, rows, rejected, duplicate, bad_email)


def _is_rejected(place: int) -> bool:
    return place % 100 == _BAD_AT


def _is_duplicate(place: int) -> bool:
    """The row repeats the number of the one before it but two, which is neither bad nor a repetition."""
    return place % 100 == _DUPLICATE_AT


def _rows(start: int, end: int) -> Iterator[tuple[str, ...]]:
    for place in range(start, end):
        area, exchange, line, zip_code = _number(place - 3 if _is_duplicate(place) else place)
        first, last = _FIRST[place % len(_FIRST)], _LAST[place % len(_LAST)]
        phone = (
            _UNUSABLE[place // 100 % len(_UNUSABLE)]
            if _is_rejected(place)
            else _SPELLINGS[place * 7 % len(_SPELLINGS)](area, exchange, line)
        )
        if place % 200 == _BAD_EMAIL_AT:
            email = "unknown"
        else:
            email = "" if place % 9 == 0 else f"{first[0]}.{last.split()[0]}{place}@example.com".lower()
        yield str(100_000 + place), first, last, phone, email, zip_code, f"${place % 9000}.{place % 90 + 10}"


def _number(place: int) -> tuple[str, str, str, str]:
    """Area code, exchange, line and ZIP code of a person."""
    rest, line = divmod(place * _STRIDE % (len(_AREAS) * _EXCHANGES * _LINES), _LINES)
    area, prefix = _AREAS[rest // _EXCHANGES]
    return area, f"55{rest % _EXCHANGES}", f"{line if line < 100 else line + 100:04}", f"{prefix}{place % 97:02}"
