"""Proofs that some rows are a run of those of a table, shown to somebody who has these rows and the table's digest.

Rows are proven by the groups that the digest is made of, so a run begins and ends where groups do. The proof holds the
table's head and the hashes of the largest subtrees that lie wholly before or after the run, in the order in which a
walk from the root meets them (RFC 6962, section 2.1, whose audit path is that of a run of one).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from provkg.capture.columnar.column import Encode
from provkg.capture.columnar.table import GROUP_ROWS, logical_table
from provkg.errors import BadParameter, BadProof
from provkg.identity import canonical_json
from provkg.merkle.hashes import node_hash, root_of_hashes

FORMAT: Final = "provkg-rows-1"
HASH_BYTES: Final = 32


@dataclass(frozen=True)
class RowsProof:
    """Shows that a run of rows, from `start` up to `stop`, are those of the table with a digest."""

    head: bytes
    start: int
    stop: int
    path: tuple[bytes, ...]

    def to_json(self) -> str:
        """Return the proof as text; `parse` reads it."""
        said = {
            "format": FORMAT,
            "head": json.loads(self.head),
            "rows": [self.start, self.stop],
            "path": [each.hex() for each in self.path],
        }
        return json.dumps(said, ensure_ascii=False, indent=1)

    @classmethod
    def parse(cls, text: str) -> RowsProof:
        """Return the proof that `to_json` wrote; raises `BadProof` for anything else."""
        try:
            said = json.loads(text)
            start, stop = said["rows"]
            made = cls(canonical_json(said["head"]), start, stop, tuple(bytes.fromhex(each) for each in said["path"]))
            whole = said["head"]["rows"]
            numbers = all(type(each) is int for each in (start, stop, whole))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise BadProof(f"this is no proof of rows: {error}") from None
        if said["format"] != FORMAT or not numbers or any(len(each) != HASH_BYTES for each in made.path):
            raise BadProof(f"this is no proof of rows in the form {FORMAT}")
        return made

    def digest(self, content: Any, encode: Encode) -> str | None:
        """Return the digest of the table of which `content` are the rows proven, or None where they cannot be."""
        rows, head = logical_table(content, encode, start=self.start), json.loads(self.head)
        if json.loads(rows.head) | {"rows": head["rows"]} != head or rows.rows != self.stop - self.start:
            return None
        groups = -(-head["rows"] // GROUP_ROWS)
        leaves, path = iter(rows.leaves), iter(self.path)
        try:
            first, last = _groups(self.start, self.stop, head["rows"])
            root = _rebuilt(0, groups, first, last, leaves, path)
        except (StopIteration, BadParameter):
            return None
        if next(leaves, None) is not None or next(path, None) is not None:
            return None
        return table_digest(self.head, root)


def prove(content: Any, start: int, stop: int, encode: Encode) -> RowsProof:
    """Return the proof of the rows of a table from `start` up to `stop`.

    Raises `BadParameter` where a run does not begin and end with groups of `GROUP_ROWS` rows, or the table.
    """
    table = logical_table(content, encode)
    first, last = _groups(start, stop, table.rows)
    leaves = table.leaves
    return RowsProof(table.head, start, stop, tuple(_outside(leaves, 0, len(leaves), first, last)))


def table_digest(head: bytes, root: bytes) -> str:
    """Return the digest of the table with that head and root."""
    return sha256(b"table-2\0F%d\0" % len(head) + head + root).hexdigest()


def _groups(start: int, stop: int, rows: int) -> tuple[int, int]:
    if not 0 <= start < stop <= rows or start % GROUP_ROWS or (stop % GROUP_ROWS and stop != rows):
        raise BadParameter(
            f"rows {start:,} to {stop:,} of {rows:,} are no run that can be proven: begin at a multiple of "
            f"{GROUP_ROWS:,} and end at one, or with the table"
        )
    return start // GROUP_ROWS, -(-stop // GROUP_ROWS)


def _outside(leaves: Sequence[bytes], low: int, high: int, first: int, last: int) -> Iterator[bytes]:
    """Yield the hashes of the largest subtrees without a leaf of the run, from left to right."""
    if high <= first or low >= last:
        yield root_of_hashes([*leaves[low:high]])
    elif not first <= low <= high <= last:
        middle = low + _left(high - low)
        yield from _outside(leaves, low, middle, first, last)
        yield from _outside(leaves, middle, high, first, last)


def _rebuilt(low: int, high: int, first: int, last: int, inside: Iterator[bytes], outside: Iterator[bytes]) -> bytes:
    if high <= first or low >= last:
        return next(outside)
    if high - low == 1:
        return next(inside)
    middle = low + _left(high - low)
    left = _rebuilt(low, middle, first, last, inside, outside)
    return node_hash(left, _rebuilt(middle, high, first, last, inside, outside))


def _left(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
