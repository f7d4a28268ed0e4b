"""What a thing rests on that is no longer valid: recalled, withdrawn, or ended for another reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from provkg.lineage import Node, node
from provkg.lineage.reach import earliest, reached
from provkg.vocabulary import deploys, prov_invalidatedAtTime, prov_used

if TYPE_CHECKING:
    from provkg.index import ReadIndex


def ended_beneath(index: ReadIndex, thing: NamedNode) -> tuple[Node, ...]:
    """Return what is valid no longer of `thing` and all that it rests on, by content, as lineage walks; oldest first.

    A corrected version does not rest on the one that it replaces, and an end that is still to come is none yet.
    """
    found = {each.iri: (at, each) for root in (thing, *_used(index, thing)) for at, each in _ended(index, root)}
    # What served before was ended by what serves now, and nothing was wrong with it.
    kept = [(at, each) for at, each in found.values() if each.iri == thing.value or not _serves(index, each.iri)]
    return tuple(each for _, each in sorted(kept, key=lambda pair: (pair[0], pair[1].label, pair[1].iri)))


def _ended(index: ReadIndex, root: NamedNode) -> Iterator[tuple[datetime, Node]]:
    reach, now = reached(index, root, "up"), datetime.now(UTC)
    nodes = [reach.known.node(each) for each in reach.distances]
    for each, ends in zip(nodes, index.linked(nodes, prov_invalidatedAtTime), strict=True):
        at = earliest(reach.known, reach.known.number(each), prov_invalidatedAtTime) if ends else None
        if at is not None and at <= now:
            yield at, node(index, each)


def _used(index: ReadIndex, run: NamedNode) -> list[NamedNode]:
    (found,) = index.linked([run], prov_used)
    return [each for each in found if isinstance(each, NamedNode)]


def _serves(index: ReadIndex, thing: str) -> bool:
    return any(index.linked([NamedNode(thing)], deploys))
