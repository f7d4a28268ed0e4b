"""Everything known about one thing, in words: what it is, what made it, what used it, and which records say so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from provkg.errors import BadParameter
from provkg.forms.results import as_json
from provkg.forms.sheet import bare
from provkg.lineage import Ended, node
from provkg.questions import called
from provkg.questions.terms import Term, short
from provkg.resources import ONTOLOGY
from provkg.sparql import prologue, substitute
from provkg.vocabulary import (
    SUPERCLASSES,
    SUPERPROPERTIES,
    Run,
    dependsOn,
    prov_generated,
    rdf_type,
    rdfs_label,
    runStatus,
)

if TYPE_CHECKING:
    from provkg.index import Answer, ReadIndex

SHOWN_AT_MOST: Final = 20
FORMATS: Final = ("text", "json")
STILL_RUNNING: Final = "running (open)"
_PROLOGUE: Final = prologue("pvk", "prov", "dct", "dcat", "foaf", "skos")
_FACTS: Final = "SELECT ?relation ?other WHERE { ?_thing ?relation ?other }"
_USES: Final = "SELECT ?relation ?other WHERE { ?other ?relation ?_thing . FILTER(isIRI(?other)) }"
_CALLED: Final = """
SELECT ?other ?name ?version ?value ?address ?ended ?how WHERE {
  { SELECT DISTINCT ?other WHERE {
      { ?_thing ?relation ?other . FILTER(isIRI(?other)) }
      UNION { ?other ?relation ?_thing } UNION { BIND(?_thing AS ?other) }
  } }
  OPTIONAL { ?other pvk:versionOf/dct:title ?continuing }
  OPTIONAL { ?other dct:title ?own }
  OPTIONAL { ?other foaf:name ?person }
  OPTIONAL { ?other pvk:packageName ?package }
  OPTIONAL { ?other pvk:paramName ?parameter ; pvk:paramValue ?setting }
  OPTIONAL {
    ?other pvk:metricKind ?kind .
    OPTIONAL { ?other pvk:onSplitRole ?role }
    OPTIONAL { ?other pvk:value ?observed }
    OPTIONAL { ?other pvk:lastValue ?last }
  }
  OPTIONAL { ?other pvk:metricKind/skos:prefLabel ?ownKind }
  OPTIONAL { ?other pvk:onSplitRole/skos:prefLabel ?ownRole }
  OPTIONAL { ?other skos:prefLabel ?concept }
  OPTIONAL { ?other dct:identifier ?identifier }
  OPTIONAL { ?other pvk:deployedAt ?address }
  OPTIONAL { ?other dcat:version ?label }
  OPTIONAL { ?other pvk:packageVersion ?packageVersion }
  OPTIONAL { ?other prov:invalidatedAtTime ?ended }
  OPTIONAL { ?other prov:wasInvalidatedBy ?act OPTIONAL { ?act pvk:invalidationReason ?how } }
  BIND(COALESCE(CONCAT(" on ", COALESCE(?ownRole, STRAFTER(STR(?role), "SplitRole-"))), "") AS ?on)
  BIND(CONCAT(COALESCE(?ownKind, STRAFTER(STR(?kind), "MetricKind-")), ?on) AS ?measure)
  BIND(COALESCE(?continuing, ?own, ?person, ?package, ?parameter, ?measure, ?identifier, ?concept) AS ?name)
  BIND(COALESCE(?label, ?packageVersion) AS ?version)
  BIND(COALESCE(?setting, ?observed, ?last) AS ?value)
}"""
_RECORDS: Final = """
SELECT DISTINCT ?position ?type ?at ?writer ?instead WHERE {
  GRAPH ?ledger {
    ?record pvk:describes ?_thing ; pvk:sequenceNumber ?position .
    OPTIONAL { ?record pvk:recordType ?type }
    OPTIONAL { ?record pvk:recordedAt ?at }
    OPTIONAL { ?record pvk:committedBy/prov:wasAssociatedWith ?writer }
    OPTIONAL { ?better pvk:supersedes ?record ; pvk:sequenceNumber ?instead }
  }
} ORDER BY ?position ?writer ?instead"""


@dataclass(frozen=True)
class Statement:
    """One relation of a thing, in words and as a term; without `other`, it is what the graph's silence means."""

    relation: NamedNode
    label: str
    text: str
    other: Term | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON holds it, its other end as in SPARQL's results."""
        other = None if self.other is None else as_json(self.other)
        return {"relation": self.relation.value, "label": self.label, "text": self.text, "term": other}


