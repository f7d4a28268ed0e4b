"""What goes into the ledger and what comes back: a record's lines, and the salted commitments that bind them."""

import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256, shake_256
from typing import Final

from provkg.ledger.leaf import Envelope, Leaf
from provkg.merkle import hashes

SECRET_BYTES: Final = 32
SALT_BYTES: Final = 16
_BLOCK: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))

Row = tuple[bytes | None, bytes, str | None]
"""Salt, commitment and line of a statement; of an erased one the commitment alone is left."""


@dataclass(frozen=True, kw_only=True)
class Entry(Envelope):
    """A record that passed the gate; `lines` are canonical N-Triples lines without their line ends, in any order.

    Of those that are `withheld` too, only the commitments are kept.
    """

    lines: tuple[str, ...]
    withheld: frozenset[str] = frozenset()

    def leaf(self, commitments: Sequence[bytes], withheld: Sequence[int] = ()) -> Leaf:
        """Return the leaf that stands for this record in the log; `withheld` are the numbers of such statements."""
        return Leaf(
            **self.envelope(), statements=len(commitments), root=hashes.root(commitments).hex(),
            withholds=spans(withheld) or None,
        )  # fmt: skip


@dataclass(frozen=True)
class StoredEntry:
    """A record as it lies in the ledger at `position`; `lines` lacks the statements that were erased."""

    position: int
    leaf: Leaf
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Sealed:
    """A record as the ledger writes it; making one is most of the work, and asks nothing of the ledger."""

    record: str
    supersedes: tuple[str, ...]
    leaf: bytes
    secret: bytes
    lines: tuple[str, ...]
    withheld: tuple[int, ...] = ()
    is_act: bool = False
    erases: bool = False


def sealed(entry: Entry) -> Sealed:
    """Return `entry` with its statements committed to under a fresh secret."""
    secret, lines = os.urandom(SECRET_BYTES), canonical(entry.lines)
    withheld = tuple(number for number, line in enumerate(lines) if line in entry.withheld)
    leaf = entry.leaf(commitments(secret, [line.encode() for line in lines]), withheld).to_bytes()
    is_act, erases = entry.kind != "record", entry.erases is not None
    return Sealed(entry.record, entry.supersedes, leaf, secret, lines, withheld, is_act, erases)


def spans(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return the first and last of each run of consecutive `numbers`, in order."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def salts(secret: bytes, count: int) -> list[bytes]:
    """Return the salts of a record's `count` statements: SHAKE-256 over its secret (FIPS 202).

    Who knows some of them, as in a bundle, cannot tell the others.
    """
    drawn = shake_256(secret).digest(SALT_BYTES * count)
    return [drawn[start : start + SALT_BYTES] for start in range(0, len(drawn), SALT_BYTES)]


def commitments(secret: bytes, lines: Sequence[bytes]) -> list[bytes]:
    """Return what `commitment` gives for each of `lines` under the salt that belongs to it."""
    # HMAC (RFC 2104) written out: asking OpenSSL for one a statement takes twice as long, and records have hundreds.
    drawn = shake_256(secret).digest(SALT_BYTES * len(lines))
    inner, outer = drawn.translate(_INNER), drawn.translate(_OUTER)
    inner_rest, outer_rest = b"\x36" * (_BLOCK - SALT_BYTES), b"\x5c" * (_BLOCK - SALT_BYTES)
    return [
        sha256(
            outer[at : at + SALT_BYTES] + outer_rest + sha256(inner[at : at + SALT_BYTES] + inner_rest + line).digest()
        ).digest()
        for at, line in zip(range(0, len(drawn), SALT_BYTES), lines, strict=True)
    ]


def canonical(lines: Iterable[str]) -> tuple[str, ...]:
    """Return `lines` in code point order, each once: without blank nodes, the RDFC-1.0 form of a record."""
    return tuple(sorted(set(lines)))


def commitment(salt: bytes, line: str) -> bytes:
    """Return what binds a statement without showing it: HMAC-SHA256 of its line under its salt."""
    return hmac.digest(salt, line.encode(), "sha256")


def fits(leaf: Leaf, payload: Sequence[Row]) -> bool:
    """Whether `payload`, the salts, commitments and lines of a record, is what `leaf` was made of.

    Of an erased statement the commitment alone is left, and it counts.
    """
    commitments = [kept for _, kept, _ in payload]
    whole = all(
        salt is not None and hmac.compare_digest(commitment(salt, line), kept)
        for salt, kept, line in payload
        if line is not None
    )
    return whole and len(payload) == leaf.statements and hashes.root(commitments).hex() == leaf.root
