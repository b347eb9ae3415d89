"""A workflow as boxes and lines in a terminal.

Boxes stand one below the other, each after all that lead to it, and the ways out of a node are lines in its box, where
there is room to say when each is taken. From there a line leads along the right-hand side down to its target: all lines
to one target share a lane, so a crossing is never a junction, and no label ever stands in the way of a line.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from cli.workflows.flow import Edge, Flow, Node
from cli.workflows.words import edge_words, node_words

_NARROWEST = 44  # columns of a box in which settings can still be read
_WIDEST = 76
_LANE = 3  # columns from one lane to the next
_MOST_LINES = 2  # of one setting
_COLOURS = {"trigger": "magenta", "call": "cyan", "text": "green"}
_LANE_COLOURS = ("blue", "yellow", "magenta", "cyan", "green", "red")
_ASCII = str.maketrans("┌┐└┘├┤┼╮╯│─◀→…“”▁▂▃▄▅▆▇█╵", '+++++++++|-<>~""__..::##|')


@dataclass
class _Row:
    """A line of the drawing: a piece of a box, and the lane that leaves or enters it there."""

    box: Text
    end: str | None = None  # target of that lane


@dataclass
class _Lane:
    """All lines to one target."""

    first: int
    last: int
    place: int = 0
    colour: str = ""


def draw(flow: Flow, width: int, assistants: Mapping[str, str] | None = None) -> list[Text] | None:
    """The drawing, line by line; None where the lines beside the boxes would need more than `width`."""
    places = _places(flow, (width - _NARROWEST) // _LANE) if width >= _NARROWEST else None
    if places is None:
        return None
    count = max(places.values(), default=-1) + 1
    box_width = min(_WIDEST, width - _LANE * count)
    rows = [row for node in flow.nodes for row in _box(node, flow, box_width, places, assistants)]
    lanes: dict[str, _Lane] = {}
    for number, row in enumerate(rows):
        if row.end is not None:
            lane = lanes.setdefault(row.end, _Lane(number, number, places[row.end]))
            lane.last = number
    for number, lane in enumerate(lanes.values()):
        lane.colour = _LANE_COLOURS[number % len(_LANE_COLOURS)]
    through: list[dict[int, _Lane]] = [{} for _ in rows]
    for lane in lanes.values():
        for number in range(lane.first, lane.last + 1):
            through[number][lane.place] = lane
    return [
        _line(number, row, lanes[row.end] if row.end is not None else None, through[number], count)
        for number, row in enumerate(rows)
    ]


def outline(flow: Flow, assistants: Mapping[str, str] | None = None) -> list[Text]:
    """Every node once with its settings, and below it where its edges lead: as wide as its words are."""
    lines = []
    for node in flow.nodes:
        lines.append(Text.assemble((node.kind, _style(node)), " ", *_title(node)))
        lines += [Text(f"    {words}", style="dim") for words in node_words(node.data, assistants)]
        for edge in flow.ways[node.id]:
            where = f"[{edge.target}]" if edge.target in flow.ways else _nowhere(edge)
            lines.append(Text.assemble("  ", (edge_words(edge.data), "cyan"), f" → {where}"))
    return lines


def for_encoding(text: Text, encoding: str) -> Text:
    """The same for a terminal that knows no box-drawing characters."""
    try:
        text.plain.encode(encoding)
    except UnicodeEncodeError:
        plain = text.plain.translate(_ASCII).encode(encoding, "replace").decode(encoding)
        return Text(plain, spans=text.spans)
    return text


def _places(flow: Flow, most: int) -> dict[str, int] | None:
    """Which lane leads to which target: short lines inside, long ones outside; None where `most` lanes are too few."""
    position = {node.id: number for number, node in enumerate(flow.nodes)}
    spans: dict[str, tuple[float, float]] = {}
    for node in flow.nodes:
        for number, edge in enumerate(flow.ways[node.id], 1):
            if edge.target in position:
                here = position[node.id] + number / (len(flow.ways[node.id]) + 1)
                first, last = spans.get(edge.target, (position[edge.target], position[edge.target]))
                spans[edge.target] = (min(first, here), max(last, here))
    lanes: list[list[tuple[float, float]]] = []
    places: dict[str, int] = {}
    for target, span in sorted(spans.items(), key=lambda item: (item[1][1] - item[1][0], item[1])):
        place = next((number for number, taken in enumerate(lanes) if _is_free(taken, span)), len(lanes))
        if place >= most:
            return None
        if place == len(lanes):
            lanes.append([])
        insort(lanes[place], span)
        places[target] = place
    return places


def _is_free(taken: list[tuple[float, float]], span: tuple[float, float]) -> bool:
    number = bisect_left(taken, span)
    return (number == 0 or taken[number - 1][1] < span[0]) and (number == len(taken) or span[1] < taken[number][0])


def _box(
    node: Node, flow: Flow, width: int, places: Mapping[str, int], assistants: Mapping[str, str] | None
) -> list[_Row]:
    """A node: its kind and id in the frame, its name, its settings, and a line for each edge."""
    colour, room = _style(node), width - 4
    kind = _cut(node.kind, room // 2)
    ident = _cut(node.id, room - cell_len(kind) - 4)
    fill = "─" * (width - 8 - cell_len(kind) - cell_len(ident))
    top = Text.assemble(("┌─ ", colour), (kind, f"bold {colour}"), (f" {fill} ", colour), ident, (" ─┐", colour))
    lane = node.id if node.id in places else None
    rows = [_Row(top), _Row(_inside(node.name, "bold", room, colour, "◀" if lane else "│"), lane)]
    for words in node_words(node.data, assistants):
        rows += [_Row(_inside(line, "", room, colour, "│")) for line in _wrap(words, room)]
    edges = flow.ways[node.id]
    if edges:
        rows.append(_Row(Text(f"├{'─' * (width - 2)}┤", style=colour)))
    for edge in edges:
        known = edge.target in places
        words = edge_words(edge.data) + ("" if known else f" → {_nowhere(edge)}")
        rows.append(_Row(_inside(words, "", room, colour, "├" if known else "│"), edge.target if known else None))
    rows.append(_Row(Text(f"└{'─' * (width - 2)}┘", style=colour)))
    return rows


def _inside(words: str, style: str, room: int, colour: str, right: str) -> Text:
    return Text.assemble(("│ ", colour), (set_cell_size(_cut(words, room), room), style), " ", (right, colour))


def _line(number: int, row: _Row, own: _Lane | None, through: Mapping[int, _Lane], count: int) -> Text:
    """A row with its lanes: lines run through, and one of them may begin, end or be joined here."""
    text = row.box.copy()
    for place in range(count):
        lane = through.get(place)
        if own is not None and place <= own.place:
            corner = "╮" if number == own.first else "╯" if number == own.last else "┤"
            text.append("──", own.colour)
            text.append(corner if place == own.place else "┼" if lane else "─", own.colour)
        else:
            text.append("  ")
            text.append("│" if lane else " ", lane.colour if lane else "")
    text.rstrip()
    return text


def _wrap(words: str, room: int) -> list[str]:
    """Words on at most two lines; what is longer ends in an ellipsis."""
    lines: list[str] = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= room or len(lines) == _MOST_LINES or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(f"  {word}")
    return [_cut(line, room) for line in lines]


def _cut(words: str, room: int) -> str:
    return words if cell_len(words) <= room else set_cell_size(words, max(0, room - 1)).rstrip() + "…"


def _style(node: Node) -> str:
    return _COLOURS.get(node.kind, "yellow")


def _title(node: Node) -> list[str | tuple[str, str]]:
    ident = f"[{node.id}]"
    return [(f"“{node.label}”", "bold"), f" {ident}"] if node.label else [ident]


def _nowhere(edge: Edge) -> str:
    return f"nowhere: there is no node “{edge.target}”"
