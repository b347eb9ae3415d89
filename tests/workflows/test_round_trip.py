"""What is saved comes back, hundreds of random workflows at a time, beside an oracle of the one spelling."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.databases import Database
from tests.support.factories import make_team
from tests.workflows.graphs import Graph

FLOWS = 100
CALL_RULES = ["booked", "answered", "any", "not_booked", "voicemail", "no_answer", "busy", "failed"]
TEXT_RULES = ["booked", "any", "replied", "reply_matches", "no_reply", "opted_in", "undeliverable", "failed"]
NAMES = [
    "node-{}",
    "xy-edge__{}-2",
    "7{}",
    "{} ",
    "Grüße {} 😀",
    'it\'s "{}"',
    "\\{}\t",
    "{}" + "x" * 190,
    "$.nodes[{}]",
]
# what React Flow and editors keep beside the contract; all of it is dropped
EXTRAS: list[dict[str, Any]] = [
    {"selected": True, "measured": {"width": 240, "height": 80}}, {"dragging": False, "zIndex": 3, "parentId": "x"},
    {"animated": True, "style": {"stroke": "#f00"}, "markerEnd": {"type": "arrow"}, "className": None}, {},
]  # fmt: skip


class Flow:
    """A random valid workflow as an editor sends it, and as it has to come back."""

    def __init__(self, seed: int, assistant_id: str) -> None:
        self.rnd = random.Random(seed)
        self.assistant_id = assistant_id
        self.sent: Graph = {"nodes": [], "edges": [], "viewport": {"x": 0, "y": 0, "zoom": 1.5}}
        self.expected: Graph = {"nodes": [], "edges": []}
        kinds = ["trigger", *self.rnd.choices(["call", "text"], k=self.rnd.randint(1, 7))]
        names = [self.name(number) for number in range(len(kinds))]
        for name, kind in zip(names, kinds, strict=True):
            self.add_node(name, kind)
        rules = {name: self.rules(kind) for name, kind in zip(names, kinds, strict=True)}
        for number in range(1, len(names)):
            # from the trigger where all rules of the nodes before are used up
            sources = [name for name in names[1:number] if rules[name]]
            for source in {names[0], self.rnd.choice(sources)} if sources else {names[0]}:
                rule = "any" if source == names[0] else rules[source].pop()
                self.add_edge(source, names[number], rule)
        self.shuffle()

    def name(self, number: int) -> str:
        return self.rnd.choice(NAMES).format(number)

    def rules(self, kind: str) -> list[str]:
        some = CALL_RULES if kind == "call" else TEXT_RULES if kind == "text" else []
        return self.rnd.sample(some, len(some))

    def duration(self, days: int = 3) -> tuple[str, str]:
        """A duration as somebody may write it, and in the one spelling."""
        pieces = {unit: self.rnd.choice([0, 0, 1, 90]) for unit in "HMS"} | {"D": self.rnd.randint(1, days)}
        sent = f"P{pieces['D']}DT" + "".join(f"{pieces[unit]:02}{unit}" for unit in "HMS")
        minutes, seconds = divmod(pieces["H"] * 3600 + pieces["M"] * 60 + pieces["S"], 60)
        hours, minutes = divmod(minutes, 60)
        clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if count)
        return sent, f"P{pieces['D']}D" + (f"T{clock}" if clock else "")

    def add_node(self, name: str, kind: str) -> None:
        rnd = self.rnd
        place = {"x": rnd.choice([0, -7, 1e6, 0.1, 123.456789]), "y": rnd.uniform(-1e5, 1e5)}
        sent: dict[str, Any] = {"label": None, "color": "red", "filter": {}}
        kept: dict[str, Any] = {}
        if rnd.random() < 0.5:
            sent["label"] = kept["label"] = rnd.choice(["", "A label", "Ω {{not a template}}"])
        if kind != "trigger":
            window, tidy_window = self.duration()
            sent |= {
                "reply_window": window,
                "first_message": None,
                "template": "Hi {{first_name|there}}",
                "retry": None,
            }
            if kind == "call":
                sent |= {"assistant_id": self.assistant_id.upper(), "first_message": "  Hello "}
                kept |= {"assistant_id": self.assistant_id, "first_message": "Hello"}
            else:
                kept |= {"template": sent["template"], "reply_window": tidy_window}
            self.add_settings(kind, sent, kept)
        extra = rnd.choice(EXTRAS)
        self.sent["nodes"].append({"id": name, "type": kind, "position": place | {"z": 1}, "data": sent} | extra)
        self.expected["nodes"].append({"id": name, "type": kind, "position": place, "data": kept})

    def add_settings(self, kind: str, sent: dict[str, Any], kept: dict[str, Any]) -> None:
        delay, tidy_delay = self.duration()
        if self.rnd.random() < 0.5:
            retry = {"outcomes": ["failed"] if kind == "text" else ["busy", "no_answer"], "max_retries": 2}
            sent["retry"] = {**retry, "delay": delay, "note": "mine"}
            kept["retry"] = {**retry, "delay": tidy_delay}
        if self.rnd.random() < 0.5:
            sent["batching"] = {"size": 5, "interval": delay, "next": 4}
            kept["batching"] = {"size": 5, "interval": tidy_delay}
        if self.rnd.random() < 0.5:
            early, late = {"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:30"}
            sent["business_hours"] = {"windows": {"monday": [{**late, "key": 1}, early], "tuesday": [], "friday": None}}
            kept["business_hours"] = {"timezone": "contact", "windows": {"monday": [early, late]}}

    def add_edge(self, source: str, target: str, rule: str) -> None:
        number = len(self.sent["edges"])
        ends = {"id": self.name(number), "source": source, "target": target}
        delay, tidy_delay = self.duration()
        sent: dict[str, Any] = {
            "when": rule,
            "priority": number,
            "delay": delay,
            "label": "On",
            "phrases": ["Yes", "né"],
        }
        kept = {"when": rule, "priority": number, "delay": tidy_delay, "label": "On"}
        if rule == "reply_matches":
            kept["phrases"] = sent["phrases"]
        elif rule == "any" and self.rnd.random() < 0.5:
            sent, kept = {"when": "any", "priority": number}, {"when": "any", "priority": number, "delay": "PT0S"}
        handle = self.rnd.choice([{}, {"sourceHandle": "out ✓"}])
        self.sent["edges"].append(ends | handle | {"data": sent, "targetHandle": "in"} | self.rnd.choice(EXTRAS))
        self.expected["edges"].append(ends | handle | {"data": kept})

    def shuffle(self) -> None:
        """Lists come in any order, and keep it."""
        for key in ("nodes", "edges"):
            order = self.rnd.sample(range(len(self.sent[key])), len(self.sent[key]))
            self.sent[key] = [self.sent[key][number] for number in order]
            self.expected[key] = [self.expected[key][number] for number in order]


class Saved:
    """Many workflows in one database, each statement doing something to all of them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.team_id = make_team(connection).id
        row = connection.execute(
            "insert into public.assistants (team_id, name, provider_assistant_id) values (%s, 'A', 'a')"
            " returning id::text",
            [self.team_id],
        ).fetchone()
        assert row is not None
        self.flows = [Flow(seed, row[0]) for seed in range(FLOWS)]
        self.created = self.all(
            "select public.create_workflow('Flow', g.graph, %s)"
            " from unnest(%s::jsonb[]) with ordinality as g (graph, place) order by g.place",
            self.team_id, [Jsonb(flow.sent) for flow in self.flows],
        )  # fmt: skip

    def all(self, query: Any, *arguments: Any) -> list[Any]:
        return [row[0] for row in self.connection.execute(query, arguments)]

    def save(self, workflows: list[Any]) -> list[Any]:
        return self.all(
            "select public.save_workflow(w.id, w.graph, r.revision)"
            " from unnest(%s::uuid[], %s::jsonb[]) with ordinality as w (id, graph, place)"
            " inner join public.workflows as r using (id) order by w.place",
            [workflow["id"] for workflow in workflows], [Jsonb(workflow) for workflow in workflows],
        )  # fmt: skip

    def versions(self) -> dict[Any, str]:
        """Which transaction last wrote each row of nodes and edges."""
        rows = self.connection.execute(
            "select 'node', workflow_id, id, xmin::text from public.workflow_nodes"
            " union all select 'edge', workflow_id, id, xmin::text from public.workflow_edges"
        )
        return {(kind, str(workflow_id), name): version for kind, workflow_id, name, version in rows}


