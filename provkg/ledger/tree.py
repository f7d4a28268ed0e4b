"""The Merkle tree over the ledger's leaves, kept beside them: a root or a proof reads some hashes, never all leaves."""

import sqlite3
from collections.abc import Iterator

from provkg.errors import LedgerBroken
from provkg.merkle import proofs
from provkg.merkle.hashes import leaf_hash, node_hash


class Tree:
    """The hashes of all complete subtrees, in the table `tree`: two rows an entry, none of which ever changes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, position: int, leaf: bytes) -> None:
        """Take in the leaf at `position`, within the caller's transaction; those before it are there."""
        self._connection.executemany("INSERT INTO tree VALUES (?, ?, ?)", grown(position, leaf_hash(leaf), self.node))

    def node(self, level: int, ordinal: int) -> bytes:
        """Return the hash of the complete subtree of 2**level leaves which is the `ordinal`-th of its size."""
        query = "SELECT hash FROM tree WHERE level = ? AND ordinal = ?"
        found = self._connection.execute(query, (level, ordinal)).fetchone()
        if found is None or not isinstance(found[0], bytes):
            place = f"level {level}, number {ordinal}"
            raise LedgerBroken(f"the ledger's tree lacks a hash ({place}); see what is wrong with: provkg verify")
        return found[0]

    def nodes(self, level: int, start: int, stop: int) -> list[bytes]:
        """Return the hashes of the complete subtrees of a level, from that of ordinal `start` to before `stop`."""
        query = "SELECT hash FROM tree WHERE level = ? AND ordinal >= ? AND ordinal < ? ORDER BY ordinal"
        found = [each for (each,) in self._connection.execute(query, (level, start, stop)) if isinstance(each, bytes)]
        return _whole(found, stop - start, f"a hash of level {level}")

    def leaves(self, start: int, stop: int) -> list[bytes]:
        """Return the leaves themselves, from that at position `start` to before `stop`."""
        query = "SELECT leaf FROM entry WHERE position >= ? AND position < ? ORDER BY position"
        found = [each for (each,) in self._connection.execute(query, (start, stop)) if isinstance(each, bytes)]
        return _whole(found, stop - start, "a leaf")

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` leaves."""
        return proofs.root_of(self.node, 0, size)

    def inclusion(self, position: int, size: int) -> list[bytes]:
        """Return the proof that the leaf at `position` is among the first `size`."""
        return proofs.inclusion(self.node, position, 0, size)

    def consistency(self, earlier: int, later: int) -> list[bytes]:
        """Return the proof that the first `later` leaves begin with the first `earlier`."""
        return proofs.consistency(self.node, earlier, later)


def grown(position: int, leaf: bytes, node: proofs.Node) -> Iterator[tuple[int, int, bytes]]:
    """Yield level, ordinal and hash of each subtree that the leaf of that hash completes at `position`."""
    level, ordinal, found = 0, position, leaf
    yield level, ordinal, found
    while ordinal & 1:
        found = node_hash(node(level, ordinal - 1), found)
        level, ordinal = level + 1, ordinal >> 1
        yield level, ordinal, found


def _whole(found: list[bytes], expected: int, what: str) -> list[bytes]:
    if len(found) != expected:
        raise LedgerBroken(f"the ledger lacks {what} that later ones follow; see what is wrong with: provkg verify")
    return found
