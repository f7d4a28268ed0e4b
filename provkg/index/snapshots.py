"""Snapshots of the index: read-only copies for everybody who asks, one folder per ledger size.

A reader holds a shared lock on its snapshot's folder; only folders without one are removed.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from provkg.errors import StorageFailed
from provkg.index.index import Index
from provkg.index.reading import ReadIndex

KEPT: Final = 2
GOING: Final = ".going"


class Snapshots:
    """The snapshots in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest_size(self) -> int | None:
        """Return the ledger size that the newest snapshot stands for, or None without one."""
        found = self._newest_first()
        return _size_of(found[0]) if found else None

    def take(self, index: Index, *, anew: bool = False) -> Path:
        """Copy `index` for readers and remove old copies.

        A snapshot of this size that is there already is returned as it is, unless `anew`: then the index was rebuilt,
        and nobody is to be sent to an older copy any more.
        """
        target = self.folder / str(index.position)
        if anew:
            for path in self._newest_first():
                path.rename(self._hidden(path))
        if not target.exists():
            self._copy(index, target)
        self._prune()
        return target

    def open(self) -> ReadIndex | None:
        """Return the newest snapshot for reading, or None without one; close it when done."""
        for path in self._newest_first():
            descriptor = _shared(path)
            if descriptor is not None:
                return ReadIndex.open(path, _size_of(path), descriptor)
        return None

    def _copy(self, index: Index, target: Path) -> None:
        draft = self.folder / f".{target.name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailed(f"cannot make {self.folder}: {error.strerror}") from error
        index.backup(draft)
        draft.rename(target)

    def _prune(self) -> None:
        for path in [*self.folder.glob(f".*{GOING}"), *self._newest_first()[KEPT:]]:
            with _exclusive(path) as unused:
                if unused:
                    # Hidden first, so that a reader never opens a snapshot of which half is gone.
                    shutil.rmtree(path.rename(self._hidden(path)), ignore_errors=True)

    def _hidden(self, path: Path) -> Path:
        return self.folder / f".{path.name.strip('.').partition('.')[0]}.{time.time_ns()}{GOING}"

    def _newest_first(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        found = (path for path in self.folder.iterdir() if path.name.isdecimal() and path.is_dir())
        return sorted(found, key=_size_of, reverse=True)


def _size_of(path: Path) -> int:
    return int(path.name)


def _shared(path: Path) -> int | None:
    """Return a descriptor that keeps the snapshot at `path` from being removed, or None when it is going already."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        # Between opening and locking it may have been removed: then the path is gone, or another folder's.
        if path.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
    os.close(descriptor)
    return None


@contextmanager
def _exclusive(path: Path) -> Iterator[bool]:
    """Tell whether nobody reads the snapshot at `path`, and keep it so within the block."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
