"""The state in which a table is when it is first seen."""

from __future__ import annotations

from typing import Any

from provkg.capture.digests import digest
from provkg.capture.handles import Data
from provkg.capture.watching.making import Watch
from provkg.capture.watching.observing import inside
from provkg.capture.watching.states import Origin, State


def origin_of(table: Any, watch: Watch, data: Data | None = None) -> State:
    """Return the first state of a table; `data` is its record, where there is one."""
    from provkg.capture.watching.pandas_values import names_of, plain, types_of

    with inside():
        own = plain(table)
        name = watch.new_name(data.name if data is not None else f"{watch.name}: other input")
        sha256 = (data.sha256 if data is not None else None) or digest(own).sha256
        return State(
            title=name,
            kind="",
            columns=names_of(own.columns),
            rows=len(own),
            types=types_of(own),
            index=own.index,
            origin=Origin(name, sha256, data.reference if data is not None else None),
            watch=watch,
        )
