"""Rows as people hold them (lists, arrays, frames, tuples of equal arrays): how many, which columns, which part."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from provkg.capture.handed_over import content_behind, has_items, is_hugging_face
from provkg.errors import BadParameter

MANY_COLUMNS: Final = 1000
TARGET_NAMES: Final = ("target", "label", "class", "y")


def row_count(rows: Any) -> int | None:
    """Return the number of rows; None when they are not in memory."""
    if isinstance(rows, PurePath | str | bytes):
        return None
    rows = content_behind(rows)
    if is_parallel(rows):
        return row_count(rows[0])
    if _is_parts(rows):
        counts = [row_count(part) for part in rows.values()]
        return None if None in counts else sum(filter(None, counts))
    shape = getattr(rows, "shape", None)
    if shape is not None:
        return int(shape[0]) if len(shape) > 0 else None
    try:
        return len(rows) if hasattr(rows, "__len__") else None
    except (TypeError, NotImplementedError):  # a dataset of torch whose base class has no length
        return None


def _is_parts(rows: Any) -> bool:
    """Whether `rows` are the parts of a dataset of Hugging Face by their names."""
    return isinstance(rows, Mapping) and bool(rows) and all(is_hugging_face(part) for part in rows.values())


def column_count(rows: Any) -> int | None:
    """Return the number of columns where rows have any."""
    columns = column_types(rows)
    return len(columns) if columns is not None else None


def is_parallel(rows: Any) -> bool:
    """Whether `rows` is a tuple of equally long arrays, such as features and target."""
    return (
        isinstance(rows, tuple)
        and len(rows) > 1
        and all(hasattr(part, "__len__") and not isinstance(part, str | bytes) for part in rows)
        and all(hasattr(part, "shape") or isinstance(part, list) for part in rows)
        and len({row_count(part) for part in rows}) == 1  # not by `len`, which sparse matrices refuse
    )


def column_types(rows: Any) -> list[tuple[str, str]] | None:
    """Return name and type of every column; None for rows without columns."""
    rows = content_behind(rows)
    if _is_parts(rows):
        return column_types(next(iter(rows.values())))
    if is_hugging_face(rows):
        return [(field.name, str(field.type)) for field in rows.features.arrow_schema]
    if is_parallel(rows):
        parts = [column_types(part) or [] for part in rows]
        return [(f"{position}.{name}", kind) for position, part in enumerate(parts) for name, kind in part]
    if _is_arrow(rows):
        return [(field.name, str(field.type)) for field in rows.schema]
    if hasattr(rows, "columns") and hasattr(rows, "dtypes"):
        return [(str(name), str(kind)) for name, kind in zip(rows.columns, rows.dtypes, strict=True)]
    shape = getattr(rows, "shape", None)
    if shape is not None and hasattr(rows, "dtype"):
        names = getattr(rows.dtype, "names", None)
        if names:
            return [(name, str(rows.dtype[name])) for name in names]
        return [(str(n), str(rows.dtype)) for n in range(_width(shape))] if len(shape) else None
    return _types_of_first(rows)


def _names(rows: Any) -> list[str] | None:
    """Return the columns of an Arrow table, a polars frame or a dataset of Hugging Face; None for all else."""
    if _is_arrow(rows):
        return [*rows.schema.names]
    if is_hugging_face(rows):
        return [*rows.column_names]
    return [*rows.columns] if type(rows).__module__.startswith("polars") and hasattr(rows, "columns") else None


def _is_arrow(rows: Any) -> bool:
    return type(rows).__module__.partition(".")[0] == "pyarrow" and hasattr(rows, "schema")


def _width(shape: Sequence[int]) -> int:
    width = 1
    for length in shape[1:]:
        width *= int(length)
    return width


def _types_of_first(rows: Any) -> list[tuple[str, str]] | None:
    if not isinstance(rows, list | tuple) or not rows:
        return None
    first = rows[0]
    if isinstance(first, dict):
        return [(str(name), type(value).__name__) for name, value in first.items()]
    if isinstance(first, list | tuple):
        return [(str(n), type(value).__name__) for n, value in enumerate(first)]
    return [("0", type(first).__name__)]


def schema_text(rows: Any) -> str | None:
    """Return the columns as JSON text; that of an image as its shape rather than its thousand pixels."""
    columns = column_types(rows)
    if columns is None:
        return None
    if len(columns) > MANY_COLUMNS:
        row = [int(length) for length in getattr(rows, "shape", (0, len(columns)))[1:]]
        return json.dumps({"row": row, "type": columns[0][1]})
    return json.dumps(columns, ensure_ascii=False)


def taken(rows: Any, positions: Sequence[int]) -> Any:
    """Return the rows at `positions`, in that order and of the same kind."""
    if is_parallel(rows):
        return tuple(taken(part, positions) for part in rows)
    if is_hugging_face(rows):
        return rows.select(list(positions))
    if has_items(rows):
        return sys.modules["torch.utils.data"].Subset(rows, list(positions))
    if hasattr(rows, "iloc"):
        return rows.iloc[list(positions)]
    if _is_arrow(rows):
        return rows.take(list(positions))
    if hasattr(rows, "shape"):
        return rows[list(positions)]
    if isinstance(rows, list | tuple):
        return type(rows)([rows[position] for position in positions])
    raise BadParameter(
        f"provkg cannot choose rows of a {type(rows).__name__}; "
        "split it yourself and record each part with split.part(role, rows)"
    )


def column(rows: Any, key: Any) -> list[Any]:
    """Return one column as a list: by name in a frame or list of dicts, by number in an array or list of rows.

    In a tuple of arrays the number is that of the array.
    """
    rows = content_behind(rows)
    if is_parallel(rows) and isinstance(key, int):
        return listed(rows[key])
    try:
        if hasattr(rows, "iloc"):
            return listed(rows[key] if key in rows.columns else rows.iloc[:, key])
        if (names := _names(rows)) is not None:
            if is_hugging_face(rows):
                rows = rows.with_format(None)
            return listed(rows[names[names.index(key) if isinstance(key, str) else key]])
        if hasattr(rows, "shape"):
            return listed(rows[key] if getattr(rows.dtype, "names", None) else rows[:, key])
        return [row[key] for row in rows]
    except (KeyError, IndexError, TypeError, ValueError):
        raise BadParameter(f"the rows have no column {key!r}; name one that they have, or give its values") from None


def column_name(rows: Any, key: Any) -> str:
    """Return the name under which the schema lists the column `key`."""
    columns = column_types(rows)
    if isinstance(key, int) and columns is not None and not is_parallel(rows) and -len(columns) <= key < len(columns):
        return columns[key][0]
    return str(key)


def guessed_target(rows: Any) -> Any:
    """Return the key of the column that rows are labelled with, where their form tells; None otherwise."""
    if is_parallel(rows):
        return len(rows) - 1
    columns = [name for name, _ in column_types(rows) or ()]
    return next((name for name in TARGET_NAMES if name in columns), None)


def listed(values: Any) -> list[Any]:
    """Return the values of a column as a list of hashable ones."""
    how = next((each for each in ("tolist", "to_list", "to_pylist") if hasattr(values, each)), None)
    found = getattr(values, how)() if how else list(values)
    return [tuple(value) if isinstance(value, list) else value for value in found]
