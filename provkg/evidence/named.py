"""What a graph says of its records, made again from a bundle: from their leaves, and the names that the graph gave.

A graph names its records under a secret key, so a bundle brings these names along. All that is said under them, who
wrote a record, when, and what it describes, is made from the leaf and the statements that the log committed to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import NamedNode, Quad

from provkg.errors import BadBundle
from provkg.graph.canonical import triples_of
from provkg.graph.following import about_record
from provkg.identity import KeyField, Names
from provkg.ledger import Leaf, StoredEntry

Known = dict[tuple[str, tuple[KeyField, ...]], NamedNode]


@dataclass(frozen=True)
class _Noting(Names):
    """The names of a graph, each noted as it is made."""

    noted: Known = field(default_factory=dict)

    def iri(self, kind: str, fields: Sequence[KeyField]) -> NamedNode:
        made = super().iri(kind, fields)
        self.noted[kind, tuple(fields)] = made
        return made


@dataclass(frozen=True)
class _Given(Names):
    """Names that a bundle gives."""

    known: Known = field(default_factory=dict)

    def iri(self, kind: str, fields: Sequence[KeyField]) -> NamedNode:
        try:
            return self.known[kind, tuple(fields)]
        except KeyError:
            raise BadBundle(f"the bundle gives no name to the {kind} of one of its records") from None


def names_in(entries: Iterable[StoredEntry], names: Names) -> dict[str, Any]:
    """Return the names of all that the graph says of `entries`, as a bundle holds them."""
    noting = _Noting(names.base, names.salt)
    for entry in entries:
        about_record(entry, triples_of(entry.lines), noting)
    things = sorted(([kind, [*fields], iri.value] for (kind, fields), iri in noting.noted.items()), key=str)
    return {"graph": names.ledger_graph.value, "things": things}


def said_of(records: Sequence[Mapping[str, Any]], names: Mapping[str, Any]) -> Iterator[Quad]:
    """Yield what the graph says of the `records` of a bundle, under the `names` that it gives."""
    try:
        graph = NamedNode(names["graph"])
        known = {(str(kind), tuple(fields)): NamedNode(iri) for kind, fields, iri in names["things"]}
    except (KeyError, TypeError, ValueError):
        raise BadBundle("the names that the bundle gives to its records are none") from None
    given = _Given("", b"", known)
    for record in records:
        entry = _entry(record)
        for triple in about_record(entry, triples_of(entry.lines), given):
            yield Quad(triple.subject, triple.predicate, triple.object, graph)


def _entry(record: Mapping[str, Any]) -> StoredEntry:
    lines = tuple(each["line"] for each in record["statements"] if "line" in each)
    return StoredEntry(record["position"], Leaf.from_bytes(json.dumps(record["leaf"]).encode()), lines)
