"""Data that frameworks are given as rows: known from an earlier call, or recorded now by its content."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any, Final

from provkg.capture import dataset
from provkg.capture.handles import Data
from provkg.capture.known_data import known, known_content
from provkg.capture.trouble import attempt
from provkg.integrations.frames import names_in

_PACKAGE: Final = str(Path(__file__).parent.parent)


def data_of(
    *rows: Any, role: str | None = None, name: str | None = None, framework: str = "", otherwise: str = "data"
) -> Data:
    """Return the record of what a framework was given, such as `data_of(X, y, role="train")`.

    Rows that a call of provkg gave back, columns of them and equal ones are that data. Everything else is recorded as
    data that comes from outside, under the name of the variable that holds it, or `name`; `otherwise` is for what has
    none. `framework` is the package whose frames lie between the user's line and ours.
    """
    given = tuple(each for each in rows if each is not None)
    # Labels of known data beside rows that are not are other data: the rows were changed meanwhile.
    if given and (found := known(given[0])) is not None:
        return found
    whole = given if len(given) > 1 else given[0]
    if (equal := attempt("compare data", lambda: known_content(whole))) is not None:
        return equal
    called = name or (variable(given[0], framework) if given else None) or role or otherwise
    data = dataset(called, whole)
    data.role = role
    return data


def variable(rows: Any, framework: str) -> str | None:
    """Return the name by which the user's code calls `rows`."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to the caller's names
    while frame is not None and _is_ours(frame, framework):
        frame = frame.f_back
    while frame is not None:
        named = next(
            (name for name, value in names_in(frame).items() if value is rows and not name.startswith("_")), None
        )
        if named is not None or frame.f_code.co_name == "<module>":
            return named
        frame = frame.f_back
    return None


def _is_ours(frame: FrameType, framework: str) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return frame.f_code.co_filename.startswith(_PACKAGE) or module.partition(".")[0] == framework
