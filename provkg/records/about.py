"""More about a thing that is known already, without saying again what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provkg.records.description import Description, Iri, Pointer, Reference, pointed
from provkg.records.fields import owner
from provkg.records.things import Artifact, Entity


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class About(Artifact):
    """Facts that come later than the record of `thing`: its sensitivity, its limits, its licences."""

    KEY: ClassVar = ("thing",)
    thing: Entity | Pointer = owner()

    def reference(self) -> Reference | Iri:
        """Return the pointer to the thing: what is said here is said of it."""
        thing = pointed(self.thing, "thing")
        found: Reference | Iri = thing.reference() if isinstance(thing, Description) else thing
        return found
