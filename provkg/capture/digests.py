"""SHA-256 over the full content of files, folders, arrays, tables and rows: change one cell and the digest changes.

The digest of a file or of bytes is that of its bytes. Every other form starts with its name, so that a folder never
collides with a file nor an array with a table: `manifest-1` is the sorted list of a folder's files with their digests,
`array-1` dtype, shape and values in C order, `table-2` the rows of lists, or of a frame its columns with names, logical
types, categories and every value, the same whether pandas, polars or Arrow holds it. `table-1` was pandas' own.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID

from provkg.capture.columnar import is_table, logical_table
from provkg.capture.file_digests import Digest, path_digest
from provkg.errors import BadProof, Unreadable
from provkg.identity import canonical_json

if TYPE_CHECKING:
    import numpy as np

ARRAY: Final = "array-1"
TABLE: Final = "table-2"
PIECE: Final = 1 << 20


class Hash(Protocol):
    """What takes bytes, as hashlib's objects do."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""


def digest(content: Any) -> Digest:
    """Return the digest of `content`: a path, bytes, an array, rows, or a frame or column of pandas, polars or Arrow.

    Raises `Unreadable` for content without a canonical form and for files that cannot be read.
    """
    if isinstance(content, PurePath):
        return path_digest(Path(content))
    if isinstance(content, bytes | bytearray | memoryview):
        return Digest(sha256(content).hexdigest())
    form = ARRAY if is_array(content) else TABLE
    summed = sha256(form.encode() + b"\0")
    _put(summed, content)
    return Digest(summed.hexdigest(), form)


def members(keys: Sequence[int]) -> str:
    """Return the digest of the set of row numbers that a part holds, whatever their order."""
    summed = sha256(b"members-1\0")
    summed.update("".join(f"{key}\n" for key in sorted(keys)).encode())
    return summed.hexdigest()


def prove_rows(table: Any, start: int, stop: int) -> str:
    """Return the proof, as JSON, that the rows from `start` up to `stop` are those of `table`, a frame or column.

    Whoever has these rows, the proof and the recorded digest of the table can check it by `check_rows`. Raises
    `BadParameter` where a run does not begin and end at a multiple of 8,192 rows, or with the table.
    """
    from provkg.capture.columnar.slices import prove

    return prove(table, start, stop, _encoded).to_json()


def check_rows(proof: str, rows: Any) -> str:
    """Return the SHA-256 of the table that `proof` shows `rows` to be a run of; compare it with the recorded one.

    Raises `BadProof` for a proof that is none or is of rows in another form.
    """
    from provkg.capture.columnar.slices import RowsProof

    parsed = RowsProof.parse(proof)
    found = parsed.digest(rows, _encoded)
    if found is None:
        raise BadProof(
            f"the proof is of rows {parsed.start:,} to {parsed.stop:,} of a table, and these cannot be they: columns, "
            "types or their number differ"
        )
    return found


# --- kinds of content, told by module so that nothing is imported that the user did not import


def is_array(content: Any) -> bool:
    """Whether `content` is a numpy array or becomes one without loss, as a torch tensor does."""
    return _root(content) == "numpy" or _is_tensor(content)


def _root(content: Any) -> str:
    return type(content).__module__.partition(".")[0]


def _is_tensor(content: Any) -> bool:
    return _root(content) == "torch" and hasattr(content, "detach")


def _put(summed: Hash, content: Any) -> None:
    if is_array(content) and getattr(content, "ndim", 0) > 0:
        _put_array(summed, as_array(content))
    elif is_table(content):
        _put_table(summed, content)
    elif hasattr(content, "tocsr") and _root(content) == "scipy":
        _put_sparse(summed, content)
    elif isinstance(content, Mapping):
        _put_mapping(summed, content)
    elif isinstance(content, list | tuple | range):
        _put_rows(summed, content)
    elif isinstance(content, set | frozenset):
        _put_set(summed, content)
    else:
        _put_value(summed, content)


def as_array(content: Any) -> np.ndarray[Any, Any]:
    """Return a numpy array, or a torch tensor as one."""
    array: np.ndarray[Any, Any] = content.detach().cpu().numpy() if _is_tensor(content) else content
    return array


