"""Proofs about a Merkle tree: an entry lies in it, or a larger tree continues a smaller one (RFC 6962 and 9162)."""

from collections.abc import Callable, Sequence
from hmac import compare_digest
from typing import Final

from provkg.merkle.hashes import EMPTY, node_hash

HASH_BYTES: Final = 32

Node = Callable[[int, int], bytes]
"""Gives the hash of a complete subtree: at a level, with leaves at 0, and of an ordinal there."""


def root_of(node: Node, start: int, stop: int) -> bytes:
    """Return the tree hash of the leaves from `start` to before `stop`, where `start` is where a subtree begins."""
    size = stop - start
    if size == 0:
        return EMPTY
    level = (size - 1).bit_length()
    if size == 1 << level:
        return node(level, start >> level)
    middle = start + _left(size)
    return node_hash(root_of(node, start, middle), root_of(node, middle, stop))


def inclusion(node: Node, position: int, start: int, stop: int) -> list[bytes]:
    """Return the audit path of a leaf among those from `start` to before `stop`: RFC 6962, section 2.1.1."""
    if stop - start == 1:
        return []
    middle = start + _left(stop - start)
    if position < middle:
        return [*inclusion(node, position, start, middle), root_of(node, middle, stop)]
    return [*inclusion(node, position, middle, stop), root_of(node, start, middle)]


def consistency(node: Node, earlier: int, later: int) -> list[bytes]:
    """Return the proof that the tree of `later` leaves continues that of `earlier`: RFC 6962, section 2.1.2."""
    return [] if earlier in {0, later} else _continued(node, earlier, 0, later, whole=True)


def _continued(node: Node, earlier: int, start: int, stop: int, *, whole: bool) -> list[bytes]:
    """Return SUBPROOF; `whole` says that the earlier tree's own hash is known to whoever checks."""
    if earlier == stop:
        return [] if whole else [root_of(node, start, stop)]
    middle = start + _left(stop - start)
    if earlier <= middle:
        return [*_continued(node, earlier, start, middle, whole=whole), root_of(node, middle, stop)]
    return [*_continued(node, earlier, middle, stop, whole=False), root_of(node, start, middle)]


def _left(size: int) -> int:
    """Return how many of `size` leaves lie in the left subtree: the largest power of two below it."""
    return 1 << ((size - 1).bit_length() - 1)


def is_included(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` shows that the leaf of that hash is at `position` of the tree: RFC 9162, section 2.1.3.2."""
    if not (0 <= position < size and _are_hashes(leaf, root, *path)):
        return False
    own, last, found = position, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if own & 1 or own == last:
            found = node_hash(sibling, found)
            own, last = _up_from_the_right(own, last)
        else:
            found = node_hash(found, sibling)
        own, last = own >> 1, last >> 1
    return last == 0 and compare_digest(found, root)


def is_continued(earlier: int, later: int, before: bytes, after: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that the tree of root `after` continues that of `before`: RFC 9162, section 2.1.4.2."""
    if not (0 <= earlier <= later and _are_hashes(before, after, *path)):
        return False
    if earlier in {0, later}:
        return not path and compare_digest(before, EMPTY if earlier == 0 else after)
    hashes = [before, *path] if earlier & (earlier - 1) == 0 else list(path)
    own, last = earlier - 1, later - 1
    while own & 1:
        own, last = own >> 1, last >> 1
    return bool(path) and _leads_to(hashes, own, last, before, after)


def _leads_to(hashes: Sequence[bytes], own: int, last: int, before: bytes, after: bytes) -> bool:
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if own & 1 or own == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            own, last = _up_from_the_right(own, last)
        else:
            new = node_hash(new, sibling)
        own, last = own >> 1, last >> 1
    return last == 0 and compare_digest(old, before) and compare_digest(new, after)


def _up_from_the_right(own: int, last: int) -> tuple[int, int]:
    """Skip the levels at which the last node has no sibling."""
    while own and not own & 1:
        own, last = own >> 1, last >> 1
    return own, last


def _are_hashes(*given: bytes) -> bool:
    return all(len(each) == HASH_BYTES for each in given)
