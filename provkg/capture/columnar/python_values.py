"""Columns of Python objects: what Arrow would make of them if all are of one kind, else the objects themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final

from provkg.capture.columnar.column import Encode, Numbers, Objects, Texts, Type, Values

EPOCH: Final = date(1970, 1, 1).toordinal()
_WIDEST: Final = 1 << 63


def column_of(objects: Sequence[Any], encode: Encode) -> tuple[Type, Values]:
    """Return logical type and values of Python objects; None, NaN and their kin are missing among others."""
    # A value that is not equal to itself is NaN or NaT; pandas' NA does not even say.
    told = [None if _is_missing(value) else value for value in objects]
    kinds = {type(value) for value in told if value is not None}
    if not kinds:
        return "null", Objects([None] * len(told), encode)
    if len(kinds) == 1 and (made := _KINDS.get(kinds.pop())) is not None:
        return made(told, encode)
    return "object", Objects(objects, encode)


def texts(told: Sequence[str | None]) -> tuple[Type, Values]:
    """Return a column of text."""
    return "string", Texts([None if text is None else text.encode("utf-8", "surrogatepass") for text in told])


def _is_missing(value: Any) -> bool:
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, float) and value != value


def _numbers(told: Sequence[Any], kind: str, type_name: Type) -> tuple[Type, Values]:
    import numpy as np

    gone = np.array([value is None for value in told], dtype=bool)
    return type_name, Numbers(np.array([0 if value is None else value for value in told], dtype=kind), gone)


def _whole(told: Sequence[int | None], encode: Encode) -> tuple[Type, Values]:
    if all(value is None or -_WIDEST <= value < _WIDEST for value in told):
        return _numbers(told, "<i8", "int64")
    return "object", Objects(told, encode)


def _dates(told: Sequence[date | None], _: Encode) -> tuple[Type, Values]:
    return _numbers([None if day is None else day.toordinal() - EPOCH for day in told], "<i4", "date")


_KINDS: Final[dict[type, Callable[[Sequence[Any], Encode], tuple[Type, Values]]]] = {
    str: lambda told, _: texts(told),
    bytes: lambda told, _: ("binary", Texts(told)),
    bool: lambda told, _: _numbers(told, "?", "bool"),
    int: _whole,
    float: lambda told, _: _numbers(told, "<f8", "float64"),
    date: _dates,
    datetime: lambda told, encode: ("object", Objects(told, encode)),
}