def _put_array(summed: Hash, array: np.ndarray[Any, Any]) -> None:
    head = [array.dtype.descr if array.dtype.names else array.dtype.str, list(array.shape)]
    _put_sized(summed, b"A", canonical_json(head))
    mask = getattr(array, "mask", None)  # of a masked array
    if mask is not None and hasattr(array, "filled"):
        _put(summed, sys.modules["numpy"].ma.getmaskarray(array))
        array = sys.modules["numpy"].ma.getdata(array)
    if array.dtype.hasobject:
        for value in array.ravel(order="C").tolist():
            _put(summed, value)
        return
    for piece in _pieces(array):
        summed.update(piece)


def _pieces(array: np.ndarray[Any, Any]) -> Iterator[bytes]:
    rows = max(1, PIECE // max(1, array[:1].nbytes)) if array.ndim else 1
    for start in range(0, len(array), rows):
        yield array[start : start + rows].tobytes(order="C")


def _put_table(summed: Hash, content: Any) -> None:
    table = logical_table(content, _encoded)
    _put_sized(summed, b"F", table.head)
    summed.update(table.root)


def _encoded(values: Sequence[Any]) -> bytes:
    summed = sha256()
    _put_rows(summed, values)
    return summed.digest()


def _put_sparse(summed: Hash, matrix: Any) -> None:
    rows = matrix.tocsr(copy=True)
    rows.sum_duplicates()
    _put_sized(summed, b"P", canonical_json([str(rows.dtype), list(rows.shape)]))
    for part in (rows.indptr, rows.indices, rows.data):
        _put_array(summed, part)


def _put_rows(summed: Hash, rows: Sequence[Any]) -> None:
    summed.update(b"%s%d\0" % (b"T" if isinstance(rows, tuple) else b"L", len(rows)))
    for row in rows:
        _put(summed, row)


def _put_mapping(summed: Hash, content: Mapping[Any, Any]) -> None:
    summed.update(b"M%d\0" % len(content))
    for key, value in content.items():
        _put(summed, key)
        _put(summed, value)


def _put_set(summed: Hash, content: set[Any] | frozenset[Any]) -> None:
    summed.update(b"U%d\0" % len(content))
    for each in sorted(digest((value,)).sha256 for value in content):
        summed.update(each.encode())


def _put_value(summed: Hash, value: Any) -> None:
    _put_sized(summed, *_value_bytes(value))


def _put_sized(summed: Hash, kind: bytes, content: bytes) -> None:
    summed.update(b"%s%d\0" % (kind, len(content)))
    summed.update(content)


def _value_bytes(value: Any) -> tuple[bytes, bytes]:
    """Return a letter for the type and the value's bytes; equal values of different types differ."""
    match value:
        case None:
            return b"n", b""
        case bool():
            return b"b", b"1" if value else b"0"
        case Enum():
            return b"e", f"{type(value).__qualname__}.{value.name}".encode()
        case str():
            return b"s", value.encode("utf-8", "surrogatepass")
        case int():
            return b"i", str(int(value)).encode()
        case float():
            return b"f", struct.pack("<d", value)
        case complex():
            return b"c", struct.pack("<dd", value.real, value.imag)
        case bytes() | bytearray() | memoryview():
            return b"y", bytes(value)
        case datetime() | date() | time():
            return b"t", (value.isoformat() + str(getattr(value, "nanosecond", ""))).encode()
        case timedelta() | Decimal() | UUID() | PurePath():
            return b"d", f"{type(value).__name__} {value}".encode()
        case _:
            return _foreign_bytes(value)


def _foreign_bytes(value: Any) -> tuple[bytes, bytes]:
    if _root(value) == "numpy" and hasattr(value, "tobytes"):  # a scalar, or an array without dimensions
        return b"a", str(value.dtype).encode() + b"\0" + value.tobytes()
    if _root(value) == "pandas":  # NaT, NA, Timestamp, Period, Interval say all they are in their text
        return b"p", f"{type(value).__name__} {value!r}".encode()
    if _is_tensor(value):
        return _foreign_bytes(as_array(value))
    raise Unreadable(
        f"a {type(value).__module__}.{type(value).__qualname__} has no canonical form to take a digest of; "
        "give rows as a list, a numpy array, a frame of pandas, polars or Arrow, bytes or a path"
    )
