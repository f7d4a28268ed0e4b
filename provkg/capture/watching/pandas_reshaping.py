"""Calls that put one pandas table into another form: melt, and get_dummies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from provkg.capture.watching import pandas_frames as frames
from provkg.capture.watching.observing import inside, noted
from provkg.capture.watching.pandas_calls import Call
from provkg.capture.watching.pandas_joining import bound_function
from provkg.capture.watching.pandas_values import columns_of, digest_of, names_of
from provkg.capture.watching.rows import Every, Folded, Kept, Rows
from provkg.capture.watching.states import Flow, From


def tell_melted(call: Call, result: Any) -> None:
    """Tell of a table whose columns became rows."""
    given = call.given
    ids, values = _listed(given.get("id_vars")), _listed(given.get("value_vars"))
    values = values or [name for name in call.frame.columns if name not in ids]
    rows: Rows = Folded(call.count, len(values)) if len(result) == call.count * len(values) else Every()
    made = call.made(result, rows)
    if call.watch.sees_columns:
        melted = [each for each in made.columns if each not in names_of(pd.Index(ids))] if ids else list(made.columns)
        names = names_of(pd.Index(values))
        picks = np.repeat(np.arange(len(values)), call.count) if call.watch.sees_rows else None
        # What a value was called stands in the column before it, and came from no cell.
        made.flows = {name: Flow((), digest=digest_of(columns_of(result)[name])) for name in melted[:-1]}
        if melted:
            made.flows[melted[-1]] = Flow(tuple(From(0, name) for name in names), picks=picks)
    call.ends_in(result, made)


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple | pd.Index | np.ndarray) else [given]


def dummies(original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make a call of `pandas.get_dummies`, and tell which columns became which."""
    frame = args[0] if args else kwargs.get("data")
    with inside():
        result = original(*args, **kwargs)
    if isinstance(frame, frames.WatchedSeries):
        return noted("get_dummies", lambda: _tell_dummies_of_series(frame, result), result)
    if isinstance(frame, frames.WatchedFrame):
        given = bound_function(original, args, kwargs)
        return noted("get_dummies", lambda: _tell_dummies(frame, given, result), result)
    return result


def _tell_dummies_of_series(series: Any, result: Any) -> Any:
    from provkg.capture.watching.pandas_series import tell_expanded

    made = frames.watched_frame(result, None)
    if origins := frames.origins_of(series):
        tell_expanded("get_dummies", origins, made)
    return made


def _tell_dummies(frame: Any, given: dict[str, Any], result: Any) -> Any:
    call = Call(frame, "get_dummies", (), {}, pd.get_dummies)
    call.given = {name: value for name, value in given.items() if name != "data"}
    made = call.made(result, Kept(call.count))
    if call.watch.sees_columns:
        columns = columns_of(result)
        encoded = [name for name in call.names if name not in made.columns]
        said, between = given.get("prefix"), given.get("prefix_sep") or "_"
        begins = _prefixes(said, encoded)
        for name in made.columns:
            if name in call.names:
                continue
            of = [each for each in encoded if name.startswith(f"{begins[each]}{between}")] or encoded
            longest = max((len(begins[each]) for each in of), default=0)
            came = tuple(From(0, each) for each in of if len(begins[each]) == longest or of is encoded)
            made.flows[name] = Flow(came, digest=digest_of(columns[name]))
    made_frame = frames.watched_frame(result, None)
    call.ends_in(made_frame, made)
    return made_frame


def _prefixes(said: Any, encoded: list[str]) -> dict[str, str]:
    if isinstance(said, str):
        return dict.fromkeys(encoded, said)
    if isinstance(said, Mapping):
        return {name: str(said.get(name, name)) for name in encoded}
    if isinstance(said, list | tuple) and len(said) == len(encoded):
        return dict(zip(encoded, map(str, said), strict=True))
    return {name: name for name in encoded}
