"""Rows that have a record already, found again by the object that holds them: frameworks pass rows, not handles."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from provkg.capture.handles import Data

_known: Final[dict[int, tuple[weakref.ref[Any], Data]]] = {}


def remember(data: Data) -> None:
    """Let `known` find `data` for as long as its rows live; rows that cannot be referred to weakly are not found."""
    # Without its rows: what lies here must not keep them alive.
    light = replace(data, rows=None)
    for rows in data.rows if isinstance(data.rows, tuple) else (data.rows,):
        _remember(rows, light)


def _remember(rows: Any, data: Data) -> None:
    key = id(rows)
    try:
        alive = weakref.ref(rows, lambda _: _known.pop(key, None))
    except TypeError:
        return
    _known[key] = (alive, data)


def known(rows: Any) -> Data | None:
    """Return the data that `rows` are: the same object, or columns of it where both are views of one NumPy array.

    A view of some of the rows is other data.
    """
    alive, data = _known.get(id(rows), (None, None))
    if alive is not None and alive() is rows:
        return data
    if not hasattr(rows, "__array_interface__") or getattr(rows, "base", None) is None:
        return None
    return next((data for whole, data in _alive() if _are_columns(rows, whole)), None)


def _alive() -> Iterator[tuple[Any, Data]]:
    for alive, data in list(_known.values()):
        rows = alive()
        if rows is not None and hasattr(rows, "__array_interface__"):
            yield rows, data


def _are_columns(part: Any, whole: Any) -> bool:
    """Whether `part` begins in the first row of `whole` and walks its rows, all of them, as `whole` does."""
    if _owner(part) is not _owner(whole) or not part.ndim or not whole.ndim:
        return False
    if (part.shape[0], part.strides[0]) != (whole.shape[0], whole.strides[0]):
        return False
    offset = part.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    across = whole.strides[-1] or 1
    return bool(offset % across == 0 and 0 <= offset // across < math.prod(whole.shape[1:]))


def _owner(array: Any) -> Any:
    while getattr(array, "base", None) is not None:
        array = array.base
    return array
