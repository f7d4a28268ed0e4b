"""What predictions are called that were recorded by themselves: `batch row 7`, as lineage calls them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from provkg.sparql import prologue

if TYPE_CHECKING:
    from provkg.index import ReadIndex

_PROLOGUE: Final = prologue("pvk", "dct")
_ROWS: Final = f"""{_PROLOGUE}
SELECT ?thing ?batch ?row {{
  VALUES ?thing {{ %s }} ?thing pvk:inBatch ?batch . OPTIONAL {{ ?thing pvk:rowIndex ?row }}
}}"""
_TITLES: Final = f"{_PROLOGUE} SELECT ?batch ?title {{ VALUES ?batch {{ %s }} ?batch dct:title ?title }}"
_NAMESAKES: Final = f"""{_PROLOGUE}
SELECT DISTINCT ?title ?batch {{ VALUES ?title {{ %s }} ?batch dct:title ?title . OPTIONAL {{ ?batch a ?kind }}
  FILTER(?kind = pvk:PredictionBatch) }}"""
Batches = Callable[[Iterable[str]], Iterator[str]]


def rows_of_batches(index: ReadIndex, things: Sequence[NamedNode], batched: Batches) -> dict[str, NamedNode]:
    """Return the predictions among `things` by such names, where one batch alone has that title."""

    def asked(query: str, terms: Iterable[Any]) -> Iterator[Any]:
        for batch in batched(map(str, terms)):
            yield from index.query(query % batch).rows

    rows = [row for row in asked(_ROWS, things) if row[2] is not None]
    titles: dict[NamedNode, list[Any]] = defaultdict(list)
    for batch, title in asked(_TITLES, dict.fromkeys(batch for _, batch, _ in rows)):
        titles[batch].append(title)
    wanted = dict.fromkeys(title for found in titles.values() for title in found)
    namesakes = Counter(title for title, _ in asked(_NAMESAKES, wanted))
    names = [
        (f"{title.value} row {row.value}", thing)
        for thing, batch, row in rows
        for title in titles[batch]
        if namesakes[title] == 1
    ]
    bearers = Counter(name for name, _ in names)
    return {name: thing for name, thing in names if bearers[name] == 1}