@pytest.fixture(scope="module")
def saved(module_database: Database) -> Iterator[Saved]:
    with module_database.connect(autocommit=True) as connection:
        yield Saved(connection)


def graph_of(workflow: Any) -> Graph:
    return {"nodes": workflow["nodes"], "edges": workflow["edges"]}


def test_a_saved_graph_comes_back_equal(saved: Saved) -> None:
    """Ids, order and positions as sent, what is not of the contract dropped, settings in one spelling."""
    for seed, (flow, workflow) in enumerate(zip(saved.flows, saved.created, strict=True)):
        assert graph_of(workflow) == flow.expected, seed
    ids = [workflow["id"] for workflow in saved.created]
    read = saved.all(
        "select public.get_workflow(w.id) from unnest(%s::uuid[]) with ordinality as w (id, place) order by w.place",
        ids,
    )
    assert [graph_of(workflow) for workflow in read] == [flow.expected for flow in saved.flows]


def test_saving_what_came_back_changes_nothing(saved: Saved) -> None:
    """Not a row of nodes or edges is written, whether the graph is as sent or as it came back."""
    before = saved.versions()
    assert len(before) > 4 * FLOWS
    again = saved.save(saved.created)
    assert [graph_of(workflow) for workflow in again] == [flow.expected for flow in saved.flows]
    sent = [{"id": workflow["id"], **flow.sent} for flow, workflow in zip(saved.flows, again, strict=True)]
    assert [graph_of(workflow) for workflow in saved.save(sent)] == [flow.expected for flow in saved.flows]
    assert saved.versions() == before


