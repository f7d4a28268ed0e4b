"""What data call the things in them, for lines that people read; two things may have one label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg.questions.terms import short
from provkg.vocabulary import (
    dcat_version,
    dct_identifier,
    dct_title,
    foaf_name,
    metricKind,
    onSplitRole,
    packageName,
    packageVersion,
    paramName,
    rdfs_label,
    skos_prefLabel,
    sliceLabel,
    versionOf,
)

# Any data may be checked, so names from elsewhere count too: RDFS and schema.org.
_NAMES: Final = (
    dct_title,
    foaf_name,
    packageName,
    paramName,
    sliceLabel,
    skos_prefLabel,
    rdfs_label,
    NamedNode("https://schema.org/name"),
    dct_identifier,
)
_VERSIONS: Final = (dcat_version, packageVersion)
_READ: Final = frozenset({versionOf, metricKind, onSplitRole, *_NAMES, *_VERSIONS})
_Facts = Mapping[NamedNode, Sequence[Literal | NamedNode]]


def labelled(triples: Iterable[Triple]) -> dict[str, str]:
    """Return, by IRI, a label and the shortened IRI of each thing that `triples` name: `digits@1 (model/1a2b…)`."""
    said: dict[NamedNode, dict[NamedNode, list[Literal | NamedNode]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        subject, value = triple.subject, triple.object
        if triple.predicate in _READ and isinstance(subject, NamedNode) and isinstance(value, Literal | NamedNode):
            said[subject][triple.predicate].append(value)
    labels = {thing: _label(facts, [said.get(whole, {}) for whole in _wholes(facts)]) for thing, facts in said.items()}
    return {thing.value: f"{label} ({short(thing)})" for thing, label in labels.items() if label}


def called(things: Iterable[str], triples: Iterable[Triple]) -> dict[str, str]:
    """Return what people are told each of `things` is called: its label, else its shortened IRI."""
    # What nothing names is told by its IRI alone, whose first part is its kind.
    shortened = {thing: short(NamedNode(thing)) for thing in things if not thing.startswith("_:")}
    return shortened | labelled(triples)


def with_names(messages: Sequence[str], triples: Sequence[Triple]) -> list[str]:
    """Return `messages`, each of which begins with the IRI of what it is about, with what `triples` call that."""
    terms = {term.value for triple in triples for term in triple if isinstance(term, NamedNode)}
    names = called(terms, triples) if messages else {}
    parted = [message.partition(": ") for message in messages]
    return [f"{names.get(about, about)}{colon}{said}" for about, colon, said in parted]


def _label(facts: _Facts, wholes: Iterable[_Facts]) -> str:
    name = next(filter(None, (_first(each, _NAMES) for each in (*wholes, facts))), _measured(facts))
    version = _first(facts, _VERSIONS)
    return f"{name}@{version}" if name and version else name


def _measured(facts: _Facts) -> str:
    """Return what a measurement measures: `accuracy on test`."""
    of = [[short(concept) for concept in facts.get(relation, ())] for relation in (metricKind, onSplitRole)]
    return " on ".join(names[0] for names in of if names)


def _wholes(facts: _Facts) -> list[NamedNode]:
    return [whole for whole in facts.get(versionOf, ()) if isinstance(whole, NamedNode)]


def _first(facts: _Facts, relations: Iterable[NamedNode]) -> str:
    texts = (" ".join(value.value.split()) for of in relations for value in sorted(facts.get(of, ()), key=str))
    return next(filter(None, texts), "")
