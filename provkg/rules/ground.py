"""What rules are asked of: one state of the index, and for some of them the ledger that it follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provkg.folder import Folder
from provkg.index import ReadIndex
from provkg.ledger import Ledger


@dataclass(frozen=True)
class Ground:
    """One state of a graph. Without a ledger, the rules that compare it with the index are left out."""

    index: ReadIndex
    ledger: Ledger | None = None
    own_shapes: tuple[Path, ...] = ()

    @classmethod
    @contextmanager
    def of(cls, index: ReadIndex, folder: Folder | None) -> Iterator[Ground]:
        """Give what `index`, a state of the graph in `folder`, and its ledger say; the ledger is closed afterwards."""
        if folder is None or Ledger.size_at(folder.ledger) == 0:
            yield cls(index)
            return
        with Ledger.open(folder.ledger, read_only=True) as ledger:
            yield cls(index, ledger, folder.own_shapes)
