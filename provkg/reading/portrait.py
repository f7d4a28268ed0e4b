"""Everything known about one thing, in words: what it is, what made it, what used it, and which records say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from provkg.questions.terms import Term, short
from provkg.resources import ONTOLOGY
from provkg.sparql import substitute
from provkg.vocabulary import NAMESPACES, SUPERCLASSES, SUPERPROPERTIES, dependsOn, prov_generated, rdf_type, rdfs_label

if TYPE_CHECKING:
    from provkg.index import Answer, ReadIndex

SHOWN_AT_MOST: Final = 20
_USED: Final = ("pvk", "prov", "dct", "dcat", "foaf", "skos")
_PREFIXES: Final = "".join(f"PREFIX {prefix}: <{NAMESPACES[prefix]}>\n" for prefix in _USED)
_FACTS: Final = "SELECT ?relation ?other WHERE { ?_thing ?relation ?other }"
_USES: Final = "SELECT ?relation ?other WHERE { ?other ?relation ?_thing . FILTER(isIRI(?other)) }"
_CALLED: Final = """
SELECT ?other ?name ?version ?value WHERE {
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
  OPTIONAL { ?other dcat:version ?label }
  OPTIONAL { ?other pvk:packageVersion ?packageVersion }
  BIND(COALESCE(CONCAT(" on ", COALESCE(?ownRole, STRAFTER(STR(?role), "SplitRole-"))), "") AS ?on)
  BIND(CONCAT(COALESCE(?ownKind, STRAFTER(STR(?kind), "MetricKind-")), ?on) AS ?measure)
  BIND(COALESCE(?continuing, ?own, ?person, ?package, ?parameter, ?measure, ?identifier, ?concept) AS ?name)
  BIND(COALESCE(?label, ?packageVersion) AS ?version)
  BIND(COALESCE(?setting, ?observed, ?last) AS ?value)
}"""
_RECORDS: Final = """
SELECT DISTINCT ?position ?type ?at ?writer WHERE {
  GRAPH ?ledger {
    ?record pvk:describes ?_thing ; pvk:sequenceNumber ?position .
    OPTIONAL { ?record pvk:recordType ?type }
    OPTIONAL { ?record pvk:recordedAt ?at }
    OPTIONAL { ?record pvk:committedBy/prov:wasAssociatedWith ?writer }
  }
} ORDER BY ?position ?writer"""


@dataclass(frozen=True)
class Portrait:
    """What a graph knows about one thing; `str` tells it."""

    iri: str
    name: str
    classes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    uses: tuple[tuple[str, str], ...]
    records: tuple[str, ...]

    def __str__(self) -> str:
        lines = [self.name, f"  {', '.join(self.classes) or 'thing'}", f"  {self.iri}"]
        lines += _section("What is said of it", self.facts)
        lines += _section("Others that name it, and as what", self.uses)
        lines += ["", "Records that describe it", *(f"  {record}" for record in self.records)] if self.records else []
        return "\n".join(lines) + "\n"


def portrait(index: ReadIndex, thing: NamedNode) -> Portrait:
    """Return everything that `index` knows about `thing`."""
    asker = _Asker(index, thing)
    called = asker.called()
    facts = asker.relations(_FACTS)
    classes = _narrowest([other for relation, other in facts if relation == rdf_type], SUPERCLASSES)
    said = [(relation, other) for relation, other in facts if relation not in {rdf_type, dependsOn, prov_generated}]
    used = [
        (relation, other) for relation, other in asker.relations(_USES) if relation not in {dependsOn, prov_generated}
    ]
    return Portrait(
        iri=thing.value,
        name=called.get(thing.value, short(thing)),
        classes=tuple(sorted(_label(kind) for kind in classes)),
        facts=tuple(_told(said, called)),
        uses=tuple(_told(used, called)),
        records=tuple(asker.records()),
    )


class _Asker:
    """The queries of one portrait."""

    def __init__(self, index: ReadIndex, thing: NamedNode) -> None:
        self._index, self._thing = index, thing

    def relations(self, query: str) -> list[tuple[NamedNode, Term]]:
        rows = self._ask(query).rows
        return [(row[0], row[1]) for row in rows if isinstance(row[0], NamedNode) and row[1] is not None]

    def called(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for other, name, version, value in self._ask(_CALLED).rows:
            if isinstance(other, NamedNode) and isinstance(name, Literal):
                ending = (
                    f" = {short(value)}" if value is not None else f"@{short(version)}" if version is not None else ""
                )
                names[other.value] = min(name.value + ending, names.get(other.value, name.value + ending))
        return names

    def records(self) -> Iterator[str]:
        for position, type_, at, writer in self._ask(_RECORDS).rows:
            by = f", by {short(writer)}" if writer is not None else ""
            yield f"{short(position)}: {short(type_) or 'record'}, recorded {short(at)}{by}"

    def _ask(self, query: str) -> Answer:
        return self._index.query(_PREFIXES + substitute(query, {"_thing": self._thing}))


def _told(relations: Sequence[tuple[NamedNode, Term]], called: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each relation in words with its other ends; of relations that imply each other, the one that says most."""
    by_end: dict[Term, list[NamedNode]] = {}
    for relation, other in relations:
        by_end.setdefault(other, []).append(relation)
    ends: dict[str, list[str]] = {}
    for other, found in by_end.items():
        for relation in _narrowest(found, SUPERPROPERTIES):
            ends.setdefault(_label(relation), []).append(short(other, called))
    for label in sorted(ends):
        shown = sorted(ends[label])
        yield from ((label, text) for text in shown[:SHOWN_AT_MOST])
        if len(shown) > SHOWN_AT_MOST:
            yield label, f"… and {len(shown) - SHOWN_AT_MOST} more"


def _section(title: str, facts: Sequence[tuple[str, str]]) -> list[str]:
    width = max((len(label) for label, _ in facts), default=0)
    return ["", title, *(f"  {label.ljust(width)}  {text}" for label, text in facts)] if facts else []


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
