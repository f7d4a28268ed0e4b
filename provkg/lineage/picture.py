"""A lineage as an SVG picture, laid out in layers (Sugiyama's method, by grandalf) and written without a binary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final
from xml.sax.saxutils import escape

from provkg.errors import BadParameter
from provkg.lineage.drawing import FILL, LINE, arrows, line_of
from provkg.lineage.graph import Kind, Lineage, Node
from provkg.lineage.lettering import lines as label_lines
from provkg.lineage.lettering import width
from provkg.lineage.wording import joined

# grandalf recurses along the longest path and compares every pair of a layer: above this a picture says nothing anyway.
MAX_NODES: Final = 300
_SIZE, _SMALL, _SMALLEST = 12, 10, 9
_HEIGHT, _LINE, _MARGIN, _GAP_ACROSS, _GAP_DOWN = 40.0, 15.0, 24.0, 24.0, 56.0
_TAG: Final = 18.0
_CENTRED: Final = 'text-anchor="middle"'
_LEGEND: Final[tuple[tuple[Kind, str], ...]] = (("entity", "thing"), ("activity", "run"), ("agent", "agent"))
Point = tuple[float, float]


@dataclass
class _Box:
    """What grandalf asks of a node's view: a size, to which it adds the place; `tags` name the agents of a run."""

    w: float
    h: float = _HEIGHT
    xy: Point = (0.0, 0.0)
    label: Sequence[str] = ()
    tags: Sequence[str] = ()


@dataclass
class _Line:
    """What grandalf asks of an edge's view: to be told its points."""

    points: list[Point] = field(default_factory=list)

    def setpath(self, points: Sequence[Point]) -> None:
        """Take the points of the line, from its tail to its head."""
        self.points = list(points)


@dataclass(frozen=True)
class _Placed:
    boxes: dict[str, _Box]
    lines: list[tuple[list[Point], str]]

    @property
    def width(self) -> float:
        return max((box.xy[0] + box.w / 2 for box in self.boxes.values()), default=0.0) + _MARGIN

    @property
    def height(self) -> float:
        return max((box.xy[1] + box.h / 2 for box in self.boxes.values()), default=0.0) + _MARGIN


def svg(lineage: Lineage) -> str:
    """Return the lineage as a standalone SVG document.

    Raises `BadParameter` for one with more than `MAX_NODES` nodes, which no picture shows.
    """
    if len(lineage.nodes) > MAX_NODES:
        found = len(lineage.nodes)
        raise BadParameter(f"the lineage has {found} nodes and a picture shows {MAX_NODES}; give a depth, or take json")
    placed = _laid_out(lineage)
    width, height = max(placed.width, 340.0), placed.height + _HEIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="{_SIZE}">',
        f"<title>{escape(_title(lineage))}</title>",
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="#555"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        *(_curve(points, label) for points, label in placed.lines),
        *(_box(lineage.nodes[iri], box, is_root=iri in lineage.roots) for iri, box in placed.boxes.items()),
        *_legend(placed.height),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _title(lineage: Lineage) -> str:
    names = ", ".join(lineage.nodes[root].label for root in lineage.roots)
    return f"What {names} rests on" if lineage.direction == "up" else f"What rests on {names}"


def _laid_out(lineage: Lineage) -> _Placed:
    from grandalf.graphs import Edge, Graph, Vertex  # 30 ms that only pictures pay

    # Agents stand on their runs: with nodes of their own, lines from everywhere would cross the picture.
    vertices = {iri: Vertex(iri) for iri, node in sorted(lineage.nodes.items()) if node.kind != "agent"}
    for iri, vertex in vertices.items():
        vertex.view = _sized(lineage, lineage.nodes[iri])
    edges = []
    for arrow in arrows(lineage):
        if arrow.source != arrow.target:
            edge = Edge(vertices[arrow.source], vertices[arrow.target], data=arrow.label)
            edge.view = _Line()
            edges.append(edge)
    left = _MARGIN
    graph = Graph(list(vertices.values()), edges)
    for part in graph.C:
        left = _place(part, left) + _GAP_ACROSS
    return _Placed({iri: vertex.view for iri, vertex in vertices.items()}, [(e.view.points, e.data) for e in edges])


