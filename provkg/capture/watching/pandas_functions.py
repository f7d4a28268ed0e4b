"""Functions of pandas' module, seen when they are given a watched table."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import pandas as pd

from provkg.capture.watching import pandas_frames as frames
from provkg.capture.watching.observing import busy, inside, noted, whole
from provkg.capture.watching.pandas_joining import concatenated, merged
from provkg.capture.watching.pandas_reshaping import dummies
from provkg.capture.watching.pandas_series import argument_origins

OF_MODULE: Final = ("concat", "merge", "get_dummies", "melt", "merge_asof", "merge_ordered")
OF_FRAMES: Final = ("merge", "join")
"""Methods of a frame that is not watched, which may be given one that is."""
OF_COLUMNS: Final = ("to_numeric", "to_datetime", "to_timedelta", "cut", "qcut", "isna", "isnull", "notna", "notnull")
BY_CELL: Final = frozenset({*OF_COLUMNS} - {"qcut", "cut"})


def of_columns(name: str, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make a call of a function of pandas that turns one column into another."""
    with inside():
        result = original(*args, **kwargs)
    origins = argument_origins(args, kwargs)
    if origins and isinstance(result, pd.Series):
        of = origins if name in BY_CELL else whole(origins)
        return noted(name, lambda: frames.watched_series(result, of), result)
    return result


def observed(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of pandas' whose calls with watched tables are seen."""

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        if busy() or not _is_watched((*args, *kwargs.values())):
            return original(*args, **kwargs)
        if name == "concat":
            return concatenated(original, args, kwargs)
        if name == "get_dummies":
            return dummies(original, args, kwargs)
        if name == "melt":
            given = dict(kwargs)
            frame = args[0] if args else given.pop("frame")
            return frame.melt(*args[1:], **given)
        if name in OF_COLUMNS:
            return of_columns(name, original, args, kwargs)
        return merged(name, original, args, kwargs)

    return function


def _is_watched(given: Any) -> bool:
    return any(
        _is_ours(each)
        or (isinstance(each, list | tuple) and any(map(_is_ours, each)))
        or (isinstance(each, dict) and any(map(_is_ours, each.values())))
        for each in given
    )


def _is_ours(given: Any) -> bool:
    return frames.is_known(given) or (isinstance(given, frames.WatchedSeries) and bool(frames.origins_of(given)))
