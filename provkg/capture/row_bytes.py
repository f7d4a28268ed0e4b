"""The bytes of each row of data that is in memory, the same whichever library holds the rows.

What the columns are called and of which types stands in a head beside them; an index is none of the columns.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from provkg.capture.arrays import is_array, missing, plain
from provkg.capture.columnar import is_table, logical_table
from provkg.capture.columnar.column import Column, Encode, Numbers
from provkg.capture.handed_over import content_behind, has_items, is_hugging_face, items
from provkg.capture.tables import is_parallel
from provkg.errors import BadParameter, Unreadable

AT_ONCE: Final = 1 << 16


@dataclass(frozen=True)
class Rows:
    """Rows of one kind; `between` gives the bytes of each from one number up to another."""

    head: Any
    count: int
    between: Callable[[int, int], Iterable[bytes]]
    alike: bool = False
    """Whether all rows have one number of bytes, which the head tells."""


def rows_of(content: Any, encode: Encode, columns: Sequence[str] | None = None) -> Rows:
    """Return the rows of `content`, or what they have in the `columns` named.

    Raises `Unreadable` for what has no rows in memory, `BadParameter` for columns that are not there.
    """
    content = content_behind(content)
    if is_table(content) or is_hugging_face(content):
        return _of_table(content, encode, columns)
    if columns is not None:
        raise BadParameter(f"digests of rows by {', '.join(columns)} need a table with columns of these names")
    if is_parallel(content):
        return _side_by_side([rows_of(part, encode) for part in content])
    if is_array(content) and getattr(content, "ndim", 0) > 0:
        return _of_array(content, encode)
    if has_items(content):
        content = list(items(content))
    if isinstance(content, list | tuple):
        return Rows("items", len(content), lambda start, stop: (encode([row]) for row in content[start:stop]))
    what = "a file or folder" if isinstance(content, PurePath) else f"a {type(content).__name__}"
    raise Unreadable(f"{what} has no rows in memory to take digests of; load it as a table, an array or a list")


def _of_table(content: Any, encode: Encode, names: Sequence[str] | None) -> Rows:
    if is_hugging_face(content):
        from provkg.capture.hugging_face import table_of

        content = table_of(content)
    table = logical_table(content, encode)
    chosen = table.columns if names is None else [_named(table.columns, name) for name in names]
    return Rows(
        [[each.name, each.type] for each in chosen],
        table.rows,
        lambda start, stop: _cells(chosen, start, min(stop, table.rows)),
        all(isinstance(each.values, Numbers) for each in chosen),
    )


def _named(columns: Sequence[Column], name: str) -> Column:
    found = next((each for each in columns if each.name == name), None)
    if found is None:
        known = ", ".join(str(each.name) for each in columns[:20])
        raise BadParameter(f"the rows have no column {name!r}; they have {known}")
    return found


def _cells(columns: Sequence[Column], start: int, stop: int) -> Iterable[bytes]:
    """Return rows of values of one width each, one after the other, and then those of any length."""
    numbers = [each.values for each in columns if isinstance(each.values, Numbers)]
    others = [each.values.cells(start, stop) for each in columns if not isinstance(each.values, Numbers)]  # type: ignore[attr-defined]  # all but numbers have cells
    if not numbers:
        return map(b"".join, zip(*others, strict=True)) if others else (b"" for _ in range(start, stop))
    rows = _unpacked(_block(numbers, start, stop))
    return map(b"".join, zip(rows, *others, strict=True)) if others else rows


def _block(numbers: Sequence[Numbers], start: int, stop: int) -> Any:
    import numpy as np

    kinds = [kind for n, each in enumerate(numbers) for kind in _kinds(n, each)]
    block = np.zeros(stop - start, dtype=kinds)
    for n, each in enumerate(numbers):
        values, gone = each.fixed(start, stop)
        block[f"value {n}"] = values
        if gone is not None:
            block[f"missing {n}"] = gone
    return block


def _kinds(number: int, column: Numbers) -> list[tuple[str, Any]]:
    return [(f"missing {number}", "?"), (f"value {number}", column.array.dtype.newbyteorder("<"))]


def _unpacked(block: Any) -> Iterable[bytes]:
    return (row for (row,) in struct.iter_unpack(f"{block.dtype.itemsize}s", block.tobytes()))


def _of_array(content: Any, encode: Encode) -> Rows:
    found, gone = plain(content), missing(content)
    values = found.values.reshape(found.shape[0], -1) if found.values.size else found.values
    head = ["array", found.type, found.shape[1:], gone is not None]
    if not found.values.size:
        return Rows(head, found.shape[0], lambda start, stop: (b"" for _ in range(start, min(stop, found.shape[0]))))
    if gone is not None or values.dtype.hasobject:
        listed = content.reshape(found.shape[0], -1)
        return Rows(head, found.shape[0], lambda start, stop: (encode(row.tolist()) for row in listed[start:stop]))

    def between(start: int, stop: int) -> Iterable[bytes]:
        part = values[start:stop]
        width = part.dtype.itemsize * part.shape[1]
        return (row for (row,) in struct.iter_unpack(f"{width}s", part.tobytes()))

    return Rows(head, found.shape[0], between, alike=True)


def _side_by_side(parts: Sequence[Rows]) -> Rows:
    def between(start: int, stop: int) -> Iterable[bytes]:
        return map(b"".join, zip(*(_apart(part, start, stop) for part in parts), strict=True))

    return Rows([part.head for part in parts], parts[0].count, between, all(part.alike for part in parts))


def _apart(part: Rows, start: int, stop: int) -> Iterable[bytes]:
    """Return rows with how long each is, where that is not known, so that nothing moves from one part to the next."""
    rows = part.between(start, stop)
    return rows if part.alike else (len(row).to_bytes(8, "little") + row for row in rows)
