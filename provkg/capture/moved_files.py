"""Where a file lies that was renamed after it was recorded, as those who save atomically do."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where a file lay, and what a renamed file keeps: device, inode, size and the time of its last change.

    The inode alone would not do: that of a file that is gone may be the next one's.
    """

    path: Path
    kept: tuple[int, int, int, int]

    def now(self) -> Path:
        """Return where the file lies now: where it lay, or beside that under another name."""
        if _kept(self.path) == self.kept:
            return self.path
        with suppress(OSError), os.scandir(self.path.parent) as beside:
            for entry in beside:
                if entry.inode() == self.kept[1] and _kept(Path(entry.path)) == self.kept:
                    return Path(entry.path)
        return self.path


def place_of(path: Path) -> Place | None:
    """Return the place of the file at `path`; None of what is no file."""
    kept = _kept(path)
    return Place(path, kept) if kept is not None and path.is_file() else None


def _kept(path: Path) -> tuple[int, int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
