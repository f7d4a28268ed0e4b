"""Defects of keeping: the hold, the draining, the ledger, its checkpoints and the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from provkg.capture.spool import SpoolFile
from provkg.graph import hold
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.following import Following
from provkg.graph.intake import Intake
from provkg.graph.stores import Stores
from provkg.index import Change, Index
from provkg.index.version import Version
from provkg.ledger import Entry, Ledger, StoredEntry, database
from provkg.ledger.entry import sealed
from tests.faults.mutants.patching import put


def no_synchronisation() -> None:
    """The ledger's commits are left to the system."""

    def prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
        right(connection, path, read_only=read_only)
        connection.execute("PRAGMA synchronous = OFF")

    right = put(database, "_prepare", prepare)


def acknowledged_before_commit() -> None:
    """Verdicts are told, and only then does the ledger keep the records."""

    def flush(self: Intake) -> None:
        for file, outcome in self._verdicts:
            file.judge(outcome)
        self._verdicts = []
        right(self)

    right = put(Intake, "flush", flush)


def committed_in_halves() -> None:
    """Each statement of SQL is a transaction of its own."""

    def append(self: Ledger, entries: Sequence[Entry]) -> list[int]:
        return [self._append(sealed(each)) for each in entries]

    put(Ledger, "append", append)


def kept_again() -> None:
    """A record that is there already is kept once more, under another id."""

    def judge(self: Intake, file: SpoolFile, sent: Any, asked: Any) -> None:
        if self.earlier(sent) is not None:
            sent = replace(sent, record=f"{sent.record}-{self._stores.ledger.size}")
        right(self, file, sent, asked)

    right = put(Intake, "_judge", judge)


def no_rollback() -> None:
    """After an error, what was written so far is committed."""

    def append(self: Ledger, entries: Sequence[Entry]) -> Any:
        connection = self._connection
        self._connection = _Committing(connection)  # type: ignore[assignment]  # it answers as a connection does
        try:
            return right(self, entries)
        finally:
            self._connection = connection

    right = put(Ledger, "append", append)


class _Committing:
    """A connection that commits where it is told to roll back."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, text: str, *values: Any) -> Any:
        return self._connection.execute("COMMIT" if text == "ROLLBACK" else text, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def no_lock() -> None:
    """Whoever asks holds the graph."""
    put(hold, "fcntl", SimpleNamespace(flock=lambda *_: None, LOCK_EX=0, LOCK_NB=0))


def signed_unchecked() -> None:
    """Checkpoints are signed whatever was signed before."""
    put(Checkpointing, "_check_continued", lambda *_: None)


def position_first() -> None:
    """The index notes a position that it has not reached yet."""

    def apply(self: Index, changes: Sequence[Change], *, replay: bool) -> None:
        Version(changes[-1].position + 1, changes[-1].mark).write(self.path)
        right(self, changes, replay=replay)

    right = put(Index, "_apply", apply)


def supersession_forgotten() -> None:
    """Catching up takes nothing back."""

    def caught_up(self: Stores, index: Index) -> Any:
        change = put(Following, "change", _without_removals)
        try:
            return right(self, index)
        finally:
            put(Following, "change", change)

    changed = Following.change
    right = put(Stores, "_caught_up", caught_up)

    def _without_removals(self: Following, entry: StoredEntry) -> Change:
        return replace(changed(self, entry), removed=())
