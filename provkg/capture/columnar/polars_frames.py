"""The columns of a polars frame or series."""

from __future__ import annotations

import sys
from typing import Any, Final

from provkg.capture.columnar.arrow_tables import category_type
from provkg.capture.columnar.column import Column, Encode, Numbers, Objects, Texts, Type, Values

_PLAIN: Final = {"String": "string", "Binary": "binary", "Boolean": "bool", "Null": "null", "Date": "date"}
_WIDTHS: Final = {"Boolean": "?", "Date": "<i4", "Time": "<i8", "Datetime": "<i8", "Duration": "<i8"}


def columns(frame: Any, encode: Encode) -> list[Column]:
    """Return the columns of a frame or series."""
    found = frame.get_columns() if hasattr(frame, "get_columns") else [frame]
    return [Column(each.name, *_values(each, encode)) for each in found]


def _values(column: Any, encode: Encode) -> tuple[Type, Values]:
    name = type(column.dtype).__name__ if not isinstance(column.dtype, type) else column.dtype.__name__
    if name == "Enum":
        listed = column.dtype.categories.to_list()
        return category_type(listed, ordered=True, encode=encode), _numbers(column.to_physical(), "<i8")
    if name == "Categorical":
        # It keeps no list of its categories, and its numbers depend on what else the process has seen.
        return "open category", Texts([None if each is None else each.encode() for each in column.to_list()])
    if name == "String":
        return "string", Texts([None if text is None else text.encode() for text in column.to_list()])
    if name == "Binary":
        return "binary", Texts(column.to_list())
    width = _WIDTHS.get(name) or (column.dtype.is_numeric() and _numeric(name))
    if not width:
        return type_name(column.dtype), Objects(column.to_list(), encode)
    return type_name(column.dtype), _numbers(column if name == "Boolean" else column.to_physical(), width)


def _numeric(name: str) -> str | None:
    """Return the numpy type of integers and floats; decimals and what is wider than 64 bits have none."""
    return name.lower() if name not in {"Decimal", "Int128", "UInt128"} else None


def _numbers(column: Any, width: str) -> Numbers:
    numpy = sys.modules.get("numpy") or __import__("numpy")
    missing = column.is_null().to_numpy() if column.null_count() else None
    filled = column.fill_null(False if width == "?" else 0) if missing is not None else column
    return Numbers(numpy.asarray(filled.to_numpy()).astype(width, copy=False), missing)


def type_name(dtype: Any) -> Type:
    """Return the logical type of a polars type, as Arrow would call it."""
    name = dtype.__name__ if isinstance(dtype, type) else type(dtype).__name__
    match name:
        case "Datetime":
            return ["timestamp", dtype.time_unit, dtype.time_zone]
        case "Duration":
            return ["duration", dtype.time_unit]
        case "Time":
            return ["time", "ns"]
        case "Decimal":
            return ["decimal", dtype.precision, dtype.scale]
        case "List":
            return ["list", type_name(dtype.inner)]
        case "Array":
            return ["array", dtype.size, type_name(dtype.inner)]
        case "Struct":
            return ["struct", [[field.name, type_name(field.dtype)] for field in dtype.fields]]
        case _:
            return _PLAIN.get(name, name.lower())
