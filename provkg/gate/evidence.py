"""The data that the gate shows to an engine: the record, what is known about its nodes, and which nodes are its own.

Only the record's own subjects are focus nodes: what a record merely refers to is described elsewhere, and asking it
for the fields of its class would refuse every reference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from provkg import vocabulary
from provkg.gate.shapes import Node, absence, mark
from provkg.gate.tailoring import Tailored
from provkg.vocabulary import INDIVIDUALS, SUPERCLASSES, prov_generated, prov_wasGeneratedBy, rdf_type

_INVERSE: Final = {prov_generated: prov_wasGeneratedBy, prov_wasGeneratedBy: prov_generated}


class Evidence:
    """One record, or whole data, with what else is known about its nodes."""

    def __init__(self, triples: Sequence[Triple], known: Iterable[Triple] = ()) -> None:
        self.triples = triples
        self.known = list(known)
        self.types: dict[Node, set[NamedNode]] = defaultdict(set)
        for triple in (*triples, *self.known):
            if triple.predicate == rdf_type and isinstance(triple.object, NamedNode):
                self.types[_node(triple.subject)].add(triple.object)
        self.own = own_subjects(triples)
        self._predicates: dict[Node, set[NamedNode]] = defaultdict(set)
        self._pointed_at: dict[Node, set[NamedNode]] = defaultdict(set)
        for triple in triples:
            self._predicates[_node(triple.subject)].add(triple.predicate)
            if isinstance(triple.object, NamedNode | BlankNode):
                self._pointed_at[triple.object].add(triple.predicate)
        self._referred = {node: set(predicates) for node, predicates in self._pointed_at.items()}
        for triple in self.known:
            if (subject := _node(triple.subject)) in self.own:
                self._predicates[subject].add(triple.predicate)
                if isinstance(triple.object, NamedNode | BlankNode):
                    self._referred.setdefault(triple.object, set()).add(triple.predicate)

    def text(self, shapes: Tailored) -> bytes:
        """Return everything as N-Triples, with the marks that `shapes` look for."""
        return "".join(f"{triple} .\n" for triple in (*self.triples, *self.known, *self._added(shapes))).encode()

    def untargeted(self, shapes: Tailored) -> list[Node]:
        """Return the own nodes that no shape selects."""
        return [node for node in self.own if next(self._marks(node, shapes), None) is None]

    def undescribed(self) -> dict[Node, set[NamedNode]]:
        """Return the nodes that are pointed at and described nowhere, with the properties that point at them."""
        return {node: found for node, found in self._pointed_at.items() if not self._is_described(node)}

    def _is_described(self, node: Node) -> bool:
        return node in self.own or node in self.types or node in INDIVIDUALS

    def _added(self, shapes: Tailored) -> Iterator[Triple]:
        for node in self.own:
            yield from self._marks(node, shapes)
        yield from self._absences()
        yield from self._concepts()
        yield from self._open_references(shapes)

    def _marks(self, node: Node, shapes: Tailored) -> Iterator[Triple]:
        selected = {
            vocabulary.sh_targetClass: self.types.get(node, set()),
            vocabulary.sh_targetSubjectsOf: self._predicates[node],
            vocabulary.sh_targetObjectsOf: self._pointed_at.get(node, set()),
        }
        for target, terms in selected.items():
            for term in terms & shapes.targets[target]:
                yield Triple(node, mark(target, term), node)

    def _absences(self) -> Iterator[Triple]:
        for triple in (*self.triples, *self.known):
            if triple.predicate == vocabulary.declaredAbsent and isinstance(triple.object, NamedNode):
                yield Triple(triple.subject, absence(triple.object), triple.object)

    def _concepts(self) -> Iterator[Triple]:
        """Type the ontology's own concepts that the record names: the ontology is not part of the data."""
        for node in self._referred:
            if isinstance(node, NamedNode) and (kind := INDIVIDUALS.get(node)):
                yield from (Triple(node, rdf_type, each) for each in (kind, *SUPERCLASSES.get(kind, ())))

    def _open_references(self, shapes: Tailored) -> Iterator[Triple]:
        """Let a node of no known type pass the `sh:class` of what points at it: its record may come later."""
        open_ends = {node: found for node, found in self._referred.items() if not self._is_described(node)}
        for node, predicates in open_ends.items():
            wanted = {kind for predicate in predicates for kind in shapes.references.get(predicate, ())}
            yield from (Triple(node, rdf_type, kind) for kind in wanted)


def own_subjects(triples: Iterable[Triple]) -> dict[Node, None]:
    """Return the nodes that a record describes, in its order.

    The closure writes generation in both directions, and its other direction describes nothing.
    """
    stated = list(triples)
    said = set(stated)
    return {_node(t.subject): None for t in stated if not _is_mirrored(t, said)}


def _is_mirrored(triple: Triple, said: set[Triple]) -> bool:
    inverse = _INVERSE.get(triple.predicate)
    if inverse is None or isinstance(triple.object, Literal | Triple):
        return False
    return Triple(triple.object, inverse, triple.subject) in said


def _node(term: Node | Triple) -> Node:
    assert not isinstance(term, Triple)  # noqa: S101 - pyoxigraph's subjects are IRIs or blank nodes (RDF 1.1)
    return term
