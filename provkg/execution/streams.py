"""The files that a shell puts in the place of a command's standard streams."""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_ISREG

OPEN_FILES = Path("/proc/self/fd")


def given_file(number: int) -> Path | None:
    """Return the file that is open as `number`, where it is one with a name (proc_pid_fd(5))."""
    try:
        path = Path(os.readlink(OPEN_FILES / str(number)))  # noqa: PTH115 - as it is, however it begins
        return path if S_ISREG(os.fstat(number).st_mode) and is_given(path, number) else None
    except OSError:
        return None


def is_given(path: Path, number: int) -> bool:
    """Whether the file at `path` is the one that is open as `number`."""
    try:
        return os.path.samestat(path.stat(), os.fstat(number))
    except OSError:
        return False
