"""Columns as features of the versions they are in, each derived from the columns that it was made from."""

from __future__ import annotations

from typing import Final

from provkg.capture.watching.states import State
from provkg.records import Feature, Reference

MOST_FEATURES: Final = 200
"""Of a version with more new columns than that the side file alone tells where each came from."""


class Features:
    """The features of one table and of those it was made from, each described once."""

    def __init__(self, final: State) -> None:
        self.final = final
        self._said: set[tuple[int, str]] = set()

    def of(self, state: State, *, every: bool = False) -> list[Feature]:
        """Return the features that the version of `state` brings: those of new or changed columns, or `every` one."""
        fresh = [name for name in state.columns if every or self._home(state, name) is state]
        if len(fresh) > MOST_FEATURES:
            return []
        found: list[Feature] = []
        for name in fresh:
            found += self._feature(state, name)
        return found

    def _feature(self, state: State, name: str) -> list[Feature]:
        if (state.number, name) in self._said or state.reference is None:
            return []
        self._said.add((state.number, name))
        above = self._above(state, name) if state.origin is None else []
        inputs = [feature for each, column in above for feature in self._input(each, column)]
        derived = tuple(
            dict.fromkeys(
                Feature(version=each.reference, name=column).reference()
                for each, column in above
                if each.reference is not None
            )
        )
        mine = Feature(
            version=state.reference,
            name=name,
            type=state.types.get(name) or None,
            derived_from=tuple(each for each in derived if isinstance(each, Reference)),
        )
        return [*inputs, mine]

    def _input(self, state: State, name: str) -> list[Feature]:
        return self._feature(state, name) if name in state.columns else []

    def _home(self, state: State, name: str) -> State:
        """Return the recorded state that brought the column as it is: `state` itself unless it only passed it on."""
        here, column = state, name
        while here.origin is None:
            flow = here.flow(column)
            if len(flow.sources) != 1 or flow.digest is not None or flow.sources[0].column != column:
                return state
            here = here.parents[flow.sources[0].parent].state
            if here.reference is not None:
                return here
        return here

    def _above(self, state: State, name: str) -> list[tuple[State, str]]:
        """Return the columns of recorded states that a column was made from, over states that are not recorded."""
        found: dict[tuple[int, str], tuple[State, str]] = {}
        seen: set[tuple[int, str]] = set()
        ahead = [(state, name)]
        while ahead:
            here, column = ahead.pop()
            if (here.number, column) in seen:
                continue
            seen.add((here.number, column))
            for each in here.flow(column).sources if here.origin is None else ():
                parent = here.parents[each.parent].state
                if parent.reference is not None:
                    home = self._home(parent, each.column) if parent.origin is None else parent
                    if each.column in home.columns:
                        found[(home.number, each.column)] = (home, each.column)
                else:
                    ahead.append((parent, each.column))
        return list(found.values())
