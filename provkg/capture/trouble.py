"""What happens when recording itself fails: one warning at the user's line, or an error when capture is strict."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final, TypeVar

from provkg.capture.defaults import defaults
from provkg.errors import CannotRun, ProvkgError

T = TypeVar("T")
_PACKAGE: Final = str(Path(__file__).parent.parent)
_GENERATED: Final = "<string>"  # what dataclasses make of ours
LONGEST_MESSAGE: Final = 500
_told: set[tuple[str, str, int]] = set()
_looked_through: set[str] = set()


class CaptureWarning(UserWarning):
    """Something could not be recorded; training goes on."""


def trouble(message: str, *, kind: str = "", error: type[ProvkgError] = CannotRun) -> None:
    """Warn once for each line of the user's code and `kind` of trouble; raise `error` when capture is strict."""
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[:LONGEST_MESSAGE]}…"
    if defaults().strict:
        raise error(message)
    warned(message, kind=kind[:LONGEST_MESSAGE])


def warned(message: str, *, kind: str = "") -> None:
    """Warn once for each line of the user's code and `kind`; where warnings are errors, say it on stderr instead."""
    level, file, line = _user_line()
    if (kind or message, file, line) in _told:
        return
    _told.add((kind or message, file, line))
    try:
        warnings.warn(message, CaptureWarning, stacklevel=level)
    except CaptureWarning:  # under `python -W error`: what provkg has to say must not stop training
        sys.stderr.write(f"{file}:{line}: {CaptureWarning.__name__}: {message}\n")


def attempt(what: str, act: Callable[[], T]) -> T | None:
    """Return what `act` returns; when it fails, warn that provkg could not do `what` and return None."""
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - recording must never stop training
        failed(what, error)
        return None


def failed(what: str, error: Exception) -> None:
    """Warn that provkg could not do `what`; to be called while `error` is handled."""
    if isinstance(error, ProvkgError) and defaults().strict:
        raise error
    reason = str(error) if isinstance(error, ProvkgError) else f"{type(error).__name__}: {error}"
    trouble(f"could not {what}: {reason}")


def forget_troubles() -> None:
    """Say again what was said before: a new session begins."""
    _told.clear()


def look_through(package: str) -> None:
    """Count the lines of `package` as none of the user's: it lies between theirs and ours."""
    _looked_through.add(package)


def _user_line() -> tuple[int, str, int]:
    level, frame = 1, sys._getframe(1)  # noqa: SLF001 - the only way to the caller's line
    while frame.f_back is not None and _is_between(frame):
        level, frame = level + 1, frame.f_back
    # `warn` counts from `warned`, which is where this walk began.
    return level, frame.f_code.co_filename, frame.f_lineno


def _is_between(frame: FrameType) -> bool:
    if frame.f_code.co_filename.startswith((_PACKAGE, _GENERATED)):
        return True
    return str(frame.f_globals.get("__name__")).partition(".")[0] in _looked_through
