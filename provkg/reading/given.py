"""Values as people give them in Python: taken as the command line takes them, or refused with what is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import index
from typing import Any, Final

from provkg.errors import BadParameter

MOMENT: Final = "2026-03-01T12:00:00Z"


def moment(name: str, given: Any) -> datetime | None:
    """Return a moment that is given as such or as text; raises `BadParameter` for others."""
    if given is None or isinstance(given, datetime):
        return given
    try:
        return datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise _no(name, given, "moment", f"a datetime with a time zone, or text such as {MOMENT!r}") from None


def whole_number(name: str, given: Any, example: int) -> int:
    """Return a whole number, of numpy too; raises `BadParameter` for others, and for True."""
    try:
        found = None if isinstance(given, bool) else index(given)
    except TypeError:
        found = None
    if found is None:
        raise _no(name, given, "whole number", f"one such as {example}")
    return found


def text(name: str, given: Any, example: str) -> str:
    """Return a text; raises `BadParameter` for others."""
    if not isinstance(given, str):
        raise _no(name, given, "text", f"one such as {example!r}")
    return given


def words(name: str, given: Any, example: str) -> tuple[str, ...]:
    """Return one word or several; raises `BadParameter` for others."""
    if isinstance(given, str):
        return (given,)
    several = tuple(given) if isinstance(given, Iterable) else (given,)
    if not all(isinstance(each, str) for each in several):
        raise _no(name, given, "word and no list of words", f"one such as {example!r}, or several as a list")
    return several


def _no(name: str, given: Any, what: str, wanted: str) -> BadParameter:
    return BadParameter(f"{name} is {given!r:.100}, which is no {what}; give {wanted}")
