"""The workflow with its numbers, as the page draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len, set_cell_size

from cli.metrics.tables import title
from cli.report.layout import Box, Drawing, lay_out
from cli.workflows.flow import Edge, Flow
from cli.workflows.words import duration, edge_words

_NAME, _LINE, _LABEL = 23, 32, 30  # characters that have room: of a name, of a line in a box, of a label at an edge
_BAR = 204.0


@dataclass(frozen=True)
class Part:
    """A stretch of a bar: what it counts, and where it lies."""

    kind: str
    name: str
    count: int
    start: float
    length: float


@dataclass(frozen=True)
class NodeView:
    """A box with what stands in it."""

    box: Box
    name: str
    full_name: str
    facts: str
    outcomes: str
    parts: list[Part]


def draw_workflow(workflow: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]]) -> tuple[Drawing, list[NodeView]]:
    """Places for the nodes and lines of a workflow, and the numbers for each node that has some."""
    flow = Flow.of(workflow)
    drawing = lay_out(flow, lambda edge: cut(edge_label(edge), _LABEL))
    numbers = {node["node_id"]: node for node in nodes}
    return drawing, [_view(box, numbers.get(box.node.id)) for box in drawing.boxes]


def edge_label(edge: Edge) -> str:
    """When an edge is taken: `no answer, after 2h`; nothing where it always is, at once."""
    when = title(str(edge.data.get("when") or "any"))
    if when == "reply matches":
        when = edge_words(edge.data).split(" (")[0].partition(" ")[2].replace("_", " ")
    elif edge.data.get("delay") not in (None, "PT0S"):
        when += f", after {duration(edge.data['delay'])}"
    return "" if when == "any" else when


def parts_of(counts: Sequence[tuple[str, str, int]], whole: int, length: float) -> list[Part]:
    """A bar of several stretches: of each its kind (a colour), what it counts, and how many there are."""
    parts, start = [], 0.0
    for kind, name, count in counts:
        if count > 0 and whole > 0:
            stretch = length * count / whole
            parts.append(Part(kind, name, count, start, stretch))
            start += stretch
    return parts


def cut(words: str, room: int) -> str:
    """What there is room for, with an ellipsis where something is left out."""
    return words if cell_len(words) <= room else set_cell_size(words, room - 1).rstrip() + "…"


def _view(box: Box, numbers: Mapping[str, Any] | None) -> NodeView:
    name = box.node.name
    if numbers is None:
        return NodeView(box, cut(name, _NAME), name, "", "", [])
    open_ = numbers["waiting"] + numbers["queued"] + numbers["in_progress"]
    facts = [f"{numbers['scheduled']:,} {box.node.kind}{'' if numbers['scheduled'] == 1 else 's'}"]
    facts += [f"{count:,} {what}" for count, what in ((open_, "open"), (numbers["failed"], "failed")) if count]
    most = sorted(numbers["outcomes"].items(), key=lambda item: (item[0] != "booked", -item[1], item[0]))
    said = ", ".join(f"{count:,} {title(outcome)}" for outcome, count in most if outcome != "failed")
    return NodeView(box, cut(name, _NAME), name, " · ".join(facts), cut(said, _LINE), _parts(numbers, open_))


def _parts(numbers: Mapping[str, Any], open_: int) -> list[Part]:
    """A node's jobs: what booked, what else was done, what failed, what is open, and what was called off."""
    counts = [
        ("good", "booked", numbers["booked"]),
        ("done", "done without a booking", numbers["completed"] - numbers["booked"]),
        ("bad", "failed", numbers["failed"]),
        ("open", "open", open_),
    ]
    rest = numbers["scheduled"] - sum(count for _, _, count in counts)
    return parts_of([*counts, ("off", "skipped or cancelled", rest)], numbers["scheduled"], _BAR)
