"""What became of the columns of a pandas frame: which have other values than before, in which rows; their digests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from provkg.capture.digests import digest


def names_of(columns: pd.Index[Any]) -> tuple[str, ...]:
    """Return the names of columns as text, made different where they repeat."""
    seen: dict[str, int] = {}
    names = []
    for each in columns:
        name = each if isinstance(each, str) else "/".join(map(str, each)) if isinstance(each, tuple) else str(each)
        count = seen[name] = seen.get(name, 0) + 1
        names.append(name if count == 1 else f"{name}#{count}")
    return tuple(names)


def plain(frame: Any) -> Any:
    """Return a frame or series of pandas' own type with the same content, which it shares."""
    kind = pd.DataFrame if isinstance(frame, pd.DataFrame) else pd.Series
    if type(frame) is kind:
        return frame
    made = kind(frame.copy(deep=False))
    made.attrs = dict(frame.attrs)
    return made


def columns_of(frame: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """Return the columns of `frame` by name, as pandas' own series."""
    own = plain(frame)
    return {name: own.iloc[:, place] for place, name in enumerate(names_of(own.columns))}


def is_same(before: pd.Series[Any], after: pd.Series[Any]) -> bool:
    """Whether two columns hold the same values, with the same type, row by row; quick where they share them."""
    if before.dtype != after.dtype or len(before) != len(after):
        return False
    return _is_shared(before, after) or bool(_array(before).equals(_array(after)))


def _is_shared(before: pd.Series[Any], after: pd.Series[Any]) -> bool:
    if before.array is after.array:
        return True
    if not isinstance(before.dtype, np.dtype):
        return False
    one, other = before.to_numpy().__array_interface__, after.to_numpy().__array_interface__
    return bool(one["data"] == other["data"] and one["strides"] == other["strides"])


def _array(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.reset_index(drop=True)


def changed_rows(before: pd.Series[Any], after: pd.Series[Any]) -> Any:
    """Return the numbers of the rows whose value is another than before."""
    one, other = _array(before), _array(after)
    if isinstance(one.dtype, pd.CategoricalDtype) or isinstance(other.dtype, pd.CategoricalDtype):
        one, other = one.astype(object), other.astype(object)
    missing, gone = one.isna().to_numpy(dtype=bool), other.isna().to_numpy(dtype=bool)
    try:
        differs = (one != other).to_numpy(dtype=bool, na_value=False)
    except (TypeError, ValueError):
        pairs = zip(one.astype(object), other.astype(object), strict=True)
        differs = np.fromiter((_differ(*pair) for pair in pairs), dtype=bool, count=len(one))
    return np.flatnonzero((differs & ~(missing & gone)) | (missing != gone))


def _differ(one: Any, other: Any) -> bool:
    try:
        return bool(one is not other and np.any(one != other))
    except (TypeError, ValueError):
        return True


def missing(column: pd.Series[Any]) -> int:
    """Return how many values of a column are missing."""
    return int(column.isna().sum())


def digest_of(column: pd.Series[Any]) -> str:
    """Return the digest of the values of a column and of their type, whatever the rows are labelled."""
    return digest(_array(column).rename(None)).sha256


def types_of(frame: pd.DataFrame, only: Iterable[str] | None = None) -> dict[str, str]:
    """Return the types of columns by name."""
    wanted = None if only is None else set(only)
    kinds = zip(names_of(frame.columns), frame.dtypes, strict=True)
    return {name: str(kind) for name, kind in kinds if wanted is None or name in wanted}
