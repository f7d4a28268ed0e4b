"""The composition whose parts are fitted now: a pipeline, one after the other, or a union of them side by side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Final

from provkg.capture.handles import Data
from provkg.integrations.sklearn import scope


@dataclass(eq=False)
class Around:
    """What is known of a composition while its parts are fitted; `data` is what the next part is given."""

    whole: Any
    data: tuple[Data, ...]
    in_a_row: bool
    made: list[tuple[Any, Data]] = field(default_factory=list)
    """What each part made, and which part that was."""

    def takes(self, part: Any, data: tuple[Data, ...]) -> None:
        """Take what `part` has made."""
        self.made += [(part, each) for each in data]
        if self.in_a_row:
            self.data = data


_around: Final[ContextVar[Around | None]] = ContextVar("provkg composition", default=None)


def around() -> Around | None:
    """Return the composition whose parts are fitted now."""
    return _around.get()


@contextmanager
def parts_of(composition: Around | None) -> Iterator[None]:
    """See, inside the block, what scikit-learn's code calls of the parts of `composition`; nothing of none."""
    token = _around.set(composition)
    try:
        with scope.within(_is_a_part if composition is not None else scope.nothing):
            yield
    finally:
        _around.reset(token)


def _is_a_part(caller: FrameType) -> bool:
    return scope.module_of(caller).partition(".")[0] in {*scope.INNER, "imblearn"}
