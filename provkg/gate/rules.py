"""What SHACL cannot see: terms that do not exist, properties on the wrong thing, nodes that no shape selects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary
from provkg.gate.evidence import Evidence
from provkg.gate.lint import CLOSED, misspelt
from provkg.gate.problem import Problem, Severity
from provkg.gate.shapes import SHAPES_NAMESPACE, Node
from provkg.gate.tailoring import Tailored
from provkg.vocabulary import NAMESPACES, TERMS, rdf_type

_LEDGERS_OWN: Final = frozenset({vocabulary.Record, vocabulary.RecordCommit})
_CLOSED_SPACES: Final = tuple(NAMESPACES[prefix] for prefix in CLOSED)


def wrong_terms(evidence: Evidence, shapes: Tailored) -> Iterator[Problem]:
    """Yield a problem for each unknown term, and for each property that its subject's kind does not have."""
    complaints = {term: complaint for term in _doubtful(evidence) if (complaint := misspelt(term))}
    astray = _astray(evidence, shapes)
    if not complaints and not astray:
        return
    for triple in evidence.triples:
        for term in _terms(triple):
            if complaint := complaints.get(term):
                yield _problem("Term-known", "KnownTerm", triple, complaint, value=term)
        if (triple.subject, triple.predicate) in astray and triple not in evidence.echoes:
            yield _problem("Term-placed", "PlacedTerm", triple, _misplaced(triple.predicate, shapes))


def _doubtful(evidence: Evidence) -> set[NamedNode]:
    """Return the terms of closed vocabularies that may be misspelt, before a close look."""
    said = evidence.mentioned - TERMS
    return {term for term in said if isinstance(term, NamedNode) and term.value.startswith(_CLOSED_SPACES)}


def _astray(evidence: Evidence, shapes: Tailored) -> set[tuple[object, NamedNode]]:
    """Return the subjects, with the property, of which our property is said though it belongs to other kinds."""
    return {
        (subject, predicate)
        for subject, said in evidence.stated.items()
        if (types := evidence.types.get(subject))
        for predicate in said & shapes.places.keys()
        if not shapes.places[predicate] & types
    }


def without_shape(evidence: Evidence, shapes: Tailored) -> Iterator[Problem]:
    """Yield a problem for each own node that no shape selects: SHACL would let it pass unseen."""
    for node in evidence.untargeted(shapes):
        types = sorted(short(each) for each in evidence.types.get(node, ()))
        reason = f"its types are no kind of thing that provkg knows: {', '.join(types)}" if types else "it has no type"
        yield _node_problem("Node-kind", "KnownKind", node, f"Say what this is (rdf:type): {reason}.")


def speaks_of_records(evidence: Evidence) -> Iterator[Problem]:
    """Yield a problem for each record that a record describes: provkg alone states those, after acceptance."""
    for node in evidence.own:
        if evidence.types.get(node, set()) & _LEDGERS_OWN:
            sentence = "A record does not describe records; provkg does, when it keeps one."
            yield _node_problem("Node-record", "NoRecord", node, sentence)


def described_nowhere(evidence: Evidence, shapes: Tailored) -> Iterator[Problem]:
    """Yield a warning for each node that is pointed at where a thing is expected, and described nowhere."""
    for node, predicates in evidence.undescribed().items():
        if asked := predicates & shapes.references.keys():
            yield undescribed(node, asked)


def undescribed(node: Node, predicates: Iterable[NamedNode]) -> Problem:
    """Return the warning about a node of which nothing is said, and that `predicates` point at."""
    named = ", ".join(short(each) for each in sorted(predicates, key=lambda each: each.value))
    sentence = f"Nothing says what this is; it is pointed at with {named}."
    return _node_problem("Node-described", "Described", node, sentence, severity="warning")


def short(term: NamedNode) -> str:
    """Return `term` with its usual prefix, or in angle brackets."""
    for prefix, space in NAMESPACES.items():
        if term.value.startswith(space):
            return f"{prefix}:{term.value.removeprefix(space)}"
    return f"<{term.value}>"


def _terms(triple: Triple) -> Iterator[NamedNode]:
    datatype = triple.object.datatype if isinstance(triple.object, Literal) else triple.object
    yield from (term for term in (triple.subject, triple.predicate, datatype) if isinstance(term, NamedNode))


def _misplaced(predicate: NamedNode, shapes: Tailored) -> str:
    kinds = sorted(short(each) for each in shapes.places[predicate])
    return f"{short(predicate)} is said of {' or '.join(kinds)}, and this is none."


def _problem(shape: str, constraint: str, triple: Triple, message: str, *, value: NamedNode | None = None) -> Problem:
    stated = value.value if value is not None else _text(triple.object)
    focus = triple.subject
    assert not isinstance(focus, Triple)  # noqa: S101 - pyoxigraph's subjects are IRIs or blank nodes (RDF 1.1)
    path = triple.predicate.value
    return Problem(_name(focus), SHAPES_NAMESPACE + shape, constraint, stated, path, message, "violation")


def _node_problem(
    shape: str, constraint: str, node: Node, message: str, *, severity: Severity = "violation"
) -> Problem:
    return Problem(_name(node), SHAPES_NAMESPACE + shape, constraint, None, rdf_type.value, message, severity)


def _name(node: Node) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)
