"""Which of two texts of a query is quicker in a graph, from the sizes of what they read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pyoxigraph import NamedNode

from provkg.gate.compiler.query import ShapeQuery
from provkg.vocabulary import rdf_type

# Counting further would cost more than it saves; so many nodes held at once take some 100 MB, and no graph takes more.
_MOST: Final = 2_000_000
# Against reading the next statement: finding one for each of many nodes, in the order of the index or in any.
_IN_ORDER: Final = 2
_ANYWHERE: Final = 4
_FEW: Final = 30


class Sizes:
    """How many instances classes have and statements properties, each counted once and no further than needed.

    `closed_types`: nodes state all their types, so that a class has no instances but those which say so.
    """

    def __init__(self, ask: Callable[[str], Any], *, closed_types: bool) -> None:
        self._ask, self._closed = ask, closed_types
        self._known: dict[str, int] = {}

    def quicker(self, query: ShapeQuery) -> str | None:
        """Return the text of `query` that reads less; `None` when either would find nothing at all."""
        targets = query.targets
        if targets.nodes or (targets.classes and not self._closed):
            return query.text
        selected = sum(self._count(f"?s {rdf_type} {kind}") for kind in targets.classes)
        selected += sum(self._count(f"?s {term} ?o") for term in (*targets.subjects_of, *targets.objects_of))
        if not selected:
            return None
        if query.from_values is None or query.starts_with is None:
            return query.text
        stated = self._count(f"?s {query.starts_with} ?o")
        if not stated or (query.needs_two and self._is_single(query.starts_with, stated)):
            return None
        by_value = stated * (_IN_ORDER if query.looks_up else 1)
        # Some nodes have dozens of values, like a run its metrics; what they point at lies anywhere.
        values = min(stated, selected * _FEW)
        by_node = selected * _ANYWHERE + values * (_ANYWHERE if query.looks_up else 1)
        return query.from_values if by_value <= by_node else query.text

    def _is_single(self, predicate: NamedNode, stated: int) -> bool:
        """Whether no node has two values of `predicate`: one reading in order tells, where each look-up jumps."""
        if stated >= _MOST:
            return False
        return self._number(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s {predicate} ?o }}") == stated

    def _count(self, pattern: str) -> int:
        return self._number(f"SELECT (COUNT(*) AS ?n) {{ SELECT ?s {{ {pattern} }} LIMIT {_MOST} }}")

    def _number(self, text: str) -> int:
        if text not in self._known:
            self._known[text] = int(next(self._ask(text))["n"].value)
        return self._known[text]
