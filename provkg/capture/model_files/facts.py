"""What a model's file says of the model without being loaded, and the bounded reading that every format is read by."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any, Final

LONGEST_TEXT: Final = 4096
MOST_BYTES: Final = 16 << 20
"""What is read of a file at once: no format needs more to say what it holds."""
MOST_ENTRIES: Final = 1_000_000
"""Of tensors, keys or operations; beyond that a file says nothing that people could use."""
MOST_STEPS: Final = 4_000_000
"""How many parts of a file are read, a few seconds of them: a file made for that could keep a reader busy for days."""
BUFFERS: Final = ("running_mean", "running_var", "num_batches_tracked")
"""What torch's normalisations count along; no parameters."""


# What a model has no use for, and an attacker has.
_DANGEROUS: Final = frozenset(
    f"{module}." for module in
    ("os", "posix", "nt", "subprocess", "pty", "shutil", "socket", "runpy", "webbrowser", "importlib", "ctypes", "sys")
) | {f"{module}.{name}" for module in ("builtins", "__builtin__")
     for name in ("eval", "exec", "compile", "open", "__import__", "input", "breakpoint")}  # fmt: skip


class Malformed(ValueError):
    """A file is not what it begins as; says why."""


@dataclass(frozen=True)
class Tensor:
    """A name with a type and a shape; -1 is a length that is not fixed, and a name one that the model gives."""

    name: str
    type: str
    shape: tuple[int | str, ...] | None

    @property
    def size(self) -> int:
        """How many numbers it holds, 0 where that is not known."""
        lengths = (-1,) if self.shape is None else self.shape
        known = [length for length in lengths if isinstance(length, int) and length >= 0]
        return math.prod(known) if len(known) == len(lengths) else 0

    @property
    def listed(self) -> list[Any]:
        """It as JSON can hold it."""
        return [self.name, self.type, None if self.shape is None else [*self.shape]]


@dataclass(frozen=True)
class ModelFacts:
    """What was read: the format, what the model was made for, its tensors, what goes in and comes out, and the rest."""

    format: str
    media_type: str
    framework: str | None = None
    title: str | None = None
    tensors: tuple[Tensor, ...] = ()
    parameter_count: int | None = None
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    told: dict[str, Any] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    """What loading it would import and call, by full name."""


def counted(tensors: Iterable[Tensor]) -> int | None:
    """Return how many parameters tensors hold together; None for none."""
    return sum(tensor.size for tensor in tensors if not tensor.name.endswith(BUFFERS)) or None


def dangerous(calls: Iterable[str]) -> list[str]:
    """Return those of the names that a pickle calls which no model needs."""
    return [name for name in calls if name in _DANGEROUS or f"{name.partition('.')[0]}." in _DANGEROUS]


class Source:
    """A file that is read a bounded part at a time, wherever it says that the part lies."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = file.seek(0, 2)
        self.place = self._steps = 0

    def step(self) -> None:
        """Count a part that is read; raises `Malformed` when there were too many."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise Malformed(f"it has more than {MOST_STEPS:,} parts to read")

    def at(self, start: int, length: int) -> bytes:
        """Return `length` bytes from `start` on; raises `Malformed` where they are not there, or are too many."""
        self.step()
        if length > MOST_BYTES:
            raise Malformed(f"it says that {length:,} bytes belong together, which no sound file does")
        if start < 0 or length < 0 or start + length > self.size:
            raise Malformed(f"it ends before byte {start + length:,}, where it says that more follows")
        self._file.seek(start)
        found = self._file.read(length)
        if len(found) != length:
            raise Malformed("it was cut off while it was read")
        return found

    def take(self, length: int) -> bytes:
        """Return the next `length` bytes."""
        found = self.at(self.place, length)
        self.place += length
        return found

    def skip(self, length: int) -> None:
        """Pass over `length` bytes."""
        if length < 0 or self.place + length > self.size:
            raise Malformed(f"it ends before byte {self.place + length:,}, where it says that more follows")
        self.place += length

    def number(self, length: int) -> int:
        """Return the next little-endian number without a sign."""
        return int.from_bytes(self.take(length), "little")

    @property
    def left(self) -> int:
        """How many bytes follow."""
        return self.size - self.place
