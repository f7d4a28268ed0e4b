"""What a record's triples imply: the classes and relations of PROV-O above our own, written out.

A tool that knows only PROV-O then understands every record, and a question about `prov:used` finds what a record
says with `pvk:trainingData`. This is a lookup in the ontology's tables, not a reasoner: of RDF Schema it follows
subclasses (rdfs9 with rdfs11) and sub-properties (rdfs7 with rdfs5), and it reads generation in both directions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from provkg.vocabulary import SUPERCLASSES, SUPERPROPERTIES, prov_generated, prov_wasGeneratedBy, rdf_type


def closed(triples: Iterable[Triple]) -> list[Triple]:
    """Return `triples` without repetitions, followed by what they imply.

    Types are not inferred from the domain or range of a property: a record says what its nodes are, so that the gate
    can tell a wrong type from a missing one.
    """
    stated = dict.fromkeys(triples)
    implied = {consequence: None for triple in stated for consequence in _consequences(triple)}
    return list(stated | implied)


def _consequences(triple: Triple) -> Iterator[Triple]:
    if triple.predicate == rdf_type:
        return _wider_types(triple)
    return _wider_relations(triple)


def _wider_types(triple: Triple) -> Iterator[Triple]:
    if isinstance(triple.object, NamedNode):
        for wider in SUPERCLASSES.get(triple.object, ()):
            yield Triple(triple.subject, rdf_type, wider)


def _wider_relations(triple: Triple) -> Iterator[Triple]:
    wider = SUPERPROPERTIES.get(triple.predicate, ())
    for relation in wider:
        yield Triple(triple.subject, relation, triple.object)
    yield from _generation_reversed(triple, {triple.predicate, *wider})


def _generation_reversed(triple: Triple, relations: set[NamedNode]) -> Iterator[Triple]:
    if isinstance(triple.object, Literal | Triple):
        return  # a literal generates nothing; the gate says so
    if prov_wasGeneratedBy in relations:
        yield Triple(triple.object, prov_generated, triple.subject)
    if prov_generated in relations:
        yield Triple(triple.object, prov_wasGeneratedBy, triple.subject)
