"""The columns of a pyarrow table, record batch or chunked array."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from provkg.capture.columnar.column import Column, Encode, Joined, Numbers, Objects, Type, Values

if TYPE_CHECKING:
    import pyarrow as pa

_PANDAS: Final = b"pandas"


def columns(table: Any, encode: Encode) -> tuple[list[Column], list[Column]]:
    """Return the columns of a pyarrow table or record batch, and those that are pandas' index."""
    said = json.loads((table.schema.metadata or {}).get(_PANDAS, b"{}"))
    found = [
        Column(name, *column_of(table.column(position), encode)) for position, name in enumerate(table.schema.names)
    ]
    index, stored = [], set()
    names = {each["field_name"]: each["name"] for each in said.get("columns", ())}
    for level in said.get("index_columns", ()):
        if isinstance(level, dict):
            index += _counted(level, table.num_rows)
        elif level in table.schema.names:
            stored.add(level)
            index += [Column(names.get(level), each.type, each.values) for each in found if each.name == level]
    return [each for each in found if each.name not in stored], index


def _counted(level: dict[str, Any], rows: int) -> list[Column]:
    """Return the index of which pandas keeps only start and step, unless it is the one that every frame has."""
    import numpy as np

    start, stop, step = int(level["start"]), int(level["stop"]), int(level["step"])
    # In a slice of the table, the index that this tells of is not that of its rows.
    if (start, step, level["name"]) == (0, 1, None) or len(range(start, stop, step)) != rows:
        return []
    return [Column(level["name"], "int64", Numbers(np.arange(start, stop, step, dtype="<i8")))]


def column_of(column: Any, encode: Encode) -> tuple[Type, Values]:
    """Return logical type and values of an array or chunked array."""
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        inner, values = column_of(_storage(column), encode)
        return ["extension", kind.extension_name, inner], values
    if pa.types.is_dictionary(kind):
        return _category(_whole(column.unify_dictionaries() if hasattr(column, "chunks") else column), encode)
    name = type_name(kind)
    if isinstance(name, str) and name in {"string", "binary"}:
        return name, _joined(column, kind)
    width = _width(kind)
    return (name, Objects(column.to_pylist(), encode)) if width is None else (name, _numbers(column, width))


def type_name(kind: pa.DataType) -> Type:
    """Return the logical type of an Arrow type; how wide its offsets are, or that it has views, is no difference."""
    import pyarrow.types as is_a

    if is_a.is_string(kind) or is_a.is_large_string(kind) or is_a.is_string_view(kind):
        return "string"
    if is_a.is_binary(kind) or is_a.is_large_binary(kind) or is_a.is_binary_view(kind):
        return "binary"
    if is_a.is_date(kind):
        return "date" if is_a.is_date32(kind) else ["date", "ms"]
    if is_a.is_timestamp(kind):
        return ["timestamp", kind.unit, kind.tz]
    if is_a.is_time(kind) or is_a.is_duration(kind):
        return ["time" if is_a.is_time(kind) else "duration", kind.unit]
    if is_a.is_fixed_size_list(kind):
        return ["array", kind.list_size, type_name(kind.value_type)]
    if is_a.is_list(kind) or is_a.is_large_list(kind) or is_a.is_list_view(kind):
        return ["list", type_name(kind.value_type)]
    if is_a.is_struct(kind):
        return ["struct", [[kind.field(n).name, type_name(kind.field(n).type)] for n in range(kind.num_fields)]]
    if is_a.is_decimal(kind):
        return ["decimal", kind.precision, kind.scale]
    return {"double": "float64", "float": "float32", "halffloat": "float16"}.get(str(kind), str(kind))


def _width(kind: pa.DataType) -> str | None:
    """Return the numpy type that holds the values of an Arrow type, or None."""
    import pyarrow.types as is_a

    if is_a.is_boolean(kind):
        return "?"
    if is_a.is_integer(kind) or is_a.is_floating(kind):
        return {"double": "<f8", "float": "<f4", "halffloat": "<f2"}.get(str(kind), str(kind))
    if is_a.is_date32(kind) or is_a.is_time32(kind):
        return "<i4"
    return "<i8" if is_a.is_temporal(kind) and not is_a.is_interval(kind) else None


def _numbers(column: Any, width: str) -> Numbers:
    import numpy as np
    import pyarrow as pa

    kind = column.type
    if pa.types.is_temporal(kind):
        column = column.cast(pa.int32() if width == "<i4" else pa.int64())
    missing = _missing(column)
    filled = column if missing is None else column.fill_null(False if width == "?" else 0)
    return Numbers(np.asarray(_whole(filled).to_numpy(zero_copy_only=False)).astype(width, copy=False), missing)


def _joined(column: Any, kind: pa.DataType) -> Joined:
    import numpy as np
    import pyarrow as pa

    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    missing = _missing(column)
    wide = column.cast(pa.large_string() if text else pa.large_binary())
    # What lies behind a missing value is anybody's.
    whole = _whole(wide if missing is None else wide.fill_null("" if text else b""))
    _, offsets, content = whole.buffers()
    if offsets is None:
        return Joined(np.zeros(1, "<i8"), memoryview(b""), missing)
    bounds = np.frombuffer(offsets, "<i8", len(whole) + 1, whole.offset * 8)
    return Joined(bounds, memoryview(content) if content is not None else memoryview(b""), missing)


def _category(column: Any, encode: Encode) -> tuple[Type, Values]:
    categories = column.dictionary
    values = column.indices
    return category_type(categories.to_pylist(), column.type.ordered, encode), _numbers(values.cast("int64"), "<i8")


def category_type(categories: list[Any], ordered: bool, encode: Encode) -> Type:  # noqa: FBT001 - a fact, no switch
    """Return the type of a column whose values are one of `categories` each."""
    return ["category", bool(ordered), len(categories), encode(categories).hex()]


def _missing(column: Any) -> Any:
    import numpy as np

    return None if not column.null_count else np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=bool)


def _whole(column: Any) -> Any:
    """Return a chunked array as one array."""
    import pyarrow as pa

    if not isinstance(column, pa.ChunkedArray):
        return column
    made = column.combine_chunks()
    return made if not isinstance(made, pa.ChunkedArray) else pa.concat_arrays(made.chunks)


def _storage(column: Any) -> Any:
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    return column.storage
