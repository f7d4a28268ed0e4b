"""How the terms stand to those of other vocabularies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.manual.statements import DCT, OWL, RDFS, SKOS, Statements
from provkg.manual.terms import PVK, RDF_TYPE
from provkg.resources import ONTOLOGY

# How ours stands to theirs, the strongest first: an axiom says more than the match beside it.
RELATIONS: Final = {
    SKOS + "exactMatch": "the same as",
    RDFS + "subClassOf": "a kind of",
    RDFS + "subPropertyOf": "a kind of",
    SKOS + "broadMatch": "narrower than",
    SKOS + "narrowMatch": "broader than",
    SKOS + "closeMatch": "close to",
    SKOS + "relatedMatch": "related to",
}


@dataclass(frozen=True)
class Match:
    """A term of ours, how it stands to a foreign one, and that one with its usual prefix."""

    ours: str
    relation: str
    theirs: str
    shown: str


@dataclass(frozen=True)
class Alignment:
    """One file of `ontology/alignments/`; `unmatched` holds groups of foreign terms with the reason they share."""

    name: str
    title: str
    about: str
    rest: str
    matches: tuple[Match, ...]
    unmatched: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    @classmethod
    def read(cls, file: Path) -> Alignment:
        """Read one file."""
        said = Statements.read([file])
        header = next(subject for subject in said.said if OWL + "Ontology" in said.nodes(subject, RDF_TYPE))
        return cls(
            name=file.stem,
            title=said.text(header, DCT + "title").removeprefix("provkg and "),
            about=said.text(header, DCT + "description"),
            rest=said.text(header, SKOS + "scopeNote"),
            matches=tuple(_matches(said)),
            unmatched=tuple(_unmatched(said, header)),
        )


def alignments() -> list[Alignment]:
    """Return all alignments by title."""
    found = [Alignment.read(file) for file in sorted((ONTOLOGY / "alignments").glob("*.ttl"))]
    return sorted(found, key=lambda each: each.title.casefold())


def _matches(said: Statements) -> Iterable[Match]:
    seen = set()
    for relation, words in RELATIONS.items():
        for ours in said.said:
            for theirs in said.nodes(ours, relation) if ours.startswith(PVK) else ():
                if (ours, theirs) not in seen:
                    seen.add((ours, theirs))
                    yield Match(ours, words, theirs, _short(said, theirs))


def _unmatched(said: Statements, header: str) -> Iterable[tuple[str, tuple[tuple[str, str], ...]]]:
    reasons: dict[str, list[tuple[str, str]]] = {}
    for term in said.said:
        if (note := said.text(term, SKOS + "scopeNote")) and term != header:
            reasons.setdefault(note, []).append((term, _short(said, term)))
    return ((reason, tuple(sorted(terms, key=lambda term: term[1]))) for reason, terms in reasons.items())


def _short(said: Statements, iri: str) -> str:
    # CycloneDX has no terms in RDF: a term is a place in its JSON schema.
    if "#/definitions/" in iri:
        return iri.partition("#/definitions/")[2].replace("/properties/", ".")
    homes = sorted(said.prefixes.items(), key=lambda pair: -len(pair[1]))
    return next((f"{prefix}:{iri.removeprefix(home)}" for prefix, home in homes if iri.startswith(home)), iri)
