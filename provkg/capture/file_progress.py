"""Says on a terminal how far the reading of much data is; says nothing anywhere else, and nothing about little."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from threading import Lock
from typing import Final

FIRST_SECONDS: Final = 2.0
EVERY_SECONDS: Final = 1.0


class FileProgress:
    """Counts the bytes read of what lies at a path; more than one thread may tell it."""

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size, self._read = path, size, 0
        self._lock, self._next, self._said = Lock(), time.monotonic() + FIRST_SECONDS, False

    def __call__(self, read: int) -> None:
        """Take in that so many bytes more were read."""
        with self._lock:
            self._read += read
            if time.monotonic() >= self._next and _is_watched():
                self._next, self._said = time.monotonic() + EVERY_SECONDS, True
                self._say("")

    def end(self) -> None:
        """End the line, if there is one."""
        if self._said:
            self._say("\n")

    def _say(self, end: str) -> None:
        done = f"{self._read / 1e9:.1f} of {self._size / 1e9:.1f} GB"
        sys.stderr.write(f"\rprovkg: taking the digest of {self._path}: {done}{end}")
        sys.stderr.flush()


def _is_watched() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # taken away, or closed
        return False
