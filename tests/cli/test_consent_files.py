"""Where the numbers of a do-not-contact list are found, whatever the file looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.consent.importing import Answer, Columns, Import, import_file
from cli.csv_reader import UnreadableFileError, open_csv
from cli.errors import CommandError


class Told:
    """An API that keeps what it was asked and says that row 2 of each batch is bad."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []

    def rpc(self, _function: str, **arguments: Any) -> dict[str, Any]:
        rows = arguments["p_rows"]
        self.rows += rows
        bad = [{"row": 2, "column": "phone", "code": "phone_too_short", "message": "x"}] if len(rows) > 1 else []
        good = len(rows) - len(bad)
        return {
            "rows": len(rows), "numbers": good, "new": good, "known": 0, "cancelled_jobs": 0, "rejected": len(bad),
            "issues": bad,
        }  # fmt: skip


def read(path: Path, text: str, **columns: str) -> tuple[list[dict[str, str]], Answer]:
    path.write_text(text)
    file = open_csv(path)
    found = Columns.of(file, columns.get("phone"), columns.get("channel"), columns.get("note"))
    told: Any = Told()
    answer = import_file(told, Import(file, found, "do_not_contact", None, None, partial=True), dry_run=True)
    return told.rows, answer


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("2125550123\n2125550124\n", {}, [{"phone": "2125550123"}, {"phone": "2125550124"}]),
        ("Phone\n2125550123\n", {}, [{"phone": "2125550123"}]),
        ("\nName;Phone Number;Channel\n\nDana;2125550123;text\n", {}, [{"phone": "2125550123", "channel": "text"}]),
        ("who,tel,memo\nDana,2125550123,rang us\n", {}, [{"phone": "2125550123", "note": "rang us"}]),
        ("a,b\nx,2125550123\n", {"phone": "B"}, [{"phone": "2125550123"}]),
        ("x,2125550123\n", {"phone": "2", "note": "1"}, [{"phone": "2125550123", "note": "x"}]),
    ],
)
def test_columns_are_found_by_name_or_place(
    tmp_path: Path, text: str, columns: dict[str, str], rows: list[dict[str, str]]
) -> None:
    assert read(tmp_path / "list.csv", text, **columns)[0] == rows


def test_problems_name_the_rows_of_the_file(tmp_path: Path) -> None:
    _, answer = read(tmp_path / "list.csv", "Phone\n2125550123\n\n12\n")
    assert answer.issues[0]["row"] == 4
    assert answer.counts["rejected"] == 1
    answer.refuse_bad_rows(partial=True)
    with pytest.raises(CommandError) as refused:
        answer.refuse_bad_rows(partial=False)
    assert (refused.value.code, refused.value.detail) == ("OB001", answer.issues)


def test_problems_of_a_long_file_are_counted_and_not_all_kept() -> None:
    answer = Answer("do_not_contact", dry_run=True)
    batch = {"rows": 900, "numbers": 0, "new": 0, "known": 0, "cancelled_jobs": 0, "rejected": 900}
    for _ in range(2):
        answer.add(batch | {"issues": [{"row": n} for n in range(1, 901)]}, range(1, 901))
    assert (len(answer.issues), answer.more_issues, answer.counts["rejected"]) == (1000, 800, 1800)


@pytest.mark.parametrize(("text", "columns"), [("a,b\n1,2\n", {"phone": "c"}), ("a,b\n1,2\n", {"note": "3"})])
def test_a_column_that_is_not_there_is_refused(tmp_path: Path, text: str, columns: dict[str, str]) -> None:
    with pytest.raises(CommandError, match="has no column"):
        read(tmp_path / "list.csv", text, **columns)


@pytest.mark.parametrize("text", ["Phone\n", "\n\n"])
def test_a_file_without_rows_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFileError):
        read(tmp_path / "list.csv", text)
