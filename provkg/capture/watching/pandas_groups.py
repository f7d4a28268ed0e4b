"""Groups, windows and periods of a watched pandas frame: what they return does the work when it is asked."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd

from provkg.capture.trouble import attempt
from provkg.capture.watching import pandas_frames as frames
from provkg.capture.watching import pandas_rows as rows_of
from provkg.capture.watching.observing import Origin, busy, inside, noted
from provkg.capture.watching.pandas_calls import Call, current_state
from provkg.capture.watching.pandas_values import columns_of, digest_of, names_of
from provkg.capture.watching.rows import Every, Grouped, Kept, Rows
from provkg.capture.watching.states import Flow, From

OF_ROWS = frozenset({"head", "tail", "nth", "filter", "sample", "get_group"})
"""They give rows back as they were."""
BARE = frozenset({"obj", "ndim", "grouper", "keys", "groups", "indices", "ngroups", "axis", "level", "sort", "dropna"})


def followed(deferred: Any, call: Call) -> Any:
    """Return what `groupby` or `rolling` made, with its calls seen."""
    deferred.__class__ = _following(type(deferred))  # type: ignore[arg-type]  # a class is hashable
    deferred.__dict__["_provkg_call"] = call
    return deferred


@functools.cache
def _following(kind: Any) -> type[Any]:
    class Following(kind):  # type: ignore[misc]  # any of pandas' own
        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if name.startswith("_") or name in BARE or busy() or not callable(value):
                return value
            if isinstance(value, kind.__mro__[-2]):
                return value
            return _seen(self, name, value)

        def __iter__(self) -> Any:
            for each in super().__iter__():
                part = each[1] if isinstance(each, tuple) else each
                if isinstance(part, frames.WatchedFrame) and not frames.is_known(part):
                    part.__dict__["_provkg_from"] = self._provkg_call.state
                yield each

        def __getitem__(self, key: Any) -> Any:
            with inside():
                made = super().__getitem__(key)
            return noted("a choice of columns", lambda: followed(made, self._provkg_call), made)

    Following.__name__ = Following.__qualname__ = kind.__name__
    Following.__module__ = kind.__module__
    return Following


def _seen(deferred: Any, name: str, bound: Any) -> Any:
    @functools.wraps(bound)
    def method(*args: Any, **kwargs: Any) -> Any:
        if busy():
            return bound(*args, **kwargs)
        call: Call = deferred._provkg_call  # noqa: SLF001 - ours
        with inside():
            result = bound(*args, **kwargs)
        attempt(f"watch {call.name}", lambda: _tell(deferred, call, name, result, kwargs))
        return result

    return method


def _tell(deferred: Any, call: Call, name: str, result: Any, kwargs: dict[str, Any]) -> None:
    chosen = _chosen(deferred, call)
    if isinstance(result, pd.DataFrame):
        with inside():
            rows = _rows(deferred, call, result, name)
        call.state = current_state(call.frame) if call.frame.index is call.index else call.state
        made = call.made(result, rows, title=f"{call.name} {name}", kind=_kind(rows))
        if call.watch.sees_columns:
            made.flows = _flows(call, columns_of(result), chosen, by_row=isinstance(rows, Kept), named=_named(kwargs))
            if name in OF_ROWS:
                made.flows = {}
        call.ends_in(result, made)
    elif isinstance(result, pd.Series):
        origins = frozenset(Origin(call.state, each, whole=True) for each in (*chosen, *_keys(call)))
        frames.set_origins(result, origins)
    elif type(result).__module__.startswith("pandas") and hasattr(result, "obj"):
        followed(result, call)


def _named(kwargs: dict[str, Any]) -> dict[str, str]:
    """Return from which column each result of a named aggregation comes."""
    return {name: str(value[0]) for name, value in kwargs.items() if isinstance(value, tuple) and len(value) == 2}


def _kind(rows: Rows) -> str:
    return "aggregation" if isinstance(rows, Grouped) else "featureConstruction" if isinstance(rows, Kept) else "other"


def _chosen(deferred: Any, call: Call) -> list[str]:
    selection = getattr(deferred, "_selection", None)
    if selection is None:
        return list(call.names)
    several = selection if isinstance(selection, list) else [selection]
    return [each for each in names_of(pd.Index(several)) if each in call.names]


def _keys(call: Call) -> list[str]:
    by = call.given.get("by", call.given.get("on"))
    several = by if isinstance(by, list) else [by]
    return [each for each in several if isinstance(each, str) and each in call.names]


def _rows(deferred: Any, call: Call, result: Any, name: str) -> Rows:
    if len(result) == call.count and result.index.equals(call.index):
        return Kept(call.count)
    if hasattr(deferred, "ngroup") and name not in OF_ROWS:
        groups = np.asarray(deferred.ngroup().to_numpy()).astype("f8")
        found = np.where(np.isnan(groups), -1, groups).astype("i8")
        if len(found) == call.count and found.max(initial=-1) + 1 == len(result) == deferred.ngroups:
            return Grouped(found.astype("i4"))
    return rows_of.by_label(call.index, result.index, call.count) if call.name == "groupby" else Every()


def _flows(
    call: Call, columns: dict[str, Any], chosen: list[str], *, by_row: bool, named: dict[str, str]
) -> dict[str, Flow]:
    keys, flows = _keys(call), {}
    for name in columns:
        base = named.get(name, name.partition("/")[0])
        of = [base] if base in chosen else [base] if base in call.names else chosen
        came = dict.fromkeys(From(0, each, whole=by_row) for each in (*of, *(keys if base not in keys else ())))
        flows[name] = Flow(tuple(came), digest=digest_of(columns[name]))
    return flows
