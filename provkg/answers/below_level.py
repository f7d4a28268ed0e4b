"""Which records do not say what a level asks for: the graph judged anew, in the order of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg.answers.asked import Asked, Row
from provkg.folder import checked_level
from provkg.graph.auditing import AskedShapes, asked_shapes
from provkg.index import ReadIndex
from provkg.sparql import substitute
from provkg.vocabulary import describes, idempotencyKey, sequenceNumber, supersedes, validatedAgainst

if TYPE_CHECKING:
    from provkg.gate import Problem

_TELLING: Final = f"""
    ?record {describes} ?_thing ; {idempotencyKey} ?key ; {sequenceNumber} ?position .
    OPTIONAL {{ ?record {validatedAgainst} ?kept }}
    FILTER NOT EXISTS {{ ?later {supersedes} ?record }}"""
_TOLD_BY: Final = (
    f"SELECT ?record ?key ?kept ?position {{ GRAPH ?_ledger {{ {_TELLING} }} }} ORDER BY ?position LIMIT 1"
)
_TOLD_OF: Final = f"SELECT ?thing {{ GRAPH ?_ledger {{ ?_record {describes} ?thing }} }}"
_TOLD_AT: Final = f"""
SELECT DISTINCT ?thing {{
  {{ VALUES ?position {{ %s }} }} LATERAL {{ GRAPH ?_ledger {{ ?record {sequenceNumber} ?position }} }}
  LATERAL {{ GRAPH ?_ledger {{ ?record {describes} ?thing }} }}
}}"""
_LAST: Final = 1 << 62
_FIRST: Final = 250
"""Records that are judged before the others; after each time twice as many."""
_SHARE: Final = 64
"""Judged before is one in so many: record by record, judging takes ten times as long as all together."""


@dataclass(frozen=True)
class _Judged:
    """One graph, what is asked of it, and who tells of what in it."""

    index: ReadIndex
    shapes: AskedShapes

    def whole(self, since: int = 0) -> Iterator[Row]:
        """Yield the problems of what was told first at the position `since` of the ledger, or later, or never."""
        return self._in_order(self.shapes.findings(self.index), since, _LAST)

    def early(self, until: int, since: int) -> Iterator[Row]:
        """Yield the problems of what was told first at one of these positions."""
        things = self._things(_TOLD_AT % " ".join(map(str, range(since, until))))
        return self._in_order(self.shapes.findings_of(self.index, things), since, until - 1)

    def of_record(self, record: NamedNode) -> Iterator[Row]:
        """Yield the problems of what `record` was the first to tell of."""
        things = self._things(substitute(_TOLD_OF, {"_record": record}))
        found = self._in_order(self.shapes.findings_of(self.index, things), 0, _LAST)
        return (row for row in found if row.get("record") == record)

    def _things(self, text: str) -> set[NamedNode]:
        graph = self.index.ledger_graph
        rows = [] if graph is None else self.index.query(substitute(text, {"_ledger": graph})).rows
        return {row[0] for row in rows if isinstance(row[0], NamedNode)}

    def _in_order(self, problems: Iterable[Problem], first: int, last: int) -> Iterator[Row]:
        told_by = cache(self._told_by)
        found: dict[tuple[int, str, str, str], Row] = {}
        for problem in problems:
            if problem.focus.startswith(('"', "_:")):
                continue
            thing = NamedNode(problem.focus)
            position, record = told_by(thing)
            if first <= position <= last:
                said: Row = {"thing": thing, "problem": Literal(problem.message), "shape": NamedNode(problem.shape)}
                found[position, problem.focus, problem.message, problem.shape] = {**record, **said}
        yield from (found[key] for key in sorted(found))

    def _told_by(self, thing: NamedNode) -> tuple[int, Row]:
        if self.index.ledger_graph is None:
            return _LAST, {}
        asked = substitute(_TOLD_BY, {"_ledger": self.index.ledger_graph, "_thing": thing})
        for record, key, kept, position in self.index.query(asked).rows:
            return int(getattr(position, "value", _LAST)), {"record": record, "key": key, "kept": kept}
        return _LAST, {}


def rows(asked: Asked) -> Iterator[Row]:
    """Yield each problem with the record that tells of the thing, in the order of the ledger."""
    shapes = asked_shapes(asked.folder, checked_level(asked.text("level") or "standard"))
    judged, only = _Judged(asked.index, shapes), asked.thing("record")
    if only is not None:
        yield from judged.of_record(only)
        return
    since, many = 0, _FIRST
    # Who reads all rows waits for the whole graph to be judged in any case.
    while asked.limit is not None and since + many <= asked.index.size // _SHARE:
        yield from judged.early(since + many, since)
        since, many = since + many, 2 * many
    yield from judged.whole(since)
