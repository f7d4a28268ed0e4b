"""The dependencies of one state as rows of numbers in a file that is derived from it and read as it lies.

Whoever walks from a thing to the ten thousands that rest on it would otherwise look each up in the store, at some
twenty microseconds a lookup and five lookups a thing. The form is that of compressed sparse rows: the ends of all rows
stand one behind the other, and a second list says where each row begins.
"""

from __future__ import annotations

import json
import sys
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from provkg.errors import Unreadable

MAGIC: Final = b"provkg rows 1\n\0\0"
ALIGNED: Final = 8
NAMES: Final = ("things", "digests")
RELATIONS: Final = ("up", "down", "makers", "contents", "bearers")
LABELS: Final = ("kinds", "metrics")
_NOTHING: Final[frozenset[bytes]] = frozenset()


class Names(Sequence[bytes]):
    """Sorted names, one behind the other; the place of each is its number."""

    def __init__(self, at: memoryview, text: memoryview) -> None:
        self._at, self._text = at, text

    def __len__(self) -> int:
        return len(self._at) - 1

    def __getitem__(self, number: int) -> bytes:  # type: ignore[override]
        return bytes(self._text[self._at[number] : self._at[number + 1]])

    def find(self, name: bytes) -> int | None:
        """Return the number of `name`, or None."""
        place = bisect_left(self, name)
        return place if place < len(self) and self[place] == name else None


class Rows(Sequence[memoryview]):
    """For each number, the numbers that it is related to, in order."""

    def __init__(self, at: memoryview, ends: memoryview) -> None:
        self._at, self._ends = at, ends

    def __len__(self) -> int:
        return len(self._at) - 1

    def __getitem__(self, number: int) -> memoryview:  # type: ignore[override]
        return self._ends[self._at[number] : self._at[number + 1]]


class Labels:
    """For each number a set of terms; equal sets are one object."""

    def __init__(self, which: memoryview, sets: Sequence[frozenset[str]]) -> None:
        self.which, self.sets = which, sets

    def __getitem__(self, number: int) -> frozenset[str]:
        return self.sets[self.which[number]]


@dataclass(frozen=True)
class Adjacency:
    """Things by number, with what they rest on (`up`) and what rests on them (`down`).

    `makers` are the runs that made a thing, `contents` its digests by number, `bearers` the things that have a digest.
    What is told of a thing holds for the state unless it is among those that changed since the file was made.
    """

    base: str
    things: Names
    digests: Names
    up: Rows
    down: Rows
    makers: Rows
    contents: Rows
    bearers: Rows
    kinds: Labels
    metrics: Labels
    changed: Collection[bytes] = _NOTHING

    @classmethod
    def over(cls, content: memoryview, changed: Collection[bytes] = _NOTHING) -> Adjacency:
        """Return what a file with that content tells; raises `Unreadable` for any other, or one that was cut."""
        header, body = _parts(content)
        try:
            told = _Sections(body, header["sections"])
            things, digests = map(told.names, NAMES)
            up, down, makers, contents, bearers = map(told.rows, RELATIONS)
            kinds, metrics = (Labels(told.ints(name), [frozenset(each) for each in header[name]]) for name in LABELS)
            base = str(header["base"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"the file of dependencies is damaged: {error!r}") from None
        return cls(base, things, digests, up, down, makers, contents, bearers, kinds, metrics, changed)

    def holds(self, number: int) -> bool:
        """Whether what the file tells of a thing is so in this state."""
        return not self.changed or self.things[number] not in self.changed


def _parts(content: memoryview) -> tuple[Mapping[str, Any], memoryview]:
    start = len(MAGIC) + 8
    if len(content) < start or bytes(content[: len(MAGIC)]) != MAGIC:
        raise Unreadable("this is no file of dependencies")
    said, length = (int.from_bytes(content[place : place + 4], "little") for place in (len(MAGIC), len(MAGIC) + 4))
    if crc32(content[start - 4 :]) != said:
        raise Unreadable("the file of dependencies is damaged or cut")
    header = json.loads(bytes(content[start : start + length]))
    if header["order"] != sys.byteorder:
        raise Unreadable("the file of dependencies is one of another machine")
    return header, content[start + length :]


@dataclass(frozen=True)
class _Sections:
    """The parts of a file by name: where each begins, and how long it is."""

    body: memoryview
    places: Mapping[str, Sequence[int]]

    def bytes(self, name: str) -> memoryview:
        start, length = self.places[name]
        return self.body[start : start + length]

    def ints(self, name: str) -> memoryview:
        return self.bytes(name).cast("I")

    def names(self, name: str) -> Names:
        return Names(self.ints(f"{name} at"), self.bytes(name))

    def rows(self, name: str) -> Rows:
        return Rows(self.ints(f"{name} at"), self.ints(name))
