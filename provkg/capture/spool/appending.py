"""The file that frames are appended to: each by one `os.write`, kept in memory for a while when the disk refuses."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from provkg.capture.spool.frames import framed
from provkg.errors import StorageFailed

RETRY_SECONDS: Final = 1.0
BUFFER_BYTES: Final = 32 * 1024 * 1024


class FrameFile:
    """The frames at `path`; with `strict` a failing disk raises `StorageFailed`, else `tell` hears of it once.

    One thread at a time.
    """

    def __init__(self, path: Path, tell: Callable[[str], None], *, strict: bool) -> None:
        self.path, self._tell, self._strict = path, tell, strict
        self.sequence = 0
        self.dropped = 0
        self._file: int | None = None
        self._waiting: deque[bytes] = deque()
        self._size = self._waiting_bytes = self._gap = 0
        self._failing = self._told = False
        self._retry_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is a file on disk."""
        return self._file is not None

    @property
    def lost(self) -> int:
        """How many frames found no place on disk or in memory, or wait there still."""
        return self.dropped + len(self._waiting)

    def open(self) -> None:
        """Make the file unless it is there or has just failed."""
        if self._file is not None or self._failing:
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            self._trouble(error)

    def write(self, payload: bytes, *, keep: bool) -> None:
        """Append a frame; in memory, one to `keep` has more room than others."""
        frame = framed(self.sequence, payload)
        self.sequence += 1
        if self._waiting or self._failing:
            self.flush()
        if self._waiting or not self._put(frame):
            self._wait(frame, keep=keep)

    def flush(self, *, at_once: bool = False) -> None:
        """Try to write what waits in memory, once a second unless `at_once`."""
        if not self._failing or (time.monotonic() < self._retry_at and not at_once):
            return
        self._retry_at = time.monotonic() + RETRY_SECONDS
        self._failing = False
        if self._file is None:
            self.open()
        while self._waiting and self._put(self._waiting[0]):
            self._waiting_bytes -= len(self._waiting.popleft())
        if not self._waiting and not self._failing and self.dropped > self._gap:
            gap = framed(self.sequence, json_of({"kind": "gap", "dropped": self.dropped - self._gap}))
            self._gap = self.dropped
            self.sequence += 1
            self._put(gap)

    def sync(self) -> None:
        """Make it survive a power cut, unless the disk refuses."""
        if self._file is not None:
            try:
                os.fdatasync(self._file)
            except OSError:
                return  # a pipe or a failing disk: the next write tells

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

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
            self.dropped += 1
            return
        self._waiting.append(frame)
        self._waiting_bytes += len(frame)

    def _trouble(self, error: OSError) -> None:
        self._failing = True
        self._retry_at = time.monotonic() + RETRY_SECONDS
        said = f"cannot write the spool file {self.path}: {error.strerror}"
        if self._strict:
            raise StorageFailed(f"{said}; make room, or set PROVKG_SPOOL to a folder on another disk") from error
        if not self._told:
            self._told = True
            self._tell(
                f"{said}; training goes on and provkg keeps what fits in memory. "
                "Make room, or set PROVKG_SPOOL to a folder on another disk"
            )


def json_of(value: dict[str, Any]) -> bytes:
    """Return `value` as the payload of a frame."""
    # A file name that is no UTF-8 holds surrogates, which no RDF literal can.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
