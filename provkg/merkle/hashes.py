"""Merkle tree hashes as in RFC 6962, section 2.1: a leaf can never be mistaken for an inner node."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

EMPTY: Final = sha256(b"").digest()
"""The hash of a tree without leaves."""
LEAF: Final = b"\x00"
"""What stands before the content of a leaf."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 over `0x00` and its content."""
    return sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 over `0x01` and the hashes of its two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def root(contents: Iterable[bytes]) -> bytes:
    """Return the Merkle tree hash of the leaves' `contents`; without a leaf it is the SHA-256 of nothing."""
    return root_of_hashes([sha256(LEAF + content).digest() for content in contents])


def root_of_hashes(leaves: list[bytes]) -> bytes:
    """Return the Merkle tree hash over leaves of those hashes."""
    level = leaves
    while len(level) > 1:
        # Pairs from the left, and what is left over goes up as it is: the largest complete subtrees come first.
        over = level[len(level) & ~1 :]
        level = [sha256(b"\x01" + pair).digest() for pair in map(bytes.__add__, level[::2], level[1::2])] + over
    return level[0] if level else EMPTY
