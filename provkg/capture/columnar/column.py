"""A column as every library means it: a logical type, values, and which of them are missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Type = str | list[Any]
"""The name of a logical type, or a list of its name and parameters; JSON can hold it."""
Encode = Callable[[Sequence[Any]], bytes]
"""Bytes that say which Python values stand in a row."""


class Values(Protocol):
    """The values of a column; equal ones have equal bytes, whoever holds them."""

    def __len__(self) -> int: ...

    def between(self, start: int, stop: int) -> bytes:
        """Return the bytes of the values from `start` up to `stop`."""


@dataclass(frozen=True)
class Column:
    """A named column of a logical type."""

    name: str | None
    type: Type
    values: Values


@dataclass(frozen=True)
class Numbers:
    """Values of one width: little-endian bytes, those missing as zeros, after a bit for each that is missing."""

    array: Array
    missing: Array | None = None

    def __len__(self) -> int:
        return len(self.array)

    def between(self, start: int, stop: int) -> bytes:
        """Return the bytes of the values from `start` up to `stop`."""
        part = self.array[start:stop]
        little = part.astype(part.dtype.newbyteorder("<"), copy=False)
        if self.missing is None or not (gone := self.missing[start:stop]).any():
            return b"\0" + little.tobytes()
        filled = little.copy()
        filled[gone] = 0
        return b"\1" + packed(gone) + filled.tobytes()

    def fixed(self, start: int, stop: int) -> tuple[Array, Array | None]:
        """Return the values from `start` up to `stop` with zeros for those missing, and which these are."""
        little = self.array[start:stop].astype(self.array.dtype.newbyteorder("<"))
        gone = None if self.missing is None else self.missing[start:stop]
        if gone is not None:
            little[gone] = 0
        return little, gone


@dataclass(frozen=True)
class Texts:
    """Values of any length: theirs in bytes as unsigned 64-bit numbers, then all of them."""

    texts: Sequence[bytes | None]

    def __len__(self) -> int:
        return len(self.texts)

    def between(self, start: int, stop: int) -> bytes:
        """Return the bytes of the values from `start` up to `stop`."""
        import numpy as np

        part = self.texts[start:stop]
        lengths = np.array([len(text) if text is not None else 0 for text in part], dtype="<u8").tobytes()
        joined = b"".join(text for text in part if text is not None)
        gone = np.array([text is None for text in part], dtype=bool)
        return (b"\1" + packed(gone) if gone.any() else b"\0") + lengths + joined

    def cells(self, start: int, stop: int) -> list[bytes]:
        """Return the bytes of each value: their number before them, or a sign that it is missing."""
        return [b"\1" if text is None else _sized(text) for text in self.texts[start:stop]]


@dataclass(frozen=True)
class Joined:
    """Values of any length that lie one after the other in `content`, each from its offset to the next one's."""

    offsets: Array
    content: memoryview
    missing: Array | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def between(self, start: int, stop: int) -> bytes:
        """Return the bytes of the values from `start` up to `stop`, as `Texts` would."""
        import numpy as np

        bounds = self.offsets[start : min(stop, len(self)) + 1]
        lengths = np.diff(bounds).astype("<u8").tobytes()
        joined = bytes(self.content[int(bounds[0]) : int(bounds[-1])])
        gone = None if self.missing is None else self.missing[start:stop]
        return (b"\1" + packed(gone) if gone is not None and gone.any() else b"\0") + lengths + joined

    def cells(self, start: int, stop: int) -> list[bytes]:
        """Return the bytes of each value, as `Texts` would."""
        bounds = self.offsets[start : min(stop, len(self)) + 1].tolist()
        found = [_sized(bytes(self.content[one:other])) for one, other in pairwise(bounds)]
        if self.missing is not None:
            for place in self.missing[start:stop].nonzero()[0].tolist():
                found[place] = b"\1"
        return found


@dataclass(frozen=True)
class Objects:
    """Values of which only Python knows what they are."""

    objects: Sequence[Any]
    encode: Encode

    def __len__(self) -> int:
        return len(self.objects)

    def between(self, start: int, stop: int) -> bytes:
        """Return the bytes of the values from `start` up to `stop`."""
        return b"\2" + self.encode(self.objects[start:stop])

    def cells(self, start: int, stop: int) -> list[bytes]:
        """Return the bytes of each value."""
        return [self.encode([value]) for value in self.objects[start:stop]]


def _sized(text: bytes) -> bytes:
    return b"\0" + len(text).to_bytes(8, "little") + text


def packed(bits: Array) -> bytes:
    """Return eight bits a byte, the first in the lowest."""
    import numpy as np

    return np.packbits(bits, bitorder="little").tobytes()
