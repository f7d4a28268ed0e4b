"""Whether rows are columns of other rows: views of them, or equal to them in every value."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any


def outline(rows: Any) -> tuple[Any, ...] | None:
    """Return what is quickly seen of rows, and changes when columns or rows come or go, or an index is renamed."""
    shape = getattr(rows, "shape", None)
    if not isinstance(shape, tuple):
        return None
    columns, index = getattr(rows, "columns", None), getattr(rows, "index", None)
    names = tuple(getattr(index, "names", ()))
    return (shape, names, tuple(columns)) if isinstance(columns, Iterable) else (shape, names)


def are_columns(part: Any, whole: Any) -> bool:
    """Whether `part` has every row of `whole`, in its order, and columns that `whole` has."""
    if part is whole:
        return True
    if _length(part) is None or _length(part) != _length(whole):
        return False
    if are_columns_in_memory(part, whole):
        return True
    try:
        return _are_equal_columns(part, whole)
    except Exception:  # noqa: BLE001 - kinds of values that cannot be compared are not the same
        return False


def _are_equal_columns(part: Any, whole: Any) -> bool:
    if _is_frame(part) and _is_frame(whole):
        return _of_frame(part, whole)
    if _is_frame(whole) and _is_series(part):
        return _has_name(part.name, whole) and _equal(part, whole[part.name])
    if _is_array(part) and _is_frame(whole):
        return _are_among(_columns_of(part), [_as_array(whole[name]) for name in whole.columns])
    if _is_array(part) and _is_array(whole):
        return _are_among(_columns_of(part), _columns_of(whole))
    return False


def _of_frame(part: Any, whole: Any) -> bool:
    names, others = list(part.columns), list(whole.columns)
    if names == others:  # all of them at once, however many they are and whatever they are called
        return type(part) is type(whole) and list(part.dtypes) == list(whole.dtypes) and bool(part.equals(whole))
    times = Counter(others)
    return all(times[name] == 1 for name in names) and all(_equal(part[name], whole[name]) for name in names)


def _has_name(name: Any, whole: Any) -> bool:
    return name is not None and list(whole.columns).count(name) == 1


def _equal(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or one.dtype != other.dtype:
        return False
    return bool(one.equals(other))  # of pandas the index too


def _are_among(columns: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether each of `columns` is one of `others`, in any order."""
    return bool(columns) and all(any(_same(column, other) for other in others) for column in columns)


def _same(one: Any, other: Any) -> bool:
    numpy = sys.modules["numpy"]
    middle = len(one) // 2
    for place in (0, middle, -1):  # most columns differ where one looks first
        if len(one) and one[place] != other[place] and not (one[place] != one[place] and other[place] != other[place]):
            return False
    numbers = one.dtype.kind in "fc" and other.dtype.kind in "fc"
    return bool(numpy.array_equal(one, other, equal_nan=numbers))


def _columns_of(array: Any) -> list[Any]:
    return [array] if array.ndim == 1 else [array[:, n] for n in range(array.shape[1])] if array.ndim == 2 else []


def _as_array(column: Any) -> Any:
    return column.to_numpy()


def _length(rows: Any) -> int | None:
    shape = getattr(rows, "shape", None)
    return shape[0] if isinstance(shape, tuple) and shape else None


def _is_array(rows: Any) -> bool:
    return hasattr(rows, "__array_interface__") and hasattr(rows, "strides")


def _is_frame(rows: Any) -> bool:
    return hasattr(rows, "columns") and hasattr(rows, "dtypes") and hasattr(rows, "to_numpy")


def _is_series(rows: Any) -> bool:
    return hasattr(rows, "name") and hasattr(rows, "to_numpy") and hasattr(rows, "equals")


# --- views of one array


def are_columns_in_memory(part: Any, whole: Any) -> bool:
    """Whether `part` begins in the first row of `whole` and walks its rows, all of them, as `whole` does.

    Both are alive, so that equal addresses are the same memory.
    """
    if not _is_array(part) or not _is_array(whole) or part.dtype != whole.dtype:
        return False
    if not part.ndim or not whole.ndim or (part.shape[0], part.strides[0]) != (whole.shape[0], whole.strides[0]):
        return False
    offset = part.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    across = whole.strides[-1] or 1
    return bool(offset % across == 0 and 0 <= offset // across < max(1, math.prod(whole.shape[1:])))
