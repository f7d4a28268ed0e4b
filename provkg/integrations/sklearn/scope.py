"""Which calls are the user's own: what an estimator fits within itself is part of its own fit."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import Final

INNER: Final = frozenset({"sklearn", "joblib"})
_PACKAGE: Final = f"{Path(__file__).parent.parent.parent}{os.sep}"

Sees = Callable[[FrameType], bool]
"""Whether a call that comes from that frame is to be recorded, inside a call that is."""
_sees: ContextVar[Sees | None] = ContextVar("provkg calls within calls", default=None)


def is_told() -> bool:
    """Whether the call that is observed now is one to record.

    Threads that scikit-learn starts know nothing of the call around them, but they call from its code.
    """
    sees = _sees.get()
    if sees is nothing:
        return False
    frame = caller()
    return sees(frame) if sees is not None else module_of(frame).partition(".")[0] not in INNER


@contextmanager
def within(sees: Sees) -> Iterator[None]:
    """Record, of the calls made inside the block, only those that `sees` says."""
    token = _sees.set(sees)
    try:
        yield
    finally:
        _sees.reset(token)


def nothing(_: FrameType) -> bool:
    """See no call."""
    return False


def caller() -> FrameType:
    """Return the frame that called what is observed."""
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to the caller
    while frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def module_of(frame: FrameType) -> str:
    """Return the name of the module whose code runs in `frame`."""
    return str(frame.f_globals.get("__name__", ""))
