"""Defects of the spool: what training processes write, and how it is read."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

from provkg.capture.spool import Damage, Frame, SpoolFile, SpoolWriter, appending, reading, segments
from provkg.capture.spool import file as spool_file
from provkg.capture.spool import frames as spool_frames
from provkg.capture.spool.appending import FrameFile
from provkg.capture.spool.stored import Seal, StoredPoints, StoredSegment
from provkg.records import Record
from tests.faults.mutants.patching import put


def no_checksum() -> None:
    """Frames are taken whatever their checksum says."""
    put(spool_frames, "_frame_at", _frame_at)


def _frame_at(content: bytes, at: int) -> Frame | None:
    if at + spool_frames.FRONT.size > len(content):
        return None
    magic, length, _, sequence = spool_frames.FRONT.unpack_from(content, at)
    end = at + spool_frames.FRONT.size + length
    said = spool_frames._parsed(content[at + spool_frames.FRONT.size : end])
    if magic != spool_frames.MAGIC or end > len(content) or said is None:
        return None
    return Frame(sequence, str(said.get("kind")), said, end)


def stops_at_damage() -> None:
    """What lies behind damaged bytes is taken for a torn tail."""

    def read_frames(content: bytes, start: int = 0) -> Iterator[Frame | Damage]:
        for each in right(content, start):
            if isinstance(each, Damage):
                yield Damage(each.start, len(content), torn=True)
                return
            yield each

    right = put(spool_file, "read_frames", read_frames)
    put(reading, "read_frames", read_frames)


def unsynchronised() -> None:
    """What is written to the spool is never synced."""
    for module in (appending, segments):
        put(module, "os", _Instead(os, fdatasync=lambda _file: None))


def removed_first() -> None:
    """The spool file goes before its records are kept."""

    def pending(self: SpoolFile) -> list[Record]:
        found: list[Record] = list(right(self))
        if self.process_gone() or self.ended:
            self.remove()
        return found

    right = put(SpoolFile, "pending", pending)


def sequence_reused() -> None:
    """A forked child goes on in its parent's file, with its parent's numbers."""

    def begin(self: SpoolWriter) -> None:
        if hasattr(self, "emitter"):
            self.lock = threading.RLock()
            self._frames._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        else:
            right(self)

    right = put(SpoolWriter, "_begin", begin)


def dead_runs_forgotten() -> None:
    """Nobody closes the runs of a process that died."""
    put(SpoolFile, "remaining", lambda _self: [])


def stopped_is_gone() -> None:
    """A process counts as gone whenever somebody looks."""
    put(spool_file, "is_gone", lambda _process: True)


def short_write_is_whole() -> None:
    """A write that took part of a frame counts as done."""

    def write(file: int, content: bytes) -> int:
        os.write(file, content)
        return len(content)

    put(appending, "os", _Instead(os, write=write))


def buffer_forgotten() -> None:
    """What waited for room on the disk is dropped when there is room."""

    def flush(self: FrameFile, *, at_once: bool = False) -> None:
        self._waiting.clear()
        right(self, at_once=at_once)

    right = put(FrameFile, "flush", flush)


def seal_unchecked() -> None:
    """Points are read whatever the checksum of their block says."""

    def sealed(self: StoredPoints, segment: StoredSegment, seal: Seal) -> bytes:
        return self._content(segment, seal.first, seal.end)

    put(StoredPoints, "_sealed", sealed)


class _Instead:
    """A module in which some functions are others."""

    def __init__(self, module: Any, **others: Any) -> None:
        self._module = module
        self.__dict__.update(others)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)
