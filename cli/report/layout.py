"""Where the nodes of a workflow stand in a drawing: layer below layer, and lines that cross as little as is cheap.

A node stands one layer below the lowest that leads to it. A line that passes layers has a bend in each, which takes its
place among the nodes there, so that no line runs through a box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

from cli.workflows.flow import Edge, Flow, Node

WIDTH, HEIGHT = 228.0, 104.0
"""Of a box, in pixels."""
TRIGGER_HEIGHT = 44.0
LINE = 15.0
"""From one line of a label to the next."""
_BESIDE = 44.0  # between neighbours of a layer
_BEND = 26.0  # room for a line that passes
_BELOW = 46.0  # between layers, before labels need more
_MARGIN = 12.0
_ARROW = 7.0  # the head of a line
_SWEEPS = 12
_CHARACTER = 6.0  # width of one in a label, near enough to keep labels apart


@dataclass
class Box:
    """A node in its place; x is its centre, y its upper edge."""

    node: Node
    layer: int
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        """The trigger has no numbers, so it is lower."""
        return TRIGGER_HEIGHT if self.node.kind == "trigger" else HEIGHT

    @property
    def room(self) -> float:
        """How wide it is."""
        return WIDTH


@dataclass
class Bend:
    """Where a line passes a layer."""

    layer: int
    x: float = 0.0

    @property
    def room(self) -> float:
        """How wide it is."""
        return _BEND


Place = Box | Bend


@dataclass
class Link:
    """All edges from one node to another: one line with a label of several."""

    source: Box
    target: Box
    edges: list[Edge]
    label: list[str]
    bends: list[Bend] = field(default_factory=list)
    path: str = ""
    label_x: float = 0.0
    label_y: float = 0.0

    @property
    def places(self) -> list[Place]:
        """What it leads over, ends included."""
        return [self.source, *self.bends, self.target]


@dataclass
class Drawing:
    """Boxes and lines, and how much room they take."""

    boxes: list[Box]
    links: list[Link]
    width: float
    height: float


def lay_out(flow: Flow, label: Callable[[Edge], str]) -> Drawing:
    """Places for everything; `label` is what stands at an edge."""
    boxes = _boxes(flow)
    links = _links(boxes, flow.ways, label)
    layers = _layers(boxes.values(), links)
    neighbours = _neighbours(links)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else layers[::-1]:
            _arrange(layer, neighbours[down], sort=sweep < _SWEEPS - 4)
    _arrange_all_right_of_the_margin(layers)
    bands = _stack(layers, links)
    _draw(links, bands)
    _part_labels(links)
    width = max((place.x + place.room / 2 for layer in layers for place in layer), default=0.0)
    right = max((link.label_x + _label_room(link) / 2 for link in links), default=0.0)
    return Drawing(list(boxes.values()), links, max(width, right) + _MARGIN, bands[-1][1] + _MARGIN if bands else 0.0)


def _boxes(flow: Flow) -> dict[str, Box]:
    """Nodes come after all that lead to them; in a cycle, what leads back is passed over."""
    boxes = {node.id: Box(node, 0) for node in flow.nodes}
    seen = set()
    for node in flow.nodes:
        seen.add(node.id)
        for edge in flow.ways[node.id]:
            if edge.target in boxes and edge.target not in seen:
                boxes[edge.target].layer = max(boxes[edge.target].layer, boxes[node.id].layer + 1)
    return boxes


def _links(boxes: Mapping[str, Box], ways: Mapping[str, Sequence[Edge]], label: Callable[[Edge], str]) -> list[Link]:
    links: dict[tuple[str, str], Link] = {}
    for source, edges in ways.items():
        for edge in edges:
            if edge.target in boxes and boxes[source].layer < boxes[edge.target].layer:
                link = links.setdefault((source, edge.target), Link(boxes[source], boxes[edge.target], [], []))
                link.edges.append(edge)
                link.label += [words] if (words := label(edge)) else []
    for link in links.values():
        link.bends = [Bend(layer) for layer in range(link.source.layer + 1, link.target.layer)]
    return list(links.values())


def _layers(boxes: Iterable[Box], links: Iterable[Link]) -> list[list[Place]]:
    places: list[Place] = [*boxes, *(bend for link in links for bend in link.bends)]
    layers: list[list[Place]] = [[] for _ in range(max((place.layer for place in places), default=-1) + 1)]
    for place in places:
        layers[place.layer].append(place)
    for layer in layers:
        _arrange(layer, {}, sort=False)
    return layers


def _neighbours(links: Iterable[Link]) -> dict[bool, dict[int, list[Place]]]:
    """Of each place those above it (True) and those below it (False)."""
    found: dict[bool, dict[int, list[Place]]] = {True: {}, False: {}}
    for link in links:
        places = link.places
        for upper, lower in pairwise(places):
            found[True].setdefault(id(lower), []).append(upper)
            found[False].setdefault(id(upper), []).append(lower)
    return found


def _arrange(layer: list[Place], neighbours: Mapping[int, list[Place]], *, sort: bool) -> None:
    """Each place as near to the middle of its neighbours as the others let it."""
    wanted = {id(place): fmean(one.x for one in neighbours.get(id(place), [place])) for place in layer}
    if sort:
        layer.sort(key=lambda place: wanted[id(place)])
    rooms = [place.room + _BESIDE for place in layer]
    for place, x in zip(layer, apart([wanted[id(place)] for place in layer], rooms), strict=True):
        place.x = x


def apart(wanted: Sequence[float], rooms: Sequence[float]) -> list[float]:
    """Positions in this order, each with its room, that are together as near as can be to those that are wanted.

    Isotonic regression: neighbours that would overlap become a block, which stands at the mean of what they want.
    """
    offsets: list[float] = []
    for number, room in enumerate(rooms):
        offsets.append(0.0 if number == 0 else offsets[-1] + (rooms[number - 1] + room) / 2)
    blocks: list[tuple[float, int]] = []  # mean and size
    for want, offset in zip(wanted, offsets, strict=True):
        mean, size = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, others = blocks.pop()
            mean, size = (mean * size + other * others) / (size + others), size + others
        blocks.append((mean, size))
    starts = [mean for mean, size in blocks for _ in range(size)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]


def _arrange_all_right_of_the_margin(layers: Sequence[Sequence[Place]]) -> None:
    left = min((place.x - place.room / 2 for layer in layers for place in layer), default=0.0)
    for layer in layers:
        for place in layer:
            place.x += _MARGIN - left


def _stack(layers: Sequence[Sequence[Place]], links: Sequence[Link]) -> list[tuple[float, float]]:
    """Layers one below the other, with room for the labels of the lines between them; from where to where each goes."""
    y, bands = _MARGIN, []
    for number, layer in enumerate(layers):
        height = max((place.height for place in layer if isinstance(place, Box)), default=0.0)
        for place in layer:
            if isinstance(place, Box):
                place.y = y + (height - place.height)  # lines leave from one height
        lines = max((len(link.label) for link in links if link.source.layer == number), default=0)
        bands.append((y, y + height))
        y += height + _BELOW + LINE * lines
    return bands


def _draw(links: Sequence[Link], bands: Sequence[tuple[float, float]]) -> None:
    """Each line at a place of its own below its source and above its target, in the order of where it goes."""
    leave, enter = _ports(links, 0, 1), _ports(links, -1, -2)
    for link in links:
        _trace(link, leave[id(link)], enter[id(link)], bands)


def _ports(links: Sequence[Link], end: int, beside: int) -> dict[int, float]:
    """Where each line touches the box at its end, which is the first or the last of its places."""
    touching: dict[int, list[Link]] = {}
    for link in links:
        touching.setdefault(id(link.places[end]), []).append(link)
    found = {}
    for some in touching.values():
        for number, link in enumerate(sorted(some, key=lambda one: one.places[beside].x), 1):
            found[id(link)] = link.places[end].x + WIDTH * 0.7 * (number / (len(some) + 1) - 0.5)
    return found


def _trace(link: Link, x: float, to: float, bands: Sequence[tuple[float, float]]) -> None:
    """A smooth line from below the source to above the target, straight through each layer that it passes."""
    y = link.source.y + link.source.height
    path = [f"M{x:.1f} {y:.1f}"]
    end = link.target.y - _ARROW
    stops = [*((bend.x, *bands[bend.layer]) for bend in link.bends), (to, end, end)]
    for number, (next_x, top, bottom) in enumerate(stops):
        middle = (y + top) / 2
        path.append(f"C{x:.1f} {middle:.1f} {next_x:.1f} {middle:.1f} {next_x:.1f} {top:.1f}")
        if bottom > top:
            path.append(f"V{bottom:.1f}")
        if number == 0:
            link.label_x, link.label_y = (x + next_x) / 2, middle - LINE * (len(link.label) - 1) / 2
        x, y = next_x, bottom
    link.path = " ".join(path)


def _label_room(link: Link) -> float:
    return max(map(len, link.label), default=0) * _CHARACTER + 12


def _part_labels(links: Sequence[Link]) -> None:
    """Labels of lines that leave one layer stand beside each other."""
    by_layer: dict[int, list[Link]] = {}
    for link in links:
        by_layer.setdefault(link.source.layer, []).append(link)
    for row in by_layer.values():
        row.sort(key=lambda link: link.label_x)
        rooms = [_label_room(link) for link in row]
        for link, x in zip(row, apart([link.label_x for link in row], rooms), strict=True):
            link.label_x = max(x, _label_room(link) / 2)
