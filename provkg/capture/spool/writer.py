"""Writes the events of one process to its spool, so that none is lost when the process is killed.

A point goes into a mapped segment and any other event, or a point where nothing can be mapped, into one frame by
`os.write`: either way the kernel has it when the call returns. A background thread makes it survive a power cut within
a second. A disk that is full or gone never stops training: frames wait in a bounded buffer.
"""

from __future__ import annotations

import os
import struct
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provkg.capture.spool.appending import FrameFile, json_of
from provkg.capture.spool.points import packed
from provkg.capture.spool.process import new_emitter, this_process
from provkg.capture.spool.segments import Put, Segments, segments_of
from provkg.errors import ProvkgError
from provkg.records import Description, Record, Reference
from provkg.records.encoding import encoded

SYNC_SECONDS: Final = 0.5
MANY_POINTS: Final = 100_000
"""After so many points, those who write records of them are told: a record must fit into memory."""


@dataclass(frozen=True)
class PointsOf:
    """What a record tells of a run's points: those since the last one, or at its end also the summaries of all.

    `of` is what its series turned out to measure.
    """

    run: Reference
    final: bool = False
    of: Reference | None = None


class SpoolWriter:
    """The spool of this process in `folder`; a forked child gets its own.

    `facts` joins the header (version, command). With `strict` a failing disk raises `StorageFailed`.
    """

    def __init__(self, folder: Path, *, facts: dict[str, Any] | None = None, strict: bool = False) -> None:
        self.folder, self.strict = folder, strict
        self.on_trouble: Callable[[str], None] = _warn
        self.on_many_points: Callable[[], None] = _nothing
        self.before_writing: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self._facts = facts or {}
        self._parent: str | None = None
        self._begin()
        _writers.add(self)

    def _begin(self) -> None:
        self.emitter = new_emitter()
        self.path = self.folder / f"{self.emitter}.spool"
        self.pid = os.getpid()
        self.lock = threading.RLock()
        self.segments = Segments(self.path, self.event)
        self._frames = FrameFile(self.path, lambda message: self.on_trouble(message), strict=self.strict)
        self.records = self._told_points = 0
        self._unsynced = False
        self._sync_at = 0.0
        self._wake = threading.Event()
        self._at_once = threading.Event()
        self._synchronizer: threading.Thread | None = None

    # --- events

    def record(
        self,
        kind: str,
        descriptions: Sequence[Description],
        *,
        project: str | None = None,
        points: PointsOf | None = None,
        id: str | None = None,  # noqa: A002 - the word of the record
        supersedes: tuple[str, ...] = (),
    ) -> str:
        """Write a complete record and return its id, made here unless it has one.

        `points` adds those that lie in the spool, which readers look up there.
        """
        with self.lock:
            self._open()
            record = Record(
                id or f"{self.emitter}-{self._frames.sequence}", kind, tuple(descriptions), project, supersedes
            )
            payload = {"kind": "record", "at": time.time_ns() // 1000, **record.to_json()}
            if points is not None:
                payload["points"] = self._up_to_now(points)
            self._write(json_of(self.before_writing(payload)), keep=True)
            self.records += 1
        self._sync_at = 0.0
        self._at_once.set()
        self._wake.set()
        return record.id

    def _up_to_now(self, points: PointsOf) -> dict[str, Any]:
        self._told_points = self.segments.taken
        said = {"run": points.run, "final": points.final, "of": points.of, "upto": self._told_points}
        return {name: encoded(value) for name, value in said.items()}

    def event(self, kind: str, **facts: Any) -> None:
        """Write an event that is no record: a series that begins, the end of the process."""
        with self.lock:
            self._open()
            payload = self.before_writing({"kind": kind, "at": time.time_ns() // 1000, **facts})
            self._write(json_of(payload), keep=True)

    def point(self, series: int, epoch: int | None, step: int | None, value: float) -> None:
        """Write one point of a series; the hot path puts slots into segments itself and comes here when it cannot."""
        with self.lock:
            self._open()
            now = time.monotonic_ns()
            if not self._put(series, epoch, step, value, now):
                self._write(point_text(series, self.segments.taken, epoch, step, value, now), keep=False)

    def _put(self, series: int, epoch: int | None, step: int | None, value: float, now: int) -> bool:
        try:
            slot = packed(series, epoch, step, value, now)
        except struct.error:
            return False  # a place beyond 64 bits
        while self._frames.is_open:
            try:
                self.segments.put(slot)
            except ValueError:
                if not self.segments.renew():
                    return False
                self._at_once.set()  # so that the next segment is there in time
                self._wake.set()
            else:
                return True
        return False

    def room(self, slots: int) -> Put | None:
        """Return what takes slots, so many at once, into a segment with room for them; None where there is none."""
        with self.lock:
            self._open()
            if not self._frames.is_open or not self.segments.renew(slots):
                return None
            self._at_once.set()  # so that the next segment is there in time
            self._wake.set()
            return self.segments.put

    def sync(self) -> None:
        """Return when everything written so far would survive a power cut, or when the disk refuses."""
        self.segments.seal()
        with self.lock:
            self._frames.flush()
            self._unsynced = False
            self._frames.sync()

    def close(self) -> None:
        """Write the last frame, which says that the process ended and how many records it wrote."""
        with self.lock:
            self.segments.finish()
        self.segments.seal()
        with self.lock:
            self._frames.flush(at_once=True)
            self.event("end", records=self.records, dropped=self._frames.dropped)
        self.sync()

    def remove(self) -> None:
        """Delete the spool: every record in it has its verdict."""
        with self.lock:
            self.segments.finish()
        self.segments.seal()
        with self.lock:
            self._frames.close()
            # What a failing disk keeps is removed by whoever drains next, once this process is gone.
            with suppress(OSError):
                # The file first: whoever misses a segment must see that all of it is gone.
                self.path.unlink(missing_ok=True)
                for segment in segments_of(self.path):
                    segment.unlink(missing_ok=True)
                self.path.with_suffix(".verdicts").unlink(missing_ok=True)

    @property
    def begun(self) -> bool:
        """Whether anything was written."""
        return self._frames.sequence > 0

    @property
    def gone(self) -> bool:
        """Whether the file was deleted while this process wrote to it."""
        return self._frames.is_open and not self.path.exists()

    @property
    def lost(self) -> int:
        """How many events found no place on disk or in the buffer."""
        return self._frames.lost

    def _open(self) -> None:
        if self._frames.is_open:
            return
        self._frames.open()
        if self._frames.sequence == 0:
            header = {"kind": "header", "emitter": self.emitter, "at": time.time_ns() // 1000, **this_process()}
            payload = self.before_writing({**header, **self._facts, "parent": self._parent})
            self._write(json_of(payload), keep=True)
        if self._synchronizer is None:
            self._synchronizer = threading.Thread(target=_synchronize, args=(weakref.ref(self),), daemon=True)
            self._synchronizer.name = "provkg spool"
            self._synchronizer.start()

    def _write(self, payload: bytes, *, keep: bool) -> None:
        self._frames.write(payload, keep=keep)
        if not self._unsynced:
            self._unsynced = True
            self._wake.set()

    # --- forks

    def before_fork(self) -> None:
        """Let no other thread be amid a write when the process is copied."""
        self.lock.acquire()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        self.lock.release()

    def after_fork_in_child(self) -> None:
        """Become another emitter with a spool of its own, made when the child first writes."""
        self._frames.close()
        self.segments.abandon()
        self._parent = self.emitter
        self._begin()

    # --- the background thread

    def _sync_in_background(self) -> None:
        try:
            self.segments.prepare()
            # What was synced has to be made writable again page by page: not more often than needed.
            due = time.monotonic() >= self._sync_at
            self.segments.seal(full_only=not due)
            if due:
                self._sync_at = time.monotonic() + SYNC_SECONDS
            if self._unsynced:
                self._unsynced = False
                self._frames.sync()
            if self.segments.taken - self._told_points > MANY_POINTS:
                self.on_many_points()
        except ProvkgError:
            return  # when capture is strict, the next call that writes says so


def point_text(series: int, before: int, epoch: int | None, step: int | None, value: float, now: int) -> bytes:
    """Return the payload of one point that no segment takes; `before` is how many they have taken."""
    place = "" if epoch is None else f',"e":{epoch}'
    if step is not None:
        place += f',"s":{step}'
    # json.loads reads NaN, Infinity and -Infinity, which repr spells otherwise.
    number = repr(value) if value - value == 0.0 else _UNUSUAL[repr(value)]
    at = time.time_ns() // 1000
    return f'{{"kind":"point","at":{at},"mono":{now},"upto":{before},"n":{series}{place},"v":{number}}}'.encode()


_UNUSUAL: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_writers: weakref.WeakSet[SpoolWriter] = weakref.WeakSet()


def _synchronize(reference: weakref.ref[SpoolWriter]) -> None:
    while (writer := reference()) is not None:
        wake, at_once, expecting = writer._wake, writer._at_once, writer.segments.in_use  # noqa: SLF001 - its own thread
        del writer  # so that a writer nobody uses ends, and its thread with it
        if expecting or wake.wait(60):
            at_once.wait(SYNC_SECONDS)
            wake.clear()
            at_once.clear()
            if (writer := reference()) is not None:
                writer._sync_in_background()  # noqa: SLF001 - its own thread


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=2)


def _nothing() -> None:
    return


def _each(act: Callable[[SpoolWriter], None]) -> Callable[[], None]:
    def for_each() -> None:
        for writer in list(_writers):
            act(writer)

    return for_each


os.register_at_fork(
    before=_each(SpoolWriter.before_fork),
    after_in_parent=_each(SpoolWriter.after_fork_in_parent),
    after_in_child=_each(SpoolWriter.after_fork_in_child),
)
