"""Reading all dependencies of a store at once, with what a walk over them asks of the things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store, Triple

from provkg import vocabulary as v
from provkg.index.packing import Facts

FOLLOWED: Final = frozenset({v.rdf_type, v.sha256, v.metricKind, v.prov_wasGeneratedBy, v.dependsOn})
"""The properties that the file tells of."""


def gathered(store: Store) -> Facts:
    """Return the facts that a file of dependencies tells of `store`, of all that depends, is made or has a digest."""
    facts = Facts()
    number = facts.things.of
    for subject, end in _ends(store, v.dependsOn):
        if isinstance(end, NamedNode):
            facts.rests_on.add(number(subject.value), number(end.value))
    for subject, end in _ends(store, v.prov_wasGeneratedBy):
        if isinstance(end, NamedNode):
            facts.made_by.add(number(subject.value), number(end.value))
    for subject, end in _ends(store, v.sha256):
        if isinstance(end, Literal):
            facts.has_digest.add(number(subject.value), facts.digests.of(str(end)))
    for sets, relation in ((facts.kinds, v.rdf_type), (facts.metrics, v.metricKind)):
        for subject, end in _ends(store, relation):
            thing = facts.things.numbers.get(subject.value)
            if thing is not None and isinstance(end, NamedNode):
                sets.add(thing, end.value)
    return facts


def changed_by(triples: Iterable[Triple], edges: Iterable[tuple[NamedNode, NamedNode]]) -> Iterator[str]:
    """Yield the things and digests of which the file may tell something else once `triples` came or went."""
    for triple in triples:
        if triple.predicate in FOLLOWED and isinstance(triple.subject, NamedNode):
            yield triple.subject.value
            if triple.predicate == v.sha256:
                yield str(triple.object)
    for source, target in edges:
        yield from (source.value, target.value)


def _ends(store: Store, relation: NamedNode) -> Iterator[tuple[NamedNode, object]]:
    for quad in store.quads_for_pattern(None, relation, None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject, quad.object
