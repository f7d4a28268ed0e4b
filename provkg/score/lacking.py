"""Which instances of a class lack which fields, when all of the class are asked together."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from provkg.graph.taken_out import taken_out
from provkg.score.reach import Statements
from provkg.score.scoring import answered, is_missed

if TYPE_CHECKING:
    from provkg.gate.fields import Field, Fields
    from provkg.graph.auditing import AskedShapes
    from provkg.index import ReadIndex

Lack = tuple[NamedNode, "Field"]


def lacking(
    index: ReadIndex, fields: Fields, shapes: AskedShapes, kind: NamedNode, name: str | None = None
) -> list[Lack]:
    """Return the instances of `kind` with each field that they lack, or each called `name`; what was redacted is none.

    `shapes` are those in which the fields are stated.
    """
    wanted = {shape: field for shape, field in fields.of.items() if name in {None, field.name}}
    if shapes.broken or not shapes.constraints.asks_all(wanted):
        found = _one_by_one(index, fields, kind, wanted.values())
    else:
        gone = taken_out(index)
        asked = shapes.constraints.lacking(kind, wanted, index.result)
        lacked = ((node, wanted[shape]) for node, shape in asked if isinstance(shape, NamedNode))
        found = (each for each in lacked if is_missed(*each, gone))
    return sorted(set(found), key=lambda each: (each[0].value, each[1].name, each[1].shape))


def _one_by_one(index: ReadIndex, fields: Fields, kind: NamedNode, wanted: Collection[Field]) -> Iterator[Lack]:
    """Yield the same for shapes of an owner that are no queries."""
    rows = index.query(f"SELECT DISTINCT ?node {{ ?node a {kind} }}").rows
    nodes = [row[0] for row in rows if isinstance(row[0], NamedNode)]
    for node, told in answered(fields, Statements(index), nodes):
        yield from ((node, field) for field in told.missing if field in wanted)
