"""States of tables: the one in which watching begins, and those that operations make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from provkg.capture.watching.observing import Origins, known
from provkg.capture.watching.row_forms import narrow, shelved
from provkg.capture.watching.rows import Every, Kept, Rows
from provkg.capture.watching.shelf import shelf
from provkg.capture.watching.states import Done, Flow, From, Parent, State, weakly


@dataclass(eq=False)
class Watch:
    """What was said when watching began."""

    name: str
    granularity: str
    project: str | None = None
    library: str = "pandas"
    names: set[str] = field(default_factory=set)
    origins: dict[str, State] = field(default_factory=dict)
    """The inputs by their digests: a table that comes in twice is one."""

    @property
    def sees_columns(self) -> bool:
        """Whether columns are told apart."""
        return self.granularity != "dataset"

    @property
    def sees_rows(self) -> bool:
        """Whether rows are told apart."""
        return self.granularity in {"rows", "cell"}

    @property
    def sees_cells(self) -> bool:
        """Whether the cells of a changed column are told apart."""
        return self.granularity == "cell"

    def new_name(self, wanted: str) -> str:
        """Return a name for an input that no other has."""
        name, count = wanted, 1
        while name in self.names:
            count += 1
            name = f"{wanted} {count}"
        self.names.add(name)
        return name


@dataclass
class Made:
    """An operation as it was seen, out of which a state becomes."""

    title: str
    kind: str
    parents: list[Parent]
    columns: tuple[str, ...]
    rows: int
    flows: dict[str, Flow] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    line: str = ""
    started: datetime | None = None
    done: Done = field(default_factory=Done)
    types: Mapping[str, str] = field(default_factory=dict)
    index: Any = None

    def state(self, watch: Watch) -> State:
        """Return the state after the operation; what it came from by values alone is among the parents then."""
        known().forget()
        now = datetime.now(UTC)
        return State(
            title=self.title,
            kind=self.kind,
            columns=self.columns,
            rows=self.rows,
            parents=tuple(Parent(each.state, shelved(each.rows), each.carries) for each in self.parents),
            flows={name: _shelved(flow) for name, flow in self.flows.items()},
            told=self.told,
            line=self.line,
            started=self.started or now,
            ended=now,
            done=self.done,
            types=self.types,
            labelled=weakly(self.index) if self.index is not None else lambda: None,
            watch=watch,
        )


def _shelved(flow: Flow) -> Flow:
    if flow.changed is None and flow.picks is None:
        return flow
    changed, picks = (None if each is None else shelf.put(narrow(each)) for each in (flow.changed, flow.picks))
    return Flow(flow.sources, changed, flow.digest, picks)


def sources(origins: Origins, parents: list[Parent], index: Any, rows_by_label: Any) -> tuple[From, ...]:
    """Return `origins` as columns of `parents`, which grow by states that only values came from.

    `index` labels the rows of the result, for `rows_by_label` to find out which rows of such a state stand there.
    """
    found = []
    for origin in sorted(origins, key=lambda each: (each.state.number, each.column, each.whole, each.assumed)):
        number = _parent(origin.state, parents, index, rows_by_label)
        found.append(From(number, origin.column, origin.whole, origin.assumed))
    seen = {each for each in found if not each.assumed}
    return tuple(
        each for each in dict.fromkeys(found) if From(each.parent, each.column, each.whole) not in seen - {each}
    )


def _parent(state: State, parents: list[Parent], index: Any, rows_by_label: Any) -> int:
    for number, parent in enumerate(parents):
        if parent.state is state:
            return number
    parents.append(Parent(state, _rows(state, parents, index, rows_by_label), carries=False))
    return len(parents) - 1


def _rows(state: State, parents: list[Parent], index: Any, rows_by_label: Any) -> Rows:
    """Return which rows of an earlier state, or one of another table, stand in the rows of the result."""
    if parents and isinstance(parents[0].rows, Kept) and _is_kept(parents[0].state, state):
        return Kept(state.rows)
    if index is None or state.index is None:
        return Every()
    found: Rows = rows_by_label(state.index, index, state.rows)
    return found


def _is_kept(late: State, early: State) -> bool:
    """Whether each row of `late` is that of the same number of `early`."""
    while late is not early:
        if late.first is None or late.number < early.number or not isinstance(late.parents[0].rows, Kept):
            return False
        late = late.first
    return True


def derivation_digest(state: State, digests: Iterable[str]) -> str:
    """Return the digest of what a table was made from and how: inputs, chosen rows and the columns that are new.

    Nothing else can be in it, so equal ones mean equal content, though the content itself was not read again.
    """
    said = {
        "from": list(digests),
        "rows": [each.rows.signature for each in state.parents],
        "columns": [
            [name, flow.digest, [[each.parent, each.column] for each in flow.sources]]
            for name in state.columns
            for flow in [state.flow(name)]
        ],
    }
    return sha256(b"derivation-1\0" + json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
