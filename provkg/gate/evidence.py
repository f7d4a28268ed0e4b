"""The data that the gate shows to an engine: the record, what is known about its nodes, and which nodes are its own.

Only the record's own subjects are focus nodes: what a record merely refers to is described elsewhere, and asking it
for the fields of its class would refuse every reference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from provkg.entailment import mirrors
from provkg.gate.backward import CLOSED_HERE
from provkg.gate.shapes import Node, absence
from provkg.gate.tailoring import Tailored
from provkg.gate.targets import Terms
from provkg.vocabulary import (
    INDIVIDUALS,
    SUPERCLASSES,
    declaredAbsent,
    rdf_type,
    rdfs_subClassOf,
    runStatus,
)

_NONE: Final[frozenset[NamedNode]] = frozenset()
Predicates = defaultdict[Node, set[NamedNode]]


class Evidence:
    """One record, or whole data, with what else is known about its nodes."""

    def __init__(self, triples: Sequence[Triple], known: Iterable[Triple] = (), *, closing: bool = False) -> None:
        self.triples, self._closing = triples, closing
        self.known = list(known)
        self.types: dict[Node, set[NamedNode]] = defaultdict(set)
        self.stated: Predicates = defaultdict(set)
        self.datatypes: set[NamedNode] = set()
        self._absent: list[Triple] = []
        self._pointed_at: Predicates = defaultdict(set)
        self.echoes = mirrored(triples)
        for triple in triples:
            self._read(triple)
        self.own = {_node(triple.subject): None for triple in triples if triple not in self.echoes}
        self._said, self._referred = self.stated, self._pointed_at
        if self.known:
            self._add_known()

    def _read(self, triple: Triple) -> None:
        subject, predicate, value = _node(triple.subject), triple.predicate, triple.object
        self.stated[subject].add(predicate)
        if isinstance(value, Literal):
            self.datatypes.add(value.datatype)
        elif not isinstance(value, Triple):
            self._pointed_at[value].add(predicate)
            self._notice(triple, subject, predicate, value)

    def _notice(self, triple: Triple, subject: Node, predicate: NamedNode, value: Node) -> None:
        if predicate == rdf_type and isinstance(value, NamedNode):
            self.types[subject].add(value)
        elif predicate == declaredAbsent:
            self._absent.append(triple)

    def _add_known(self) -> None:
        self._said = _copied(self.stated)
        self._referred = _copied(self._pointed_at)
        for triple in self.known:
            subject, predicate, value = _node(triple.subject), triple.predicate, triple.object
            if isinstance(value, NamedNode | BlankNode):
                self._notice(triple, subject, predicate, value)
            if subject in self.own:
                self._said[subject].add(predicate)
                if isinstance(value, NamedNode | BlankNode):
                    self._referred[value].add(predicate)

    @property
    def mentioned(self) -> set[Node]:
        """The nodes, properties and datatypes of the record."""
        return self.datatypes.union(self.stated, self._pointed_at, *self.stated.values())

    def statements(self, shapes: Tailored) -> list[Triple]:
        """Return what `shapes` can see of everything, without the marks."""
        said = (*self.triples, *self.known)
        added = (*self._absences(), *self._concepts(), *self._open_references(shapes))
        return [*_seen(said, shapes.looked_at), *added]

    def marks(self, shapes: Tailored) -> dict[str, tuple[str, ...]]:
        """Return the own nodes that `shapes` judge, as N-Triples write them, with the marks by which they find each."""
        return {str(node): marks for node in self.own if (marks := self._marks(node, shapes))}

    def untargeted(self, shapes: Tailored) -> list[Node]:
        """Return the own nodes that no shape selects."""
        return [node for node in self.own if self._marks(node, shapes) is None]

    def selected_by(self, node: Node) -> tuple[Terms, Terms, Terms]:
        """Return by what shapes may select `node`: its types, its properties, and those that point at it."""
        types, pointed_at = self.types.get(node, _NONE), self._pointed_at.get(node, _NONE)
        said = frozenset(self._said[node])
        if self._closing and runStatus in self.stated[node]:
            said |= {CLOSED_HERE}
        return frozenset(types), said, frozenset(pointed_at)

    def _marks(self, node: Node, shapes: Tailored) -> tuple[str, ...] | None:
        return shapes.targets.marks(*self.selected_by(node))

    def undescribed(self) -> dict[Node, set[NamedNode]]:
        """Return the nodes that are pointed at and described nowhere, with the properties that point at them."""
        return {node: found for node, found in self._pointed_at.items() if not self._is_described(node)}

    def _is_described(self, node: Node) -> bool:
        return node in self.own or node in self.types or node in INDIVIDUALS

    def _absences(self) -> Iterator[Triple]:
        for triple in self._absent:
            if isinstance(triple.object, NamedNode):
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
        for triple in (*self.triples, *self.known) if any(shapes.back.classes.values()) else ():
            if triple.subject not in self.types:
                yield from (Triple(triple.subject, rdf_type, kind) for kind in shapes.back.classes[triple.predicate])


def mirrored(triples: Iterable[Triple]) -> set[Triple]:
    """Return what follows from statements of `triples` read backwards: the closure writes relations in both directions.

    Said of the other end, they describe nothing: `train pvk:inSplitSet set` implies `set prov:hadMember train`.
    """
    return {
        Triple(triple.object, relation, triple.subject)
        for triple in triples
        if not isinstance(triple.object, Literal | Triple)
        for relation in mirrors(triple.predicate)
    }


def _seen(triples: Iterable[Triple], looked_at: frozenset[NamedNode] | None) -> Iterable[Triple]:
    """Return the statements that shapes which mention only these terms can see."""
    if looked_at is None:
        return triples
    types = rdf_type in looked_at
    seen = []
    for triple in triples:
        predicate = triple.predicate
        if predicate == rdfs_subClassOf:
            return triples  # an instance is then also one of the wider class, unmentioned ones between included
        if predicate in looked_at or (predicate == rdf_type and (types or triple.object in looked_at)):
            seen.append(triple)
    return seen


def text_of(triples: Iterable[Triple]) -> bytes:
    """Return `triples` as N-Triples, the form in which engines take data."""
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _copied(sets: Predicates) -> Predicates:
    return defaultdict(set, {node: set(each) for node, each in sets.items()})


def _node(term: Node | Triple) -> Node:
    assert not isinstance(term, Triple)  # noqa: S101 - pyoxigraph's subjects are IRIs or blank nodes (RDF 1.1)
    return term
