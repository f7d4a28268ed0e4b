"""What a record is called: by its id, its IRI, short or full, or the place of its entry in the ledger."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg.errors import AmbiguousName, UnknownThing
from provkg.literals import literal
from provkg.questions.terms import short
from provkg.sparql import substitute
from provkg.vocabulary import Record, idempotencyKey, recordType, sequenceNumber

if TYPE_CHECKING:
    from provkg.index import ReadIndex

_SHORT: Final = re.compile(r"record/([^\s/…]{4,})…?")
_ENTRY: Final = re.compile(r"(?:entry )?([0-9]{1,15})")
_FOUND: Final = f"""
SELECT DISTINCT ?record ?key ?type WHERE {{
  GRAPH ?_graph {{ %s ?record a {Record} ; {idempotencyKey} ?key ; {recordType} ?type ; {sequenceNumber} ?position }}
}} ORDER BY ?position"""
_BY_KEY: Final = f"?record {idempotencyKey} ?_name ."
_BY_POSITION: Final = f"?record {sequenceNumber} ?_name ."
_BY_IRI: Final = "VALUES ?record { ?_name }"
_BY_START: Final = 'FILTER(STRSTARTS(STRAFTER(STR(?record), "/record/"), ?_name))'


def record_meant(index: ReadIndex, text: str) -> NamedNode:
    """Return the record that `text` means; raises `UnknownThing`, or `AmbiguousName` with the candidates."""
    graph, wanted = index.ledger_graph, text.strip().removeprefix("<").removesuffix(">")
    found = [] if graph is None else next(filter(None, (_found(index, graph, *way) for way in _ways(wanted))), [])
    if len(found) == 1:
        return found[0][0]
    if found:
        raise AmbiguousName(text, [f"{key}  {short(record)}  {kind}" for record, key, kind in found])
    raise UnknownThing(f"no record is called {text!r}; give its id, its IRI, or the place of its entry, such as 12")


def _ways(wanted: str) -> list[tuple[str, NamedNode | Literal]]:
    """Return the patterns by which `wanted` may name a record, the surest first."""
    ways: list[tuple[str, NamedNode | Literal]] = [(_BY_KEY, Literal(wanted))]
    if ":" in wanted:
        with suppress(ValueError):
            ways.append((_BY_IRI, NamedNode(wanted)))
    if match := _SHORT.fullmatch(wanted):
        ways.append((_BY_START, Literal(match[1])))
    if match := _ENTRY.fullmatch(wanted):
        ways.append((_BY_POSITION, literal(int(match[1]))))
    return ways


def _found(
    index: ReadIndex, graph: NamedNode, pattern: str, name: NamedNode | Literal
) -> list[tuple[NamedNode, str, str]]:
    rows = index.query(substitute(_FOUND % pattern, {"_graph": graph, "_name": name})).rows
    return [
        (record, getattr(key, "value", ""), getattr(kind, "value", ""))
        for record, key, kind in rows
        if isinstance(record, NamedNode)
    ]
