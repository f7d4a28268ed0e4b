"""Files mapped into memory that take the points of a process: one after another, allocated in full before use."""

from __future__ import annotations

import itertools
import mmap
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from zlib import crc32

from provkg.capture.spool.disks import may_be_mapped
from provkg.capture.spool.points import SLOT, is_whole

FIRST_SLOTS: Final = 1024
MOST_SLOTS: Final = 128 * 1024
BLOCK_SLOTS: Final = 4096
"""How many points one checksum covers at most."""
RETRY_SECONDS: Final = 5.0
POPULATE_WRITE: Final = 23  # madvise(2), since Linux 5.14; Python has no name for it
POPULATE_BYTES: Final = 64 * mmap.PAGESIZE

Put = Callable[[bytes], object]
Announce = Callable[..., None]


def segment_path(spool: Path, number: int) -> Path:
    """Return where the segment of that number of a spool file lies."""
    return spool.with_name(f"{spool.stem}-{number}.points")


def segments_of(spool: Path) -> list[Path]:
    """Return the segments of a spool file, those that hold nothing yet included."""
    return sorted(spool.parent.glob(f"{spool.stem}-*.points"))


def nowhere(_slot: bytes) -> object:
    """Refuse a point as a full segment does, so that its caller looks for another place."""
    raise ValueError("no segment takes points")


class Segment:
    """One mapped file; raises `OSError` where its space cannot be had."""

    def __init__(self, path: Path, number: int, size: int) -> None:
        self.path, self.number, self.slots = path, number, size
        self.base = self.sealed = 0
        self._count: int | None = None
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            # After ftruncate alone, a disk that fills up would kill the process at the first touch of a page.
            os.posix_fallocate(self._file, 0, size * SLOT.size)
            self._map = mmap.mmap(self._file, size * SLOT.size)
        except BaseException:
            os.close(self._file)
            path.unlink(missing_ok=True)
            raise
        # One call that asks for room, copies and moves on while it holds the interpreter lock: no slot is left out or
        # taken twice, whichever threads and signal handlers call it.
        self.put: Put = self._map.write

    def populate(self) -> None:
        """Have the pages in memory before the points come, each of which would wait 2 µs for it otherwise."""
        try:
            # In parts, for the interpreter lock is held meanwhile.
            for start in range(0, len(self._map), POPULATE_BYTES):
                self._map.madvise(POPULATE_WRITE, start, min(POPULATE_BYTES, len(self._map) - start))
                time.sleep(0)
        except OSError:
            return  # an older kernel

    @property
    def written(self) -> int:
        """How many points it holds."""
        return self._map.tell() // SLOT.size if self._count is None else self._count

    @property
    def done(self) -> bool:
        """Whether it takes no more points and all that it holds are sealed."""
        return self._count is not None and self.sealed == self._count

    def finish(self) -> None:
        """Take no more points."""
        if self._count is not None:
            return
        count = self.written
        self._map.seek(0, os.SEEK_END)
        # Another thread may have put one in between these two calls.
        while count < self.slots and is_whole(SLOT.unpack_from(self._map, count * SLOT.size)):
            count += 1
        self._count = count

    def unsealed(self) -> Iterator[tuple[int, int, int]]:
        """Make what was written safe from a power cut and yield it in blocks: first, end, checksum."""
        end = self.written
        if end == self.sealed:
            return
        os.fdatasync(self._file)
        for first in range(self.sealed, end, BLOCK_SLOTS):
            last = min(first + BLOCK_SLOTS, end)
            # Read rather than viewed: with a view, a forked child could not close its copy of the mapping.
            content = os.pread(self._file, (last - first) * SLOT.size, first * SLOT.size)
            yield first, last, crc32(content)
            self.sealed = last

    def close(self) -> None:
        """Let go of a finished segment and give back the space that no point took."""
        self._map.close()
        if self._count is not None and self._count < self.slots:
            # What a failing disk does not give back goes with the file.
            with suppress(OSError):
                os.ftruncate(self._file, self._count * SLOT.size)
        os.close(self._file)

    def abandon(self) -> None:
        """Let go of a copy that a fork made, so that this process writes nothing into its parent's file."""
        self._map.seek(0, os.SEEK_END)
        self._map.close()
        os.close(self._file)


