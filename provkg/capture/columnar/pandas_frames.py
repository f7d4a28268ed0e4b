"""The columns and the index of a pandas frame or series."""

from __future__ import annotations

import json
import sys
from typing import Any

from provkg.capture.columnar import arrow_tables, python_values
from provkg.capture.columnar.column import Column, Encode, Numbers, Objects, Type, Values


def columns(frame: Any, encode: Encode, *, start: int = 0) -> tuple[list[Column], list[Column]]:
    """Return the columns of a frame or series, and those of its index.

    The index that every frame has is none, and so is what is left of it in rows cut out from number `start` on.
    """
    # By position: column names may repeat.
    single = [frame.iloc[:, n] for n in range(frame.shape[1])] if frame.ndim == 2 else [frame]
    return [_column(each, encode) for each in single], [_column(each, encode) for each in _levels(frame, start)]


def _levels(frame: Any, start: int) -> list[Any]:
    index = getattr(frame, "index", None)  # an index has none
    if index is None or _is_plain(index, start):
        return []
    return [index.get_level_values(n) for n in range(index.nlevels)]


def _is_plain(index: Any, start: int) -> bool:
    return type(index).__name__ == "RangeIndex" and (index.start, index.step, index.name) == (start, 1, None)


def _column(column: Any, encode: Encode) -> Column:
    return Column(_name(column.name), *_values(column, encode))


def _name(name: Any) -> str | None:
    """Return the name of a column as the other libraries would have it: text."""
    if name is None or isinstance(name, str):
        return name
    return json.dumps([str(part) for part in name]) if isinstance(name, tuple) else str(name)


def _values(column: Any, encode: Encode) -> tuple[Type, Values]:
    dtype = column.dtype
    kind = str(dtype)
    if kind == "category":
        return _category(column.array if hasattr(column, "array") else column, encode)
    if kind.startswith(("datetime64", "timedelta64")):
        return _moments(column)
    if hasattr(dtype, "numpy_dtype") and hasattr(column.array, "_mask"):
        missing = column.isna()
        bare = column.to_numpy(dtype=dtype.numpy_dtype, na_value=0)
        return dtype.numpy_dtype.name, Numbers(bare, getattr(missing, "to_numpy", lambda: missing)())
    if _is_arrow(column):
        return arrow_tables.column_of(sys.modules["pyarrow"].array(column.array), encode)
    if not hasattr(dtype, "str"):  # an extension: text is known to all, what remains to pandas alone
        told = column.tolist()
        return python_values.column_of(told, encode) if _is_text(dtype) else (["pandas", kind], Objects(told, encode))
    return _numpy(column.to_numpy(), encode)


def _is_arrow(column: Any) -> bool:
    return "pyarrow" in sys.modules and hasattr(column.array, "_pa_array")


def _is_text(dtype: Any) -> bool:
    return type(dtype).__name__ == "StringDtype"


def _numpy(array: Any, encode: Encode) -> tuple[Type, Values]:
    if array.dtype.kind == "O":
        return python_values.column_of(array.tolist(), encode)
    if array.dtype.kind not in "biufc":
        return ["numpy", array.dtype.str], Objects(array.tolist(), encode)
    # pandas says with NaN that a number is missing, and so do all who take its frames over.
    missing = sys.modules["numpy"].isnan(array) if array.dtype.kind in "fc" else None
    return array.dtype.name, Numbers(array, missing)


def _moments(column: Any) -> tuple[Type, Values]:
    dtype, array = column.dtype, column.array
    name: Type = ["timestamp", array.unit, None if getattr(array, "tz", None) is None else str(array.tz)]
    if str(dtype).startswith("timedelta64"):
        name = ["duration", array.unit]
    missing = column.isna()
    return name, Numbers(array.asi8, getattr(missing, "to_numpy", lambda: missing)())


def _category(values: Any, encode: Encode) -> tuple[Type, Values]:
    listed = values.categories.tolist()
    codes = sys.modules["numpy"].asarray(values.codes)
    return arrow_tables.category_type(listed, values.ordered, encode), Numbers(codes.astype("<i8"), codes < 0)
