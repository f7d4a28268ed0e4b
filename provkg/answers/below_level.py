"""Which records do not say what a level asks for: the whole graph judged anew, problem by problem."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg.answers.asked import Asked, Row
from provkg.folder import checked_level
from provkg.graph.auditing import asked_shapes
from provkg.index import ReadIndex
from provkg.sparql import substitute
from provkg.vocabulary import describes, idempotencyKey, sequenceNumber, supersedes, validatedAgainst

_TOLD_BY: Final = f"""
SELECT ?record ?key ?kept ?position WHERE {{
  GRAPH ?_ledger {{
    ?record {describes} ?_thing ; {idempotencyKey} ?key ; {sequenceNumber} ?position .
    OPTIONAL {{ ?record {validatedAgainst} ?kept }}
    FILTER NOT EXISTS {{ ?later {supersedes} ?record }}
  }}
}} ORDER BY ?position LIMIT 1"""
_LAST: Final = 1 << 62


def rows(asked: Asked) -> Iterator[Row]:
    """Yield each problem with the record that tells of the thing, in the order of the ledger."""
    shapes = asked_shapes(asked.folder, checked_level(asked.text("level") or "standard"))
    only = asked.thing("record")
    told_by = cache(lambda thing: _told_by(asked.index, thing))
    found: dict[tuple[int, str, str, str], Row] = {}
    for problem in shapes.findings(asked.index):
        if problem.focus.startswith(('"', "_:")):
            continue
        thing = NamedNode(problem.focus)
        position, record = told_by(thing)
        if only is not None and record.get("record") != only:
            continue
        key = (position, problem.focus, problem.message, problem.shape)
        found[key] = {**record, "thing": thing, "problem": Literal(problem.message), "shape": NamedNode(problem.shape)}
    yield from (found[key] for key in sorted(found))


def _told_by(index: ReadIndex, thing: NamedNode) -> tuple[int, Row]:
    if index.ledger_graph is None:
        return _LAST, {}
    for record, key, kept, position in index.query(
        substitute(_TOLD_BY, {"_ledger": index.ledger_graph, "_thing": thing})
    ).rows:
        return int(getattr(position, "value", _LAST)), {"record": record, "key": key, "kept": kept}
    return _LAST, {}
