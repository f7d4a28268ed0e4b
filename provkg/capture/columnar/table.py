"""A table as a Merkle tree over groups of its rows: one root for the whole, and a proof for any run of groups.

The root is that of RFC 6962, section 2.1, over one leaf a group: the canonical bytes of all its values, column by
column. What the columns are called, of which logical type, and how many rows there are stands in a head beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from provkg.capture.columnar import arrow_tables, pandas_frames, polars_frames
from provkg.capture.columnar.column import Column, Encode
from provkg.identity import canonical_json
from provkg.merkle import hashes

GROUP_ROWS: Final = 8192
THREADS: Final = 2
MANY_GROUPS: Final = 32


@dataclass(frozen=True)
class LogicalTable:
    """The columns of a table and, where it has one of its own, of its index."""

    rows: int
    columns: Sequence[Column]
    index: Sequence[Column]
    kind: str = "table"

    @property
    def head(self) -> bytes:
        """What the table is apart from its values, as canonical JSON (RFC 8785)."""
        said = {
            "kind": self.kind,
            "rows": self.rows,
            "group": GROUP_ROWS,
            "columns": [[each.name, each.type] for each in self.columns],
            "index": [[each.name, each.type] for each in self.index],
        }
        return canonical_json(said)

    @cached_property
    def leaves(self) -> list[bytes]:
        """The hash of each group of rows, taken by two threads where there are many."""
        starts = range(0, self.rows, GROUP_ROWS)
        if len(starts) < MANY_GROUPS:
            return [self._leaf(start) for start in starts]
        from concurrent.futures import ThreadPoolExecutor  # 10 ms that small tables do without

        with ThreadPoolExecutor(THREADS, "provkg-digest") as threads:
            return list(threads.map(self._leaf, starts))

    @property
    def root(self) -> bytes:
        """The root over all groups."""
        return hashes.root_of_hashes(self.leaves)

    def group(self, start: int) -> bytes:
        """Return the canonical bytes of the group that begins at row `start`."""
        return b"".join(self._parts(start))

    def _leaf(self, start: int) -> bytes:
        # Fed in parts: as one text they would be copied twice more, while the other thread waits.
        summed = sha256(hashes.LEAF)
        for part in self._parts(start):
            summed.update(part)
        return summed.digest()

    def _parts(self, start: int) -> Iterator[bytes]:
        for each in (*self.index, *self.columns):
            part = each.values.between(start, start + GROUP_ROWS)
            yield len(part).to_bytes(8, "little")
            yield part


def is_table(content: Any) -> bool:
    """Whether pandas, polars or Arrow holds `content` in columns."""
    root, name = _library(content), type(content).__name__
    if root == "pandas":
        return hasattr(content, "dtype") or (hasattr(content, "columns") and hasattr(content, "iloc"))
    if root == "polars":
        return name in {"DataFrame", "Series"}
    return root == "pyarrow" and (name in {"Table", "RecordBatch", "ChunkedArray"} or name.endswith("Array"))


def logical_table(content: Any, encode: Encode, *, start: int = 0) -> LogicalTable:
    """Return the columns of what `is_table` says yes to; `encode` gives bytes for what only Python knows.

    `start` is the number of the first row in the table that these rows are cut from.
    """
    library = _library(content)
    if library == "pandas":
        columns, index = pandas_frames.columns(content, encode, start=start)
    elif library == "polars":
        columns, index = polars_frames.columns(content, encode), []
    elif hasattr(content, "schema"):
        columns, index = arrow_tables.columns(content, encode)
    else:
        columns, index = [Column(None, *arrow_tables.column_of(content, encode))], []
    shape = getattr(content, "shape", None) or (len(content),)
    return LogicalTable(int(shape[0]), columns, index, kind="table" if len(shape) > 1 else "column")


def _library(content: Any) -> str:
    return type(content).__module__.partition(".")[0]
