"""Which file of dependencies a snapshot gets: that of the one before, one made anew, or none.

It is derived data that may be deleted at any time. Readers without it, or with one that is damaged or belongs to
another state, look everything up in the store.
"""

from __future__ import annotations

import mmap
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from provkg.errors import Unreadable
from provkg.index import changed
from provkg.index.adjacency import Adjacency
from provkg.index.changed import Changed
from provkg.index.index import Index
from provkg.index.packing import Facts, packed

FILE: Final = "DEPENDENCIES"
LEAST: Final = 1_000
"""Ledger entries below which a graph is walked as quickly without."""
FEW: Final = 1_000
SHARE: Final = 10
"""A file is made anew when more than `FEW` things changed and more than one in so many."""
A_THING: Final = 150
"""Bytes of a file that a thing takes, with all that is told of it."""
PAUSE: Final = 20
"""Times as long as making a file took, nothing of the kind is done again."""


class Keeping:
    """Gives files of dependencies to the snapshots of one folder."""

    def __init__(self) -> None:
        self._not_before = 0.0

    def put(self, index: Index, draft: Path, newest: Path | None) -> None:
        """Put a file into the copy of `index` at `draft`, if it is worth it; `newest` is the snapshot before."""
        if index.position < LEAST:
            return
        try:
            if not self._carried_on(index, draft, newest) and time.monotonic() >= self._not_before:
                self._made(index, draft)
        except (OSError, OverflowError, MemoryError):
            # A snapshot is as good without it, on a full disk for example.
            index.changed = None
            for name in (FILE, changed.FILE):
                with suppress(OSError):
                    (draft / name).unlink(missing_ok=True)

    def _carried_on(self, index: Index, draft: Path, newest: Path | None) -> bool:
        since = index.changed
        if since is None or newest is None or not (newest / FILE).exists():
            return False
        with suppress(Unreadable):
            if Changed.read(newest).base == since.base and len(since.things) <= _most(newest / FILE):
                _share(newest / FILE, draft / FILE)
                since.write(draft)
                return True
        return False

    def _made(self, index: Index, draft: Path) -> None:
        start = time.monotonic()
        index.changed = write(index.facts(), draft, f"{index.identity} {index.position}")
        self._not_before = time.monotonic() + PAUSE * (time.monotonic() - start)


def _share(file: Path, place: Path) -> None:
    try:
        os.link(file, place)
    except OSError:
        # Not every file system has hard links; a full one refuses the copy, too.
        shutil.copyfile(file, place)


def write(facts: Facts, folder: Path, base: str) -> Changed:
    """Put a file of `facts` into the snapshot at `folder`, and return that nothing changed since."""
    since = Changed(base)
    (folder / FILE).write_bytes(packed(facts, base))
    since.write(folder)
    return since


def opened(folder: int) -> Adjacency | None:
    """Return the dependencies of the snapshot that `folder` is a descriptor of, or None where it has no sound file."""
    try:
        since = Changed.read(folder)
        descriptor = os.open(FILE, os.O_RDONLY, dir_fd=folder)
        try:
            content = memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
        finally:
            os.close(descriptor)
        found = Adjacency.over(content, frozenset(each.encode() for each in since.things))
    except (OSError, ValueError, Unreadable):
        return None
    return found if found.base == since.base else None


def _most(file: Path) -> int:
    """Return how many things may have changed before the file is made anew."""
    return max(FEW, file.stat().st_size // A_THING // SHARE)