class Segments:
    """The segments of one spool file; `announce` writes an event that tells readers of them.

    `put` takes the slot of a point, or raises `ValueError` when `renew` has to find it another place.
    """

    def __init__(self, spool: Path, announce: Announce) -> None:
        self._spool, self._announce = spool, announce
        self.put: Put = nowhere
        self._current: Segment | None = None
        self._spare: Segment | None = None
        self._before = 0
        self._full: list[Segment] = []
        self._numbers = itertools.count()
        self._size = FIRST_SLOTS
        self._may: bool | None = None
        self._retry_at = 0.0
        self._renewing = False
        self._sealing = threading.Lock()

    @property
    def taken(self) -> int:
        """How many points all segments hold so far."""
        return self._before + (self._current.written if self._current is not None else 0)

    @property
    def in_use(self) -> bool:
        """Whether points may come without anybody being told."""
        return self._current is not None

    def renew(self, room: int = 1) -> bool:
        """See that `put` takes so many slots at once and return whether it does; one thread at a time."""
        if self._current is not None and self._current.written + room <= self._current.slots:
            return True
        if self._renewing:
            return False  # in a signal handler amid this very function
        self._renewing = True
        try:
            spare, self._spare = self._spare, None
            made = spare or self._next()
            if made is not None:
                self._take(made)
        finally:
            self._renewing = False
        return made is not None

    def _take(self, made: Segment) -> None:
        self._retire()
        made.base = self._before
        self._announce("segment", segment=made.number, base=made.base, slots=made.slots, mono=time.monotonic_ns())
        self._current, self.put = made, made.put

    def _retire(self) -> None:
        current, self._current, self.put = self._current, None, nowhere
        if current is not None:
            current.finish()
            self._before = current.base + current.written
            self._full.append(current)

    def _next(self) -> Segment | None:
        if self._may is None:
            self._may = may_be_mapped(self._spool.parent)
        if not self._may or time.monotonic() < self._retry_at:
            return None
        number = next(self._numbers)
        try:
            made = Segment(segment_path(self._spool, number), number, self._size)
        except (OSError, ValueError):
            self._retry_at = time.monotonic() + RETRY_SECONDS
            return None
        self._size = min(self._size * 4, MOST_SLOTS)
        return made

    # --- in the background

    def prepare(self) -> None:
        """Make the next segment before it is needed."""
        with self._sealing:
            current = self._current
            if self._spare is None and current is not None and (current.base or current.written > current.slots // 2):
                spare = self._next()
                if spare is not None:
                    spare.populate()
                self._spare = spare

    def seal(self, *, full_only: bool = False) -> None:
        """Make all points so far survive a power cut and write checksums of them."""
        with self._sealing:
            current = self._current if not full_only else None
            for segment in [*self._full, *([current] if current is not None else [])]:
                self._seal(segment)
            while self._full and self._full[0].done:
                self._full.pop(0).close()
            if self._current is None:
                self._drop_spare()

    def _drop_spare(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.abandon()
            with suppress(OSError):
                spare.path.unlink(missing_ok=True)

    def _seal(self, segment: Segment) -> None:
        try:
            for first, end, checksum in segment.unsealed():
                self._announce("seal", segment=segment.number, first=first, end=end, crc=checksum)
        except OSError:
            return  # without a seal, a reader knows that the disk promised nothing

    # --- the end

    def finish(self) -> None:
        """Let no more points into the segments there are, to be followed by `seal`; one thread at a time."""
        self._retire()

    def abandon(self) -> None:
        """Let go of the copies that a fork made."""
        for segment in (*self._full, self._current, self._spare):
            if segment is not None:
                segment.abandon()
        self._full, self._current, self._spare = [], None, None
