"""Files as people export them become rows of cells, or one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.csv_reader import UnreadableFileError, guess_delimiter, open_csv

Write = Callable[[bytes | str], Path]
ROWS = "name,phone\r\nJosé,212-555-0101\r\n"


def cells(path: Path) -> list[list[str]]:
    return [row for _, row in open_csv(path).records()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings_are_found_out(write: Write, encoding: str) -> None:
    assert cells(write(ROWS.encode(encoding))) == [["name", "phone"], ["José", "212-555-0101"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(write: Write, delimiter: str) -> None:
    text = f'name{delimiter}note{delimiter}phone\nAnn{delimiter}"a, b; c | d"{delimiter}212-555-0101\n'
    assert cells(write(text))[1] == ["Ann", "a, b; c | d", "212-555-0101"]


def test_a_single_column_is_not_cut() -> None:
    assert guess_delimiter("phone\n212-555-0101\n(303) 555-0102\n") == ","


def test_a_line_that_states_the_separator_is_no_row(write: Write) -> None:
    file = open_csv(write("sep=;\nname;phone\nAnn, B;212-555-0101\n"))
    assert list(file.records()) == [(2, ["name", "phone"]), (3, ["Ann, B", "212-555-0101"])]
    assert file.sample()[:2] == [[], ["name", "phone"]]


def test_rows_are_numbered_as_a_spreadsheet_does(write: Write) -> None:
    text = 'name,phone\n\n"two\nlines",212-555-0101\nAnn,212-555-0102'
    numbers = [number for number, row in open_csv(write(text)).records() if row]
    assert numbers == [1, 3, 4]


def test_formulas_and_quotes_are_data(write: Write) -> None:
    assert cells(write('a,b\n=SUM(A1),"say ""hi"""\n'))[1] == ["=SUM(A1)", 'say "hi"']


def test_the_last_row_may_span_lines(write: Write) -> None:
    assert cells(write('a,b\n1,"two\nlines"'))[1] == ["1", "two\nlines"]
    assert cells(write('a,b\n1,"two\nlines"\n'))[1] == ["1", "two\nlines"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"PK\x03\x04\x00\x00\x00\x00binary", "is not a text file"),
        (b"\xfe\xff" + "a,b\n1,2\n".encode("utf-32-le"), "is not a text file"),
        (b"a,b\n\x81\x8d,\x90\n", "is not text in utf-8 or cp1252"),
        (b'phone,name\n2125550101,"Ann\n2125550102,Bob\n', "row 2 on: a quote that opens there is never closed"),
    ],
)
def test_what_is_no_table_of_text_is_refused_in_a_sentence(write: Write, content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFileError, match=sentence):
        cells(write(content))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="No such file"):
        open_csv(tmp_path / "gone.csv")


def test_batches_tell_how_far_they_are(write: Write) -> None:
    file = open_csv(write("phone\n" + "2125550101\n" * 12_000))
    batches = list(file.batches(rows=5000))
    assert [len(rows) for _, rows in batches] == [5000, 5000, 2001]
    assert batches[-1][0] == file.size
    assert [rows[0][0] for _, rows in batches] == [1, 5001, 10_001]
