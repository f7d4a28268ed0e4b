"""Data that calls and frameworks are given as rows: known from an earlier call, or recorded now by its content."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Final

from provkg.capture.datasets import dataset
from provkg.capture.frames import names_in
from provkg.capture.handed_over import content_behind, has_items, is_stream
from provkg.capture.handles import Data, DataGiven, Handle, Thing, things
from provkg.capture.known_data import known, known_content
from provkg.capture.trouble import attempt, trouble
from provkg.errors import BadParameter

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


def data_things(given: DataGiven, what: str, *, role: str | None = None) -> tuple[Thing, ...]:
    """Return the handles in `given`; rows and files that are given in their place are recorded as data by themselves.

    Several arrays, such as a matrix and its labels, are one dataset. What is neither is said, and left out.
    """
    if given is None or isinstance(given, Handle):
        return things(given, what)
    return attempt(f"look at {what}=", lambda: _things(given, what, role)) or ()


def _things(given: DataGiven, what: str, role: str | None) -> tuple[Thing, ...]:
    if _is_content(given):
        return things(_recorded(given, role), what)
    if not isinstance(given, list | tuple):
        return things(() if _is_no_file(given, what) else given, what)
    if given and all(_has_shape(each) for each in given):
        return things(data_of(*given, role=role), what)
    found = [each for each in given if not _is_no_file(each, what)]
    return things([_recorded(each, role) if _is_content(each) else each for each in found], what)


def _is_no_file(given: Any, what: str) -> bool:
    if not isinstance(given, str | os.PathLike) or Path(given).exists():
        return False
    trouble(
        f"{what}= names {str(given)!r}, where no file is; it is left out", kind=f"{what} {given}", error=BadParameter
    )
    return True


def _recorded(given: Any, role: str | None) -> Data:
    if not isinstance(given, str | os.PathLike):
        return data_of(given, role=role)
    data = dataset(Path(given).stem, given)
    data.role = role
    return data


def _is_content(given: Any) -> bool:
    if isinstance(given, Handle):
        return False
    if isinstance(given, str | os.PathLike):
        return Path(given).exists()
    behind = content_behind(given)
    return behind is not given or _has_shape(given) or has_items(behind) or is_stream(behind)


def _has_shape(given: Any) -> bool:
    return hasattr(given, "shape") and not isinstance(given, Handle)


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
