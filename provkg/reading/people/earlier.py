"""What people told of a graph before: the records that say so, as long as none has taken their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg.graph.canonical import triples_of
from provkg.ledger import Ledger
from provkg.vocabulary import NAMESPACES, SUPERPROPERTIES

if TYPE_CHECKING:
    from provkg.folder import Folder
    from provkg.index import ReadIndex

EARLIER: Final = "told/"
"""How the ids of such records begin."""
_RECORDS: Final = f"""PREFIX pvk: <{NAMESPACES["pvk"]}>
SELECT DISTINCT ?id WHERE {{
  GRAPH ?ledger {{ ?record pvk:idempotencyKey ?id }}
  FILTER(STRSTARTS(STR(?id), "{EARLIER}"))
  FILTER NOT EXISTS {{ GRAPH ?ledger {{ ?later pvk:supersedes ?record }} }}
}} ORDER BY ?id"""
Values = dict[tuple[NamedNode, NamedNode], set[Any]]


@dataclass
class Earlier:
    """The statements of each record in which people told something, by its id."""

    records: dict[str, list[Triple]] = field(default_factory=dict)
    _values: Values = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def read(cls, index: ReadIndex, folder: Folder) -> Earlier:
        """Return what was told in the graph that `index` shows."""
        found = cls()
        ids = [each.value for (each,) in index.query(_RECORDS).rows if isinstance(each, Literal)]
        if ids:
            with Ledger.open(folder.ledger, read_only=True) as ledger:
                for each in ids:
                    if (entry := ledger.find(each)) is not None:
                        found._take(each, triples_of(line for line in entry.lines if line))
        return found

    def _take(self, record: str, said: list[Triple]) -> None:
        self.records[record] = said
        for triple in said:
            if isinstance(triple.subject, NamedNode):
                self._values[triple.subject, triple.predicate].add(triple.object)

    def values(self, node: NamedNode, relation: NamedNode) -> set[Any]:
        """Return what people told of a property of `node`."""
        return self._values.get((node, relation), set())

    def holding(self, outdated: Iterable[Triple]) -> list[str]:
        """Return the records that say one of `outdated`."""
        old = set(outdated)
        return [record for record, said in self.records.items() if not old.isdisjoint(said)]

    def without(self, outdated: Sequence[Triple], records: Iterable[str]) -> list[Triple]:
        """Return what `records` say but for `outdated` and what follows from it."""
        old = {
            Triple(each.subject, relation, each.object)
            for each in outdated
            for relation in (each.predicate, *SUPERPROPERTIES.get(each.predicate, ()))
        }
        return [triple for record in records for triple in self.records[record] if triple not in old]
