"""Each rule of the graph, broken on purpose: exactly its code is found, at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.support.factories import make_team
from tests.workflows.graphs import Change, Graph, broken, edge, good, issues_of, node


def put(place: str, value: Any) -> Change:
    """Set the value at a place such as `nodes.1.data.retry.delay`."""

    def change(graph: Graph) -> None:
        at: Any = graph
        *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
        for step in way:
            at = at[step]
        at[last] = value

    return change


def drop(place: str) -> Change:
    """Remove what is at a place."""

    def change(graph: Graph) -> None:
        at: Any = graph
        *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
        for step in way:
            at = at[step]
        del at[last]

    return change


def both(*changes: Change) -> Change:
    def change(graph: Graph) -> None:
        for one in changes:
            one(graph)

    return change


def add_edges(*edges: dict[str, Any]) -> Change:
    return lambda graph: graph["edges"].extend(edges)


def add_nodes(*nodes: dict[str, Any]) -> Change:
    return lambda graph: graph["nodes"].extend(nodes)


CALL, TEXT = "nodes.1.data", "nodes.2.data"
LATE = {"timezone": "contact", "windows": {"monday": [{"start": "21:00", "end": "24:00"}]}}
TWICE = {"windows": {"monday": [{"start": "09:00", "end": "12:00"}, {"start": "11:59", "end": "13:00"}]}}
TWO_HOURS = {"windows": {"monday": [{"start": "12:00", "end": "10:00"}]}}

# code, change, path, node, edge, and the codes that come with it by their nature
Case = tuple[str, Change, str, str | None, str | None, set[str]]
# fmt: off
CASES: list[Case] = [
    ("nodes_invalid", put("nodes", {}), "$.nodes", None, None, {"edge_source_unknown", "edge_target_unknown"}),
    ("edges_invalid", put("edges", None), "$.edges", None, None,
     {"dead_end", "node_unreachable", "trigger_has_no_outgoing_edge"}),
    ("trigger_missing", put("nodes.0.type", "text"), "$.nodes", None, None, {"text_content_missing"}),
    ("trigger_duplicate", add_nodes(node("two", "trigger")), "$.nodes[4].type", "two", None,
     {"trigger_has_no_outgoing_edge"}),
    ("trigger_has_incoming_edge", add_edges(edge("e6", "bye", "start")), "$.edges[5].target", None, "e6",
     {"graph_cycle"}),
    ("trigger_has_no_outgoing_edge", drop("edges.0"), "$.nodes[0]", "start", None, {"node_unreachable"}),
    ("trigger_filter_unsupported", put("nodes.0.data.filter", {"tag": 5}), "$.nodes[0].data.filter", "start", None,
     set()),
    ("node_invalid", put("nodes.3", "bye"), "$.nodes[3]", None, None, {"edge_target_unknown", "node_unreachable"}),
    ("node_id_invalid", put("nodes.3.id", 7), "$.nodes[3].id", None, None,
     {"edge_target_unknown", "node_unreachable"}),
    ("node_id_duplicate", put("nodes.3.id", "text"), "$.nodes[3].id", "text", None,
     {"edge_target_unknown", "node_unreachable"}),
    ("node_type_unknown", put("nodes.3.type", "email"), "$.nodes[3].type", "bye", None, set()),
    ("node_position_invalid", put("nodes.3.position", {"x": "left", "y": 0}), "$.nodes[3].position", "bye", None,
     set()),
    ("node_data_invalid", put("nodes.0.data", []), "$.nodes[0].data", "start", None, set()),
    ("node_label_invalid", put("nodes.0.data.label", "x" * 201), "$.nodes[0].data.label", "start", None, set()),
    ("node_unreachable", add_nodes(node("lost", "text", template="Hi")), "$.nodes[4]", "lost", None, set()),
    ("graph_cycle", add_edges(edge("e6", "bye", "call", priority=9)), "$.nodes[1]", "call", None, set()),
    ("edge_invalid", put("edges.4", 5), "$.edges[4]", None, None, {"fallback_missing"}),
    ("edge_id_invalid", put("edges.4.id", ""), "$.edges[4].id", None, None, set()),
    ("edge_id_duplicate", put("edges.4.id", "e1"), "$.edges[4].id", None, "e1", set()),
    ("edge_source_unknown", put("edges.4.source", "ghost"), "$.edges[4].source", None, "e5", {"fallback_missing"}),
    ("edge_target_unknown", put("edges.4.target", None), "$.edges[4].target", None, "e5", set()),
    ("edge_self_loop", add_edges(edge("e6", "bye", "bye")), "$.edges[5]", None, "e6", set()),
    ("edge_duplicate", add_edges(edge("e6", "text", "bye", "reply_matches", phrases=["no"], priority=2)),
     "$.edges[5]", None, "e6", set()),
    ("edge_data_invalid", put("edges.0.data", "any"), "$.edges[0].data", None, "e1", set()),
    ("edge_label_invalid", put("edges.0.data.label", {}), "$.edges[0].data.label", None, "e1", set()),
    ("edge_handle_invalid", put("edges.0.sourceHandle", 3), "$.edges[0].sourceHandle", None, "e1", set()),
    ("edge_rule_missing", drop("edges.4.data.when"), "$.edges[4].data.when", None, "e5", {"fallback_missing"}),
    ("edge_rule_unknown", put("edges.4.data.when", "always"), "$.edges[4].data.when", None, "e5",
     {"fallback_missing"}),
    ("edge_rule_unfit", put("edges.4.data.when", "voicemail"), "$.edges[4].data.when", None, "e5",
     {"fallback_missing"}),
    ("edge_phrases_missing", drop("edges.3.data.phrases"), "$.edges[3].data.phrases", None, "e4", set()),
    ("edge_phrases_invalid", put("edges.3.data.phrases", ["yes", "?!"]), "$.edges[3].data.phrases[1]", None, "e4",
     set()),
    ("edge_phrases_ignored", put("edges.0.data.phrases", ["yes"]), "$.edges[0].data.phrases", None, "e1", set()),
    ("edge_delay_invalid", put("edges.2.data.delay", "P1M"), "$.edges[2].data.delay", None, "e3", set()),
    ("edge_priority_invalid", put("edges.2.data.priority", 1.5), "$.edges[2].data.priority", None, "e3", set()),
    ("edge_priority_conflict", put("edges.4.data.priority", 1), "$.edges[4].data.priority", None, "e5", set()),
    ("edge_never_taken", put("edges.4.data.priority", 0), "$.edges[3].data.priority", None, "e4", set()),
    ("fallback_missing", put("edges.2.data.when", "busy"), "$.nodes[1]", "call", None, set()),
    ("dead_end", both(
        add_nodes(node("last", "call", assistant_id="?")), add_edges(edge("e6", "bye", "last")),
        lambda graph: graph["nodes"][4]["data"].update(assistant_id=graph["nodes"][1]["data"]["assistant_id"]),
    ), "$.nodes[4]", "last", None, set()),
    ("assistant_missing", put(f"{CALL}.assistant_id", ""), "$.nodes[1].data.assistant_id", "call", None, set()),
    ("assistant_invalid", put(f"{CALL}.assistant_id", 5), "$.nodes[1].data.assistant_id", "call", None, set()),
    ("assistant_unknown", put(f"{CALL}.assistant_id", str(uuid4())), "$.nodes[1].data.assistant_id", "call", None,
     set()),
    ("first_message_invalid", put(f"{CALL}.first_message", "x" * 1001), "$.nodes[1].data.first_message", "call", None,
     set()),
    ("text_content_missing", put("nodes.3.data.template", " \n"), "$.nodes[3].data.template", "bye", None, set()),
    ("text_content_ambiguous", lambda graph: graph["nodes"][3]["data"].update(assistant_id="text"),
     "$.nodes[3].data.template", "bye", None, set()),
    ("template_invalid", put("nodes.3.data.template", "x" * 1601), "$.nodes[3].data.template", "bye", None, set()),
    ("template_malformed", put("nodes.3.data.template", "Hi {{first name}}"), "$.nodes[3].data.template", "bye", None,
     set()),
    ("template_variable_unknown", put(f"{CALL}.first_message", "Hi {{nick}}"), "$.nodes[1].data.first_message", "call",
     None, set()),
    ("template_overrides_invalid", put(f"{TEXT}.template_overrides.unit", 5),
     '$.nodes[2].data.template_overrides."unit"', "text", None, set()),
    ("business_hours_invalid", put(f"{CALL}.business_hours.windows.Monday", []),
     '$.nodes[1].data.business_hours.windows."Monday"', "call", None, set()),
    ("business_hours_timezone_unknown", put(f"{CALL}.business_hours.timezone", "PST"),
     "$.nodes[1].data.business_hours.timezone", "call", None, set()),
    ("business_hours_window_invalid", put(f"{CALL}.business_hours", TWO_HOURS),
     "$.nodes[1].data.business_hours.windows.monday[0]", "call", None, set()),
    ("business_hours_overlap", put(f"{CALL}.business_hours", TWICE), "$.nodes[1].data.business_hours.windows.monday",
     "call", None, set()),
    ("business_hours_never_open", put(f"{CALL}.business_hours", {"windows": {"monday": [], "friday": None}}),
     "$.nodes[1].data.business_hours.windows", "call", None, set()),
    ("business_hours_outside_legal", put(f"{CALL}.business_hours", LATE), "$.nodes[1].data.business_hours.windows",
     "call", None, set()),
    ("batching_invalid", put(f"{CALL}.batching.size", 0), "$.nodes[1].data.batching.size", "call", None, set()),
    ("retry_invalid", put(f"{CALL}.retry.outcomes", ["answered"]), "$.nodes[1].data.retry.outcomes", "call", None,
     set()),
    ("reply_window_missing", both(drop(f"{TEXT}.reply_window")), "$.nodes[2].data.reply_window", "text", None, set()),
    ("reply_window_invalid", put(f"{TEXT}.reply_window", "4 hours"), "$.nodes[2].data.reply_window", "text", None,
     set()),
]
# fmt: on
# these need another database, or no graph at all; each has its test below
ELSEWHERE = {"graph_invalid", "assistant_inactive", "assistant_channel"}


@pytest.fixture
def team(db: psycopg.Connection[Any]) -> Iterator[tuple[UUID, Graph]]:
    team_id = make_team(db).id
    ids = [
        db.execute(
            "insert into public.assistants (team_id, name, channel, provider_assistant_id, template)"
            " values (%s, %s, %s, %s, %s) returning id::text",
            [team_id, name, channel, name, "Hi" if channel == "text" else None],
        ).fetchone()
        for name, channel in (("Ava", "call"), ("Tex", "text"))
    ]
    assert ids[0] is not None
    assert ids[1] is not None
    graph = good(ids[0][0])
    graph["text_assistant"] = ids[1][0]
    yield team_id, graph
    db.rollback()


def test_the_good_graph_is_good(db: psycopg.Connection[Any], team: tuple[UUID, Graph]) -> None:
    assert issues_of(db, team[1], team[0]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_a_broken_rule_is_found(db: psycopg.Connection[Any], team: tuple[UUID, Graph], case: Case) -> None:
    code, change, path, node_id, edge_id, beside = case
    graph = broken(team[1], change)
    if code == "text_content_ambiguous":
        graph["nodes"][3]["data"]["assistant_id"] = graph["text_assistant"]
    found = issues_of(db, graph, team[0])
    assert {issue["code"] for issue in found} == {code} | beside
    places = [(issue["path"], issue.get("node_id"), issue.get("edge_id")) for issue in found if issue["code"] == code]
    assert places == [(path, node_id, edge_id)]


def test_every_code_of_the_registry_has_a_case(db: psycopg.Connection[Any]) -> None:
    known = {code for (code,) in db.execute("select code from reference.validation_codes")}
    assert {case[0] for case in CASES} | ELSEWHERE == known


def test_what_is_no_graph(db: psycopg.Connection[Any]) -> None:
    assert [issue["code"] for issue in issues_of(db, [])] == ["graph_invalid"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("is_active = false", "assistant_inactive"),
        ("channel = 'text', template = 'Hi', name = 'Tom'", "assistant_channel"),
    ],
)
def test_an_assistant_that_cannot_be_used(
    db: psycopg.Connection[Any], team: tuple[UUID, Graph], change: str, code: str
) -> None:
    db.execute(f"update public.assistants set {change} where channel = 'call'".encode())
    assert [issue["code"] for issue in issues_of(db, team[1], team[0])] == [code]


def test_messages_are_sentences_that_say_what_to_do(db: psycopg.Connection[Any], team: tuple[UUID, Graph]) -> None:
    """No placeholder is left over, and the cure follows the problem."""
    for case in CASES:
        for issue in issues_of(db, broken(team[1], case[1]), team[0]):
            message = issue["message"]
            assert re.fullmatch(r"[A-Z].*\.", message), message
            assert not re.search(r"%\d|  |: \.|\s\.| , ", message), message
            assert message.count(".") >= 2, message


def test_severities_are_those_of_the_registry(db: psycopg.Connection[Any], team: tuple[UUID, Graph]) -> None:
    severities = dict(db.execute("select code, severity from reference.validation_codes").fetchall())
    for case in CASES:
        for issue in issues_of(db, broken(team[1], case[1]), team[0]):
            assert issue["severity"] == severities[issue["code"]]
