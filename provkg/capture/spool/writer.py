"""Writes the events of one process to its spool file, so that none is lost when the process is killed.

Each event is one `os.write`, so the kernel has it when the call returns; a background thread makes it survive a power
cut within a second. A disk that is full or gone never stops training: frames wait in a bounded buffer.
"""

from __future__ import annotations

import json
import os
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from provkg.capture.spool.frames import framed
from provkg.capture.spool.process import new_emitter, this_process
from provkg.errors import StorageFailed
from provkg.records import Description, Record

SYNC_SECONDS: Final = 0.5
RETRY_SECONDS: Final = 1.0
BUFFER_BYTES: Final = 32 * 1024 * 1024


class SpoolWriter:
    """The spool file of this process in `folder`; a forked child gets its own.

    `facts` joins the header (version, command). With `strict` a failing disk raises `StorageFailed`.
    """

    def __init__(self, folder: Path, *, facts: dict[str, Any] | None = None, strict: bool = False) -> None:
        self.folder, self.strict = folder, strict
        self.on_trouble: Callable[[str], None] = _warn
        self._facts = facts or {}
        self._parent: str | None = None
        self._waiting: deque[bytes] = deque()
        self._begin()
        _writers.add(self)

    def _begin(self) -> None:
        self.emitter = new_emitter()
        self.path = self.folder / f"{self.emitter}.spool"
        self.pid = os.getpid()
        self.lock = threading.RLock()
        self._file: int | None = None
        self._sequence = self._size = self._waiting_bytes = self._dropped = self._gap = self.records = 0
        self._waiting.clear()
        self._failing = self._told = self._unsynced = False
        self._retry_at = 0.0
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
        cut: dict[int, int] | None = None,
        id: str | None = None,  # noqa: A002 - the word of the record
        supersedes: tuple[str, ...] = (),
    ) -> str:
        """Write a complete record and return its id, made here unless it has one.

        `cut` tells which points of which series it holds.
        """
        with self.lock:
            self._open()
            record = Record(id or f"{self.emitter}-{self._sequence}", kind, tuple(descriptions), project, supersedes)
            payload = {"kind": "record", "at": time.time_ns() // 1000, **record.to_json()}
            if cut:
                payload["cut"] = {str(series): ordinal for series, ordinal in cut.items()}
            self._write(_json(payload), keep=True)
            self.records += 1
        self._at_once.set()
        self._wake.set()
        return record.id

    def event(self, kind: str, **facts: Any) -> None:
        """Write an event that is no record: a series that begins, the end of the process."""
        with self.lock:
            self._open()
            self._write(_json({"kind": kind, "at": time.time_ns() // 1000, **facts}), keep=True)

    def point(self, series: int, ordinal: int, epoch: int | None, step: int | None, value: float) -> None:
        """Write one point of a series; the only call on the hot path."""
        text = self.point_text(series, ordinal, epoch, step, value)
        with self.lock:
            if self._file is None:
                self._open()
            self._write(text, keep=False)

    @staticmethod
    def point_text(series: int, ordinal: int, epoch: int | None, step: int | None, value: float) -> bytes:
        """Return the payload of one point; several times as fast as `json.dumps`."""
        place = "" if epoch is None else f',"e":{epoch}'
        if step is not None:
            place += f',"s":{step}'
        # json.loads reads NaN, Infinity and -Infinity, which repr spells otherwise.
        number = repr(value) if value - value == 0.0 else _UNUSUAL[repr(value)]
        at = time.time_ns() // 1000
        return f'{{"kind":"point","at":{at},"n":{series},"i":{ordinal}{place},"v":{number}}}'.encode()

    def sync(self) -> None:
        """Return when everything written so far would survive a power cut, or when the disk refuses."""
        with self.lock:
            self._flush_waiting()
            self._unsynced = False
            if self._file is not None:
                _fdatasync(self._file)

    def close(self) -> None:
        """Write the last frame, which says that the process ended and how many records it wrote."""
        self._retry_at = 0.0
        self.event("end", records=self.records, dropped=self._dropped)
        self.sync()

    def remove(self) -> None:
        """Delete the file: every record in it has its verdict."""
        with self.lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None
            self.path.unlink(missing_ok=True)
            self.path.with_suffix(".verdicts").unlink(missing_ok=True)

    @property
    def begun(self) -> bool:
        """Whether anything was written."""
        return self._sequence > 0

    @property
    def gone(self) -> bool:
        """Whether the file was deleted while this process wrote to it."""
        return self._file is not None and not self.path.exists()

    @property
    def lost(self) -> int:
        """How many events found no place on disk or in the buffer."""
        return self._dropped + len(self._waiting)

    # --- the file

    def _open(self) -> None:
        if self._file is not None or self._failing:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            self._trouble(error)
        if self._sequence == 0:
            header = {"kind": "header", "emitter": self.emitter, "at": time.time_ns() // 1000, **this_process()}
            self._write(_json({**header, **self._facts, "parent": self._parent}), keep=True)
        if self._synchronizer is None:
            self._synchronizer = threading.Thread(target=_synchronize, args=(weakref.ref(self),), daemon=True)
            self._synchronizer.name = "provkg spool"
            self._synchronizer.start()

    def _write(self, payload: bytes, *, keep: bool) -> None:
        frame = framed(self._sequence, payload)
        self._sequence += 1
        if self._waiting or self._failing:
            self._flush_waiting()
        if self._waiting or not self._put(frame):
            self._wait(frame, keep=keep)
        if not self._unsynced:
            self._unsynced = True
            self._wake.set()

    def _put(self, frame: bytes) -> bool:
        if self._file is None:
            return False
        try:
            written = os.write(self._file, frame)
            while written < len(frame):
                written += os.write(self._file, frame[written:])
        except OSError as error:
            self._cut_torn_frame()
            self._trouble(error)
            return False
        self._size += written
        return True

    def _cut_torn_frame(self) -> None:
        try:
            os.ftruncate(self._file, self._size)  # type: ignore[arg-type]  # open, or there were nothing to cut
        except OSError:
            return  # the reader finds the next frame by its magic

    def _wait(self, frame: bytes, *, keep: bool) -> None:
        # Points first make room: a run without some of its points is still a run.
        limit = BUFFER_BYTES if keep else BUFFER_BYTES // 2
        if self._waiting_bytes + len(frame) > limit:
            self._dropped += 1
            return
        self._waiting.append(frame)
        self._waiting_bytes += len(frame)

    def _flush_waiting(self) -> None:
        if not self._failing or time.monotonic() < self._retry_at:
            return
        self._retry_at = time.monotonic() + RETRY_SECONDS
        self._failing = False
        if self._file is None:
            self._open()
        while self._waiting and self._put(self._waiting[0]):
            self._waiting_bytes -= len(self._waiting.popleft())
        if not self._waiting and not self._failing and self._dropped > self._gap:
            gap = framed(self._sequence, _json({"kind": "gap", "dropped": self._dropped - self._gap}))
            self._gap = self._dropped
            self._sequence += 1
            self._put(gap)

    def _trouble(self, error: OSError) -> None:
        self._failing = True
        self._retry_at = time.monotonic() + RETRY_SECONDS
        said = f"cannot write the spool file {self.path}: {error.strerror}"
        if self.strict:
            raise StorageFailed(f"{said}; make room, or set PROVKG_SPOOL to a folder on another disk") from error
        if not self._told:
            self._told = True
            self.on_trouble(
                f"{said}; training goes on and provkg keeps what fits in memory. "
                "Make room, or set PROVKG_SPOOL to a folder on another disk"
            )

    # --- forks

    def before_fork(self) -> None:
        """Let no other thread be amid a write when the process is copied."""
        self.lock.acquire()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        self.lock.release()

    def after_fork_in_child(self) -> None:
        """Become another emitter with a file of its own, made when the child first writes."""
        if self._file is not None:
            os.close(self._file)
        self._parent = self.emitter
        self._begin()

    def _sync_in_background(self) -> None:
        self._unsynced = False
        if self._file is not None:
            _fdatasync(self._file)


_UNUSUAL: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_writers: weakref.WeakSet[SpoolWriter] = weakref.WeakSet()


def _synchronize(reference: weakref.ref[SpoolWriter]) -> None:
    while (writer := reference()) is not None:
        wake, at_once = writer._wake, writer._at_once  # noqa: SLF001 - its own thread
        del writer  # so that a writer nobody uses ends, and its thread with it
        if wake.wait(60):
            at_once.wait(SYNC_SECONDS)
            wake.clear()
            at_once.clear()
            if (writer := reference()) is not None:
                writer._sync_in_background()  # noqa: SLF001 - its own thread


def _fdatasync(file: int) -> None:
    try:
        os.fdatasync(file)
    except OSError:
        return  # a pipe or a failing disk: the next write tells


def _json(value: dict[str, Any]) -> bytes:
    # A file name that is no UTF-8 holds surrogates, which no RDF literal can.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=2)


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
