"""What the shapes say of a whole graph: every constraint asked of a snapshot as a query, problems as they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provkg.gate import Problem, Severity
    from provkg.index import ReadIndex


def shape_findings(
    index: ReadIndex, level: str = "standard", *, extensions: Sequence[Path] = (), least: Severity = "violation"
) -> Iterator[Problem]:
    """Yield what the graph in `index` lacks at `level`, constraint by constraint, without keeping any of it.

    Asks also what the gate leaves out, because it needs other records: inverse paths, and whether what is pointed at is
    described. `extensions` are files of shapes beside ours; `least` asks what levels above would want, too.
    """
    # A reader who audits nothing does without the gate.
    from provkg.gate.whole_graph import graph_shapes

    asked = graph_shapes(level, tuple(extensions), least)
    yield from asked.problems(index.result)
    yield from asked.undescribed(index.result)
