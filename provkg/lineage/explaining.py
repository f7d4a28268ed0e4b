"""Which records state that one thing depends on another: read from the ledger, whose entries keep who said what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from provkg.entailment import closed
from provkg.graph.canonical import triples_of
from provkg.ledger import Ledger, StoredEntry
from provkg.lineage.describing import local
from provkg.lineage.graph import SAME_CONTENT, SERVED_BY, Dependency, Stated
from provkg.vocabulary import deployedAt, prov_wasGeneratedBy, sha256

Pair = tuple[str, str, str | None]
"""A subject, the local name of a property, and an object; None for any."""


@dataclass(frozen=True)
class Statements:
    """Tells from the ledger at `path`, as it was when it had `size` entries."""

    path: Path
    size: int

    def __call__(self, dependencies: Iterable[Dependency]) -> Mapping[Dependency, tuple[Stated, ...]]:
        """Return for each of `dependencies` the records that state it, earliest first, without those taken back."""
        with Ledger.open(self.path, read_only=True) as ledger:
            reading = _Reading(ledger, self.size)
            return {each: tuple(reading.stating(each)) for each in dependencies}


class _Reading:
    """The entries of a ledger, each read once."""

    def __init__(self, ledger: Ledger, size: int) -> None:
        self._ledger, self._size = ledger, size
        self._describing: dict[str, list[StoredEntry]] = {}
        self._said: dict[int, frozenset[Pair]] = {}

    def stating(self, dependency: Dependency) -> Iterator[Stated]:
        found: dict[int, StoredEntry] = {}
        for wanted in _statements(dependency):
            entries = self._entries(wanted[0])
            found |= {each.position: each for each in entries if wanted in self._statements_of(each)}
        for position, entry in sorted(found.items()):
            yield Stated(entry.leaf.record, position, entry.leaf.received, entry.leaf.emitter)

    def _entries(self, subject: str) -> list[StoredEntry]:
        if subject not in self._describing:
            entries = self._ledger.records_describing(subject)
            self._describing[subject] = [each for each in entries if each.position < self._size and self._is_live(each)]
        return self._describing[subject]

    def _is_live(self, entry: StoredEntry) -> bool:
        taken_back = self._ledger.superseded_at(entry.leaf.record)
        return taken_back is None or taken_back >= self._size

    def _statements_of(self, entry: StoredEntry) -> frozenset[Pair]:
        if entry.position not in self._said:
            self._said[entry.position] = frozenset(_pairs(closed(triples_of(entry.lines))))
        return self._said[entry.position]


def _pairs(triples: Iterable[Triple]) -> Iterator[Pair]:
    for triple in triples:
        if not isinstance(triple.subject, NamedNode):
            continue
        relation = local(triple.predicate)
        if isinstance(triple.object, NamedNode):
            yield triple.subject.value, relation, triple.object.value
        elif triple.predicate == sha256:
            yield triple.subject.value, relation, None


def _statements(each: Dependency) -> list[Pair]:
    if each.relation == SAME_CONTENT:
        return [(end, local(sha256), None) for end in (each.source, each.target)]
    if each.relation == SERVED_BY:
        return [(each.target, local(deployedAt), each.source)]
    if each.run is None or each.use is None:
        return [(each.source, each.relation, each.target)]
    through = [(each.run, each.use, each.target), (each.source, local(prov_wasGeneratedBy), each.run)]
    return [(each.source, each.relation, each.target), *through]
