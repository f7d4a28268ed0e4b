"""Operations that become one run: each alone, or neighbours together where there are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from provkg.capture.spool.process import new_emitter
from provkg.capture.watching.sentences import sentence
from provkg.capture.watching.states import State
from provkg.records import (
    Reference,
    TransformationRun,
)

LONGEST_LIST: Final = 2000


@dataclass
class Group:
    """Operations that become one run."""

    states: list[State]
    id: str = field(default_factory=new_emitter)

    @property
    def reference(self) -> Reference:
        """A pointer to the run."""
        return Reference(TransformationRun.kind(), ("provkg", self.id))


def grouped(states: Sequence[State], most: int) -> list[Group]:
    """Return `states` in at most so many groups of neighbours."""
    size = max(1, -(-len(states) // most))
    return [Group(list(states[start : start + size])) for start in range(0, len(states), size)]


def used_outside(groups: list[Group], final: State) -> list[State]:
    """Return the states that a later group works on, and the last one: those that have a version."""
    home = {each.number: number for number, group in enumerate(groups) for each in group.states}
    outside = [
        parent.state
        for number, group in enumerate(groups)
        for each in group.states
        for parent in each.parents
        if home.get(parent.state.number, number) != number
    ]
    return [*outside, final]


def synthetic(states: list[State]) -> bool | None:
    """Return whether a table is synthetic: with one such input it is, and without it where all are said not to be."""
    said = {each.origin.synthetic for each in states if each.origin is not None}
    return True if True in said else False if said == {False} else None


def kinds(group: Group) -> list[str]:
    """Return the kinds of the operations, each once."""
    return list(dict.fromkeys(each.kind for each in group.states)) or ["other"]


def parameters(group: Group) -> dict[str, Any]:
    """Return the arguments of an operation, or the names of several."""
    alone = len(group.states) == 1
    return (
        dict(group.states[0].told) if alone else {"operations": ", ".join(each.title for each in group.states)[:2000]}
    )


def described(group: Group) -> str:
    """Return what an operation did, or what several did together."""
    if len(group.states) == 1:
        return sentence(group.states[0])
    counted = Counter(each.title for each in group.states)
    listed = ", ".join(f"{title} ({count})" if count > 1 else title for title, count in counted.items())
    first = group.states[0].first
    rows = f"{first.rows:,} to {group.states[-1].rows:,} rows" if first is not None else ""
    return f"{listed}: {rows}"[:LONGEST_LIST]
