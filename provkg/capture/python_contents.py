"""The bytes of single Python values, with a letter for their type: equal values of different types differ."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from provkg.capture.arrays import is_array, missing, plain, root, type_of
from provkg.errors import Unreadable
from provkg.identity import canonical_json


def value_bytes(value: Any) -> tuple[bytes, bytes]:
    """Return a letter for the type and the value's bytes; raises `Unreadable` for what has no canonical form."""
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
    if is_array(value) and hasattr(value, "shape"):  # a scalar, or an array without dimensions
        return _scalar_bytes(value)
    if root(value) == "pandas":  # NaT, NA, Timestamp, Period, Interval say all they are in their text
        return b"p", f"{type(value).__name__} {value!r}".encode()
    if root(value) == "PIL" and hasattr(value, "tobytes"):
        head = canonical_json([value.mode, *map(int, value.size), value.getpalette() if value.mode == "P" else None])
        return b"g", head + value.tobytes()
    if isinstance(value, Iterator):
        raise Unreadable(
            f"a {type(value).__name__} has its items once, which provkg does not take away: "
            "let them pass with provkg.passing(name, items)"
        )
    raise Unreadable(
        f"a {type(value).__module__}.{type(value).__qualname__} has no canonical form to take a digest of; "
        "give rows as a list, a numpy array, a frame of pandas, polars or Arrow, bytes or a path"
    )


def _scalar_bytes(value: Any) -> tuple[bytes, bytes]:
    found = plain(value)
    if found.values.dtype.hasobject:
        return value_bytes(found.values.item())
    if (gone := missing(value)) is not None and bool(gone):
        return b"a", str(found.values.dtype).encode() + b"\1"
    kind = found.values.dtype if found.type == type_of(found.values.dtype) else found.type
    return b"a", str(kind).encode() + b"\0" + found.values.tobytes()


def fields_of(value: Any) -> dict[str, Any] | None:
    """Return what an instance of a dataclass holds by name; None for anything else."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return None
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
