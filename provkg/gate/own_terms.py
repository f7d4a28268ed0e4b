"""The owner's own classes and properties: what they come to in our terms and PROV's.

Files in a graph's `ontology/` folder say `my:LoraRun rdfs:subClassOf pvk:FineTuningRun`. A record that says
`a my:LoraRun` is then also kept as a fine-tuning run, so that it is validated and found as one. Only the two relations
that widen a term are read, `rdfs:subClassOf` and `rdfs:subPropertyOf`; labels, domains and the rest are for people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary
from provkg.gate.flaw import Flaw
from provkg.gate.language_terms import LANGUAGE_TERMS
from provkg.gate.lines import Located
from provkg.gate.lint import CLOSED, misspelt_in_a_file
from provkg.gate.rules import short
from provkg.vocabulary import CLASSES, NAMESPACES, PROPERTIES, SUPERCLASSES, rdf_type, rdfs_subClassOf

Wider = Mapping[NamedNode, tuple[NamedNode, ...]]
SUB_PROPERTY: Final = NamedNode(NAMESPACES["rdfs"] + "subPropertyOf")
_TAKEN: Final = {prefix: NAMESPACES[prefix] for prefix in (*CLOSED, *LANGUAGE_TERMS)}
_OWL, _RDFS, _RDF = (NAMESPACES[prefix] for prefix in ("owl", "rdfs", "rdf"))
_CLASS_KINDS: Final = frozenset({NamedNode(_OWL + "Class"), NamedNode(_RDFS + "Class")})
_PROPERTY_KINDS: Final = frozenset(
    {
        NamedNode(_RDF + "Property"),
        *(NamedNode(_OWL + each) for each in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    }
)
# What nothing can be at once (PROV-O: owl:disjointWith).
_APART: Final = (
    (vocabulary.prov_Entity, vocabulary.prov_Activity),
    (vocabulary.prov_Agent, NamedNode(NAMESPACES["prov"] + "InstantaneousEvent")),
)
_LEDGERS_OWN: Final = frozenset({vocabulary.Record, vocabulary.RecordCommit})


@dataclass(frozen=True)
class OwnTerms:
    """The classes and properties of one graph's owner, each with everything above it."""

    classes: Wider = field(default_factory=dict)
    properties: Wider = field(default_factory=dict)

    def widened(self, triples: Iterable[Triple]) -> list[Triple]:
        """Return `triples` with what they say in wider terms: `a my:LoraRun` also says `a pvk:FineTuningRun`."""
        stated = list(triples)
        if not self.classes and not self.properties:
            return stated
        return list(dict.fromkeys([*stated, *(wider for triple in stated for wider in self._wider(triple))]))

    def _wider(self, triple: Triple) -> Iterator[Triple]:
        if triple.predicate != rdf_type:
            for relation in self.properties.get(triple.predicate, ()):
                yield Triple(triple.subject, relation, triple.object)
        elif isinstance(triple.object, NamedNode):
            for kind in self.classes.get(triple.object, ()):
                yield Triple(triple.subject, rdf_type, kind)


NO_TERMS: Final = OwnTerms()


def own_terms(files: Mapping[Path, Sequence[Located]]) -> tuple[OwnTerms, list[Flaw]]:
    """Return the terms that `files` define, and what is wrong with those that are left out.

    A file with a flaw is left out whole, and so is what rests on its terms.
    """
    sound, found = dict(files), list[Flaw]()
    while flaws := _flaws(sound):
        found += flaws
        wrong = {flaw.file for flaw in flaws}
        sound = {file: said for file, said in sound.items() if file not in wrong}
    said = [each for statements in sound.values() for each in statements]
    return OwnTerms(_closed(said, rdfs_subClassOf), _closed(said, SUB_PROPERTY)), found


def _flaws(files: Mapping[Path, Sequence[Located]]) -> list[Flaw]:
    said = [each for statements in files.values() for each in statements]
    classes, properties = _closed(said, rdfs_subClassOf), _closed(said, SUB_PROPERTY)
    kinds = _Kinds(said, classes, properties)
    found = [
        Flaw(file, each.line, message)
        for file, statements in files.items()
        for each in statements
        if (message := _of_statement(each.triple) or kinds.complaint(each.triple))
    ]
    return sorted(dict.fromkeys(found), key=lambda flaw: (str(flaw.file), flaw.line or 0, flaw.message))


