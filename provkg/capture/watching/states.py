"""What a watched table went through: a state for each operation, which knows where its rows and columns came from."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from provkg.capture.watching.rows import Rows

if TYPE_CHECKING:
    from provkg.records import Reference

GRANULARITIES: Final = ("dataset", "column", "rows", "cell")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class From:
    """A column that another was made from: that of which parent, in the same row or as a `whole`.

    `assumed` when nobody saw it, only that the column was read before.
    """

    parent: int
    column: str
    whole: bool = False
    assumed: bool = False


@dataclass(frozen=True, eq=False)
class Flow:
    """Where the values of a column came from.

    Where `changed` is known, it lists the rows whose value is another than before; all others came as they were.
    """

    sources: tuple[From, ...]
    changed: Any = None
    digest: str | None = None
    picks: Any = None
    """Of several sources, the number of the one that each row came from."""


@dataclass(frozen=True, eq=False)
class Parent:
    """A state that an operation worked on; `carries` when its rows went on, rather than only values of theirs."""

    state: State
    rows: Rows
    carries: bool = True


@dataclass(frozen=True)
class Done:
    """What an operation did, in numbers: cells whose value changed, and missing ones before and after, as counted."""

    cells_changed: int | None = None
    missing: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(eq=False)
class State:
    """A table as it was after one operation, or when watching began (`origin` says what it was then)."""

    title: str
    kind: str
    columns: tuple[str, ...]
    rows: int
    parents: tuple[Parent, ...] = ()
    flows: Mapping[str, Flow] = field(default_factory=dict)
    """Of the columns that did not come as they were from the one of the same name in the first parent."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the call, as far as they say how and on what; of values of the data only the kind."""
    line: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    done: Done = field(default_factory=Done)
    types: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None
    number: int = field(default_factory=lambda: next(_numbers))
    labelled: Callable[[], Any] = field(default=lambda: None, repr=False)
    """Gives the labels of the rows, for as long as somebody has them."""
    digest: str | None = None
    reference: Reference | None = None
    watch: Any = field(default=None, repr=False)
    """What was said when watching began."""

    @property
    def first(self) -> State | None:
        """The table that the operation was called on."""
        return self.parents[0].state if self.parents else None

    @property
    def index(self) -> Any:
        """The labels of the rows; None when nobody has them any more."""
        return self.labelled()

    @property
    def detail(self) -> str:
        """The arguments as text."""
        return ", ".join(f"{name}={value!r}" for name, value in self.told.items())

    @property
    def removed(self) -> tuple[str, ...]:
        """The columns that the first parent had and this one has not, and no column goes on from."""
        before = self.first.columns if self.first is not None else ()
        return tuple(name for name in before if name not in set(self.columns))

    @property
    def added(self) -> tuple[str, ...]:
        """The columns that the first parent has not."""
        before = set(self.first.columns) if self.first is not None else set()
        return tuple(name for name in self.columns if name not in before)

    @property
    def changed(self) -> tuple[str, ...]:
        """The columns that were there before and have other values."""
        new = set(self.added)
        return tuple(name for name in self.flows if name not in new and not self._moved(name))

    def _moved(self, name: str) -> bool:
        """Whether the values of a column came as they were, from one column or, as a join's key, from several."""
        flow = self.flows[name]
        only_one = len({each.column for each in flow.sources}) == 1 and not any(each.whole for each in flow.sources)
        return only_one and (flow.digest is None or len(flow.sources) > 1) and flow.changed is None

    def flow(self, column: str) -> Flow:
        """Return where the values of `column` came from."""
        return self.flows.get(column) or Flow((From(0, column),))


@dataclass(eq=False)
class Origin:
    """What a table was when it was first seen: the name of its dataset, its digest, and the record of it."""

    name: str
    sha256: str | None
    reference: Reference | None = None
    synthetic: bool | None = None
    labels: Any = field(default=None, repr=False)
    """The labels of its rows where they are other than their numbers."""


def weakly(index: Any) -> Callable[[], Any]:
    """Return what gives `index` for as long as it lives; labels that only count are kept, as they need no room."""
    return (lambda: index) if type(index).__name__ == "RangeIndex" else weakref.ref(index)


def ancestry(state: State) -> list[State]:
    """Return `state` and all that it came from, in the order in which they came to be."""
    found: dict[int, State] = {}
    ahead = [state]
    while ahead:
        each = ahead.pop()
        if each.number not in found:
            found[each.number] = each
            ahead += [parent.state for parent in each.parents]
    return [found[number] for number in sorted(found)]


def operations(state: State) -> list[State]:
    """Return the operations that led to `state`, in order."""
    return [each for each in ancestry(state) if each.origin is None]


def children(states: list[State]) -> Iterator[tuple[State, State, Parent]]:
    """Yield each state with each that was made from it, and how."""
    for each in states:
        for parent in each.parents:
            yield parent.state, each, parent
