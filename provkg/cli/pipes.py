"""Standard output and standard error that nobody reads any more: `provkg audit | head` has its verdict all the same."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Any


class _Unread(io.FileIO):
    """A stream of ours that goes on as if it were read when the pipe behind it is closed, unless that is to end us."""

    def __init__(self, descriptor: int, ends: Callable[[], bool]) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._ends = ends

    def write(self, text: Any) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            if self._ends():
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            return super().write(text)


def patient(stream: io.TextIOWrapper, ends: Callable[[], bool]) -> io.TextIOWrapper:
    """Return `stream` so that a closed pipe is no fault; where `ends` says so, it is a `BrokenPipeError` still.

    What is no file, such as what a test or a notebook puts there, is returned as it is.
    """
    raw = getattr(stream.buffer, "raw", stream.buffer)
    if not isinstance(raw, io.FileIO):
        return stream
    stream.flush()
    unread = _Unread(raw.fileno(), ends)
    # As Python was asked to buffer: with -u, not at all.
    buffer: Any = unread if stream.buffer is raw else io.BufferedWriter(unread)
    return io.TextIOWrapper(
        buffer,
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
