"""Data that frameworks are given as rows: known from an earlier call, or recorded now by its content."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any, Final

from provkg.capture import dataset
from provkg.capture.handles import Data
from provkg.capture.known_data import known

_PACKAGE: Final = str(Path(__file__).parent.parent)


def data_of(*rows: Any, role: str | None = None, name: str | None = None, framework: str = "") -> Data:
    """Return the record of what a framework was given, such as `data_of(X, y, role="train")`.

    Rows that a call of provkg gave back, and columns of them, are that data. Everything else is recorded as data that
    comes from outside, under the name of the variable that holds it, or `name`. `framework` is the package whose frames
    lie between the user's line and ours.
    """
    given = tuple(each for each in rows if each is not None)
    found = [one for one in (known(each) for each in given) if one is not None]
    if found:
        return found[0]
    called = name or "-".join(filter(None, (_variable(each, framework) for each in given[:1]))) or role or "data"
    data = dataset(called, given if len(given) > 1 else given[0])
    data.role = role
    return data


def _variable(rows: Any, framework: str) -> str | None:
    """Return the name by which the user's code calls `rows`."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to the caller's names
    while frame is not None and _is_ours(frame, framework):
        frame = frame.f_back
    while frame is not None:
        named = next(
            (name for name, value in frame.f_locals.items() if value is rows and not name.startswith("_")), None
        )
        if named is not None or frame.f_code.co_name == "<module>":
            return named
        frame = frame.f_back
    return None


def _is_ours(frame: FrameType, framework: str) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return frame.f_code.co_filename.startswith(_PACKAGE) or module.partition(".")[0] == framework
