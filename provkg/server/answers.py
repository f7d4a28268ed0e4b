"""The bytes of an answer on their way out of a query process: in memory while they are few, in a file from then on."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

IN_MEMORY: Final = 1024 * 1024
MIB: Final = 1024 * 1024


class TooLarge(Exception):
    """An answer has more bytes than the server sends."""


class AnswerBytes:
    """What a query process writes its answer to; `limit` is the most bytes that it may have.

    The file in `folder` is left for the server, which opens and unlinks it.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._path, self._limit, self._size = folder / str(os.getpid()), limit, 0
        self._memory = io.BytesIO()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
            if error is not None:
                self._path.unlink(missing_ok=True)

    def write(self, more: bytes) -> int:
        """Take `more` bytes; raises `TooLarge`."""
        self._size += len(more)
        if self._size > self._limit:
            raise TooLarge
        if self._file is None and self._size > IN_MEMORY:
            self._file = self._path.open("wb")
            self._file.write(self._memory.getvalue())
        return (self._file or self._memory).write(more)

    def flush(self) -> None:
        """Write out what is buffered."""
        if self._file is not None:
            self._file.flush()

    @property
    def in_file(self) -> bool:
        """Whether the answer lies in the file."""
        return self._file is not None

    def value(self) -> bytes:
        """Return what is in memory; nothing when the answer lies in the file."""
        return b"" if self.in_file else self._memory.getvalue()
