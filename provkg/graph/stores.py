"""Ledger and index of one graph, kept in step: what is appended to the one appears in the other."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import Triple

from provkg.errors import LedgerBroken, ProvkgError, StorageFailed, Unreadable
from provkg.folder import Folder
from provkg.graph.anchoring import Anchoring
from provkg.graph.catalogued import list_questions
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.collecting import collecting_seldom
from provkg.graph.following import Following
from provkg.identity import Names
from provkg.index import Change, Index, Snapshots
from provkg.index.index import STORE
from provkg.index.storage import pack
from provkg.index.version import Version
from provkg.ledger import Entry, Ledger

CHUNK: Final = 100_000
"""Statements that the index takes in at once: each time it gets files that have to be merged later."""
SETTLE_EVERY: Final = 10
PACKED_FROM: Final = 1_000
"""Ledger entries from which on a rebuilt index is packed; less is read as quickly."""
SNAPSHOT_SECONDS: Final = 1.0
CHECKPOINT_SECONDS: Final = 60.0


class Stores:
    """The two stores of a graph that this process holds.

    `tell` is called with a sentence when the index had to be rebuilt: nothing is lost by that, but it takes time.
    """

    def __init__(self, folder: Folder, names: Names, tell: Callable[[str], None]) -> None:
        self.ledger = Ledger.open(folder.ledger)
        self.snapshots = Snapshots(folder.snapshots)
        self._folder, self._names, self._tell = folder, names, tell
        self._following = Following(self.ledger, names)
        self._checkpointing = Checkpointing(folder, self.ledger)
        self._anchoring = Anchoring(folder, tell)
        self._snapshot_at, self._checkpoint_at = 0.0, time.monotonic()
        self._index: Index | None = None
        try:
            self._check_there()
            self._index = self._opened()
        except BaseException:
            self.ledger.close()
            raise

    @property
    def index(self) -> Index:
        """The index, which shows what the ledger keeps; one that could not be rebuilt when it should is rebuilt now."""
        if self._index is None:
            self._index = self._rebuilt()
        return self._index

    def append(self, entries: Sequence[Entry]) -> list[int]:
        """Keep `entries` and let the index take them in; return their positions.

        They are safe once the ledger has them: when the index fails, the next to hold the graph makes up for it.
        """
        positions = self.ledger.append(entries)
        self.follow()
        return positions

    def follow(self) -> None:
        """Let the index take in what the ledger has."""
        try:
            for changes in _chunks(self._changes(self.index.position)):
                self.index.apply(changes)
        except Unreadable as error:
            self._tell(f"{error}; rebuilding it from the ledger")
            self.rebuild()
        self._checkpoint_now_and_then()

    def without(self, records: Sequence[str]) -> set[Triple]:
        """Return what the index would no longer hold if `records` were superseded now."""
        return self.index.going_with(self._following.without(records)) if records else set()

    def rebuild(self) -> None:
        """Make the index anew from the ledger, in a folder of its own that then takes the other's place."""
        # Without one until that has succeeded: a disk that is full now may have room later.
        old, self._index = self._index, None
        if old is not None:
            old.abandon()
        self._index = self._rebuilt()

    def snapshot(self) -> None:
        """Copy the index for readers, if they have not seen this state."""
        try:
            self._settled(self.index)
            self.snapshots.take(self.index)
        except Unreadable as error:
            self._tell(f"{error}; rebuilding it from the ledger")
            self.rebuild()
        self._snapshot_at = time.monotonic()
        self._checkpoint_now_and_then()

    def snapshot_now_and_then(self) -> None:
        """Copy the index for readers, at most once a second."""
        if time.monotonic() - self._snapshot_at >= SNAPSHOT_SECONDS:
            self.snapshot()

    def close(self) -> None:
        """Sign what the ledger holds, settle and let go of both."""
        try:
            self._checkpoint()
            if self._index is not None:
                self._index.close()
        finally:
            self.ledger.close()

    def _checkpoint_now_and_then(self) -> None:
        if time.monotonic() - self._checkpoint_at >= CHECKPOINT_SECONDS:
            self._checkpoint()

    def _checkpoint(self) -> None:
        """Sign what is new in the ledger, or tell why not: nothing that was kept may fail by that."""
        self._checkpoint_at = time.monotonic()
        try:
            if self.ledger.size:
                self._anchoring.keep(self._checkpointing.sign())
        except ProvkgError as error:
            self._tell(f"no checkpoint was signed: {error}")

    def _check_there(self) -> None:
        """Raise `LedgerBroken` where a graph that had records has none: following that would destroy the last copy."""
        followed = Version.read(self._folder.index)
        seen = max(followed.position if followed else 0, self.snapshots.newest_size() or 0)
        if seen and self.ledger.size == 0:
            raise LedgerBroken(
                f"{self._folder.ledger} is empty or was missing, though the graph had {seen} records; restore it from "
                "a backup (to begin anew, make another graph with: provkg init DIR)"
            )

    def _opened(self) -> Index:
        if not self._folder.index.exists() and self.ledger.size == 0:
            return Index.create(self._folder.index, self._names.ledger_graph)
        try:
            # First of all: Oxigraph may hang on a damaged file.
            self.snapshots.check_index(self._folder.index)
            index = Index.open(self._folder.index, self._names.ledger_graph, self._following.mark_at)
            self.snapshots.resume(index)
            return self._caught_up(index)
        except Unreadable as error:
            self._tell(f"{error}; rebuilding it from the ledger")
            return self._rebuilt()

    def _rebuilt(self) -> Index:
        place = self._folder.index
        draft, old = place.with_name("index.new"), place.with_name("index.old")
        self._caught_up(Index.create(draft, self._names.ledger_graph)).close()
        if self.ledger.size >= PACKED_FROM:
            pack(draft / STORE)
        _put(draft, place, old)
        index = Index.open(place, self._names.ledger_graph, self._following.mark_at)
        self._settled(index)
        self.snapshots.take(index, anew=True)
        return index

    def _settled(self, index: Index) -> None:
        list_questions(index, self._folder)
        index.settle()

    def _caught_up(self, index: Index) -> Index:
        try:
            with collecting_seldom():
                for number, changes in enumerate(_chunks(self._changes(index.position)), 1):
                    # The last process may have died between a statement and the edges derived from it.
                    index.apply(changes, replay=True)
                    if number % SETTLE_EVERY == 0:
                        index.settle()
        except BaseException:
            index.abandon()
            raise
        return index

    def _changes(self, start: int) -> Iterator[Change]:
        return (self._following.change(entry) for entry in self.ledger.entries(start))


def _put(draft: Path, place: Path, old: Path) -> None:
    """Put the folder `draft` at `place`; without one there, as after a crash in between, an index counts as damaged."""
    # The old one is not kept for a look: text that has to be erased must not survive in it.
    shutil.rmtree(old, ignore_errors=True)
    try:
        if place.exists():
            place.rename(old)
        draft.rename(place)
    except OSError as error:
        raise StorageFailed(f"cannot put the rebuilt index at {place}: {error.strerror}") from error
    shutil.rmtree(old, ignore_errors=True)


def _chunks(changes: Iterator[Change]) -> Iterator[list[Change]]:
    chunk, size = list[Change](), 0
    for change in changes:
        chunk.append(change)
        size += len(change.added) + len(change.about)
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
