"""What goes into the ledger and what comes back: a record's lines with their salted commitments."""

import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from provkg.ledger import merkle
from provkg.ledger.leaf import Envelope, Leaf

SALT_BYTES: Final = 16


@dataclass(frozen=True, kw_only=True)
class Entry(Envelope):
    """A record that passed the gate; `lines` are canonical N-Triples lines without their line ends, in any order."""

    lines: tuple[str, ...]

    def leaf(self, commitments: Sequence[bytes]) -> Leaf:
        """Return the leaf that stands for this record in the log."""
        return Leaf(**self.envelope(), statements=len(commitments), root=merkle.root(commitments).hex())


@dataclass(frozen=True)
class StoredEntry:
    """A record as it lies in the ledger at `position`; `lines` lacks the statements that were erased."""

    position: int
    leaf: Leaf
    lines: tuple[str, ...]


def salts(count: int) -> list[bytes]:
    """Return `count` fresh secrets."""
    drawn = os.urandom(SALT_BYTES * count)
    return [drawn[start : start + SALT_BYTES] for start in range(0, len(drawn), SALT_BYTES)]


def canonical(lines: Iterable[str]) -> tuple[str, ...]:
    """Return `lines` in code point order, each once: without blank nodes, the RDFC-1.0 form of a record."""
    return tuple(sorted(set(lines)))


def commitment(salt: bytes, line: str) -> bytes:
    """Return what binds a statement without showing it: HMAC-SHA256 of its line under its salt."""
    return hmac.digest(salt, line.encode(), "sha256")


def fits(leaf: Leaf, payload: Sequence[tuple[bytes | None, bytes, str | None]]) -> bool:
    """Whether `payload`, the salts, commitments and lines of a record, is what `leaf` was made of.

    Of an erased statement the commitment alone is left, and it counts.
    """
    commitments = [kept for _, kept, _ in payload]
    whole = all(
        salt is not None and hmac.compare_digest(commitment(salt, line), kept)
        for salt, kept, line in payload
        if line is not None
    )
    return whole and len(payload) == leaf.statements and merkle.root(commitments).hex() == leaf.root
