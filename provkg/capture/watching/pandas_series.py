"""Calls on watched series of pandas, and on arrays and numbers that come of them: where their results came from."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from contextlib import ExitStack
from types import FunctionType, MethodType
from typing import Any, Final

import numpy as np
import pandas as pd

from provkg.capture.trouble import attempt
from provkg.capture.watching import pandas_frames as frames
from provkg.capture.watching import pandas_rows as rows_of
from provkg.capture.watching.making import Made, sources
from provkg.capture.watching.observing import (
    Origin,
    Origins,
    busy,
    inside,
    is_literal,
    known,
    noted,
    user_line,
    whole,
)
from provkg.capture.watching.pandas_kinds import (
    BY_CELL,
    OTHER,
)
from provkg.capture.watching.pandas_values import names_of, types_of
from provkg.capture.watching.states import Flow, Parent

Original = Callable[..., Any]


MOST_ARGUMENTS: Final = 100


def argument_origins(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Origins:
    """Return where the series, arrays and numbers among arguments came from, and those that functions have at hand."""
    found: set[Origin] = set()
    for each in [*args, *kwargs.values()]:
        found |= _argument(each)
    return frozenset(found)


def _argument(given: Any) -> Origins:
    if isinstance(given, frames.WatchedFrame):
        if not frames.is_known(given):
            return known().seen
        state = frames.state_now(given)
        return frozenset(Origin(state, name) for name in state.columns)
    if (origins := frames.origins_of(given)) is not None:
        return origins
    if isinstance(given, list | tuple | set):
        return argument_origins(tuple(itertools.islice(given, MOST_ARGUMENTS)), {})
    if isinstance(given, dict):
        return argument_origins(tuple(itertools.islice(given.values(), MOST_ARGUMENTS)), {})
    if isinstance(given, FunctionType):
        return argument_origins(_at_hand(given), {})
    if isinstance(given, float | int | str | np.generic | pd.Timestamp) and not isinstance(given, bool):
        leaked = known().leaked
        return leaked if leaked and not is_literal(given) else frozenset()
    return frozenset()


def _at_hand(function: FunctionType) -> tuple[Any, ...]:
    """Return what a function closes over, and the tables and numbers among the globals that it names."""
    closed = [cell.cell_contents for cell in function.__closure__ or () if _is_filled(cell)]
    named = [function.__globals__.get(name) for name in function.__code__.co_names[:MOST_ARGUMENTS]]
    kinds = (pd.DataFrame, pd.Series, np.ndarray, np.generic, float, dict)
    return tuple(each for each in (*closed, *named) if isinstance(each, kinds))


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def series_method(series: Any, name: str, original: Original, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make the call on a series, and remember where its result came from."""
    with ExitStack() as around:
        if name not in {"pipe"}:
            around.enter_context(inside())
        result = original(series, *args, **kwargs)
    attempt(f"watch {name}", lambda: _tell_series(series, name, args, kwargs, result))
    return result


