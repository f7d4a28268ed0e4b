"""Whether rows are still what was recorded of them: whoever holds an array or a frame may have changed it in place."""

from __future__ import annotations

import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from provkg.capture.digests import digest
from provkg.capture.same_columns import are_columns, outline
from provkg.errors import ProvkgError

FREE_SECONDS: Final = 0.5
SHARE: Final = 0.02
"""What looking at one object again may take: half a second, and then a fiftieth of the time since it was recorded."""


@dataclass(eq=False)
class Recorded:
    """How rows were when they were recorded: what is seen at once, and a frame's columns or the digest of all."""

    outline: tuple[Any, ...] | None
    kept: Any = None
    """A frame with the same columns, which stays as it is when the other one is changed."""
    sha256: str | None = None
    members: tuple[weakref.ref[Any], ...] = ()
    """What that digest is of, where it is of several."""
    _since: float = field(default_factory=time.monotonic)
    _spent: float = 0.0

    def holds(self, rows: Any) -> bool:
        """Whether `rows`, the object that was recorded, are what they were."""
        if outline(rows) != self.outline:
            return False
        if self.kept is None and self.sha256 is None:
            return True
        before = time.monotonic()
        if self._spent > FREE_SECONDS + SHARE * (before - self._since):
            return True  # so that nobody waits for it again and again
        same = self._is_same(rows)
        self._spent += time.monotonic() - before
        return same

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
    """Return how `rows` are now; `sha256` is their digest, or that of all that is `beside` them, if it is known.

    Of arrays and tensors without one it is taken.
    """
    if (kept := _without_copying(rows)) is not None:
        return Recorded(outline(rows), kept=kept)
    try:
        members = tuple(map(weakref.ref, beside)) if len(beside) > 1 else ()
    except TypeError:  # of kinds that nobody can refer to weakly
        return Recorded(outline(rows))
    return Recorded(outline(rows), sha256=sha256 or _digest_of_array(rows), members=members)


def _digest_of_array(rows: Any) -> str | None:
    if not hasattr(rows, "__array_interface__") and type(rows).__module__.partition(".")[0] != "torch":
        return None
    try:
        return digest(rows).sha256 if outline(rows) is not None else None
    except ProvkgError:
        return None


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