def _of_statement(triple: Triple) -> str | None:
    subject = triple.subject
    for term in (triple.predicate, triple.object):
        if isinstance(term, NamedNode) and (message := misspelt_in_a_file(term)):
            return message
    if triple.predicate in {rdfs_subClassOf, SUB_PROPERTY} and isinstance(triple.object, Literal):
        return f"{short(triple.predicate)} takes a term, not {triple.object}"
    if not isinstance(subject, NamedNode):
        return None
    prefix = next((each for each, space in _TAKEN.items() if subject.value.startswith(space)), None)
    if prefix is None:
        return None
    what = "is defined there already" if subject in CLASSES | PROPERTIES else "would be a new term there"
    return f"{short(subject)} {what}; define a term in a namespace of your own, below it with rdfs:subClassOf"


class _Kinds:
    """What the defined terms are, and whether that fits together."""

    def __init__(self, said: Sequence[Located], classes: Wider, properties: Wider) -> None:
        self._classes, self._properties = classes, properties
        typed = [(t.subject, t.object) for each in said if (t := each.triple).predicate == rdf_type]
        self._declared_classes = {subject for subject, kind in typed if kind in _CLASS_KINDS}
        self._declared_properties = {subject for subject, kind in typed if kind in _PROPERTY_KINDS}

    def complaint(self, triple: Triple) -> str | None:
        term, predicate, wider = triple
        if not isinstance(term, NamedNode):
            return None
        if predicate == rdfs_subClassOf and isinstance(wider, NamedNode):
            return self._of_class(term, wider)
        if predicate == SUB_PROPERTY and isinstance(wider, NamedNode):
            return self._of_property(term, wider)
        if predicate == rdf_type and wider in _CLASS_KINDS:
            return self._of_declared_class(term)
        return None

    def _of_class(self, term: NamedNode, wider: NamedNode) -> str | None:
        above = self._classes[term]
        if term in above or term == wider:
            return f"{short(term)} comes to be below itself; take one rdfs:subClassOf of the circle out"
        if wider in PROPERTIES or wider in self._declared_properties:
            return f"{short(wider)} is a property; a class lies below classes"
        for one, other in _APART:
            if one in above and other in above:
                return f"{short(term)} would be both {short(one)} and {short(other)}, and nothing is; keep one of them"
        if taken := _LEDGERS_OWN & set(above):
            return f"{short(next(iter(taken)))} is what provkg writes about records; take another class"
        return self._of_declared_class(term)

    def _of_declared_class(self, term: NamedNode) -> str | None:
        if term in self._declared_properties:
            return f"{short(term)} is declared a class and a property; make two terms of it"
        if CLASSES.isdisjoint(self._classes.get(term, ())):
            cure = "say what it is: rdfs:subClassOf prov:Entity, prov:Activity, prov:Agent or a class of provkg's"
            return f"{short(term)} lies below no class of PROV's or provkg's; {cure}"
        return None

    def _of_property(self, term: NamedNode, wider: NamedNode) -> str | None:
        if term in self._properties[term] or term == wider:
            return f"{short(term)} comes to be below itself; take one rdfs:subPropertyOf of the circle out"
        if wider in CLASSES or wider in self._declared_classes:
            return f"{short(wider)} is a class; a property lies below properties"
        if wider == vocabulary.dependsOn:
            return "provkg derives pvk:dependsOn itself; take a relation that it follows from, as prov:wasDerivedFrom"
        return None


def _closed(said: Iterable[Located], relation: NamedNode) -> dict[NamedNode, tuple[NamedNode, ...]]:
    """Return everything above each term by `relation`, and above classes of ours what is above those."""
    direct: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for each in said:
        subject, predicate, wider = each.triple
        if predicate == relation and isinstance(subject, NamedNode) and isinstance(wider, NamedNode):
            direct[subject].add(wider)
    return {term: tuple(sorted(_above(term, direct), key=str)) for term in list(direct)}


def _above(term: NamedNode, direct: Mapping[NamedNode, set[NamedNode]]) -> set[NamedNode]:
    found: set[NamedNode] = set()
    waiting = [*direct.get(term, ())]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += [*direct.get(here, ()), *SUPERCLASSES.get(here, ())]
    return found
