"""What no longer holds: the end of a thing, and the act that ended it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pyoxigraph import Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import literal
from provkg.records.description import Description, Pointer, node, pointed
from provkg.records.things import Activity, Entity


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Invalidation(Description):
    """Ends a thing that is known already: `by` is the decision or run, whose `reason` says why.

    It is said of that thing, not a thing of its own (PROV-DM, section 5.1.8).
    """

    KEY: ClassVar = ("of", "by")
    of: Entity | Pointer
    by: Activity | Pointer
    at: datetime

    def __post_init__(self) -> None:
        """Take handles for the things that they stand for."""
        for name in ("of", "by"):
            object.__setattr__(self, name, pointed(getattr(self, name), name))  # frozen for everybody else

    def statements(self, names: Names) -> Iterator[Triple]:
        """Yield the end, and what describes it."""
        ended = node(self.of, names)
        yield Triple(ended, vocabulary.prov_invalidatedAtTime, literal(self.at))
        yield Triple(ended, vocabulary.prov_wasInvalidatedBy, node(self.by, names))
        for each in (self.of, self.by):
            if isinstance(each, Description):
                yield from each.statements(names)
