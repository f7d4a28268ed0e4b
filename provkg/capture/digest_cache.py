"""Digests of files that have not changed since they were read: by path, size, times and inode, kept for one user.

The file lies in the user's cache folder (`XDG_CACHE_HOME`), or where `PROVKG_DIGEST_CACHE` says; `off` keeps none. It
holds no names, only a digest over what identifies a file. Whatever goes wrong with it costs time and nothing else.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

from provkg.capture.file_digests import FileDigest

OFF: Final = "off"
# File systems count time in ticks: what was written in the tick in which it was read looks unchanged.
SETTLED_SECONDS: Final = 2.0
AT_ONCE: Final = 500
_TABLE: Final = "CREATE TABLE IF NOT EXISTS digest (file BLOB PRIMARY KEY, sha256 BLOB NOT NULL) STRICT, WITHOUT ROWID"


class DigestCache:
    """A small database at `path`; of two processes that write at the same time, one may go without."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._path

    @classmethod
    def of_user(cls) -> DigestCache | None:
        """Return the cache of whoever runs this process; None where it is switched off or there is no place."""
        told = os.environ.get("PROVKG_DIGEST_CACHE")
        if told == OFF:
            return None
        if told:
            return cls(Path(told))
        home = os.environ.get("XDG_CACHE_HOME") or (f"{os.environ['HOME']}/.cache" if os.environ.get("HOME") else None)
        return cls(Path(home) / "provkg" / "digests.db") if home else None

    def of(self, paths: Sequence[Path]) -> Mapping[Path, FileDigest]:
        """Return those of `paths` whose digests are known and that have not changed since."""
        found = {}
        try:
            with self._opened() as connection:
                for path in paths:
                    file, size, _ = _identity(path)
                    row = connection.execute("SELECT sha256 FROM digest WHERE file = ?", (file,)).fetchone()
                    if row is not None:
                        found[path] = FileDigest(path, bytes(row[0]).hex(), size)
        except (sqlite3.Error, OSError, ValueError, TypeError):
            return found
        return found

    def learn(self, files: Sequence[FileDigest], began: float) -> None:
        """Remember digests of files, the reading of which began at a time of `time.time`."""
        try:
            with self._opened() as connection, connection:
                rows = iter(list(_settled(files, began)))
                while some := list(islice(rows, AT_ONCE)):
                    connection.executemany("INSERT OR REPLACE INTO digest VALUES (?, ?)", some)
        except (sqlite3.Error, OSError):
            return

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(self._path, timeout=0.2)) as connection:
            # What is lost in a power cut is read again.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_TABLE)
            yield connection


def _settled(files: Sequence[FileDigest], began: float) -> Iterator[tuple[bytes, bytes]]:
    for file in files:
        try:
            key, size, changed = _identity(file.path)
        except OSError:
            continue
        if size == file.size and changed < began - SETTLED_SECONDS:
            yield key, bytes.fromhex(file.sha256)


def _identity(path: Path) -> tuple[bytes, int, float]:
    """Return what tells a file's content from all others without reading it, its size, and when it changed last."""
    said = path.stat()
    facts = (os.fsencode(path.absolute()), said.st_dev, said.st_ino, said.st_size, said.st_mtime_ns, said.st_ctime_ns)
    return sha256(repr(facts).encode()).digest(), said.st_size, max(said.st_mtime, said.st_ctime)
