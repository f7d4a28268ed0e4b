"""Which statements a redaction takes out: those that say a property of a thing, in every record and in all words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.entailment import unqualified
from provkg.errors import BadParameter, UnknownThing
from provkg.gate import OwnTerms
from provkg.graph.canonical import lines_of, triples_of
from provkg.graph.standing import qualified, wider_than, with_echoes
from provkg.ledger import Ledger
from provkg.ledger.acts import places
from provkg.ledger.leaf import Places
from provkg.vocabulary import NAMESPACES

# What one leaf names, so that it stays below a kilobyte: acts on more are several entries.
PLACES_OF_A_LEAF: Final = 24
Value = NamedNode | Literal


@dataclass(frozen=True)
class Target:
    """The statements that a redaction takes out: those of a property of a thing, all or some of the values."""

    node: NamedNode
    relation: NamedNode
    values: frozenset[Value]
    whole: bool
    found: dict[int, tuple[int, ...]]
    qualified: frozenset[Triple] = frozenset()
    """What says the same as a qualified relation; it may stand in records that do not speak of the thing."""

    @property
    def statements(self) -> int:
        """How many statements it takes out, each counted in every record that states it."""
        return sum(map(len, self.found.values()))


def target(
    ledger: Ledger, node: NamedNode, relation: NamedNode, terms: OwnTerms, chosen: Collection[str] | None = None
) -> Target:
    """Return every statement that says `relation` of `node`, in records superseded or not; `chosen` are some values.

    The same statement by a wider or narrower property, or read backwards, is one of them.
    """
    said = _said_around(ledger, node)
    closed = {t for t in (*said, *_joined(ledger, said)) if _says(t, node, relation, terms) and _is_chosen(t, chosen)}
    # One record may name the qualified relation, another say the same plainly.
    elsewhere = qualified(closed, said)
    every = with_echoes(closed, said, terms) | elsewhere
    found = {position: tuple(sorted(numbers)) for position, numbers in _stated(ledger, every).items()}
    values = frozenset(t.object for t in closed if isinstance(t.object, NamedNode | Literal))
    return Target(node, relation, values, chosen is None, dict(sorted(found.items())), frozenset(elsewhere))


def _said_around(ledger: Ledger, node: NamedNode) -> list[Triple]:
    """Return what the records that describe `node` state, of it and of others."""
    return [each for entry in ledger.records_describing(node.value) for each in triples_of(entry.lines)]


def _joined(ledger: Ledger, said: Iterable[Triple]) -> list[Triple]:
    """Return what follows from `said` where other records say the rest of a qualified relation."""
    leading = [t for t in said if t.predicate in v.UNQUALIFIED]
    nodes = {t.object for t in leading if isinstance(t.object, NamedNode)}
    return unqualified([*leading, *(each for node in nodes for each in _said_around(ledger, node))])


def _stated(ledger: Ledger, triples: Collection[Triple]) -> dict[int, set[int]]:
    """Return where each of `triples` is stated, by position and number."""
    found: dict[int, set[int]] = {}
    for triple, line in zip(triples, lines_of(triples), strict=True):
        entries = ledger.records_describing(triple.subject.value) if isinstance(triple.subject, NamedNode) else []
        for entry in entries:
            rows = enumerate(ledger.payload(entry.position))
            found.setdefault(entry.position, set()).update(number for number, row in rows if row[2] == line)
    return {position: numbers for position, numbers in found.items() if numbers}


def _says(triple: Triple, node: NamedNode, relation: NamedNode, terms: OwnTerms) -> bool:
    predicate = triple.predicate
    return triple.subject == node and (predicate == relation or relation in wider_than(predicate, terms))


def _is_chosen(triple: Triple, chosen: Collection[str] | None) -> bool:
    return chosen is None or text_of(triple.object) in chosen


def text_of(term: object) -> str:
    """Return an IRI or the text of a literal."""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def property_of(ledger: Ledger, node: NamedNode, said: str) -> NamedNode:
    """Return the property of `node` that `said` names: an IRI, a prefixed name like `foaf:name`, or `name` alone.

    Raises `UnknownThing` where no record describes the thing, `BadParameter` where none says that of it.
    """
    lines = [line for entry in ledger.records_describing(node.value) for line in entry.lines]
    known = sorted({t.predicate for t in triples_of(lines) if t.subject == node}, key=lambda each: each.value)
    if not known:
        raise UnknownThing(f"no record describes {node.value}")
    prefix, _, local = said.partition(":")
    spellings = {said, NAMESPACES.get(prefix, prefix + ":") + local}
    found = [each for each in known if each.value in spellings or local_name(each) == said]
    if v.rdf_type in found:
        raise BadParameter("what kind of thing it is is no value that can be taken out; name another property")
    if len(found) != 1:
        listed = ", ".join(sorted(local_name(each) for each in known if each != v.rdf_type))
        problem = (
            "fits several properties; give it with its prefix" if found else f"is not said of it; said are {listed}"
        )
        raise BadParameter(f"{said!r} {problem}")
    return found[0]


def local_name(iri: NamedNode) -> str:
    """Return the last part of an IRI."""
    return iri.value.replace("#", "/").rpartition("/")[2]


def parts(wanted: Target) -> list[dict[int, tuple[int, ...]]]:
    """Return what `wanted` found, in parts that fit into a leaf each."""
    spans = places(wanted.found.items())
    return [_numbers(spans[at : at + PLACES_OF_A_LEAF]) for at in range(0, len(spans), PLACES_OF_A_LEAF)]


def _numbers(spans: Places) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for position, first, last in spans:
        found[position] = (*found.get(position, ()), *range(first, last + 1))
    return found
