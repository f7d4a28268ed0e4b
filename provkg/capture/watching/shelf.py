"""Long arrays of row numbers on disk rather than in memory: a session of many operations on many rows stays small.

They lie in temporary files that have no name, and are gone with the process or with the last table that needs them.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np

LONG: Final = 1 << 16
"""Arrays of so many bytes are put away."""
CHUNK: Final = 1 << 26


class Shelf:
    """Files that grow by chunks; each is mapped once, as every mapping costs a file descriptor."""

    def __init__(self) -> None:
        self._chunk: mmap.mmap | None = None
        self._used = 0

    def put(self, numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return an array of the same numbers that need no memory while nobody looks at them."""
        import numpy as np

        size = numbers.nbytes
        if size < LONG:
            return numbers
        start = -(-self._used // 64) * 64
        if self._chunk is None or start + size > len(self._chunk):
            self._chunk, start = _new_chunk(max(CHUNK, size)), 0
        self._chunk[start : start + size] = np.ascontiguousarray(numbers).tobytes()
        self._used = start + size
        return np.frombuffer(self._chunk, dtype=numbers.dtype, count=len(numbers), offset=start)


def _new_chunk(size: int) -> mmap.mmap:
    with tempfile.TemporaryFile(prefix="provkg-rows-") as file:
        # Not allocated, a full disk would end the process with SIGBUS instead of an error.
        os.posix_fallocate(file.fileno(), 0, size)
        return mmap.mmap(file.fileno(), size)


shelf: Final = Shelf()
