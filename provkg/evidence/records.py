"""The records behind an answer: which of the ledger state the statements that its query met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg.evidence.again import asks_of_records
from provkg.evidence.named import names_in
from provkg.graph.canonical import lines_of
from provkg.literals import python_value
from provkg.vocabulary import sequenceNumber

if TYPE_CHECKING:
    from provkg.evidence.behind import Behind
    from provkg.identity import Names
    from provkg.index import ReadIndex
    from provkg.ledger import Ledger, StoredEntry

_POSITIONS: Final = f"SELECT ?node ?at {{ GRAPH ?ledger {{ ?node {sequenceNumber} ?at }} VALUES ?node {{ %s }} }}"


@dataclass
class Evidence:
    """Records, each with what it states of what an answer rests on; `derived` is what follows from that."""

    entries: dict[int, StoredEntry] = field(default_factory=dict)
    stated: dict[str, None] = field(default_factory=dict)
    derived: dict[str, None] = field(default_factory=dict)

    @property
    def in_order(self) -> list[StoredEntry]:
        """The records by their position in the ledger."""
        return [self.entries[position] for position in sorted(self.entries)]


def evidence(index: ReadIndex, ledger: Ledger, behind: Behind) -> Evidence:
    """Return the records that state what is `behind` an answer, or what it follows from: of each statement the first.

    A record that another has superseded states nothing. Those that the query met as records count, too.
    """
    found = Evidence()
    fresh: list[Triple] = list(behind.statements)
    while fresh:
        unstated = _stated(index, ledger, fresh, found)
        found.derived |= dict.fromkeys(lines_of(unstated))
        known = found.stated.keys() | found.derived.keys()
        grounds = dict.fromkeys(ground for triple in unstated for ground in index.grounds(triple))
        fresh = [triple for triple in grounds if lines_of([triple])[0] not in known]
    for position in _positions(index, list(behind.about)):
        found.entries[position] = ledger.entry(position)
    return found


def _stated(index: ReadIndex, ledger: Ledger, triples: Sequence[Triple], found: Evidence) -> list[Triple]:
    """Add the records that state `triples`, and return those that none states."""
    unstated: list[Triple] = []
    for subject, group in groupby(sorted(triples, key=_subject), key=_subject):
        wanted = {lines_of([triple])[0]: triple for triple in group}
        for entry in _live(index, ledger, subject):
            if said := wanted.keys() & set(entry.lines):
                found.entries[entry.position] = entry
                found.stated |= dict.fromkeys(sorted(said))
                wanted = {line: triple for line, triple in wanted.items() if line not in said}
            if not wanted:
                break
        unstated += wanted.values()
    return unstated


def _live(index: ReadIndex, ledger: Ledger, subject: str) -> Iterable[StoredEntry]:
    for entry in ledger.records_describing(subject):
        taken_back = ledger.superseded_at(entry.leaf.record)
        if entry.position < index.size and (taken_back is None or taken_back >= index.size):
            yield entry


def _subject(triple: Triple) -> str:
    return str(getattr(triple.subject, "value", triple.subject))


def _positions(index: ReadIndex, nodes: Sequence[NamedNode]) -> list[int]:
    if not nodes:
        return []
    rows: list[Any] = index.query(_POSITIONS % " ".join(map(str, nodes))).rows
    values = (python_value(at) for _, at in rows if isinstance(at, Literal))
    return sorted({value for value in values if isinstance(value, int)})


def answer_in(
    query: str, columns: Sequence[str], rows: Iterable[Sequence[object]], found: Evidence, names: Names
) -> Mapping[str, Any]:
    """Return an answer with its evidence, as a bundle holds it: terms as N-Triples writes them.

    Where the query asks about records, with their `names`.
    """
    named = {"names": names_in(found.in_order, names)} if asks_of_records(query) else {}
    return {
        **named,
        "query": query,
        "columns": list(columns),
        "rows": [[None if term is None else str(term) for term in row] for row in rows],
        "behind": sorted(found.stated),
        "derived": sorted(found.derived),
    }