@dataclass(frozen=True)
class Portrait:
    """What a graph knows about one thing; `str` tells it."""

    iri: str
    name: str
    kinds: tuple[NamedNode, ...]
    said: tuple[Statement, ...]
    """What is said of it; of relations that imply each other, the one that says most."""
    named_by: tuple[Statement, ...]
    """Others that name it, and by which relation."""
    records: tuple[str, ...]
    ended: Ended | None = None
    """Set where it was recalled, withdrawn, retired or otherwise ended."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Its narrowest classes, in words."""
        return tuple(sorted(_label(kind) for kind in self.kinds))

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What is said of it, in words."""
        return tuple((each.label, each.text) for each in self.said)

    @property
    def uses(self) -> tuple[tuple[str, str], ...]:
        """Others that name it, in words."""
        return tuple((each.label, each.text) for each in self.named_by)

    def __str__(self) -> str:
        lines = [self.name, *([f"  {self.ended}"] if self.ended is not None else [])]
        lines += [f"  {', '.join(self.classes) or 'thing'}", f"  {self.iri}"]
        lines += _section("What is said of it", self.facts)
        lines += _section("Others that name it, and as what", self.uses)
        lines += ["", "Records that describe it", *(f"  {record}" for record in self.records)] if self.records else []
        return "\n".join(lines) + "\n"

    def text(self, format: str = "text") -> str:  # noqa: A002 - the word that people type
        """Return it as text or json; json leaves nothing out and keeps every term whole."""
        if format == "json":
            return self.to_json()
        if format != "text":
            raise BadParameter(f"{format!r} is no format of a portrait; take one of {', '.join(FORMATS)}")
        return str(self)

    def to_json(self) -> str:
        """Return everything as JSON text."""
        document = {
            "iri": self.iri,
            "name": self.name,
            "classes": [kind.value for kind in self.kinds],
            "ended": None if self.ended is None else vars(self.ended),
            "said": [each.to_json() for each in self.said],
            "namedBy": [each.to_json() for each in self.named_by],
            "records": list(self.records),
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def portrait(index: ReadIndex, thing: NamedNode) -> Portrait:
    """Return everything that `index` knows about `thing`."""
    asker = _Asker(index, thing)
    names, marks = asker.called()
    facts = asker.relations(_FACTS)
    types = [other for relation, other in facts if relation == rdf_type]
    said = [(relation, other) for relation, other in facts if relation not in {rdf_type, dependsOn, prov_generated}]
    used = [
        (relation, other) for relation, other in asker.relations(_USES) if relation not in {dependsOn, prov_generated}
    ]
    return Portrait(
        iri=thing.value,
        name=names.get(thing.value, short(thing)),
        kinds=tuple(_narrowest(types, SUPERCLASSES)),
        said=(*_told(said, names, marks), *_still_running(types, said)),
        named_by=tuple(_told(used, names, marks)),
        records=tuple(asker.records()),
        ended=node(index, thing).ended,
    )


class _Asker:
    """The queries of one portrait."""

    def __init__(self, index: ReadIndex, thing: NamedNode) -> None:
        self._index, self._thing = index, thing

    def relations(self, query: str) -> list[tuple[NamedNode, Term]]:
        rows = self._ask(query).rows
        return [(row[0], row[1]) for row in rows if isinstance(row[0], NamedNode) and row[1] is not None]

    def called(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return names of what it is related to, and the marks of those that hold no longer."""
        names: dict[str, str] = {}
        untitled: list[NamedNode] = []
        marks: dict[str, str] = {}
        for other, name, version, value, address, ended, how in self._ask(_CALLED).rows:
            if isinstance(other, NamedNode) and isinstance(ended, Literal):
                marks[other.value] = f"  [{short(how) or 'ended'} {ended.value[:10]}]"
            if isinstance(other, NamedNode) and name is None and address is not None:
                untitled.append(other)
            if isinstance(other, NamedNode) and isinstance(name, Literal):
                ending = (
                    f" = {short(value)}" if value is not None else f"@{short(version)}" if version is not None else ""
                )
                names[other.value] = min(name.value + ending, names.get(other.value, name.value + ending))
        return (names | called(self._index, untitled) if untitled else names), marks

    def records(self) -> Iterator[str]:
        for position, type_, at, writer, instead in self._ask(_RECORDS).rows:
            by = f", by {short(writer)}" if writer is not None else ""
            taken_back = f"; taken back by {short(instead)}" if instead is not None else ""
            yield f"{short(position)}: {short(type_) or 'record'}, recorded {short(at)}{by}{taken_back}"

    def _ask(self, query: str) -> Answer:
        return self._index.query(_PROLOGUE + substitute(query, {"_thing": self._thing}))


