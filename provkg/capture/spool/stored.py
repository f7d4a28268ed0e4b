"""Reads the points of a spool from its segments: what a checksum vouches for, and what lies there without one."""

from __future__ import annotations

import itertools
import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from provkg.capture.spool.frames import Frame
from provkg.capture.spool.points import SLOT, Slot, is_whole, slots
from provkg.capture.spool.segments import BLOCK_SLOTS, segment_path
from provkg.errors import Unreadable


@dataclass
class Seal:
    """A block of a segment, by its first point and the one after its last, and its checksum."""

    first: int
    end: int
    checksum: int


@dataclass
class StoredSegment:
    """What the frames of a spool file say of one segment: `base` points lie in others before it."""

    number: int
    base: int
    end: int
    mono: int
    at: int
    seals: dict[int, Seal] = field(default_factory=dict)
    """The sealed blocks by their first point."""

    @cached_property
    def _firsts(self) -> list[int]:
        # A slow training has a block for every few points, so that they have to be found by halves.
        return sorted(self.seals)

    def seal_at(self, point: int) -> Seal | None:
        """Return the seal of the block that `point` of this segment lies in."""
        place = bisect_right(self._firsts, point)
        seal = self.seals[self._firsts[place - 1]] if place else None
        return seal if seal is not None and point < seal.end else None

    def next_seal(self, point: int) -> int:
        """Return where the next sealed block after `point` begins."""
        place = bisect_right(self._firsts, point)
        return self._firsts[place] if place < len(self._firsts) else self.end - self.base


class StoredPoints:
    """The points of the spool file at `spool`, in the order in which they were written, read once."""

    def __init__(self, spool: Path, frames: Iterable[Frame]) -> None:
        self._spool = spool
        self._segments = _segments(frames)
        self.read = 0
        """How many points were passed, lost ones included."""
        self.lost = 0
        """How many of them cannot be read although the file says that they were written."""
        self.unsealed = 0
        """How many of them no checksum vouches for."""
        self.torn = False
        """Whether an unfinished one lies behind the last."""
        self.beyond = False
        """Whether something lies behind an unfinished one, which no death of a process leaves."""
        self._checked: tuple[Seal, bytes | None] | None = None
        self.last = 0
        """When the last one was written, in microseconds of the wall clock."""
        self.gone = False
        """Whether the whole spool was deleted meanwhile."""

    def upto(self, end: int) -> Iterator[list[Slot]]:
        """Yield the points before the one of number `end`, block by block."""
        while self.read < end:
            segment = self._segment()
            if segment is None:
                # The frame that told of it is damaged.
                known = [each.base for each in self._segments if each.base > self.read]
                self._lose(min([*known, end]) - self.read)
            else:
                yield self._block(segment, min(end, segment.end) - segment.base, ending=False)

    def rest(self) -> Iterator[list[Slot]]:
        """Yield all other points as far as they lie there."""
        for segment in self._segments:
            yield from self.upto(segment.base)
            before = -1
            while before < self.read < segment.end:
                before = self.read
                yield self._block(segment, segment.end - segment.base, ending=True)

    def _segment(self) -> StoredSegment | None:
        return next((each for each in self._segments if each.base <= self.read < each.end), None)

    def _lose(self, number: int) -> None:
        self.lost += number
        self.read += number

    def _block(self, segment: StoredSegment, end: int, *, ending: bool) -> list[Slot]:
        """Return the next points of `segment` before `end`, at most a block of them; moves on by those it loses."""
        first = self.read - segment.base
        seal = segment.seal_at(first)
        if seal is None:
            return self._unsealed(
                segment, first, min(end, segment.next_seal(first), first + BLOCK_SLOTS), ending=ending
            )
        end = min(end, seal.end)
        content = self._sealed(segment, seal)
        if content is None:
            self._lose(end - first)
            return []
        return self._passed(segment, slots(content[(first - seal.first) * SLOT.size : (end - seal.first) * SLOT.size]))

    def _sealed(self, segment: StoredSegment, seal: Seal) -> bytes | None:
        """Return the bytes of a block, None where they are not those that were sealed."""
        if self._checked is None or self._checked[0] is not seal:
            content = self._content(segment, seal.first, seal.end)
            whole = len(content) == (seal.end - seal.first) * SLOT.size and crc32(content) == seal.checksum
            self._checked = seal, content if whole else None
        return self._checked[1]

    def _unsealed(self, segment: StoredSegment, first: int, end: int, *, ending: bool) -> list[Slot]:
        content = self._content(segment, first, end)
        found = list(slots(content[: len(content) // SLOT.size * SLOT.size]))
        whole = [*itertools.takewhile(is_whole, found)] if ending else [slot for slot in found if is_whole(slot)]
        if ending:
            after = content[len(whole) * SLOT.size :]
            self.torn = any(after[: SLOT.size])
            self.beyond = any(after[SLOT.size :])
        else:
            self._lose(end - first - len(whole))
        self.unsealed += len(whole)
        return self._passed(segment, whole)

    def _passed(self, segment: StoredSegment, found: Iterable[Slot]) -> list[Slot]:
        found = list(found)
        self.read += len(found)
        if found:
            self.last = segment.at + (found[-1][3] - segment.mono) // 1000
        return found

    def _content(self, segment: StoredSegment, first: int, end: int) -> bytes:
        try:
            file = os.open(segment_path(self._spool, segment.number), os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            self.gone = not self._spool.exists()
            if self.gone:  # whoever wrote it has seen all its verdicts and took it away
                raise Unreadable(f"the spool file {self._spool} is gone") from error
            return b""
        try:
            return os.pread(file, (end - first) * SLOT.size, first * SLOT.size)
        finally:
            os.close(file)


def _segments(frames: Iterable[Frame]) -> list[StoredSegment]:
    found: dict[int, StoredSegment] = {}
    for frame in frames:
        said = frame.payload
        match frame.kind, said:
            case "segment", {"segment": int(number), "base": int(base), "slots": int(size), "mono": int(), "at": int()}:
                found[number] = StoredSegment(number, base, base + size, said["mono"], said["at"])
            case "seal", {"segment": int(number), "first": int(first), "end": int(end), "crc": int(checksum)}:
                if number in found and 0 <= first < end <= first + BLOCK_SLOTS:
                    found[number].seals[first] = Seal(first, end, checksum)
            case _:
                pass
    ordered = sorted(found.values(), key=lambda segment: segment.base)
    for segment, following in pairwise(ordered):
        segment.end = min(segment.end, following.base)
    return ordered
