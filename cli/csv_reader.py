"""Reads contact files as people export them: encoding, delimiter and quoting found out, memory flat for any size.

What a column means is not decided here but in the database, for files and for frontends alike. Here a file becomes
rows of cells, or one sentence that says why it can't be read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cli.errors import CommandError

Record = tuple[int, list[str]]
"""Its number, as a spreadsheet counts rows, and its cells."""

_CHUNK = 1 << 20
_SAMPLE_BYTES = 1 << 18
_LONGEST_CELL = 1 << 20
_DELIMITERS = ",;\t|"
# the longer mark first: the one of UTF-32-LE begins with the one of UTF-16-LE
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>.)"?\s*$', re.IGNORECASE)


class UnreadableFileError(CommandError):
    """A file that can't be read as a table of text; the message says why."""


@dataclass(frozen=True)
class CsvFile:
    """A file that has been looked at: it is text throughout in `encoding`, and its cells are cut at `delimiter`."""

    path: Path
    size: int
    encoding: str
    delimiter: str
    has_separator_line: bool

    def sample(self, rows: int = 200) -> list[list[str]]:
        """The first rows, blank ones included, so that their places are the rows' numbers."""
        found: list[list[str]] = []
        for number, cells in islice(self.records(), rows):
            found += [[] for _ in range(number - 1 - len(found))]
            found.append(cells)
        return found

    def records(self) -> Iterator[Record]:
        """Every row; a line that says `sep=;` counts as a row but is none."""
        with self.path.open(encoding=self.encoding, newline="") as text:
            yield from self._parse(text, str(self.path.name))

    def batches(self, rows: int = 5000) -> Iterator[tuple[int, list[Record]]]:
        """Rows in batches, each with how many bytes of the file have been read so far."""
        with self.path.open("rb") as raw, io.TextIOWrapper(raw, encoding=self.encoding, newline="") as text:
            records = self._parse(text, str(self.path.name))
            while batch := list(islice(records, rows)):
                yield raw.tell(), batch

    def _parse(self, text: io.TextIOWrapper | io.StringIO, name: str) -> Iterator[Record]:
        lines = _Lines(text)
        if self.has_separator_line:
            next(lines)
        number = first = 1 if self.has_separator_line else 0
        csv.field_size_limit(_LONGEST_CELL)
        try:
            for number, cells in enumerate(csv.reader(lines, delimiter=self.delimiter), first + 1):
                # a cell that holds a line break was quoted, so the file's last one ends with the quote
                if lines.at_end and cells and "\n" in cells[-1] and not lines.last.rstrip().endswith('"'):
                    raise UnreadableFileError(
                        f"{name} can't be read from row {number} on: a quote that opens there is never closed.",
                        hint='Within a quoted cell a quote is written twice: "".',
                    )
                yield number, cells
        except csv.Error as error:
            raise UnreadableFileError(
                f"{name} can't be read from row {number + 1} on: {error}.",
                hint="A quote that is never closed swallows the rows after it.",
            ) from error


class _Lines:
    """Lines of a text that remember the last one and whether it was the last."""

    def __init__(self, text: io.TextIOWrapper | io.StringIO) -> None:
        self._lines = iter(text)
        self._ahead: str | None = next(self._lines, None)
        self.last = ""

    @property
    def at_end(self) -> bool:
        return self._ahead is None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._ahead is None:
            raise StopIteration
        self.last, self._ahead = self._ahead, next(self._lines, None)
        return self.last


def open_csv(path: Path, *, delimiter: str | None = None, encoding: str | None = None) -> CsvFile:
    """Look a file over; what is stated is taken, what is not is found out."""
    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            head = raw.read(_SAMPLE_BYTES)
    except OSError as error:
        raise UnreadableFileError(f"{path} can't be read: {error.strerror}.") from error
    if not head.strip():
        raise UnreadableFileError(f"{path.name} is empty.")
    chosen = _checked_encoding(path, [encoding] if encoding else _candidates(head))
    sample = codecs.getincrementaldecoder(chosen)(errors="strict").decode(head)
    first_line = sample.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")
    stated = _SEPARATOR_LINE.match(first_line)
    if delimiter is None:
        delimiter = stated["delimiter"] if stated else guess_delimiter(sample)
    return CsvFile(path, size, chosen, delimiter, has_separator_line=stated is not None)


def _candidates(head: bytes) -> Sequence[str]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return [encoding]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even or odd:
        # ASCII in two bytes has a zero in every second one
        return ["utf-16-be" if even > odd else "utf-16-le"]
    return ["utf-8", "cp1252"]


def _checked_encoding(path: Path, candidates: Sequence[str]) -> str:
    """The first encoding in which the whole file is text; NULs are none, they come of a binary file or a wrong mark."""
    for encoding in candidates:
        try:
            decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
        except LookupError as error:
            raise UnreadableFileError(f"There is no encoding called {encoding}.", hint="Such as utf-8.") from error
        try:
            with path.open("rb") as raw:
                while chunk := raw.read(_CHUNK):
                    if "\0" in decoder.decode(chunk):
                        raise UnreadableFileError(
                            f"{path.name} is not a text file: read as {encoding} it holds NUL characters.",
                            hint="Export it again as CSV in UTF-8; a workbook (.xlsx) must be saved as CSV first.",
                        )
                decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return encoding
    raise UnreadableFileError(
        f"{path.name} is not text in {' or '.join(candidates)}.", hint="Export it again as CSV in UTF-8."
    )


def guess_delimiter(text: str) -> str:
    """The delimiter that cuts most rows into the same number of cells; a comma where nothing is cut."""
    scores = {delimiter: _regularity(text, delimiter) for delimiter in _DELIMITERS}
    return max(_DELIMITERS, key=lambda delimiter: scores[delimiter])


def _regularity(text: str, delimiter: str) -> tuple[float, int]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = [row for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 100) if row]
    except csv.Error:
        return (0.0, 0)
    widths = Counter(len(row) for row in rows)
    if not widths:
        return (0.0, 0)
    width, rows_of_it = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (rows_of_it / len(rows), width) if width > 1 else (0.0, width)
