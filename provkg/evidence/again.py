"""Asking again: whether the answer in a bundle follows from the statements that its records state."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from provkg.evidence.named import said_of
from provkg.evidence.patterns import all_scopes, scope_of
from provkg.graph.canonical import triples_of
from provkg.index import ReadIndex

_DOUBLE: Final = re.compile(r'"([^"]+)"\^\^<http://www\.w3\.org/2001/XMLSchema#double>')
DIGITS: Final = 12


def asks_of_records(query: str) -> bool:
    """Whether a pattern of `query` is about records, which do not state what is said of them."""
    return any(pattern.record for scope in all_scopes(scope_of(query)) for pattern in scope.patterns)


def follows(answer: Mapping[str, Any], bundle: Path, records: Sequence[Mapping[str, Any]] = ()) -> bool:
    """Whether the query of `answer` has its rows, or its triples, over the statements behind it and nothing else.

    A query about records is asked of what the leaves of `records` say of them, too, where the bundle names them.

    Means and sums of doubles may differ in their last digits, since they depend on the order of what went into them.
    What follows from these is made anew, so what the bundle calls derived is not relied on. Order does not count.
    Raises `RefusedQuery` for a query that provkg does not run.
    """
    about = said_of(records, answer["names"]) if "names" in answer else ()
    with ReadIndex.over(triples_of(answer["behind"]), bundle, about) as index:
        found = index.stream(answer["query"])
        rows = Counter(tuple(None if term is None else _told(str(term)) for term in row) for row in found)
    said = Counter(tuple(cell and _told(cell) for cell in row) for row in answer["rows"])
    return list(found.columns) == answer["columns"] and said <= rows


def _told(term: str) -> str:
    """Return `term`, a double with as many digits as do not depend on the order of a sum."""
    double = _DOUBLE.fullmatch(term)
    return term if double is None else f"{float(double[1].replace('INF', 'inf')):.{DIGITS}g}"
