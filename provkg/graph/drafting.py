"""Folders that appear whole or not at all: filled beside their place, under a lock, and cleared away if that fails."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provkg.errors import CannotRun
from provkg.graph.copying import PRIVATE_FOLDER


@contextmanager
def draft(path: Path, purpose: str) -> Iterator[Path]:
    """Make an empty folder at `path` to fill; whatever is left of it when the block ends is removed.

    What a process that was killed left there is removed first. Raises `CannotRun` while another one fills it;
    `purpose` says what for.
    """
    descriptor = _locked(path, purpose)
    try:
        for leftover in path.iterdir():
            _remove(leftover)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


def _locked(path: Path, purpose: str) -> int:
    while True:
        path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between opening and locking, who had it may have been done with it.
            if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise CannotRun(f"another process is {purpose}; wait until it is done") from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