def _place(part: Any, left: float) -> float:
    """Lay out one connected part of the drawing right of `left`; return where it ends."""
    from grandalf.layouts import SugiyamaLayout

    layout = SugiyamaLayout(part)
    layout.xspace, layout.yspace = _GAP_ACROSS, _GAP_DOWN
    sources = [vertex for vertex in part.sV if not vertex.e_in()]
    layout.init_all(roots=sources or [next(iter(part.sV))])
    layout.draw(3)
    boxes = [vertex.view for vertex in part.sV]
    shift = (left - min(box.xy[0] - box.w / 2 for box in boxes), _MARGIN - min(box.xy[1] - box.h / 2 for box in boxes))
    for box in boxes:
        box.xy = (box.xy[0] + shift[0], box.xy[1] + shift[1])
    for edge in part.sE:
        bends = [(x + shift[0], y + shift[1]) for x, y in edge.view.points[1:-1]]
        edge.view.points = [
            _edge_point(edge.v[0].view, edge.v[1].view),
            *bends,
            _edge_point(edge.v[1].view, edge.v[0].view),
        ]
    return float(max(box.xy[0] + box.w / 2 for box in boxes))


def _edge_point(box: _Box, other: _Box) -> Point:
    """Return the middle of the side of `box` that faces `other`."""
    below = other.xy[1] >= box.xy[1]
    return (box.xy[0], box.xy[1] + (box.h / 2 if below else -box.h / 2))


def _sized(lineage: Lineage, node: Node) -> _Box:
    agents = joined([lineage.nodes[agent].label for agent in lineage.agents.get(node.iri, ())])
    label, tags = label_lines(node.name, node.version), label_lines(agents, None) if agents else []
    widths = [width(line, _SIZE) for line in label] + [width(line, _SMALL) for line in (_kind(node), *tags)]
    height = _HEIGHT + _LINE * (len(label) - 1) + _TAG * len(tags)
    return _Box(max(widths) + 28, height, label=label, tags=tags)


def _curve(points: Sequence[Point], label: str) -> str:
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (y1 + y2) / 2
        path += f" C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"
    return (
        f'<g><title>{escape(label)}</title><path d="{path}" fill="none" stroke="#555" marker-end="url(#head)"/>'
        f"{_beside(points, label)}</g>"
    )


def _beside(points: Sequence[Point], label: str) -> str:
    (x1, y1), (x2, y2) = points[-2], points[-1]
    look = f'font-size="{_SMALLEST}" fill="#444" paint-order="stroke" stroke="#fff" stroke-width="3"'
    return _text(((x1 + x2) / 2 + 4, (y1 + y2) / 2 + 3), label, look)


def _box(node: Node, box: _Box, *, is_root: bool) -> str:
    x, y = box.xy[0], box.xy[1] - (_TAG * len(box.tags) + _LINE * (len(box.label) - 1)) / 2
    look = f'fill="{FILL[node.kind]}" stroke="{line_of(node)}" stroke-width="{2.5 if is_root else 1}"'
    tag = _tag(box) if box.tags else ""
    label = "".join(_text((x, y - 3 + _LINE * row), line, _CENTRED) for row, line in enumerate(box.label))
    below = y + 12 + _LINE * (len(box.label) - 1)
    type_ = _text((x, below), _kind(node), f'{_CENTRED} font-size="{_SMALL}" fill="#444"')
    hint = f"<title>{escape(f'{node.label} ({node.type_in_words}) {node.iri} {node.mark}'.rstrip())}</title>"
    return f"<g>{hint}{_outline(node.kind, box, look)}{tag}{label}{type_}</g>"


def _kind(node: Node) -> str:
    return f"{node.type_in_words}, {node.ended.how}" if node.ended is not None else node.type_in_words


def _text(place: Point, words: str, look: str) -> str:
    return f'<text x="{place[0]:.1f}" y="{place[1]:.1f}" {look}>{escape(words)}</text>'


def _tag(box: _Box) -> str:
    height = _TAG * len(box.tags)
    strip = _Box(box.w, height, (box.xy[0], box.xy[1] + (box.h - height) / 2))
    look = f'fill="{FILL["agent"]}" stroke="{LINE["activity"]}"'
    first = strip.xy[1] - height / 2 + _TAG / 2 + 3.5
    words = (
        _text((strip.xy[0], first + _TAG * row), line, f'{_CENTRED} font-size="{_SMALL}"')
        for row, line in enumerate(box.tags)
    )
    return _outline("activity", strip, look) + "".join(words)


def _outline(kind: Kind, box: _Box, look: str) -> str:
    left, top = box.xy[0] - box.w / 2, box.xy[1] - box.h / 2
    radius = 18 if kind == "entity" else 2
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.w:.1f}" height="{box.h:.1f}" rx="{radius}" {look}/>'


def _legend(top: float) -> Iterator[str]:
    for place, (kind, word) in enumerate(_LEGEND):
        box = _Box(76, 22, (_MARGIN + 40 + place * 100, top + 8))
        look = f'fill="{FILL[kind]}" stroke="{LINE[kind]}"'
        yield _outline(kind, box, look) + _text((box.xy[0], box.xy[1] + 4), word, _CENTRED)