def test_only_what_changed_is_written(saved: Saved) -> None:
    """A node that is moved and an edge that is relabelled; all others are the rows that they were."""
    changed, touched = [], set()
    for flow, workflow in zip(saved.flows, saved.created, strict=True):
        graph = copy.deepcopy(flow.expected)
        node, edge = flow.rnd.choice(graph["nodes"]), flow.rnd.choice(graph["edges"])
        node["position"]["x"] += 1
        edge["data"]["label"] = "Changed"
        touched |= {("node", workflow["id"], node["id"]), ("edge", workflow["id"], edge["id"])}
        changed.append({"id": workflow["id"], **graph})
    before = saved.versions()
    saved.save(changed)
    after = saved.versions()
    assert {row for row in after if after[row] != before.get(row)} == touched
    assert before.keys() == after.keys()


def test_what_is_left_out_is_gone_and_the_rest_stays(saved: Saved) -> None:
    """The last edges go, and the nodes that only they led to."""
    smaller = []
    for flow, workflow in zip(saved.flows, saved.created, strict=True):
        graph = copy.deepcopy(flow.expected)
        trigger = next(node["id"] for node in graph["nodes"] if node["type"] == "trigger")
        first = next(edge for edge in graph["edges"] if edge["source"] == trigger)
        graph["nodes"] = [node for node in graph["nodes"] if node["id"] in (trigger, first["target"])]
        graph["edges"] = [first]
        smaller.append({"id": workflow["id"], **graph})
    before = saved.versions()
    assert [graph_of(workflow) for workflow in saved.save(smaller)] == [graph_of(graph) for graph in smaller]
    after = saved.versions()
    assert len(after) == 3 * FLOWS
    assert {row for row in after if row not in before} == set()
