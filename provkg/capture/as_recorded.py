"""Whether rows are still what was recorded of them: whoever holds an array or a frame may have changed it in place."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provkg.capture.digests import digest
from provkg.capture.same_columns import are_columns, outline
from provkg.errors import ProvkgError

FREE_SECONDS: Final = 0.5
SHARE: Final = 0.02
"""What looking again may take: half a second, and then a fiftieth of the time that passes."""


class _Allowance:
    """The time that is spent on looking again, which must never be what a program notices."""

    def __init__(self) -> None:
        self.began, self.spent = time.monotonic(), 0.0

    def spend(self, look: Callable[[], bool]) -> bool:
        """Return what `look` finds; True, the object alone being trusted, where all is spent."""
        before = time.monotonic()
        if self.spent > FREE_SECONDS + SHARE * (before - self.began):
            return True
        try:
            return look()
        finally:
            self.spent += time.monotonic() - before


_allowance: Final = _Allowance()


@dataclass(frozen=True)
class Recorded:
    """How rows were when they were recorded: what is seen at once, and a frame's columns or the digest of all."""

    outline: tuple[Any, ...] | None
    kept: Any = None
    """A frame with the same columns, which stays as it is when the other one is changed."""
    sha256: str | None = None
    members: tuple[weakref.ref[Any], ...] = ()
    """What that digest is of, where it is of several."""

    def holds(self, rows: Any) -> bool:
        """Whether `rows`, the object that was recorded, are what they were."""
        if outline(rows) != self.outline:
            return False
        if self.kept is None and self.sha256 is None:
            return True
        return _allowance.spend(lambda: self._is_same(rows))

    def _is_same(self, rows: Any) -> bool:
        if self.kept is not None:
            return are_columns(rows, self.kept)
        whole = tuple(member() for member in self.members) if self.members else rows
        if isinstance(whole, tuple) and any(each is None for each in whole):
            return True  # of what is gone nobody knows, and what is left was seen with it
        try:
            return digest(whole).sha256 == self.sha256
        except ProvkgError:
            return False


def recorded(rows: Any, sha256: str | None = None, beside: Sequence[Any] = ()) -> Recorded:
    """Return how `rows` are now; `sha256` is their digest, or that of all that is `beside` them, if it is known."""
    if (kept := _without_copying(rows)) is not None:
        return Recorded(outline(rows), kept=kept)
    try:
        members = tuple(map(weakref.ref, beside)) if len(beside) > 1 else ()
    except TypeError:  # of kinds that nobody can refer to weakly
        return Recorded(outline(rows))
    return Recorded(outline(rows), sha256=sha256, members=members)


def _without_copying(frame: Any) -> Any:
    """Return a frame over the same columns that later changes do not reach, where the library has such a thing."""
    kind = type(frame)
    root, name = kind.__module__.partition(".")[0], kind.__name__
    if root == "polars" and name in {"DataFrame", "Series"}:
        return frame.clone()
    if root == "pandas" and name in {"DataFrame", "Series"} and _copies_on_write():
        return frame.copy(deep=False)
    return None


def _copies_on_write() -> bool:
    import pandas

    return int(pandas.__version__.partition(".")[0]) >= 3
