"""The report's page without a database: whatever people wrote is text, nothing is fetched, and the drawing holds."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cli.demo.scene import WORKFLOW
from cli.dev.browser import browser
from cli.dev.project import ROOT
from cli.errors import CommandError
from cli.metrics.asking import PHASES, Span
from cli.report.drawing import draw_workflow
from cli.report.gathering import Report
from cli.report.layout import WIDTH, apart
from cli.report.page import render
from tests.support import analytics
from tests.workflows.graphs import random_graph

NEW_YORK = ZoneInfo("America/New_York")
HOSTILE = """</title><script>alert(1)</script><img src=https://x.test/a onerror=1>"' & {{ 7 * 7 }} ]]> \u202e"""
# what has no end tag
VOID = {"meta", "link", "br", "img", "input", "hr"}


def report(name: str = "Spring tune-ups") -> Report:
    return Report(
        campaign=analytics.campaign(name),
        team="Evergreen Heating & Air",
        span=Span(datetime(2027, 3, 1, 9, tzinfo=NEW_YORK), datetime(2027, 3, 3, 15, tzinfo=NEW_YORK), NEW_YORK),
        metrics={"name": name} | analytics.METRICS,
        nodes=analytics.NODES,
        points=analytics.points(),
        audience={"name": name} | analytics.AUDIENCE,
        failures=analytics.FAILURES,
        workflow=json.loads(WORKFLOW.read_text()),
    )


class Seen(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data + " "

    def attributes(self, name: str) -> list[str]:
        return [value or "" for _, attributes in self.elements for key, value in attributes.items() if key == name]


def hostile() -> Report:
    """Everything that somebody could have written is an attack."""
    workflow = json.loads(WORKFLOW.read_text())
    for node in workflow["nodes"]:
        node["data"]["label"] = HOSTILE
    for edge in workflow["edges"]:
        edge["data"]["when"] = HOSTILE
    told = report(HOSTILE)
    campaign = told.campaign | {
        "list": {"name": HOSTILE},
        "workflow": {"id": "w", "name": HOSTILE, "version": 1},
        "phone_number": {"phone": HOSTILE},
    }
    return replace(
        told,
        campaign=campaign,
        team=HOSTILE,
        workflow=workflow,
        nodes=[node | {"label": HOSTILE, "outcomes": {HOSTILE: 3}} for node in analytics.NODES],
        audience=told.audience
        | {
            "suppressed": {HOSTILE: 1},
            "by_source": {HOSTILE: {"size": 1, "reached": 1, "booked": 0}},
            "by_zone": {HOSTILE: {"size": 1, "reached": 1, "booked": 0}},
        },
        failures=[
            failure | {"reason_code": HOSTILE, "message": HOSTILE[::-1], "cure": HOSTILE}
            for failure in analytics.FAILURES
        ],
    )


def test_what_people_wrote_stays_text() -> None:
    tame, wild = Seen(render(report())), Seen(render(hostile()))
    assert {tag for tag, _ in wild.elements} == {tag for tag, _ in tame.elements}
    assert {key for _, found in wild.elements for key in found} == {key for _, found in tame.elements for key in found}
    assert wild.text.count("<script>alert(1)</script>") >= 6
    assert "{{ 7 * 7 }}" in wild.text, "nothing is a template"


@pytest.mark.parametrize("made", [report(), hostile()], ids=["usual", "hostile"])
def test_the_page_asks_for_nothing_and_runs_nothing(made: Report) -> None:
    page = render(made)
    seen = Seen(page)
    assert not seen.wrong
    assert not seen.open
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "image", "use"} & {
        tag for tag, _ in seen.elements
    }
    assert not seen.attributes("href")
    assert not seen.attributes("src")
    assert not [name for _, found in seen.elements for name in found if name.startswith("on")]
    assert not re.findall(r"@import|url\((?!#)", re.search(r"<style>.*</style>", page, re.DOTALL)[0])  # type: ignore[index]
    assert "default-src 'none'" in page


