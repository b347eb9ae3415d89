"""Settings, differences and simulations in words."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cli.workflows.changes import change_lines, value_words
from cli.workflows.comparing import compare_graphs
from cli.workflows.simulating import timeline
from cli.workflows.words import duration, edge_words, node_words
from tests.workflows.graphs import Change, Graph, broken, edge, good, node

AVA = "0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11"


@pytest.mark.parametrize(
    ("value", "words"),
    [("PT1H30M", "1h 30m"), ("P2D", "2d"), ("P1W", "1w"), ("PT0S", "0s"), ("soon", "soon"), (3, "3"), ("P", "P")],
)
def test_durations_read_as_people_say_them(value: Any, words: str) -> None:
    assert duration(value) == words


def test_settings_are_a_line_each() -> None:
    call = good(AVA)["nodes"][1]["data"]
    call["business_hours"]["windows"] = {
        **{day: [{"start": "09:00", "end": "17:00"}] for day in ("monday", "tuesday", "wednesday", "friday")},
        "sunday": [{"start": "10:00", "end": "11:00"}, {"start": "12:00", "end": "13:00"}],
    }
    assert node_words(call, {AVA: "Ava"}) == [
        "assistant Ava, opens with “Hi {{first_name|there}}”",
        "Mon-Wed 09:00-17:00; Fri 09:00-17:00; Sun 10:00-11:00, 12:00-13:00 (contact's time)",
        "at most 50 every 5m",
        "tries again after no_answer, busy: 2 times, 4h apart",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "1 any"),
        ({"when": "not_booked", "delay": "PT15M", "priority": 2}, "2 not_booked, after 15m"),
        ({"when": "reply_matches", "phrases": ["yes", "ok"], "delay": "PT0S"}, "1 reply_matches: “yes”, “ok”"),
        ({"when": "no_answer", "label": "No answer"}, "1 no_answer"),
        ({"when": "any", "label": "the rest"}, "1 any (the rest)"),
    ],
)
def test_an_edge_tells_its_place_rule_and_delay(data: dict[str, Any], words: str) -> None:
    assert edge_words(data) == words


def changed(change: Change) -> dict[str, Any]:
    graph = good(AVA)
    return compare_graphs(graph, broken(graph, change))


def rename(graph: Graph) -> None:
    graph["nodes"][1]["data"]["label"] = "Try"
    graph["nodes"][1]["data"]["retry"]["max_retries"] = 5
    graph["nodes"][1]["position"] = {"x": 1, "y": 2}


def test_a_difference_names_the_settings() -> None:
    assert [line.plain for line in change_lines(changed(rename))] == [
        "~ call “Try” [call]",
        "    label: “First call” → Try",
        "    retry.max_retries: 2 → 5",
        "  1 node moved: call",
    ]


def test_added_and_removed_have_their_signs() -> None:
    def change(graph: Graph) -> None:
        graph["nodes"][3] = node("ciao", "text", template="Ciao")
        graph["edges"][4] = edge("e6", "text", "ciao", "any", priority=5)
        graph["edges"][1]["target"] = "ciao"

    assert [line.plain for line in change_lines(changed(change))] == [
        "+ text [ciao]",
        "- text [bye]",
        "+ edge text → ciao on any [e6]",
        "- edge text → bye on any [e5]",
        "~ edge call → ciao on booked [e2]",
        "    target: bye → ciao",
    ]


def same_in_other_words(graph: Graph) -> None:
    graph["nodes"][1]["selected"] = True
    graph["nodes"][1]["data"]["retry"]["delay"] = "PT240M"
    graph["nodes"][2]["data"]["first_message"] = "of a call, so it is dropped"
    del graph["nodes"][0]["position"]
    del graph["edges"][0]["data"]
    graph["edges"][1]["data"]["delay"] = None
    graph["edges"][2]["data"]["delay"] = "PT900S"


def test_another_spelling_is_no_difference() -> None:
    compared = changed(same_in_other_words)
    assert not any(items for part in compared.values() for items in part.values()), compared
    assert [line.plain for line in change_lines(compared)] == ["No differences."]


@pytest.mark.parametrize("graph", [None, 3, {"nodes": 1}, {"nodes": [1, {}], "edges": [{"id": 3}, {"id": "a"}]}])
def test_anything_can_be_compared(graph: Any) -> None:
    compared = compare_graphs(graph, good(AVA))
    assert len(compared["nodes"]["added"]) == 4
    change_lines(compare_graphs(good(AVA), graph))


@pytest.mark.parametrize(
    ("value", "words"), [(None, "none"), ("PT1H", "1h"), ("a b", "“a b”"), ([1], "[1]"), (True, "true"), (2, "2")]
)
def test_a_value_fits_on_a_line(value: Any, words: str) -> None:
    assert value_words(value) == words
    assert len(value_words("long " * 99)) == 60


TOLD: dict[str, Any] = {
    "workflow_id": None,
    "start_at": "2026-03-03T00:30:00+00:00",
    "timezones": ["America/Denver"],
    "regions": ["US-CO"],
    "visits": [
        {
            "node_id": "call",
            "type": "call",
            "label": "First call",
            "visit": 2,
            "not_before": "2026-03-03T00:30:00+00:00",
            "due_at": "2026-03-03T16:00:00+00:00",
            "waits": [{"for": "business_hours", "until": "2026-03-03T16:00:00+00:00"}],
            "outcome": "no_answer",
            "reply_text": None,
            "source": "scripted",
            "outcome_at": "2026-03-03T16:00:40+00:00",
            "next": {"kind": "edge", "edge_id": "e3", "target": "text", "delay": "PT15M", "reason": "The first edge."},
            "edges": [
                {"edge_id": "e2", "when": "booked", "priority": 1, "target": "bye", "matches": False, "taken": False,
                 "reason": "no_answer is not booked."},
                {"edge_id": "e3", "when": "not_booked", "priority": 2, "target": "text", "matches": True, "taken": True,
                 "reason": "Matches."},
            ],
        },
    ],
    "end": {"status": "COMPLETED", "reason_code": "no_edge", "at": "2026-03-03T16:15:00+00:00", "message": "Complete."},
}  # fmt: skip


def test_a_simulation_is_a_timeline_in_the_contacts_zone() -> None:
    assert [line.plain.rstrip() for line in timeline(TOLD)] == [
        "Mon 2026-03-02 17:30  begins, in America/Denver; legal hours of US-CO",
        "Tue 2026-03-03 09:00  call “First call” [call], visit 2",
        "                      waited for business hours until Tue 2026-03-03 09:00",
        "                      no_answer Tue 2026-03-03 09:00, scripted",
        "                      · 1 booked → bye: no_answer is not booked.",
        "                      → 2 not_booked → text, after 15m: Matches.",
        "Tue 2026-03-03 09:15  COMPLETED [no_edge]  Complete.",
    ]


def test_before_a_retry_edges_are_not_asked() -> None:
    told = copy.deepcopy(TOLD)
    told["visits"][0]["next"] = {
        "kind": "retry",
        "edge_id": None,
        "target": "call",
        "delay": "PT4H",
        "reason": "1 of 2.",
    }
    lines = [line.plain.strip() for line in timeline(told)]
    assert lines[-2] == "↻ again, after 4h: 1 of 2."
    assert not any(" → " in line for line in lines)


def test_a_node_that_never_opens_ends_the_timeline() -> None:
    told = copy.deepcopy(TOLD)
    told["visits"][0].update(due_at=None, outcome=None, outcome_at=None, waits=[], edges=[])
    told["visits"][0]["next"] = {"kind": "end", "edge_id": None, "target": None, "delay": None, "reason": "Never open."}
    told["end"]["at"] = None
    lines = [line.plain for line in timeline(told)]
    assert lines[1].startswith("never ")
    assert lines[2].endswith("ends here: Never open.")
