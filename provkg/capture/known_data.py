"""Rows that have a record already, found again by the object that holds them: frameworks pass rows, not handles."""

from __future__ import annotations

import math
import sys
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from provkg.capture.digests import digest
from provkg.capture.handles import Data
from provkg.capture.tables import row_count

_known: Final[dict[int, tuple[weakref.ref[Any], Data]]] = {}
_by_digest: Final[dict[str, Data]] = {}


def remember(data: Data, *holders: Any) -> None:
    """Let `known` find `data` for as long as its rows live; rows that cannot be referred to weakly are not found.

    `holders` are other objects that hold the same rows, such as a framework's dataset.
    """
    # Without its rows: what lies here must not keep them alive.
    light = replace(data, rows=None)
    for rows in (*(data.rows if isinstance(data.rows, tuple) else (data.rows,)), *holders):
        _remember(rows, light)
    if data.sha256 is not None:
        _by_digest.setdefault(data.sha256, light)


def known_content(rows: Any) -> Data | None:
    """Return the data that has the same content as `rows`; they are read only where as many rows are known."""
    count = row_count(rows)
    if count is None or all(each.record_count != count for each in _by_digest.values()):
        return None
    return _by_digest.get(digest(rows).sha256)


def forget_data() -> None:
    """Know nothing more: another graph's records describe what follows."""
    _known.clear()
    _by_digest.clear()


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
    part = _memory(rows)
    return None if part is None else next((data for whole, data in _alive() if _are_columns(part, whole)), None)


def _alive() -> Iterator[tuple[Any, Data]]:
    for alive, data in list(_known.values()):
        whole = _memory(alive())
        if whole is not None:
            yield whole, data


def _memory(rows: Any) -> Any:
    """Return `rows` as a NumPy array over the same memory, where it is one or a tensor of torch's on the CPU."""
    if hasattr(rows, "__array_interface__"):
        return rows
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(rows, torch.Tensor) or rows.device.type != "cpu":
        return None
    try:
        return rows.detach().numpy()
    except (TypeError, RuntimeError):  # of a type that NumPy does not have, or sparse
        return None


def _are_columns(part: Any, whole: Any) -> bool:
    """Whether `part` begins in the first row of `whole` and walks its rows, all of them, as `whole` does.

    Both are alive, so that equal addresses are the same memory.
    """
    if not part.ndim or not whole.ndim or part.dtype != whole.dtype:
        return False
    if (part.shape[0], part.strides[0]) != (whole.shape[0], whole.strides[0]):
        return False
    offset = part.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    across = whole.strides[-1] or 1
    return bool(offset % across == 0 and 0 <= offset // across < max(1, math.prod(whole.shape[1:])))
