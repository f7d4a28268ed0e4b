"""What a watched table can tell of itself, while it is watched or later from its side file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provkg.capture.watching import tracing
from provkg.capture.watching.sentences import sentence
from provkg.capture.watching.states import State, ancestry, operations
from provkg.capture.watching.tracing import Source
from provkg.errors import BadParameter


@dataclass(frozen=True)
class Operation:
    """One operation: what was called where, and what it did; None where that was not counted."""

    number: int
    title: str
    kind: str
    arguments: Mapping[str, Any]
    line: str
    rows_before: int
    rows_after: int
    rows_dropped: int | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    cells_changed: int | None
    missing: Mapping[str, tuple[int, int]]
    """Missing values before and after, of the columns where they were counted."""
    sentence: str


@dataclass(frozen=True)
class Dropped:
    """A row of an input, and the operation that dropped it; None for one that is still there."""

    row: int
    operation: Operation | None


class TableLineage:
    """How a table came to be: the operations in order, where its cells came from, and which rows were lost."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._numbers = {each.number: place for place, each in enumerate(operations(state), start=1)}

    def __repr__(self) -> str:
        inputs = ", ".join(self.inputs)
        return f"TableLineage({len(self._numbers):,} operations on {inputs}; {self._state.rows:,} rows)"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the datasets that it was made from."""
        return tuple(each.origin.name for each in ancestry(self._state) if each.origin is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it has."""
        return self._state.columns

    @property
    def rows(self) -> int:
        """The number of rows that it has."""
        return self._state.rows

    def operations(self) -> list[Operation]:
        """Return what was done, in order."""
        return [self._operation(each) for each in operations(self._state)]

    def inputs_of_cell(self, row: int, column: str) -> list[Source]:
        """Return the cells of the inputs that a cell came from: `row` counts from 0.

        A source without rows is a column as a whole, as when a mean was filled in. Raises `BadParameter` for a cell
        that there is not.
        """
        return tracing.inputs_of_cell(self._state, row, column)

    def inputs_of_column(self, column: str) -> list[Source]:
        """Return the columns of the inputs that a column came from; raises `BadParameter` where there is none."""
        return tracing.inputs_of_column(self._state, column)

    def made_from(self, column: str) -> list[str]:
        """Return the columns that have something of the inputs' `column` in them, directly or over others."""
        return tracing.made_from(self._state, column)

    def dropped(
        self, rows: Sequence[int] | None = None, *, labels: Sequence[Any] | None = None, of: str | None = None
    ) -> list[Dropped]:
        """Return which operation dropped rows of the input `of`, named by number or label; all lost ones unless named.

        `of` is the first input unless said. Raises `BadParameter` for rows, labels and inputs that there are not.
        """
        start = self._input(of)
        if labels is not None:
            rows = _rows_labelled(start, labels)
        for row in rows or ():
            _check_row(row, start.rows)
        lost = tracing.losses(self._state, start)
        told = {each.number: self._operation(each) for each in set(lost.values())}
        if rows is None:
            return [Dropped(row, told[each.number]) for row, each in lost.items()]
        return [Dropped(row, told[lost[row].number] if row in lost else None) for row in rows]

    def _input(self, name: str | None) -> State:
        inputs = [each for each in ancestry(self._state) if each.origin is not None]
        found = next((each for each in inputs if each.origin is not None and name in {None, each.origin.name}), None)
        if found is None:
            raise BadParameter(f"{name!r} is none of the inputs, which are {', '.join(map(repr, self.inputs))}")
        return found

    def _operation(self, state: State) -> Operation:
        return Operation(
            number=self._numbers[state.number],
            title=state.title,
            kind=state.kind,
            arguments=state.told,
            line=state.line,
            rows_before=state.first.rows if state.first is not None else 0,
            rows_after=state.rows,
            rows_dropped=tracing.dropped_by(state),
            added=state.added,
            removed=state.removed,
            changed=state.changed,
            cells_changed=state.done.cells_changed,
            missing=state.done.missing,
            sentence=sentence(state),
        )


def label_numbers(labels: Any) -> Any:
    """Return numbers that stand for the labels of rows: whole numbers for themselves, a digest for all else."""
    import pandas as pd

    index = pd.Index(labels) if not isinstance(labels, pd.Index) else labels
    if index.dtype.kind == "i":
        return index.to_numpy().astype("i8")
    return pd.util.hash_pandas_object(index, index=False).to_numpy()


def _rows_labelled(start: State, labels: Sequence[Any]) -> list[int]:
    import numpy as np

    known = start.origin.labels if start.origin is not None else None
    if known is None:
        return [_checked(label, start.rows) for label in labels]
    asked = label_numbers(list(labels))
    found: list[int] = []
    for label, number in zip(labels, asked, strict=True):
        places = np.flatnonzero(known == number)
        if known.dtype.kind != asked.dtype.kind or not len(places):
            raise BadParameter(f"no row of the input is labelled {label!r}")
        found += [int(place) for place in places]
    return found


def _check_row(row: int, rows: int) -> None:
    if not 0 <= row < rows:
        raise BadParameter(f"there is no row {row:,}: the input has {rows:,}, counted from 0")


def _checked(label: Any, rows: int) -> int:
    if not isinstance(label, int) or not 0 <= label < rows:
        raise BadParameter(f"no row of the input is labelled {label!r}: they are labelled 0 to {rows - 1:,}")
    return label
