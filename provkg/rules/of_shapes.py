"""What shapes find in a whole graph, in the form of what rules find: each constraint stands for a rule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg.gate.problem import Problem, Severity
from provkg.gate.shapes import SHAPES_NAMESPACE
from provkg.graph.auditing import AskedShapes
from provkg.index import ReadIndex
from provkg.rules.finding import Finding
from provkg.rules.naming import Namer
from provkg.rules.rule import FOCUS, Rule

THEME: Final = "shapes"
_DESCRIBED: Final = "What is pointed at where a thing is expected is described somewhere."


def shape_findings(index: ReadIndex, shapes: AskedShapes, level: str) -> Iterator[Finding]:
    """Yield what the graph in `index` lacks at `level`, constraint by constraint, without keeping any of it."""
    namer = Namer(index)
    found = shapes.findings(index)
    for (shape, constraint, severity), problems in groupby(found, key=lambda p: (p.shape, p.constraint, p.severity)):
        rule = None
        for problem in problems:
            rule = rule or _rule(shape, constraint, severity, level, problem)
            this = _term(problem.focus)
            name = namer.thing(this) if isinstance(this, NamedNode) else namer.term(this)
            yield Finding(rule, this, name, problem.message, {FOCUS: this}, problem)


def _rule(shape: str, constraint: str, severity: Severity, level: str, example: Problem) -> Rule:
    name = shape.removeprefix(SHAPES_NAMESPACE)
    return Rule(
        id=name,
        name=name,
        theme=THEME,
        # What nobody describes is told with the properties that point at it; the others say the same of every node.
        summary=_DESCRIBED if constraint == "Described" else example.message,
        description="",
        kind="incomplete",
        level=level,
        severity=severity,
        why="",
        message=example.message,
        columns=(FOCUS,),
    )


def _term(text: str) -> NamedNode | Literal:
    # Nodes of a graph have names; what is no IRI is a literal that a shape of the owner's judges.
    return NamedNode(text) if not text.startswith(('"', "_:")) else Literal(text)
