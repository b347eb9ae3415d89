"""`outbound metrics` without a database: moments as people say them, charts at any width, tables, files."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.errors import CommandError
from cli.files import write_whole
from cli.metrics import tables
from cli.metrics.asking import PHASES
from cli.metrics.charts import charts, merged
from cli.metrics.moments import moment_of, zone_of
from cli.workflows.drawing import for_encoding
from tests.support import analytics

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2027, 3, 15, 10, 30, tzinfo=NEW_YORK)  # the clocks went forward on the day before


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("now", "2027-03-15T10:30:00-04:00"),
        ("90m", "2027-03-15T09:00:00-04:00"),
        ("24h", "2027-03-14T10:30:00-04:00"),
        ("48H", "2027-03-13T09:30:00-05:00"),  # so long ago, on a clock that showed another hour
        ("7d", "2027-03-08T10:30:00-05:00"),  # as late on that day as now
        ("2w", "2027-03-01T10:30:00-05:00"),
        ("today", "2027-03-15T00:00:00-04:00"),
        ("yesterday", "2027-03-14T00:00:00-05:00"),
        ("2027-03-14", "2027-03-14T00:00:00-05:00"),
        ("2027-03-14T09:00", "2027-03-14T09:00:00-04:00"),
        ("2027-03-14T09:00Z", "2027-03-14T05:00:00-04:00"),
    ],
)
def test_a_moment_is_what_people_mean(said: str, meant: str) -> None:
    assert moment_of(said, NOW, NEW_YORK).isoformat() == meant


@pytest.mark.parametrize("said", ["", "soon", "-7d", "7 days", "99999w", "2027-13-01", "7d7d", "d"])
def test_nonsense_is_no_moment(said: str) -> None:
    with pytest.raises(CommandError):
        moment_of(said, NOW, NEW_YORK)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "America"])
def test_nonsense_is_no_zone(name: str) -> None:
    with pytest.raises(CommandError):
        zone_of(name)


def bars_of(lines: list[Any]) -> dict[str, list[str]]:
    """The three rows of each chart, beside its name."""
    names = [phase.replace("_", " ") for phase in PHASES]
    plain = [line.plain for line in lines]
    return {
        name: [row[12:] for row in plain[number : number + 3]]
        for number, text in enumerate(plain)
        for name in names
        if text[:12].strip() == name
    }


@settings(max_examples=40)
@given(st.integers(1, 200), st.integers(1, 250), st.integers(0, 10**6))
def test_charts_fit_any_terminal(width: int, buckets: int, peak: int) -> None:
    lines = charts(analytics.points(buckets, dialled=peak), NEW_YORK, width)
    assert max(line.cell_len for line in lines) <= width


def test_a_column_is_the_same_time_in_every_chart_and_nothing_is_left_out() -> None:
    points = analytics.points(30)
    wide = bars_of(charts(points, NEW_YORK, 12 + 60))
    for phase in ("dialled", "booked"):
        heights = [point[phase] for point in points]
        bottom = wide[phase][2].ljust(60)
        assert [bool(bottom[2 * n].strip()) for n in range(30)] == [bool(height) for height in heights]
    lines = charts(points, NEW_YORK, 12 + 10)
    highest = max(sum(point["dialled"] for point in points[first : first + 3]) for first in range(0, 30, 3))
    assert any(line.plain.startswith(f"max {highest} ") for line in lines)
    narrow = bars_of(lines)
    assert [bool(cell.strip()) for cell in narrow["booked"][2].ljust(10)] == [
        any(point["booked"] for point in points[first : first + 3]) for first in range(0, 30, 3)
    ]


def test_the_smallest_bar_can_be_seen_beside_the_highest() -> None:
    points = analytics.points(2, dialled=0)
    points[0]["dialled"], points[1]["dialled"] = 1, 100_000
    top, middle, bottom = bars_of(charts(points, NEW_YORK, 14))["dialled"]
    assert (top, middle, bottom) == (" █", " █", "▁█")


def test_what_did_not_happen_is_said_in_one_line() -> None:
    lines = [line.plain for line in charts(analytics.points(4, failed=0, opted_out=0), NEW_YORK, 80)]
    assert lines[-1].startswith("None ")
    assert "opted out" in lines[-1]
    assert "failed" in lines[-1]


def test_a_terminal_without_blocks_gets_other_characters() -> None:
    for line in charts(analytics.points(), NEW_YORK, 60):
        for_encoding(line, "ascii").plain.encode("ascii")


@settings(max_examples=40)
@given(st.integers(1, 300), st.integers(1, 130))
def test_neighbours_are_added_up(buckets: int, most: int) -> None:
    points = analytics.points(buckets)
    fewer = merged(points, most)
    assert len(fewer) <= most
    for phase in PHASES:
        assert sum(point[phase] for point in fewer) == sum(point[phase] for point in points)
    assert fewer[0]["bucket"] == points[0]["bucket"]


def test_csv_has_a_column_for_every_number_and_no_formula() -> None:
    nodes = [dict(node) for node in analytics.NODES]
    nodes[0]["label"] = '=HYPERLINK("http://x")'
    rows = list(csv.DictReader(io.StringIO(tables.as_csv(nodes))))
    assert rows[0]["label"] == '\'=HYPERLINK("http://x")'
    assert (rows[0]["outcomes.booked"], rows[1]["outcomes.booked"]) == ("65", "")
    assert rows[0]["workflow_versions"] == "1"
    [row] = csv.DictReader(io.StringIO(tables.as_csv([analytics.METRICS])))
    assert row["channels.text.waiting"] == "5"
    assert tables.as_csv([]) == "\n"


def test_numbers_of_several_campaigns_are_added_up(capsys: pytest.CaptureFixture[str]) -> None:
    twice = [analytics.AUDIENCE, analytics.AUDIENCE]
    assert tables.added(twice, "by_zone")["America/Denver"] == {"size": 116, "reached": 110, "booked": 10}
    assert list(tables.suppressed(twice).values()) == [72, 6, 2]
    named = {"name": "[red]Spring"} | analytics.METRICS
    tables.print_campaigns([named, named])
    shown = capsys.readouterr().out
    assert "[red]Spring" in shown, "no name is markup"
    assert "880" in shown, "calls of both"


def test_a_file_is_replaced_in_one_step_and_only_after_a_yes(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    write_whole(path, "old\n", yes=False)
    path.chmod(0o640)
    with pytest.raises(CommandError):
        write_whole(path, "new\n", yes=False)
    assert path.read_text() == "old\n"
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    write_whole(link, "new\n", yes=True)
    assert (path.read_text(), link.is_symlink(), path.stat().st_mode & 0o777) == ("new\n", True, 0o640)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["link.csv", "numbers.csv"], (
        "nothing is left of the writing"
    )


def test_a_file_that_cannot_be_written_whole_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("old\n")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half \udc80", yes=True)
    assert path.read_text() == "old\n"
    assert [found.name for found in tmp_path.iterdir()] == ["numbers.csv"]
    with pytest.raises(CommandError):
        write_whole(tmp_path / "nowhere" / "numbers.csv", "x", yes=True)


def test_a_day_is_marked_as_a_day() -> None:
    days = [
        dict(point, bucket=(NOW + timedelta(days=number)).isoformat())
        for number, point in enumerate(analytics.points(3))
    ]
    assert any("Mon 15 Mar " in line.plain + " " for line in charts(days, NEW_YORK, 80))