def _tell_series(series: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
    origins = frames.origins_of(series)
    if origins is None:
        return
    origins |= argument_origins(args, kwargs)
    if isinstance(result, pd.Series):
        by_cell = name in BY_CELL and kwargs.get("ignore_index") is not True and kwargs.get("method") is None
        by_cell = by_cell and (name not in {"reset_index", "set_axis", "rename"} or result.index.equals(series.index))
        frames.set_origins(result, origins if by_cell else whole(origins))
    elif isinstance(result, pd.DataFrame):
        tell_expanded(name, origins, result)
    elif result is None and kwargs.get("inplace"):
        frames.set_origins(series, origins)
    elif isinstance(result, np.ndarray) and name in {"to_numpy", "__array__"}:
        known().array(result, origins)
        known().leak(origins)
    else:
        remember(result, origins)
        known().leak(origins)


def tell_expanded(name: str, origins: Origins, result: Any) -> None:
    """Tell that a series became a frame, as by `str.split(expand=True)` or `to_frame`: an operation of its own."""
    state = max((each.state for each in origins), key=lambda each: each.number)
    rows = rows_of.by_label(state.index, result.index, state.rows)
    made = Made(name, OTHER, [Parent(state, rows)], names_of(result.columns), len(result), line=user_line())
    made.index, made.types = result.index, types_of(result)
    came = sources(origins, made.parents, result.index, rows_of.by_label)
    made.flows = {each: Flow(came) for each in made.columns}
    result.__dict__["_provkg_state"] = made.state(state.watch)


def numpy_on_series(series: Any, original: Original, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Let a ufunc of numpy's work on a series, and remember where its result came from."""
    with inside():
        result = original(*inputs, **kwargs)
    origins = attempt("watch numpy", lambda: argument_origins((series, *inputs), kwargs))
    if origins:
        attempt("watch numpy", lambda: _tell_array(result, origins))
    return result


def accessor(series: Any, own: Any) -> Any:
    """Return what `str`, `dt` or `cat` of a series is, with its results remembered."""
    if (origins := frames.origins_of(series)) is not None:
        own.__class__ = _accessing(type(own))  # type: ignore[arg-type]  # a class is hashable
        own.__dict__["_provkg_origins"] = origins
    return own


@functools.cache
def _accessing(kind: Any) -> type[Any]:
    class Accessing(kind):  # type: ignore[misc]  # any of pandas' own
        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if name.startswith("_") or busy():
                return value
            if isinstance(value, MethodType):
                return _accessed(value, self._provkg_origins)
            return _remembered(value, self._provkg_origins)

        def __getitem__(self, key: Any) -> Any:
            with inside():
                value = super().__getitem__(key)
            return _remembered(value, self._provkg_origins)

    Accessing.__name__ = Accessing.__qualname__ = kind.__name__
    Accessing.__module__ = kind.__module__
    return Accessing


def _accessed(method: MethodType, origins: Origins) -> Original:
    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        with inside():
            value = method(*args, **kwargs)
        return _remembered(value, origins | argument_origins(args, kwargs), method.__name__)

    return call


def _remembered(value: Any, origins: Origins, name: str = "to_frame") -> Any:
    if isinstance(value, pd.Series):
        return noted(name, lambda: frames.watched_series(value, origins), value)
    if isinstance(value, pd.DataFrame):
        made = noted(name, lambda: frames.watched_frame(value, None), value)
        attempt(f"watch {name}", lambda: tell_expanded(name, origins, made))
        return made
    remember(value, origins)
    return value


ELEMENTWISE = frozenset({"where", "nan_to_num", "clip", "round", "isclose", "real", "imag", "select", "isin"})


def numpy_function(function: Any, args: Any, kwargs: Any) -> Any:
    """Call a function of numpy's on the values alone, and remember where its array came from."""
    origins = attempt("watch numpy", lambda: argument_origins(tuple(args), dict(kwargs)))
    with inside():
        result = function(*_bare(tuple(args)), **{name: _bare(value) for name, value in kwargs.items()})
    if origins:
        name = getattr(function, "__name__", "")
        attempt("watch numpy", lambda: _tell_array(result, origins if name in ELEMENTWISE else whole(origins)))
    return result


def _tell_array(result: Any, origins: Origins) -> None:
    if isinstance(result, np.ndarray):
        known().array(result, origins)
    elif isinstance(result, pd.Series):
        frames.set_origins(frames.watched_series(result, origins), origins)
    else:
        remember(result, origins)


def _bare(given: Any) -> Any:
    from provkg.capture.watching.pandas_values import plain

    if isinstance(given, frames.WatchedFrame | frames.WatchedSeries):
        return plain(given)
    if isinstance(given, list | tuple):
        return type(given)(_bare(each) for each in given)
    return given


def remember(result: Any, origins: Origins) -> None:
    """Remember where an array or number, or each of several series, came from."""
    if isinstance(result, np.ndarray):
        known().array(result, whole(origins))
    elif isinstance(result, np.generic | float):
        known().number(result, origins)
    elif isinstance(result, tuple | list):
        for each in result:
            if isinstance(each, pd.Series):
                frames.set_origins(each, whole(origins))
