"""The steps of a lineage: dependencies, and where it starts or ends at an activity what a run used, and what it made.

Between things a walk follows `dependsOn`, which leads past the runs: only those that were asked for are stepped on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provkg.vocabulary import parameter, prov_Activity, prov_used

if TYPE_CHECKING:
    from provkg.lineage.graph import Direction
    from provkg.lineage.known import Known


@dataclass(frozen=True)
class Steps:
    """What things rest on (`up`), or what rests on them (`down`), by way of `activities` too."""

    known: Known
    direction: Direction
    activities: frozenset[int] = frozenset()
    beside: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Steps that are no dependencies: to the deployments at an endpoint, to the commits of a repository."""

    def __call__(self, things: Iterable[int]) -> Mapping[int, Set[int]]:
        """Return a mapping that holds for each of `things` where a step leads from it."""
        if not self.activities and not self.beside:
            return self.known.onward(self.direction, things)
        asked, none = set(things), frozenset[int]()
        onward = self.known.onward(self.direction, asked)
        return {each: onward[each] | self._by_way(each) | self.beside.get(each, none) for each in asked}

    def _by_way(self, thing: int) -> Set[int]:
        if self.direction == "up":
            if thing in self.activities:
                return _used(self.known, thing)
            return self.known.makers((thing,))[thing] & self.activities
        if thing in self.activities:
            return self.known.made(thing)
        return {each for each in self.activities if thing in _used(self.known, each)}


def activities_among(known: Known, things: Iterable[int]) -> frozenset[int]:
    """Return those of `things` that are runs or other activities."""
    asked = set(things)
    kinds = known.kinds(asked)
    return frozenset(each for each in asked if prov_Activity in kinds[each])


def _used(known: Known, activity: int) -> Set[int]:
    """Return what `activity` used, but its settings, which are values and no things."""
    ends = known.ends((activity,))[activity]
    return known.numbers(end for end, by in ends.items() if prov_used in by and parameter not in by)
