"""One shape of a shapes graph as the compiler reads it (SHACL, section 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from provkg import vocabulary
from provkg.errors import Unreadable
from provkg.gate.compiler.paths import Path, read_path
from provkg.gate.problem import Severity
from provkg.gate.shapes import Node, Shapes, Term, sh
from provkg.vocabulary import NAMESPACES

TRUE: Final = frozenset({"true", "1"})
_SEVERITIES: Final[dict[Term, Severity]] = {vocabulary.sh_Warning: "warning", vocabulary.sh_Info: "info"}
_DEACTIVATED, _SEVERITY = sh("deactivated"), sh("severity")
_CLASS: Final = NamedNode(NAMESPACES["rdfs"] + "Class")


@dataclass(frozen=True)
class Shape:
    """A shape with what all of its results share."""

    node: Node
    path: Path | None
    severity: Severity
    stated_severity: NamedNode
    """As the shape states it: a severity of its own making counts as a violation."""
    message: str | None
    deactivated: bool


def read_shape(shapes: Shapes, node: Term) -> Shape:
    """Return the shape that `node` is; a path makes it a property shape."""
    if not isinstance(node, NamedNode | BlankNode):
        raise Unreadable(f"the shapes name a shape that is none: {node}")
    path = shapes.value(node, vocabulary.sh_path)
    said = shapes.value(node, _SEVERITY)
    severity = said if isinstance(said, NamedNode) else vocabulary.sh_Violation
    return Shape(
        node,
        None if path is None else read_path(shapes, path),
        _SEVERITIES.get(severity, "violation"),
        severity,
        shapes.message(node),
        is_true(shapes.value(node, _DEACTIVATED)),
    )


def is_true(term: Term | None) -> bool:
    """Whether `term` is the boolean true."""
    return isinstance(term, Literal) and term.value in TRUE


def is_class(shapes: Shapes, node: Node) -> bool:
    """Whether `node` is a class in the shapes graph: then it selects its instances (SHACL, section 2.1.3.3)."""
    return any(_reaches(shapes, kind, _CLASS, frozenset()) for kind in shapes.values(node, vocabulary.rdf_type))


def _reaches(shapes: Shapes, kind: Term, wanted: NamedNode, seen: frozenset[Term]) -> bool:
    if kind == wanted:
        return True
    wider = [each for each in shapes.values(kind, vocabulary.rdfs_subClassOf) if each not in seen]
    return any(_reaches(shapes, each, wanted, seen | {kind}) for each in wider)
