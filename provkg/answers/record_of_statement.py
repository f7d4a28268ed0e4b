"""Which record states something, read from the ledger: the index keeps statements, not who made them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from provkg.answers.asked import Asked, Row
from provkg.answers.records import facts_of
from provkg.errors import BadParameter
from provkg.graph.canonical import triples_of
from provkg.literals import literal
from provkg.questions import called
from provkg.questions.terms import short
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from pyoxigraph import Triple


def rows(asked: Asked) -> Iterator[Row]:
    """Yield each statement that fits with its record, in the order of the ledger."""
    thing, wanted, value = asked.thing("thing"), _property(asked.text("property")), asked.text("value")
    with asked.ledger() as ledger:
        for entry in ledger.records_describing(thing.value) if thing else ():
            if entry.position >= asked.index.size:
                break
            live = ledger.superseded_at(entry.leaf.record) is None
            said = facts_of(entry, asked) | {"live": literal(live)}
            for triple in triples_of(entry.lines):
                if triple.subject == thing and _fits(triple, wanted, value, asked):
                    yield {**said, "property": triple.predicate, "value": triple.object}


def _property(given: str | None) -> NamedNode | None:
    if given is None:
        return None
    prefix, _, local = given.strip().removeprefix("<").removesuffix(">").partition(":")
    try:
        return NamedNode(NAMESPACES[prefix] + local if prefix in NAMESPACES else f"{prefix}:{local}")
    except ValueError:
        raise BadParameter(f"property is {given!r}, which is no IRI; write it like pvk:sha256 or dct:title") from None


def _fits(triple: Triple, wanted: NamedNode | None, value: str | None, asked: Asked) -> bool:
    said = triple.object
    if wanted is not None and triple.predicate != wanted:
        return False
    if value is None or getattr(said, "value", None) == value:
        return True
    return isinstance(said, NamedNode) and value in {short(said), called(asked.index, [said]).get(said.value)}
