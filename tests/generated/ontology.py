"""The ontology and PROV-O as graphs, and the order that they give to classes and properties."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.graph import ReadOnlyGraphAggregate

from provkg.resources import ONTOLOGY

PVK = "https://w3id.org/provkg#"
PROV = "http://www.w3.org/ns/prov#"

CLASS_TYPES = (OWL.Class,)
PROPERTY_TYPES = (OWL.ObjectProperty, OWL.DatatypeProperty)

# PROV-O's upper tier says of every relation only that it is an influence; writing it out would double a record
# and tell a reader nothing.
INFLUENCE = frozenset(
    URIRef(PROV + name)
    for name in (
        *("Influence", "ActivityInfluence", "AgentInfluence", "EntityInfluence"),
        *("wasInfluencedBy", "influenced", "influencer", "qualifiedInfluence"),
    )
)


@cache
def own() -> Graph:
    """Return our own terms."""
    return Graph().parse(ONTOLOGY / "provkg.ttl")


@cache
def prov() -> Graph:
    """Return the pinned copy of PROV-O."""
    return Graph().parse(ONTOLOGY / "imports" / "prov-o.ttl")


def whole() -> Graph:
    """Return our terms together with PROV-O's."""
    return ReadOnlyGraphAggregate([own(), prov()])


def declared(graph: Graph, types: tuple[URIRef, ...], namespace: str = "") -> list[URIRef]:
    """Return the terms of `namespace` that `graph` declares with one of `types`, in alphabetical order."""
    found = chain.from_iterable(graph.subjects(RDF.type, kind) for kind in types)
    return sorted({term for term in found if isinstance(term, URIRef) and term.startswith(namespace)})


def above(term: URIRef, relation: URIRef) -> list[URIRef]:
    """Return every named term above `term` over `relation`, nearest first, without the influence tier."""
    found: dict[URIRef, None] = {}
    tier = [term]
    while tier:
        parents = {parent for child in tier for parent in whole().objects(child, relation)}
        tier = sorted(p for p in parents if isinstance(p, URIRef) and p not in found and p != OWL.Thing)
        found.update(dict.fromkeys(tier))
    return [parent for parent in found if parent not in INFLUENCE]


def classes_above(term: URIRef) -> list[URIRef]:
    """Return the super-classes of `term`."""
    return above(term, RDFS.subClassOf)


def properties_above(term: URIRef) -> list[URIRef]:
    """Return the super-properties of `term`."""
    return above(term, RDFS.subPropertyOf)


def inverses() -> dict[URIRef, URIRef]:
    """Return, in both directions, the relations that `owl:inverseOf` pairs, without the influence tier."""
    stated = [pair for pair in whole().subject_objects(OWL.inverseOf) if not INFLUENCE & {*pair}]
    pairs = {(one, other) for one, other in stated if isinstance(one, URIRef) and isinstance(other, URIRef)}
    return dict(sorted(pairs | {(other, one) for one, other in pairs}))


def reverse_names() -> list[URIRef]:
    """Return the relations that are only another's name from the other end: the subjects of `owl:inverseOf`."""
    found = whole().subjects(OWL.inverseOf)
    return sorted(term for term in found if isinstance(term, URIRef) and term not in INFLUENCE)


def unqualified() -> dict[URIRef, list[tuple[URIRef, URIRef]]]:
    """Return each qualified relation of PROV-O with the (property of its node, plain relation) pairs that it comes to.

    Relations come from the property chains, times from `prov:qualifiedForm` (PROV-O, section 3.3), which OWL 2 cannot
    say of a data property.
    """
    found: dict[URIRef, list[tuple[URIRef, URIRef]]] = {}
    for plain, qualified, step in sorted([*_chains(), *_times()]):
        if not {plain, qualified} & INFLUENCE:
            found.setdefault(qualified, []).append((step, plain))
    return dict(sorted(found.items()))


def _chains() -> Iterator[tuple[URIRef, URIRef, URIRef]]:
    for plain, chained in prov().subject_objects(OWL.propertyChainAxiom):
        qualified, step = (URIRef(str(term)) for term in Collection(prov(), chained))
        yield URIRef(str(plain)), qualified, step


def _times() -> Iterator[tuple[URIRef, URIRef, URIRef]]:
    qualified_form, at_time = URIRef(PROV + "qualifiedForm"), URIRef(PROV + "atTime")
    relations = set(prov().subjects(RDFS.subPropertyOf, URIRef(PROV + "qualifiedInfluence")))
    for plain in prov().subjects(qualified_form, at_time):
        for event in set(prov().objects(plain, qualified_form)) - {at_time}:
            for qualified in relations & set(prov().subjects(RDFS.range, event)):
                yield URIRef(str(plain)), URIRef(str(qualified)), at_time
