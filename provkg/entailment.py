"""What a record's triples imply: the classes and relations of PROV-O above our own, and every relation's other forms.

A tool that knows only PROV-O then understands every record, and a question about `prov:used` finds what a record
says with `pvk:trainingData`, or what another tool says with `prov:qualifiedUsage`. This is a lookup in the ontology's
tables, not a reasoner. Of OWL 2 RL it follows sub-classes (cax-sco), sub-properties (prp-spo1), inverses (prp-inv1,
prp-inv2) and the property chains by which PROV-O reads a qualified relation as the plain one (prp-spo2); beside them
it reads the time of a qualified event as the plain property that PROV-O names for it (PROV-O, section 3.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

from provkg.vocabulary import INVERSES, SUPERCLASSES, SUPERPROPERTIES, UNQUALIFIED, rdf_type

Directed = tuple[NamedNode, bool]
"""A relation, and whether it holds from subject to object; otherwise it holds from object to subject."""
Chain = tuple[NamedNode, NamedNode, bool]
"""A qualified form and the property that says with what; then the direction of what follows, as in `Directed`."""


def closed(triples: Iterable[Triple]) -> list[Triple]:
    """Return `triples` without repetitions, followed by what they imply.

    Types are not inferred from the domain or range of a property: a record says what its nodes are, so that the gate
    can tell a wrong type from a missing one. Of the influence that every relation of PROV-O is, nothing is written:
    it would double a record and tell a reader nothing.
    """
    stated = dict.fromkeys(triples)
    implied = stated | _consequences(stated)
    # A plain relation qualifies nothing, so one round over the qualified ones is enough.
    return list(implied | dict.fromkeys(unqualified(implied)))


def unqualified(triples: Iterable[Triple]) -> list[Triple]:
    """Return the plain relations that the qualified ones of `triples` come to, with what these imply."""
    plain = dict.fromkeys(_plain_relations(list(triples)))
    return list(plain | _consequences(plain))


@cache
def qualified_forms() -> dict[NamedNode, list[Chain]]:
    """Return each relation that may follow from qualified ones, with those it follows from."""
    found: dict[NamedNode, list[Chain]] = {}
    for form, chains in UNQUALIFIED.items():
        for step, plain in chains:
            for relation, forward in ((plain, True), *_implied(plain)):
                found.setdefault(relation, []).append((form, step, forward))
    return found


@cache
def mirrors(relation: NamedNode) -> tuple[NamedNode, ...]:
    """Return the relations that hold from object to subject wherever `relation` holds from subject to object."""
    return tuple(other for other, forward in _implied(relation) if not forward)


@cache
def one_way_echoes() -> dict[NamedNode, tuple[NamedNode, ...]]:
    """Return each relation without an inverse that may follow from others read backwards, with those it follows from.

    A relation that has an inverse always follows from it.
    """
    found: dict[NamedNode, tuple[NamedNode, ...]] = {}
    for relation in sorted(INVERSES, key=lambda each: each.value):
        for other in mirrors(relation):
            if other not in INVERSES:
                found[other] = (*found.get(other, ()), relation)
    return found


def _consequences(triples: Iterable[Triple]) -> dict[Triple, None]:
    return {consequence: None for triple in triples for consequence in _consequences_of(triple)}


def _consequences_of(triple: Triple) -> Iterator[Triple]:
    subject, predicate, target = triple
    if predicate == rdf_type:
        for wider in SUPERCLASSES.get(target, ()) if isinstance(target, NamedNode) else ():
            yield Triple(subject, rdf_type, wider)
        return
    for relation, forward in _implied(predicate):
        if forward:
            yield Triple(subject, relation, target)
        elif not isinstance(target, Literal | Triple):  # a literal generates nothing; the gate says so
            yield Triple(target, relation, subject)


@cache
def _implied(relation: NamedNode) -> tuple[Directed, ...]:
    """Return every other relation that holds wherever `relation` does, nearest first."""
    found: dict[Directed, None] = {(relation, True): None}
    fresh = [(relation, True)]
    while fresh:
        fresh = [near for known in fresh for near in _nearest(*known) if near not in found]
        found.update(dict.fromkeys(fresh))
    return tuple(found)[1:]


def _nearest(relation: NamedNode, forward: bool) -> Iterator[Directed]:  # noqa: FBT001 - one half of a pair
    for wider in SUPERPROPERTIES.get(relation, ()):
        yield wider, forward
    if relation in INVERSES:
        yield INVERSES[relation], not forward


def _plain_relations(triples: Iterable[Triple]) -> Iterator[Triple]:
    between = [triple for triple in triples if triple.predicate in UNQUALIFIED]
    if not between:
        return
    said: dict[object, list[Triple]] = {triple.object: [] for triple in between}
    for triple in triples:
        if triple.subject in said:
            said[triple.subject].append(triple)
    for triple in between:
        for step, plain in UNQUALIFIED[triple.predicate]:
            yield from (Triple(triple.subject, plain, t.object) for t in said[triple.object] if t.predicate == step)
