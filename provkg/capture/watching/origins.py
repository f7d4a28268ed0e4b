"""The state in which a table is when it is first seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provkg.capture.digests import digest
from provkg.capture.handles import Data
from provkg.capture.known_data import known_content
from provkg.capture.watching.lineage import label_numbers
from provkg.capture.watching.making import Watch
from provkg.capture.watching.observing import inside
from provkg.capture.watching.states import Origin, State, weakly


@dataclass(frozen=True)
class _Seen:
    """A table of any library as far as watching needs it."""

    table: Any
    columns: tuple[str, ...]
    types: dict[str, str]
    index: Any = None


def _seen(table: Any) -> _Seen:
    if type(table).__module__.partition(".")[0] == "polars":
        return _Seen(table, tuple(table.columns), {name: str(kind) for name, kind in table.schema.items()})
    from provkg.capture.watching.pandas_values import names_of, plain, types_of

    own = plain(table)
    return _Seen(own, names_of(own.columns), types_of(own), own.index)


def _is_plain(index: Any) -> bool:
    return type(index).__name__ == "RangeIndex" and (index.start, index.step) == (0, 1)


def _of(data: Data | None) -> tuple[Any, Any]:
    return (data.reference, data.synthetic) if data is not None else (None, None)


def origin_of(table: Any, watch: Watch, data: Data | None = None) -> State:
    """Return the first state of a table; `data` is its record, where there is one.

    A table that comes in again, as it is, is the same input.
    """
    with inside():
        seen = _seen(table)
        own = seen.table
        data = data or known_content(own)
        sha256 = (data.sha256 if data is not None else None) or digest(own).sha256
        if (before := watch.origins.get(sha256)) is not None:
            return before
        name = watch.new_name(data.name if data is not None else f"{watch.name}: other input")
        state = State(
            title=name,
            kind="",
            columns=seen.columns,
            rows=len(own),
            types=seen.types,
            labelled=weakly(seen.index) if seen.index is not None else lambda: None,
            origin=Origin(name, sha256, *_of(data)),
            watch=watch,
        )
        if watch.sees_rows and state.origin is not None and seen.index is not None and not _is_plain(seen.index):
            state.origin.labels = label_numbers(seen.index)
        watch.origins[sha256] = state
        return state
