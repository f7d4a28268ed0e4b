"""What people hand over by mistake, or because their program holds nothing else."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import io
import math
import uuid
from argparse import Namespace
from collections import OrderedDict, UserDict
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

HUGE = 3_000_000


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Raising:
    """Nothing of it can be looked at."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("not compared")

    def __hash__(self) -> int:
        raise RuntimeError("no hash")

    def __bool__(self) -> bool:
        raise RuntimeError("neither true nor false")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")


class Long:
    """Its text has millions of letters."""

    def __repr__(self) -> str:
        return "x" * HUGE


class Telling:
    """Its text holds a secret."""

    def __repr__(self) -> str:
        return "<client password=" + "hunter2-hunter2" + ">"


class Lying(str):
    """A text that is not as it says."""

    def __str__(self) -> str:
        return "another"


@dataclasses.dataclass
class Settings:
    rate: float = 0.1
    name: str = "adam"
    inner: Any = None


class Model:
    """As pydantic's models: fields by `model_dump`."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def model_dump(self) -> dict[str, Any]:
        return self.fields

    def __repr__(self) -> str:
        return f"Model({self.fields})"


class Config(UserDict[str, Any]):
    """As omegaconf's: a mapping of its own that raises for what is missing."""

    def __getitem__(self, key: str) -> Any:
        if key == "missing":
            raise ValueError("mandatory value is missing")
        return super().__getitem__(key)


def cyclic() -> list[Any]:
    found: list[Any] = [1]
    found.append(found)
    return found


def generator() -> Iterator[int]:
    yield 1


VALUES: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "a lambda": lambda: lambda x: x,
    "a built-in": lambda: open,
    "an open file": lambda: io.StringIO("text"),
    "a class": lambda: Raising,
    "an object that raises": Raising,
    "an object with a huge text": Long,
    "an object that tells a secret": Telling,
    "a text that lies": lambda: Lying("one"),
    "a cyclic list": cyclic,
    "bytes": lambda: b"\x00\xff",
    "a set": lambda: {3, 1, 2},
    "a set of mixed things": lambda: {1, "a", None},
    "NaN": lambda: math.nan,
    "infinity": lambda: -math.inf,
    "a huge integer": lambda: 10**400,
    "a decimal": lambda: decimal.Decimal("0.10"),
    "a decimal that is no number": lambda: decimal.Decimal("sNaN"),
    "a fraction": lambda: Fraction(1, 3),
    "a complex number": lambda: 1 + 2j,
    "an enum": lambda: Colour.RED,
    "an integer of an enum": lambda: Level.HIGH,
    "a time": lambda: datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
    "a date": lambda: datetime.date(2026, 1, 2),
    "a duration": lambda: datetime.timedelta(seconds=90),
    "a path": lambda: Path("data") / "train.csv",
    "a UUID": lambda: uuid.UUID(int=7),
    "a dataclass": Settings,
    "a model like pydantic's": lambda: Model(rate=0.1),
    "a namespace": lambda: Namespace(rate=0.1, name="adam"),
    "an ordered mapping": lambda: OrderedDict(b=1, a=2),
    "a mapping of its own": lambda: Config(rate=0.1),
    "a mapping that raises": lambda: Config(rate=0.1, missing="???"),
    "a mapping with odd names": lambda: {1: "one", None: "none", ("a", 1): "pair", "": "empty", 1.5: True},
    "an array": lambda: _numpy().arange(4.0),
    "a huge array": lambda: _numpy().zeros(2_000_000),
    "an array of objects": lambda: _numpy().array([object(), "a", 1], dtype=object),
    "a scalar of numpy": lambda: _numpy().float32(0.5),
    "a scalar that is no time": lambda: _numpy().datetime64("NaT"),
    "a generator": generator,
    "an exception": lambda: ValueError("no"),
    "a huge text": lambda: "x" * HUGE,
    "an empty text": lambda: "",
    "a text of spaces": lambda: "  \t ",
    "lines": lambda: "one\ntwo\r\nthree\x0bfour",
    "an emoji": lambda: "🚀 gradient 👩‍🔬",
    "letters from the right": lambda: "‮נתונים‬",
    "a zero byte": lambda: "a\x00b",
    "control characters": lambda: "\x01\x07\x1b[31mred\x7f",
    "half a letter": lambda: "half \ud800 letter",
    "no characters": lambda: "￾￿",
    "a name with marks of markup": lambda: "<script>\"'&\\</script>",
    "an IRI with spaces": lambda: "https://example.org/a b<c>",
    "a path of a file": lambda: "no/such/file.csv",
}


def _numpy() -> Any:
    import numpy

    return numpy
