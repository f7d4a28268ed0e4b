"""Folders that appear whole or not at all: filled apart, one process at a time, and cleared away if that fails."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from provkg.errors import CannotRun
from provkg.graph.copying import PRIVATE_FILE, PRIVATE_FOLDER

LOCK: Final = ".lock"


@contextmanager
def draft(path: Path, purpose: str) -> Iterator[Path]:
    """Make an empty folder at `path` to fill; whatever is left of it when the block ends is removed.

    What a process that was killed left there is removed first. Raises `CannotRun` while another one fills it;
    `purpose` says what for.
    """
    # Beside it, not in it: the folder gets another name while it is locked. And a file: on NFS, folders have no locks.
    lock = path.with_name(path.name + LOCK)
    descriptor = _locked(lock, purpose)
    try:
        _remove(path)
        path.mkdir(mode=PRIVATE_FOLDER)
        yield path
    finally:
        with suppress(OSError):
            _remove(path)
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(lock: Path, purpose: str) -> int:
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise CannotRun(f"another process is {purpose}; wait until it is done") from None
        except OSError as error:
            # A disk without locks, such as some that are mounted over a network, is still one to write to.
            if error.errno not in {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF}:
                os.close(descriptor)
                raise
        # Between opening and locking, who had it may have been done with it.
        if lock.exists() and lock.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
