"""Verifying a whole ledger: the text gives the leaves, the leaves the tree, the tree what was signed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from provkg.errors import BadNote, LedgerBroken
from provkg.ledger.acts import accounted
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.database import LAYOUT_WITH_TREE, complaints, connect, is_there, layout_of, nothing_yet
from provkg.ledger.note import Note, PublicKey
from provkg.ledger.payload import Damage, bytes_of, damages, strays
from provkg.ledger.tree import grown
from provkg.merkle.hashes import EMPTY, leaf_hash, node_hash

SHOWN: Final = 20


@dataclass(frozen=True)
class Signed:
    """A checkpoint as it was found, and where."""

    place: str
    note: bytes


BySize = dict[int, list[tuple[Signed, Checkpoint]]]


@dataclass
class Verification:
    """One walk through the ledger at `path`; `entries`, `statements` and `checkpoints` count what was looked at.

    `keys` are trusted to sign for the log `origin`; `remembered` are checkpoints from outside the ledger. `notes` are
    all checkpoints that were looked at, `redactions` the statements that logged acts left without text, `purged` the
    records that went whole.
    """

    path: Path
    origin: str
    keys: Sequence[PublicKey]
    remembered: Sequence[Signed] = ()
    progress: Callable[[int, int], None] = lambda _done, _all: None
    entries: int = 0
    statements: int = 0
    checkpoints: int = 0
    signed: int = 0
    notes: Sequence[Signed] = field(default=(), init=False)
    redactions: int = 0
    purged: int = 0
    _tampered: bool = field(default=False, init=False)
    _leading: int = field(default=0, init=False)

    def damages(self) -> Iterator[Damage]:
        """Yield everything that is wrong, in the order of the ledger; nothing when it is verified."""
        with complaints(self.path), closing(self._opened()) as connection:
            if layout_of(connection) < LAYOUT_WITH_TREE:
                raise LedgerBroken(f"{self.path} has no tree yet; it gets one when a process writes: provkg sync")
            # One transaction: a holder may go on writing, and this sees one state.
            connection.execute("BEGIN")
            yield from self._walk(connection)

    def _opened(self) -> sqlite3.Connection:
        return connect(self.path, read_only=True) if is_there(self.path) else nothing_yet()

    def _walk(self, connection: sqlite3.Connection) -> Iterator[Damage]:
        checkpoints, unreadable = self._readable(connection)
        for damage in self._damages(connection, checkpoints):
            self._tampered |= damage.verdict == "TAMPERED"
            yield damage
        yield from unreadable
        yield from self._beyond(checkpoints)
        yield from _strays(connection, self.entries)
        query = """
            SELECT (SELECT count(*) FROM described)
                + (SELECT count(*) FROM supersession) + (SELECT count(*) FROM act)"""
        if not self._tampered and connection.execute(query).fetchone()[0] != self._leading:
            yield from strays(connection)

    def _damages(
        self, connection: sqlite3.Connection, checkpoints: list[tuple[Signed, Checkpoint]]
    ) -> Iterator[Damage]:
        (whole,) = connection.execute("SELECT count(*) FROM entry").fetchone()
        frontier: dict[int, bytes] = {}
        acts, signed = accounted(connection), by_size(checkpoints)
        yield from self._compared(signed, frontier)
        query = "SELECT position, CAST(record AS BLOB), leaf FROM entry WHERE position >= 0 ORDER BY position"
        for position, record, kept in connection.execute(query):
            leaf = bytes_of(kept)
            if position > self.entries:
                yield Damage.at_entry("INCOMPLETE", self.entries, f"it is missing, though there is entry {position}")
                if not self._filled(connection, position, frontier):
                    return
            found = damages(connection, position, record, leaf, acts)
            yield from found.damages
            yield from _tree_damages(connection, position, leaf)
            self._grow(frontier, leaf_hash(leaf))
            self.statements += found.statements
            self._leading += found.leading
            self.redactions, self.purged = self.redactions + found.redacted, self.purged + found.purged
            yield from self._compared(signed, frontier)
            self.progress(self.entries, whole)

    def _grow(self, frontier: dict[int, bytes], leaf: bytes) -> None:
        completed = list(grown(self.entries, leaf, lambda level, _: frontier[level]))
        frontier.update((level, found) for level, _, found in completed)
        self.entries += 1

    def _filled(self, connection: sqlite3.Connection, until: int, frontier: dict[int, bytes]) -> bool:
        """Whether the tree has the hashes of the leaves that are missing before `until`: they stand for them."""
        self._tampered = True
        while self.entries < until:
            leaf = _stored(connection, 0, self.entries)
            if leaf is None:
                return False
            self._grow(frontier, leaf)
        return True

    def _readable(self, connection: sqlite3.Connection) -> tuple[list[tuple[Signed, Checkpoint]], list[Damage]]:
        kept = connection.execute("SELECT size, note FROM checkpoint ORDER BY size").fetchall()
        all_signed = [
            *(Signed(f"the checkpoint of size {size}", bytes_of(note)) for size, note in kept),
            *self.remembered,
        ]
        readable, damaged = [], []
        for size, signed in zip([size for size, _ in kept] + [None] * len(self.remembered), all_signed, strict=True):
            try:
                readable.append((signed, self._read(signed.note, size)))
            except BadNote as error:
                damaged.append(Damage("TAMPERED", signed.place, str(error)))
        self.notes = all_signed
        self.checkpoints = len({signed.note for signed in all_signed})
        self.signed = max((checkpoint.size for _, checkpoint in readable), default=0)
        return readable, damaged

    def _read(self, content: bytes, size: int | None) -> Checkpoint:
        note = Note.parse(content)
        note.signed_by(self.keys)
        checkpoint = Checkpoint.of(note)
        if checkpoint.origin != self.origin:
            raise BadNote(f"it speaks of another log, {checkpoint.origin}")
        if size not in {None, checkpoint.size}:
            raise BadNote(f"it speaks of {checkpoint.size} entries")
        return checkpoint

    def _compared(self, checkpoints: BySize, frontier: dict[int, bytes]) -> Iterator[Damage]:
        """Compare what was signed of the entries walked so far with what they give."""
        here = checkpoints.get(self.entries, ())
        # What was changed in the ledger changes the roots after it, and was said already.
        if here and not self._tampered:
            root = _root(frontier, self.entries)
            for signed, said in here:
                if said.root != root:
                    what = f"it was signed for another history of the first {said.size:,} entries than the one here"
                    yield Damage("FORK", signed.place, what)

    def _beyond(self, checkpoints: list[tuple[Signed, Checkpoint]]) -> Iterator[Damage]:
        for signed, said in checkpoints:
            if said.size > self.entries:
                what = f"it was signed for {said.size:,} entries, and there are {self.entries:,}"
                yield Damage("INCOMPLETE", signed.place, what)
        if self.entries and not self.checkpoints:
            yield Damage(
                "INCOMPLETE", "the checkpoints", "nothing was signed yet; type: provkg checkpoint", passing=True
            )


def by_size(checkpoints: Iterable[tuple[Signed, Checkpoint]]) -> BySize:
    """Return checkpoints by how many entries they stand for: a log has about as many of them as entries."""
    found: BySize = {}
    for signed, said in checkpoints:
        found.setdefault(said.size, []).append((signed, said))
    return found


def _root(frontier: dict[int, bytes], size: int) -> bytes:
    """Return the root over complete subtrees: the last of each level that `size` has."""
    found = None
    for level in range(size.bit_length()):
        if size >> level & 1:
            found = frontier[level] if found is None else node_hash(frontier[level], found)
    return EMPTY if found is None else found


def _stored(connection: sqlite3.Connection, level: int, ordinal: int) -> bytes | None:
    query = "SELECT hash FROM tree WHERE level = ? AND ordinal = ?"
    found = connection.execute(query, (level, ordinal)).fetchone()
    return None if found is None else bytes_of(found[0])


def _tree_damages(connection: sqlite3.Connection, position: int, leaf: bytes) -> Iterator[Damage]:
    """Yield what is wrong with the hashes that the entry completes, each asked of the hashes right below it."""
    if _stored(connection, 0, position) != leaf_hash(leaf):
        yield Damage.at_entry("TAMPERED", position, "its leaf is not the one in the tree")
    level, ordinal = 0, position
    while ordinal & 1:
        left, right = (_stored(connection, level, each) for each in (ordinal - 1, ordinal))
        level, ordinal = level + 1, ordinal >> 1
        expected = node_hash(left, right) if left is not None and right is not None else None
        if expected is None or _stored(connection, level, ordinal) != expected:
            what = f"the hash over entries {ordinal << level} to {position} does not follow from those below it"
            yield Damage("TAMPERED", f"the tree, level {level}, number {ordinal}", what)


def _strays(connection: sqlite3.Connection, size: int) -> Iterator[Damage]:
    """Yield rows that belong to no entry of the ledger."""
    for table in ("entry", "statement", "text", "described", "supersession", "act"):
        query = f"SELECT DISTINCT position FROM {table} WHERE position NOT BETWEEN 0 AND ? LIMIT ?"  # noqa: S608
        for (position,) in connection.execute(query, (size - 1, SHOWN)):
            yield Damage("TAMPERED", f"table {table}, position {position}", "it belongs to no entry")
    query = """
        SELECT level, ordinal FROM tree
        WHERE level NOT BETWEEN 0 AND 62 OR ordinal < 0 OR ordinal + 1 > ? >> level LIMIT ?"""
    for level, ordinal in connection.execute(query, (size, SHOWN)):
        if level == 0 and ordinal >= 0:
            yield Damage.at_entry("INCOMPLETE", ordinal, "it is missing, though the tree has its hash")
        else:
            yield Damage("TAMPERED", f"the tree, level {level}, number {ordinal}", "there is no such subtree")


def worst(found: Iterable[Damage]) -> Literal["verified", "TAMPERED", "FORK", "INCOMPLETE"]:
    """Return the one word for all that was found."""
    verdicts = {damage.verdict for damage in found}
    if "TAMPERED" in verdicts:
        return "TAMPERED"
    if "FORK" in verdicts:
        return "FORK"
    return "INCOMPLETE" if verdicts else "verified"