def _still_running(types: Sequence[Term], said: Sequence[tuple[NamedNode, Term]]) -> Iterator[Statement]:
    # No record says that a run is under way: it is, as long as none says how it ended.
    if Run in types and not any(relation == runStatus for relation, _ in said):
        yield Statement(runStatus, _label(runStatus), STILL_RUNNING)


def _told(
    relations: Sequence[tuple[NamedNode, Term]], names: Mapping[str, str], marks: Mapping[str, str]
) -> list[Statement]:
    """Return each relation in words with its other ends; of relations that imply each other, the one that says most."""
    by_end: dict[Term, list[NamedNode]] = {}
    for relation, other in relations:
        by_end.setdefault(other, []).append(relation)
    statements = [
        Statement(relation, _label(relation), f"{short(other, names)}{marks.get(bare(other), '')}", other)
        for other, found in by_end.items()
        for relation in _narrowest(found, SUPERPROPERTIES)
    ]
    return sorted(statements, key=lambda each: (each.label, each.text, str(each.other)))


def _section(title: str, facts: Sequence[tuple[str, str]]) -> list[str]:
    width = max((len(label) for label, _ in facts), default=0)
    lines = (f"  {label.ljust(width)}  {text}" for label, text in _at_most(facts))
    return ["", title, *lines] if facts else []


def _at_most(facts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for label, group in groupby(facts, key=itemgetter(0)):
        texts = [text for _, text in group]
        yield from ((label, text) for text in texts[:SHOWN_AT_MOST])
        if len(texts) > SHOWN_AT_MOST:
            yield label, f"… and {len(texts) - SHOWN_AT_MOST} more"


def _narrowest(terms: Iterable[Term], wider: dict[NamedNode, tuple[NamedNode, ...]]) -> list[NamedNode]:
    found = {term for term in terms if isinstance(term, NamedNode)}
    implied = {above for term in found for above in wider.get(term, ())}
    return sorted(found - implied, key=lambda term: term.value)


def _label(term: NamedNode) -> str:
    label = _labels().get(term.value) or short(term).rpartition(":")[2]
    # PROV-O and others label their terms with the name itself: wasDerivedFrom.
    return "".join(f" {c.lower()}" if c.isupper() else c for c in label) if label[:1].islower() else label


@cache
def _labels() -> dict[str, str]:
    """Return what the ontology, and PROV-O below it, call their terms."""
    found: dict[str, str] = {}
    for file in (*sorted((ONTOLOGY / "imports").glob("*.ttl")), *sorted(ONTOLOGY.glob("*.ttl"))):
        for quad in parse(path=str(file), format=RdfFormat.TURTLE):
            if (
                quad.predicate == rdfs_label
                and isinstance(quad.object, Literal)
                and isinstance(quad.subject, NamedNode)
            ):
                found[quad.subject.value] = quad.object.value
    return found
