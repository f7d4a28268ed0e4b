"""What a thing rests on that is no longer valid: recalled, withdrawn, or ended for another reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg.lineage import node
from provkg.lineage.reach import earliest, reached
from provkg.sparql import prologue, substitute
from provkg.vocabulary import deploys, prov_invalidatedAtTime, prov_used

if TYPE_CHECKING:
    from provkg.index import ReadIndex

_WHY: Final = (
    prologue("pvk", "prov")
    + """
SELECT ?kind ?rationale WHERE {
  ?_thing prov:wasInvalidatedBy ?act .
  OPTIONAL { ?act pvk:invalidationReason ?kind } OPTIONAL { ?act pvk:rationale ?rationale }
} ORDER BY ?kind ?rationale LIMIT 1"""
)


@dataclass(frozen=True)
class Ended:
    """A thing that is valid no longer, since when, and why: one of the ontology's reasons, and words."""

    thing: str
    name: str
    at: datetime
    reason: str | None = None
    rationale: str | None = None

    def __str__(self) -> str:
        said = f": {self.rationale}" if self.rationale else ""
        return f"{self.name}, {self.reason or 'ended'} since {self.at:%Y-%m-%d %H:%M} UTC{said}"

    def facts(self) -> dict[str, str | None]:
        """Return it as a flat row of text."""
        return {
            "thing": self.thing, "name": self.name, "at": self.at.isoformat(), "reason": self.reason,
            "rationale": self.rationale,
        }  # fmt: skip


def ended_beneath(index: ReadIndex, thing: NamedNode) -> tuple[Ended, ...]:
    """Return what is valid no longer of `thing` and all that it rests on, by content, as lineage walks; oldest first.

    A corrected version does not rest on the one that it replaces, and an end that is still to come is none yet.
    """
    found = {each.thing: each for root in (thing, *_used(index, thing)) for each in _ended(index, root)}
    # What served before was ended by what serves now, and nothing was wrong with it.
    kept = (each for each in found.values() if each.thing == thing.value or not _serves(index, each.thing))
    return tuple(sorted(kept, key=lambda each: (each.at, each.name, each.thing)))


def _ended(index: ReadIndex, root: NamedNode) -> Iterator[Ended]:
    reach, now = reached(index, root, "up"), datetime.now(UTC)
    nodes = [reach.known.node(each) for each in reach.distances]
    for each, ends in zip(nodes, index.linked(nodes, prov_invalidatedAtTime), strict=True):
        at = earliest(reach.known, reach.known.number(each), prov_invalidatedAtTime) if ends else None
        if at is not None and at <= now:
            yield Ended(each.value, node(index, each).label, at.astimezone(UTC), *_why(index, each))


def _why(index: ReadIndex, thing: NamedNode) -> tuple[str | None, str | None]:
    for kind, rationale in index.query(substitute(_WHY, {"_thing": thing})).rows:
        return (
            kind.value.rpartition("-")[2] if isinstance(kind, NamedNode) else None,
            getattr(rationale, "value", None),
        )
    return None, None


def _used(index: ReadIndex, run: NamedNode) -> list[NamedNode]:
    (found,) = index.linked([run], prov_used)
    return [each for each in found if isinstance(each, NamedNode)]


def _serves(index: ReadIndex, thing: str) -> bool:
    return any(index.linked([NamedNode(thing)], deploys))
