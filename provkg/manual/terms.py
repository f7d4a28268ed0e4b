"""The terms of the ontology, and of a graph's own, each with what is said of it and what points at it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from provkg.manual.statements import OWL, RDFS, SKOS, Statements
from provkg.resources import ONTOLOGY
from provkg.vocabulary import NAMESPACES

PVK: Final = NAMESPACES["pvk"]
RDF_TYPE: Final = NAMESPACES["rdf"] + "type"
ONTOLOGY_IRI: Final = "https://w3id.org/provkg"
KINDS: Final = {
    OWL + "Class": "class",
    RDFS + "Class": "class",
    OWL + "ObjectProperty": "object property",
    OWL + "DatatypeProperty": "datatype property",
    OWL + "AnnotationProperty": "annotation",
    NAMESPACES["rdf"] + "Property": "property",
    RDFS + "Datatype": "datatype",
    SKOS + "ConceptScheme": "scheme",
    SKOS + "Concept": "concept",
}
OWN_TERMS: Final = "Terms of this graph's own"
_HEADING: Final = re.compile(r"^# ── (.+?) ─+$")
_SUBJECT: Final = re.compile(r"^pvk:([A-Za-z0-9_-]+) a ")


@dataclass(frozen=True)
class Term:
    """One term. `section` is the heading that it stands under in its file, as `Classes: runs`."""

    iri: str
    name: str
    kind: str
    label: str
    definition: str
    section: str
    notes: tuple[str, ...] = ()
    turtle: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()
    deprecated: bool = False

    @property
    def anchor(self) -> str:
        """Its place on the page: the local name of a term of ours, so that its IRI can lead there."""
        return self.iri.removeprefix(PVK)


@dataclass(frozen=True)
class Terms:
    """All terms by IRI, in the order of their files."""

    by_iri: dict[str, Term]
    said: Statements

    @classmethod
    def read(cls, own: Sequence[Path] = ()) -> Terms:
        """Return the terms of the ontology and of the files `own`; what these say of other terms is kept too."""
        said = Statements.read([ONTOLOGY / "provkg.ttl", *own])
        sections = _sections((ONTOLOGY / "provkg.ttl").read_text("utf-8"))
        defined = set(Statements.read(own).said)
        wanted = [iri for iri in said.said if iri.startswith(PVK) or iri in defined]
        terms = [_term(said, iri, sections.get(iri, OWN_TERMS)) for iri in wanted if _kind(said, iri)]
        return cls({term.iri: term for term in terms}, said)

    @cached_property
    def sections(self) -> dict[str, list[Term]]:
        """Return the terms by section."""
        found: dict[str, list[Term]] = {}
        for term in self.by_iri.values():
            found.setdefault(term.section, []).append(term)
        return found

    def about(self, predicate: str) -> str:
        """Return what the ontology says of itself with `predicate`."""
        return self.said.text(ONTOLOGY_IRI, predicate)

    def related(self, iri: str, *predicates: str) -> list[str]:
        """Return what the term `iri` points at with one of `predicates`."""
        return list(dict.fromkeys(node for each in predicates for node in self.said.nodes(iri, each)))

    def pointing(self, iri: str, *predicates: str) -> list[str]:
        """Return the terms that point at `iri` with one of `predicates`."""
        found = (each for predicate in predicates for each in self._pointing.get((predicate, iri), ()))
        return list(dict.fromkeys(found))

    @cached_property
    def _pointing(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for term in self.by_iri:
            for predicate, value in self.said.of(term):
                if isinstance(value, NamedNode):
                    found.setdefault((predicate, value.value), []).append(term)
        return found


def local_name(iri: str) -> str:
    """Return what stands after the last `#` or `/` of an IRI, or all of it where that is nothing."""
    return re.split(r"[#/]", iri)[-1] or iri


def _term(said: Statements, iri: str, section: str) -> Term:
    examples = said.literals(iri, SKOS + "example")
    return Term(
        iri=iri,
        name=local_name(iri),
        kind=_kind(said, iri) or "",
        label=said.text(iri, SKOS + "prefLabel") or said.text(iri, RDFS + "label") or local_name(iri),
        definition=said.text(iri, SKOS + "definition") or said.text(iri, RDFS + "comment"),
        section=section,
        notes=tuple(note.value for note in said.literals(iri, SKOS + "scopeNote")),
        turtle=tuple(each.value for each in examples if not each.language),
        prose=tuple(each.value for each in examples if each.language),
        deprecated=said.text(iri, OWL + "deprecated") == "true",
    )


def _kind(said: Statements, iri: str) -> str | None:
    types = said.nodes(iri, RDF_TYPE)
    stated = [KINDS[each] for each in KINDS if each in types]
    if stated:
        return stated[0]
    if said.nodes(iri, RDFS + "subClassOf"):
        return "class"
    if said.nodes(iri, RDFS + "subPropertyOf"):
        return "property"
    return "concept" if types else None


def _sections(text: str) -> dict[str, str]:
    found, heading = {}, OWN_TERMS
    for line in text.splitlines():
        if match := _HEADING.match(line):
            heading = match.group(1)
        elif match := _SUBJECT.match(line):
            found[PVK + match.group(1)] = heading
    return found


def grouped(sections: Iterable[str]) -> dict[str, list[str]]:
    """Return the sections by what stands before their colon: `Classes` holds `Classes: runs`."""
    found: dict[str, list[str]] = {}
    for section in sections:
        found.setdefault(section.partition(":")[0], []).append(section)
    return found
