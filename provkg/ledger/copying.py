"""Copying a ledger that others may be writing to: one state of it, in one file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from provkg.ledger.database import complaints, connect

PAGES: Final = 4096
Progress = Callable[[int, int], None]
"""Called with how much is done, and how much there is."""
# What SQLite says when it cannot write; everything else is about what is read.
_OF_THE_COPY: Final = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE")


def copy(ledger: Path, target: Path, progress: Progress = lambda _done, _all: None) -> None:
    """Copy the ledger at `ledger`, as it is now, to `target`, which must not be there; nobody who writes has to wait.

    What was erased is not in the copy, as it is in no page of the ledger. `progress` is called with how many pages are
    done, and how many there are. Raises `StorageFailed` where the copy cannot be written.
    """
    _make(target)
    with complaints(ledger), closing(connect(ledger, read_only=True)) as source:
        # Within a transaction, the copy is of one state however long it takes; without, it begins anew at each write.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with complaints(target), closing(sqlite3.connect(target, isolation_level=None)) as copied:
            copied.execute("PRAGMA locking_mode = EXCLUSIVE")
            _copy(source, copied, ledger, progress)
            # One file, which can be read without making others beside it; who opens it to write goes back to a log.
            copied.execute("PRAGMA journal_mode = DELETE")


def _make(target: Path) -> None:
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _copy(source: sqlite3.Connection, copied: sqlite3.Connection, ledger: Path, progress: Progress) -> None:
    def tell(_status: int, remaining: int, whole: int) -> None:
        progress(whole - remaining, whole)

    try:
        source.backup(copied, pages=PAGES, progress=tell)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(_OF_THE_COPY):
            raise
        with complaints(ledger):
            raise
