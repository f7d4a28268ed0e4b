"""Answers about a watched table: where a cell came from, what dropped a row, what was made from a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provkg.capture.watching.rows import Every, Grouped
from provkg.capture.watching.states import Flow, From, Parent, State, ancestry
from provkg.errors import BadParameter

if TYPE_CHECKING:
    from provkg.capture.watching.rows import Numbers

LABELS: Final = "(labels)"
"""What stands for the labels of an input's rows where they became a column."""
_Alive = tuple["Numbers", "Numbers | None"]
"""Rows of an input that may be in a state, and at which of its rows they are; None where nobody knows."""
Place = tuple[int, str, bool]
"""The number of a state, a column of it, and whether the way there is only assumed."""


@dataclass(frozen=True)
class Source:
    """Cells of an input: `rows` of a `column` of a dataset; None for all rows, as for a mean.

    `assumed` says that nobody saw the way, only that these columns were read before.
    """

    dataset: str
    column: str
    rows: tuple[int, ...] | None
    assumed: bool = False


def inputs_of_cell(state: State, row: int, column: str) -> list[Source]:
    """Return the cells of the inputs that the one at `row` and `column` came from, one `Source` a column.

    Raises `BadParameter` for a row or column that the table has not.
    """
    import numpy as np

    _check_column(state, column)
    if not 0 <= row < state.rows:
        raise BadParameter(f"there is no row {row:,}: the table has {state.rows:,}, counted from 0")
    return _inputs(state, column, np.array([row], dtype="i8"))


def inputs_of_column(state: State, column: str) -> list[Source]:
    """Return the columns of the inputs that `column` came from, over all operations."""
    _check_column(state, column)
    return [Source(each.dataset, each.column, None, each.assumed) for each in _inputs(state, column, None)]


def _inputs(state: State, column: str, rows: Numbers | None) -> list[Source]:
    """Walk back, latest operation first, so that each place is left once."""
    states = {each.number: each for each in ancestry(state)}
    wanted: dict[Place, Numbers | None] = {(state.number, column, False): rows}
    found: dict[tuple[str, str, bool], Numbers | None] = {}
    for number in sorted(states, reverse=True):
        for place in [place for place in wanted if place[0] == number]:
            asked, here = wanted.pop(place), states[number]
            if here.origin is not None:
                name = place[1] if place[1] in here.columns else LABELS
                _want(found, (here.origin.name, name, place[2]), asked)
                continue
            for source, of in _back(here, place, asked):
                _want(wanted, source, of)
    told = [
        Source(dataset, name, None if asked is None else tuple(asked.tolist()), assumed)
        for (dataset, name, assumed), asked in found.items()
        if not (assumed and (dataset, name, False) in found and found[dataset, name, False] is None)
    ]
    return sorted(told, key=lambda source: (source.dataset, source.column, source.assumed))


def _want(among: dict[Any, Numbers | None], key: Any, asked: Numbers | None) -> None:
    import numpy as np

    if asked is not None and not len(asked):
        return
    before = among.get(key, asked)
    among[key] = None if before is None or asked is None else np.union1d(before, asked)


def _back(here: State, place: Place, asked: Numbers | None) -> list[tuple[Place, Numbers | None]]:
    flow = here.flow(place[1])
    untouched, touched = _divided(flow, asked)
    # What was not changed came from where it stood, whatever the others were made from.
    ways = [(From(0, place[1]), untouched)] if flow.changed is not None else []
    ways += [(source, _picked(flow, n, touched)) for n, source in enumerate(flow.sources)]
    return [_step(here, source, rows, assumed=place[2] or source.assumed) for source, rows in ways]


def _divided(flow: Flow, rows: Numbers | None) -> tuple[Numbers | None, Numbers | None]:
    """Return which of `rows` came as they were, and which were changed."""
    import numpy as np

    nothing = np.empty(0, dtype="i8")
    if flow.changed is None:
        return nothing, rows
    if rows is None:
        return None, None
    inside = np.isin(rows, flow.changed)
    return rows[~inside], rows[inside]


def _picked(flow: Flow, number: int, rows: Numbers | None) -> Numbers | None:
    if flow.picks is None or rows is None:
        return rows
    chosen: Numbers = rows[flow.picks[rows] == number]
    return chosen


def _step(here: State, source: From, rows: Numbers | None, *, assumed: bool) -> tuple[Place, Numbers | None]:
    parent = here.parents[source.parent]
    place = (parent.state.number, source.column, assumed)
    if rows is None or (source.whole and len(rows)):
        return place, None
    return place, parent.rows.sources(rows)


def losses(state: State, start: State) -> dict[int, State]:
    """Return the rows of the input `start` that are in `state` no more, with the last operation that dropped each.

    A row that went several ways was dropped when it had got lost on all of them. What nobody saw drops no row.
    """
    import numpy as np

    everyone = np.arange(start.rows, dtype="i8")
    alive: dict[int, _Alive] = {start.number: (everyone, everyone)}
    last: dict[int, State] = {}
    for each in ancestry(state):
        ways = [parent for parent in each.parents if parent.carries and parent.state.number in alive]
        if ways:
            alive[each.number] = here = _followed(ways, alive)
            before = np.unique(np.concatenate([alive[parent.state.number][0] for parent in ways]))
            last |= dict.fromkeys(np.setdiff1d(before, here[0]).tolist(), each)
    there = set(alive[state.number][0].tolist()) if state.number in alive else set()
    return {row: each for row, each in sorted(last.items()) if row not in there}


def _followed(ways: list[Parent], alive: Mapping[int, _Alive]) -> _Alive:
    import numpy as np

    found = [_one_way(parent, alive[parent.state.number]) for parent in ways]
    if any(rows is None for _, rows in found):
        return np.unique(np.concatenate([owners for owners, _ in found])), None
    known = [(owners, rows) for owners, rows in found if rows is not None]
    if len(known) == 1 and not isinstance(ways[0].rows, Grouped):
        return known[0]
    pairs = np.unique(np.stack([np.concatenate(side) for side in zip(*known, strict=True)]), axis=1)
    return pairs[0], pairs[1]


def _one_way(parent: Parent, before: _Alive) -> _Alive:
    owners, rows = before
    after = None if rows is None else parent.rows.follow(owners, rows)
    return (owners, None) if after is None else after


def dropped_by(each: State) -> int | None:
    """Return how many rows of what the operation was called on did not go on; None where nobody knows."""
    if each.first is None or isinstance(each.parents[0].rows, Every):
        return None
    return each.first.rows - each.parents[0].rows.reached(each.first.rows)


def made_from(state: State, column: str) -> list[str]:
    """Return the columns of `state` that have something of `column` of an input in them, directly or over others."""
    made = [name for name in state.columns if any(each.column == column for each in inputs_of_column(state, name))]
    if not made and not any(column in each.columns for each in ancestry(state)):
        raise BadParameter(f"no table on the way had a column {column!r}")
    return made


def _check_column(state: State, column: str) -> None:
    if column not in state.columns:
        raise BadParameter(f"the table has no column {column!r}; it has {', '.join(map(repr, state.columns))}")
