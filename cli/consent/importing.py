"""A do-not-contact list from a file of any size: read in batches, each of which the database checks and stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from cli.api import Api
from cli.bars import bar_of_bytes
from cli.csv_reader import CsvFile, UnreadableFileError
from cli.errors import CommandError

BATCH: Final = 10_000
"""Rows of one call. The database takes twice as many; so the bar moves, and no call nears the API's eight seconds."""

_KEPT_ISSUES: Final = 1000
_COUNTS: Final = ("rows", "numbers", "new", "known", "cancelled_jobs", "rejected")
_NAMES: Final = {
    "phone": {"phone", "phonenumber", "number", "telephone", "tel", "mobile", "mobilephone", "cell", "cellphone"},
    "channel": {"channel"},
    "note": {"note", "notes", "comment", "comments", "memo"},
}


@dataclass(frozen=True)
class Columns:
    """Where the number, the channel and the note of a row are, counted from 0, and which row names them (0: none)."""

    phone: int
    channel: int | None
    note: int | None
    header_row: int

    @classmethod
    def of(cls, file: CsvFile, phone: str | None, channel: str | None, note: str | None) -> Self:
        """What is asked for by name or place; otherwise the columns that have a name of ours, else the first."""
        sample = file.sample()
        first = next((row for row, cells in enumerate(sample) if any(cell.strip() for cell in cells)), None)
        if first is None:
            raise UnreadableFileError(f"{file.path.name} has no rows.")
        cells = sample[first]
        place = _place(file, cells, "phone", phone) or 0
        has_header = place < len(cells) and cells[place].strip() != "" and not any(map(str.isdigit, cells[place]))
        return cls(
            place,
            _place(file, cells, "channel", channel),
            _place(file, cells, "note", note),
            first + 1 if has_header else 0,
        )

    def row(self, cells: Sequence[str]) -> dict[str, str]:
        """A row as the database takes it."""
        places = {"phone": self.phone, "channel": self.channel, "note": self.note}
        return {name: cells[at] for name, at in places.items() if at is not None and at < len(cells)}


@dataclass(frozen=True)
class Import:
    """What is asked for."""

    file: CsvFile
    columns: Columns
    reason: str
    channel: str | None
    team_id: str | None
    partial: bool


@dataclass
class Answer:
    """What all batches came to. A number in two batches counts twice among `numbers`, and once as new when stored."""

    reason: str
    dry_run: bool
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))
    issues: list[dict[str, Any]] = field(default_factory=list)
    more_issues: int = 0

    def add(self, answer: dict[str, Any], numbers: Sequence[int]) -> None:
        """Take in the answer to a batch whose rows have these numbers in the file."""
        for name in _COUNTS:
            self.counts[name] += answer[name]
        kept = answer["issues"][: _KEPT_ISSUES - len(self.issues)]
        self.issues += [issue | {"row": numbers[issue["row"] - 1]} for issue in kept]
        self.more_issues += len(answer["issues"]) - len(kept)

    def shown(self) -> dict[str, Any]:
        """As it is printed."""
        return {
            "reason": self.reason, "dry_run": self.dry_run, **self.counts, "issues": self.issues,
            "more_issues": self.more_issues,
        }  # fmt: skip

    def refuse_bad_rows(self, *, partial: bool) -> None:
        """Raise what is wrong with the file, unless the good rows are wanted without the others and there are any."""
        if self.counts["rejected"] and not (partial and self.counts["numbers"]):
            more = f" The first {len(self.issues):,} problems are shown." if self.more_issues else ""
            raise CommandError(
                f"{self.counts['rejected']:,} of {self.counts['rows']:,} rows can't be used; nothing was stored.{more}",
                hint="Correct the rows, or import the others with --partial.",
                code="OB001",
                detail=self.issues,
            )


def import_file(api: Api, asked: Import, *, dry_run: bool) -> Answer:
    """Every batch of a file, checked or stored. Each is stored as a whole; after a failure the file can come again."""
    answer = Answer(asked.reason, dry_run)
    with bar_of_bytes(f"{'Checking' if dry_run else 'Storing'} {asked.file.path.name}", asked.file.size) as advance:
        for position, records in asked.file.batches(BATCH):
            rows = [
                (number, asked.columns.row(cells))
                for number, cells in records
                if number > asked.columns.header_row and "".join(cells).strip()
            ]
            if rows:
                told = api.rpc(
                    "import_suppressions",
                    p_rows=[row for _, row in rows],
                    p_reason=asked.reason,
                    p_channel=asked.channel,
                    p_partial=asked.partial,
                    p_dry_run=dry_run,
                    p_team_id=asked.team_id,
                )
                answer.add(told, [number for number, _ in rows])
            advance(position)
    if not answer.counts["rows"]:
        raise UnreadableFileError(f"{asked.file.path.name} has no rows below its header.")
    return answer


def _key(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _place(file: CsvFile, header: Sequence[str], field: str, asked: str | None) -> int | None:
    """The place of a column that is asked for by name or place, else of the one that has a name of ours."""
    keys = [_key(cell) for cell in header]
    if asked is None:
        return next((place for place, key in enumerate(keys) if key in _NAMES[field]), None)
    if asked.isdecimal() and 1 <= int(asked) <= len(keys):
        return int(asked) - 1
    if _key(asked) in keys:
        return keys.index(_key(asked))
    raise CommandError(f"{file.path.name} has no column {asked}.", hint=f"Its first row is: {', '.join(header)}")
