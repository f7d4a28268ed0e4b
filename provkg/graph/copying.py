"""Copying files so that they survive a power cut: read once, with their digest, and never what is no regular file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import IO, Final

from provkg.durable import sync_folder
from provkg.errors import Unreadable

PIECE: Final = 1 << 20
PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700


def copied(source: Path, target: Path, *, mode: int = PRIVATE_FILE) -> str:
    """Copy the regular file `source`, or the one that a link leads to, and return the SHA-256 of what was written.

    Raises `Unreadable` where that cannot be read, `OSError` where the copy cannot be written.
    """
    summed = sha256()
    with created(target, mode) as writing:
        for piece in pieces(source):
            summed.update(piece)
            writing.write(piece)
    with suppress(FileNotFoundError):  # the spool's files go when they were taken in
        told = source.stat()
        os.utime(target, ns=(told.st_atime_ns, told.st_mtime_ns))
    return summed.hexdigest()


def digest_of(file: Path) -> str:
    """Return the SHA-256 of the regular file `file`; raises `Unreadable`."""
    summed = sha256()
    for piece in pieces(file):
        summed.update(piece)
    return summed.hexdigest()


def pieces(file: Path) -> Iterator[bytes]:
    """Yield what is in a regular file; raises `Unreadable`, also for a pipe or device, which might never end."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb", buffering=0) as reading:
            if not S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable(f"{file} is no regular file")
            while piece := reading.read(PIECE):
                yield piece
    except OSError as error:
        raise Unreadable(f"cannot read {file}: {error.strerror}") from error


@contextmanager
def created(target: Path, mode: int = PRIVATE_FILE) -> Iterator[IO[bytes]]:
    """Open a new file to write, which is on disk when the block ends; folders above it are made."""
    _make_folder(target.parent)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as writing:
        yield writing
        writing.flush()
        os.fsync(descriptor)


def _make_folder(folder: Path) -> None:
    # With `parents`, those above would get the mode that the umask leaves.
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def settled(folder: Path) -> None:
    """Let the names in `folder` and below it survive a power cut, as `created` does the content of files."""
    for parent, _, _ in os.walk(folder):
        sync_folder(Path(parent))
