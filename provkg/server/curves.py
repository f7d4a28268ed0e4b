"""Pages that draw series: which there are, and one of them as a curve with its figures and its points as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import BinaryIO, Final
from urllib.parse import urlencode

LEARNING_CURVE: Final = "training/learning-curve"
WIDTH: Final = 860
HEIGHT: Final = 300
MARGIN: Final = 8
COLOURS: Final = 6
SERIES: Final = """PREFIX pvk: <https://w3id.org/provkg#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?run ?metric (SAMPLE(?title) AS ?called) (SUM(?points) AS ?count) ?start WHERE {
  { SELECT ?run ?start WHERE { ?run a pvk:Run ; prov:startedAtTime ?start } ORDER BY DESC(?start) LIMIT 200 }
  ?series pvk:measuredIn ?run ; a pvk:MetricSeries ; pvk:metricKind ?metric .
  OPTIONAL { ?series pvk:pointCount ?points }
  OPTIONAL { ?run dct:title ?title }
} GROUP BY ?run ?metric ?start ORDER BY DESC(?start) ?run ?metric"""
"""The series of the 200 runs that began last."""
STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b2420; --soft: #55625c; --line: #dfe5e2; --ground: #fcfcfb;
  --c0: #0b6b63; --c1: #a3262c; --c2: #1f559c; --c3: #7d5000; --c4: #6a3aa0; --c5: #1d6a34; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3eae6; --soft: #9fada6; --line: #2c3732; --ground: #101513;
  --c0: #6ed3c5; --c1: #f29a9e; --c2: #9cc4f5; --c3: #e6c07b; --c4: #c8a6f0; --c5: #8fd6a0; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); margin: 2rem auto;
  max-width: 56rem; padding: 0 1rem; overflow-wrap: break-word; }
a { color: var(--c0); } h1 { font-size: 1.5rem; } .soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid var(--line); } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
polyline { fill: none; stroke-width: 1.6; vector-effect: non-scaling-stroke; } .k { font-weight: 700; }
.c0 { stroke: var(--c0); color: var(--c0); } .c1 { stroke: var(--c1); color: var(--c1); }
.c2 { stroke: var(--c2); color: var(--c2); } .c3 { stroke: var(--c3); color: var(--c3); }
.c4 { stroke: var(--c4); color: var(--c4); } .c5 { stroke: var(--c5); color: var(--c5); }
"""
_HEAD: Final = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="stylesheet" href="/curves/style.css"></head>
<body>
"""
_FOOT: Final = (
    '<p class="soft"><a href="/curves">all series</a> · <a href="/">this endpoint</a></p>\n</body>\n</html>\n'
)


@dataclass
class Curve:
    """The points of one series, in the order of the answer."""

    points: list[tuple[float, float]] = field(default_factory=list)

    def add(self, at: float, value: float) -> None:
        """Take a point."""
        self.points.append((at, value))

    @property
    def finite(self) -> list[tuple[float, float]]:
        """The points that can be drawn."""
        return [point for point in self.points if math.isfinite(point[1])]

    def thinned(self, columns: int = WIDTH) -> Iterator[tuple[float, float]]:
        """Yield the points that a picture of so many columns shows: the first, least, greatest and last of each."""
        drawn = self.finite
        size = max(1, -(-len(drawn) // columns))
        for start in range(0, len(drawn), size):
            part = drawn[start : start + size]
            chosen = {part[0], part[-1], min(part, key=_value), max(part, key=_value)}
            yield from sorted(chosen, key=part.index)


def _value(point: tuple[float, float]) -> float:
    return point[1]


def curves(answer: BinaryIO) -> dict[str, Curve]:
    """Return the curves in an answer of the question `learning-curve` as CSV, by the part of the data."""
    found: defaultdict[str, Curve] = defaultdict(Curve)
    rows = csv.reader(io.TextIOWrapper(answer, "utf-8", newline=""))
    next(rows, None)
    for role, at, value in rows:
        found[role].add(float(at or len(found[role].points)), float(value.replace("INF", "inf")))
    return dict(found)


def list_page(graph: str, rows: Iterable[Sequence[str]]) -> str:
    """Return the page that names the series of a graph, given as rows of `SERIES`."""
    listed = "".join(_listed(row) for row in rows)
    heads = '<tr><th>run</th><th>metric</th><th class="n">points</th><th>began</th></tr>'
    body = f"<table>{heads}{listed}</table>" if listed else "<p>No run of this graph has a series yet.</p>"
    return f"{_HEAD.format(title=f'Series of {escape(graph)}')}<h1>Series of {escape(graph)}</h1>\n{body}\n{_FOOT}"


def _listed(row: Sequence[str]) -> str:
    run, metric, title, count, start = row
    there = "/curves/one?" + urlencode({"run": run, "metric": metric, "title": title})
    cells = f'<td>{escape(title or run)}</td><td><a href="{escape(there)}">{escape(named(metric))}</a></td>'
    began = escape(start[:19].replace("T", " "))
    return f'<tr>{cells}<td class="n">{int(count or 0):,}</td><td class="soft">{began}</td></tr>'


def named(iri: str) -> str:
    """Return what people call a concept: what stands behind the scheme in its IRI, or behind the last slash."""
    return iri.rpartition("-")[2] if "#" in iri else iri.rpartition("/")[2]


def curve_page(run: str, metric: str, found: dict[str, Curve], called: str = "") -> str:
    """Return the page of one metric of one run, which the page that leads to it has `called` something."""
    title = f"{named(metric)} of {called or (named(run)[:12] if '://' in run else run)}"
    if not found:
        return f"{_HEAD.format(title=escape(title))}<h1>{escape(title)}</h1>\n<p>It has no points.</p>\n{_FOOT}"
    link = "/api/questions/" + LEARNING_CURVE + "?" + urlencode({"run": run, "metric": metric})
    rows = "".join(_summed_up(number, role, curve) for number, (role, curve) in enumerate(found.items()))
    heads = "".join(f'<th class="n">{head}</th>' for head in ("points", "first", "last", "least", "greatest", "at"))
    table = f"<table><tr><th>part</th>{heads}</tr>{rows}</table>"
    points = f'<p><a href="{escape(link)}">all points</a> <span class="soft">(as the header Accept says)</span></p>'
    return f"{_HEAD.format(title=escape(title))}<h1>{escape(title)}</h1>\n{picture(found)}\n{table}\n{points}\n{_FOOT}"


def _summed_up(number: int, role: str, curve: Curve) -> str:
    name = named(role) or "all"
    drawn = curve.finite
    if not drawn:
        counted = f'<td class="n">{len(curve.points):,}</td><td colspan="5">no number is finite</td>'
        return f"<tr><td>{escape(name)}</td>{counted}</tr>"
    low, high = min(drawn, key=_value), max(drawn, key=_value)
    figures = [f"{each[1]:.6g}" for each in (curve.points[0], curve.points[-1], low, high)]
    cells = "".join(f'<td class="n">{figure}</td>' for figure in (f"{len(curve.points):,}", *figures, f"{high[0]:g}"))
    return f'<tr><td class="k c{number % COLOURS}">{escape(name)}</td>{cells}</tr>'


def picture(found: dict[str, Curve]) -> str:
    """Return the curves as one SVG with its bounds in text, for whoever cannot see it too."""
    drawn = [point for curve in found.values() for point in curve.finite]
    if not drawn:
        return ""
    left, right = min(at for at, _ in drawn), max(at for at, _ in drawn)
    low, high = min(value for _, value in drawn), max(value for _, value in drawn)

    def placed(at: float, value: float) -> str:
        x = MARGIN + (WIDTH - 2 * MARGIN) * ((at - left) / (right - left) if right > left else 0.5)
        y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * ((value - low) / (high - low) if high > low else 0.5)
        return f"{x:.1f},{y:.1f}"

    lines = "".join(
        f'<polyline class="c{number % COLOURS}" points="{" ".join(placed(*point) for point in curve.thinned())}"/>'
        for number, curve in enumerate(found.values())
    )
    said = f"from {left:g} to {right:g}, values from {low:.6g} to {high:.6g}"
    frame = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}"><title>{said}</title>{lines}</svg>'
    return f'{frame}\n<p class="soft">{said}</p>'
