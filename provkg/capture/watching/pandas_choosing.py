"""Choosing rows and cells of a watched pandas frame by `[]`, `loc`, `iloc`, `at` and `iat`, and labelling them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from provkg.capture.trouble import attempt
from provkg.capture.watching import pandas_frames as frames
from provkg.capture.watching import pandas_rows as rows_of
from provkg.capture.watching.observing import (
    Origin,
    busy,
    inside,
    told,
    whole,
)
from provkg.capture.watching.pandas_calls import Call, columns_of_call
from provkg.capture.watching.pandas_flows import compared, renamed
from provkg.capture.watching.pandas_kinds import (
    NAMING,
)
from provkg.capture.watching.pandas_series import remember
from provkg.capture.watching.pandas_values import names_of
from provkg.capture.watching.rows import Every, Kept, Rows
from provkg.capture.watching.states import Flow, From

Original = Callable[..., Any]


def tell_chosen(call: Call, result: Any, key: Any, how: str) -> None:
    """Tell of `[]`, `loc` or `iloc` that made a frame: some rows, some columns, or both."""
    if how == "[]" and isinstance(key, pd.DataFrame):
        made = call.made(result, Kept(call.count), title="where")
        made.flows = compared(call, result, made, Kept(call.count))
        call.ends_in(result, made)
        return
    if how == "[]" and not isinstance(key, slice) and not rows_of.is_mask(key):
        made = call.made(result, Kept(call.count), title="columns")
    else:
        with inside():
            by_row = key[0] if isinstance(key, tuple) and how != "[]" else key
            rows = rows_of.chosen(call.frame, by_row, how)
        rows = rows if _length(rows) == len(result) else rows_of.by_label(call.index, result.index, call.count)
        made = call.made(result, rows, title="rows" if how == "[]" else how)
    if how == "[]":
        made.told = told({"key": key}, frozenset() if made.title == "rows" else NAMING)
    made.flows = renamed(call, result) if call.watch.sees_columns else {}
    call.ends_in(result, made)


def _length(rows: Rows) -> int:
    counted = getattr(rows, "positions", None)
    return len(counted) if counted is not None else int(getattr(rows, "count", -1))


def indexer(frame: Any, own: Any) -> Any:
    """Return pandas' own way to choose, whose calls are seen."""
    if not busy() and frames.is_known(frame):
        own.__class__ = _choosing(type(own))  # type: ignore[arg-type]  # a class is hashable
    return own


@functools.cache
def _choosing(kind: Any) -> type[Any]:
    class Choosing(kind):  # type: ignore[misc]  # any of pandas' own
        def __getitem__(self, key: Any) -> Any:
            return _chosen_by(self, key, super().__getitem__)

        def __setitem__(self, key: Any, value: Any) -> None:
            from provkg.capture.watching.pandas_assigning import set_by

            set_by(self, key, value, super().__setitem__)

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            made = super().__call__(*args, **kwargs)
            made.__class__ = type(self)
            return made

    Choosing.__name__ = Choosing.__qualname__ = kind.__name__
    Choosing.__module__ = kind.__module__
    return Choosing


def _chosen_by(own: Any, key: Any, original: Original) -> Any:
    frame = own.obj
    if busy() or not frames.is_known(frame):
        return original(key)
    call = attempt("watch loc", lambda: Call(frame, own.name, (), {}, original))
    with inside():
        answered, kept = _once(key)
        result = original(answered)
    if call is not None:
        attempt(f"watch {own.name}", lambda: _tell_choice(call, result, kept(), own.name))
    return result


def _once(key: Any) -> tuple[Any, Callable[[], Any]]:
    """Return `key` with functions in it that remember what they return, and what reads the key that came of it."""
    answers: dict[int, Any] = {}

    def remembering(place: int, function: Any) -> Any:
        def call(frame: Any) -> Any:
            answers[place] = function(frame)
            return answers[place]

        return call

    parts = key if isinstance(key, tuple) else (key,)
    if not any(callable(each) for each in parts):
        return key, lambda: key
    calling = [remembering(n, each) if callable(each) else each for n, each in enumerate(parts)]

    def answered() -> Any:
        found = tuple(answers.get(n, each) for n, each in enumerate(parts))
        return found if isinstance(key, tuple) else found[0]

    return (tuple(calling) if isinstance(key, tuple) else calling[0]), answered


def _tell_choice(call: Call, result: Any, key: Any, how: str) -> None:
    if isinstance(result, pd.DataFrame):
        if call.watch.sees_columns:
            tell_chosen(call, result, key, how)
        else:
            call.ends_in(result, call.made(result, Every(), how))
        return
    columns = columns_of_call(call)
    if isinstance(key, tuple) and len(key) == 2 and isinstance(key[1], str | int):
        names = [key[1]] if how in {"loc", "at"} else [call.frame.columns[key[1]]]
        columns = frozenset(Origin(call.state, name) for name in names_of(pd.Index(names)) if name in call.names)
    if isinstance(result, pd.Series):
        of_column = isinstance(key, tuple) and not np.isscalar(key[0])
        frames.set_origins(result, columns if of_column and call.index.is_unique else whole(columns))
        return
    remember(result, columns)


def relabelled(frame: Any, what: str, act: Callable[[], None]) -> None:
    """Set the labels of columns or rows, and tell of it."""
    call = attempt(f"watch {what}", lambda: Call(frame, "set_axis", (), {}, pd.DataFrame.set_axis))
    with inside():
        act()
    if call is None:
        return

    def tell() -> None:
        made = call.made(frame, Kept(call.count), title=f"set {what}")
        names = names_of(frame.columns)
        pairs = zip(names, call.names, strict=True)
        made.flows = {new: Flow((From(0, old),)) for new, old in pairs if new != old}
        call.ends_in(frame, made)

    attempt(f"watch {what}", tell)
