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
_TAIL_BYTES = 1 << 12
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
        for _, batch in self.batches():
            yield from batch

    def batches(self, rows: int = 250) -> Iterator[tuple[int, list[Record]]]:
        """Rows in batches, each with how many bytes of the file have been read so far."""
        csv.field_size_limit(_LONGEST_CELL)
        with self.path.open("rb") as raw, io.TextIOWrapper(raw, encoding=self.encoding, newline="") as text:
            number = len([next(text)]) if self.has_separator_line else 0
            # nothing is done here for a row alone, because of how many there are
            numbered = enumerate(csv.reader(text, delimiter=self.delimiter), number + 1)
            last: list[str] = []
            while batch := self._batch(numbered, rows, number):
                number, last = batch[-1]
                yield raw.tell(), batch
            self._demand_end(number, last)

    def _batch(self, numbered: Iterator[Record], rows: int, number: int) -> list[Record]:
        """The rows after `number`, so many or what is left."""
        batch: list[Record] = []
        try:
            batch.extend(islice(numbered, rows))
        except csv.Error as error:
            read = batch[-1][0] if batch else number
            raise UnreadableFileError(
                f"{self.path.name} can't be read from row {read + 1} on: {error}.",
                hint="A quote that is never closed swallows the rows after it.",
            ) from error
        return batch

    def _demand_end(self, number: int, cells: list[str]) -> None:
        """A cell that holds a line break was quoted, so a file whose last one does ends with the quote."""
        if cells and "\n" in cells[-1]:
            with self.path.open("rb") as raw:
                raw.seek(max(0, self.size - _TAIL_BYTES))
                # whatever the encoding, an ASCII character is its byte among zeros
                tail = raw.read().replace(b"\0", b"").rstrip()
            if not tail.endswith(b'"'):
                raise UnreadableFileError(
                    f"{self.path.name} can't be read from row {number} on: a quote that opens there is never closed.",
                    hint='Within a quoted cell a quote is written twice: "".',
                )


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
