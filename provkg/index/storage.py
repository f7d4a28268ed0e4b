"""What Oxigraph's complaints about its files mean to people."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import Store

from provkg.errors import CannotRun, StorageFailed, Unreadable


@contextmanager
def storage(path: Path) -> Iterator[None]:
    """Turn what Oxigraph raises within the block into our errors."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        # Oxigraph tells damage by either.
        raise _in_words(error, path) from error


def opened(path: Path) -> Store:
    """Open the store at `path` for writing."""
    with storage(path):
        return Store(str(path))


def opened_read_only(path: Path) -> Store:
    """Open the store at `path`, which no process may be writing."""
    with storage(path):
        return Store.read_only(str(path))


def _in_words(error: OSError | RuntimeError, path: Path) -> CannotRun:
    # Oxigraph passes RocksDB's text on and sets no errno.
    if "No space left" in str(error):
        return StorageFailed(f"the disk that holds {path} is full; free some space and try again")
    if "Permission denied" in str(error) or "Read-only file system" in str(error):
        return StorageFailed(f"{path} cannot be written ({error}); check the permissions and the disk")
    return Unreadable(f"the index at {path} is damaged: {error}")
