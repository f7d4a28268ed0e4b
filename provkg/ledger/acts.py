"""What the acts upon the log say of other records: which statements may be without text, and by which kind of act."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from provkg.errors import LedgerBroken
from provkg.ledger.entry import spans
from provkg.ledger.leaf import Leaf

RETENTION = "retention"
REDACTION = "redaction"


@dataclass
class Accounted:
    """The statements that logged acts took out, as first and last number by position; `purged` went as wholes."""

    spans: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    purged: set[int] = field(default_factory=set)

    def take(self, position: int, leaf: Leaf) -> None:
        """Take in the act at `position`; it says nothing of what comes after it."""
        for of, first, last in leaf.erases or ():
            if of < position:
                self.spans[of].append((first, last))
                if leaf.kind == RETENTION:
                    self.purged.add(of)

    def of(self, position: int, leaf: Leaf) -> set[int]:
        """Return the numbers of the statements of the entry at `position` that have no text, by what was logged."""
        said = [*self.spans.get(position, ()), *(leaf.withholds or ())]
        return {number for first, last in said for number in range(first, min(last + 1, leaf.statements))}


def accounted(connection: sqlite3.Connection) -> Accounted:
    """Return what the acts of a ledger say; one whose leaf does not parse says nothing."""
    found = Accounted()
    for position, content in connection.execute("SELECT position, leaf FROM act JOIN entry USING (position)"):
        try:
            leaf = Leaf.from_bytes(content if isinstance(content, bytes) else b"")
            if leaf.kind != "record":
                found.take(position, leaf)
        except (LedgerBroken, TypeError, ValueError):
            continue  # whoever walks the entries says so of its own
    return found


def places(erased: Iterable[tuple[int, Iterable[int]]]) -> tuple[tuple[int, int, int], ...]:
    """Return positions with the numbers of statements as a leaf holds them."""
    return tuple((position, *span) for position, numbers in erased for span in spans(numbers))
