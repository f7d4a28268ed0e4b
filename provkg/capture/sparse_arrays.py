"""Sparse matrices of scipy and torch, whatever their format: where values are stored, in order of place, and which.

A value that is stored counts though it be zero, since libraries such as XGBoost take what is not stored for missing.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provkg.capture.arrays import Plain, is_sparse_tensor, plain, root

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Stored:
    """The values that a sparse array stores, sorted by place, and for each dimension where they are."""

    shape: list[int]
    places: list[Array]
    values: Plain

    @property
    def head(self) -> list[Any]:
        """What it is apart from places and values; JSON can hold it."""
        return [self.values.head, self.shape, len(self.places)]


def is_sparse(content: Any) -> bool:
    """Whether `content` is a sparse matrix or array of scipy, or a sparse tensor of torch."""
    return (root(content) == "scipy" and hasattr(content, "tocoo")) or is_sparse_tensor(content)


def stored(content: Any) -> Stored:
    """Return what a sparse array stores; values stored for one place more than once are added up."""
    return _of_tensor(content) if is_sparse_tensor(content) else _of_scipy(content)


def _of_tensor(tensor: Any) -> Stored:
    coordinates = tensor.detach().cpu().to_sparse_coo().coalesce()  # which sorts by place, too
    places = [row.numpy().astype("<i8", copy=False) for row in coordinates.indices()]
    return Stored([*map(int, tensor.shape)], places, plain(coordinates.values()))


def _of_scipy(matrix: Any) -> Stored:
    shape = [*map(int, matrix.shape)]
    if len(shape) == 2:
        rows = matrix.tocsr(copy=True)
        rows.sum_duplicates()
        return Stored(shape, [_row_of_each(rows), rows.indices.astype("<i8", copy=False)], plain(rows.data))
    import numpy as np

    found = matrix.tocoo(copy=True)
    found.sum_duplicates()
    order = np.lexsort(found.coords[::-1])
    return Stored(shape, [axis[order].astype("<i8") for axis in found.coords], plain(found.data[order]))


def _row_of_each(rows: Any) -> Array:
    numpy = sys.modules["numpy"]
    counted: Array = numpy.repeat(numpy.arange(rows.shape[0], dtype="<i8"), numpy.diff(rows.indptr))
    return counted
