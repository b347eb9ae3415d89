"""Files that imports are measured on hold what they say, whoever reads them."""

from __future__ import annotations

import csv
from pathlib import Path

import phonenumbers
import pytest

from cli.bench.contact_files import HEADER, write_contacts
from cli.bench.import_ import _demand_counts
from cli.errors import CommandError


def _e164(cell: str) -> str | None:
    """The number of a cell by a library that is not ours; what a spreadsheet has added is taken off first."""
    try:
        number = phonenumbers.parse(cell.removeprefix("Cell:").removesuffix(".0").strip('="'), "US")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number.country_code == 1 else None


def test_counts_are_what_is_in_the_file(tmp_path: Path) -> None:
    file = write_contacts(tmp_path / "contacts.csv", 10_250)
    with file.path.open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    assert tuple(header) == HEADER
    assert len(rows) == file.rows == 10_250
    numbers = [_e164(cells[3]) if place % 100 != 37 else None for place, cells in enumerate(rows)]
    usable = [number for number in numbers if number]
    assert len(rows) - len(usable) == file.rejected == 103
    assert len(usable) - len(set(usable)) == file.duplicate == 102
    assert len(set(usable)) == file.accepted
    assert sum("@" not in cells[4] for cells in rows if cells[4]) == file.bad_email == 51
    assert len({cells[0] for cells in rows}) == len(rows)


def test_a_file_is_the_same_every_time(tmp_path: Path) -> None:
    one, other = (write_contacts(tmp_path / name, 1_000).path for name in ("one.csv", "other.csv"))
    assert one.read_bytes() == other.read_bytes()


def test_an_import_that_finds_something_else_is_not_measured(tmp_path: Path) -> None:
    file = write_contacts(tmp_path / "contacts.csv", 500)
    with pytest.raises(CommandError):
        _demand_counts({"counts": {"fetched": 500, "added": 500}}, file)