def test_charts_and_drawings_have_titles_and_tables() -> None:
    seen = Seen(render(report()))
    assert ("html", {"lang": "en"}) in seen.elements
    drawn = [found for tag, found in seen.elements if tag == "svg" and found.get("aria-hidden") is None]
    assert len(drawn) == 1 + len(PHASES)
    assert all(found["role"] == "img" and found["aria-label"] for found in drawn)
    assert all(found.get("scope") for tag, found in seen.elements if tag == "th")
    named = {found.get("id") for _, found in seen.elements}
    assert set(seen.attributes("aria-labelledby")) <= named


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG computes it."""

    def luminance(colour: str) -> float:
        digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
        parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_by_day_by_night_and_on_paper() -> None:
    sheets = re.findall(r":root \{(.*?)\}", render(report()), re.DOTALL)
    assert len(sheets) == 3
    for sheet in sheets:
        colours = dict(re.findall(r"--(\w+): #(\w+);", sheet))
        for name in ("ink", "soft", "good", "bad", "out"):  # these are written in
            for behind in ("page", "card"):
                assert contrast(colours[name], colours[behind]) >= 4.5, (name, behind)
        for name in ("done", "off", "call", "text", "trigger"):  # these are drawn in
            assert contrast(colours[name], colours["card"]) >= 3, name


def test_numbers_are_where_they_belong() -> None:
    words = " ".join(Seen(render(report())).text.split())
    for said in (
        "Enrolled 357",
        "Wed 03 Mar 2027, 14:30",
        "463 calls · 6 open · 16 failed",
        "65 booked, 126 voicemail",
        "voicemail, after 30m",
        "The number cannot be reached. undeliverable",
        "The provider's reason is pipeline-error. Look",
        "Correct the number at its source.",
        "America/Denver 58 55 5",
    ):
        assert said in words, said


def test_a_campaign_of_which_there_is_nothing_has_a_page() -> None:
    nothing: dict[str, Any] = {key: 0 if isinstance(value, int) else value for key, value in analytics.METRICS.items()}
    nothing["booking_rate"] = None
    zero = {"size": 0, "reached": 0, "reachable": 0, "booked": 0, "suppressed": {}, "by_source": {}, "by_zone": {}}
    points = analytics.points(3, **dict.fromkeys(PHASES, 0))
    told = report()
    campaign = told.campaign | {"started_at": None}
    page = render(
        replace(told, campaign=campaign, metrics=nothing, audience=zero, failures=[], points=points, nodes=[])
    )
    words = " ".join(Seen(page).text.split())
    assert "Nobody is enrolled yet." in words
    assert "Nothing has happened yet." in words


@pytest.mark.parametrize("seed", range(12))
def test_boxes_and_labels_never_lie_on_each_other(seed: int) -> None:
    graph, _ = random_graph(seed)
    drawing, views = draw_workflow(graph, [])
    assert len(views) == len({node["id"] for node in graph["nodes"]})
    for one, other in itertools.combinations(drawing.boxes, 2):
        if one.layer == other.layer:
            assert abs(one.x - other.x) >= WIDTH
        else:
            upper, lower = sorted((one, other), key=lambda box: box.layer)
            assert upper.y + upper.height < lower.y
    for link in drawing.links:
        passed = list(range(link.source.layer + 1, link.target.layer))
        assert [bend.layer for bend in link.bends] == passed
        for bend, box in itertools.product(link.bends, drawing.boxes):
            assert bend.layer != box.layer or abs(bend.x - box.x) > WIDTH / 2, "no line runs through a box"
    for box in drawing.boxes:
        assert WIDTH / 2 <= box.x <= drawing.width - WIDTH / 2
        assert 0 <= box.y <= drawing.height - box.height


def test_places_are_as_near_as_they_can_be_to_those_wanted() -> None:
    assert apart([0.0, 100.0], [10, 10]) == [0.0, 100.0]
    assert apart([5.0, 5.0], [10, 10]) == [0.0, 10.0]
    assert apart([5.0, 5.0, 50.0], [10, 20, 10]) == [-2.5, 12.5, 50.0]


def test_without_a_browser_there_is_no_picture_but_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match="Chromium"), browser():
        pass


def test_the_template_is_part_of_the_package() -> None:
    declared = (ROOT / "pyproject.toml").read_text()
    assert '"cli.report" = ["template/*"]' in declared
