"""Merkle tree hashes as in RFC 6962, section 2.1: a leaf can never be mistaken for an inner node."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

EMPTY: Final = sha256(b"").digest()
"""The hash of a tree without leaves."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 over `0x00` and its content."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 over `0x01` and the hashes of its two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def root(contents: Iterable[bytes]) -> bytes:
    """Return the Merkle tree hash of the leaves' `contents`; without a leaf it is the SHA-256 of nothing."""
    # Complete subtrees, the largest first, each with its number of leaves; as with a binary counter, two of one size
    # become one of twice the size, so n leaves need log n hashes in memory.
    subtrees: list[tuple[int, bytes]] = []
    for content in contents:
        size, tree = 1, leaf_hash(content)
        while subtrees and subtrees[-1][0] == size:
            _, left = subtrees.pop()
            size, tree = 2 * size, node_hash(left, tree)
        subtrees.append((size, tree))
    return _joined([tree for _, tree in subtrees])


def _joined(subtrees: list[bytes]) -> bytes:
    """Return the hash over complete subtrees of falling size: the smaller ones hang on the right."""
    if not subtrees:
        return EMPTY
    *rest, right = subtrees
    for left in reversed(rest):
        right = node_hash(left, right)
    return right
