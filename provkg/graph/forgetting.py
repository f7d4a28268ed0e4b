"""Taking text out of everything that a graph has: spool, refused records, ledger, index and snapshots, in this order.

The order is that of a way back: as long as the ledger has the text, everything before it can be done again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal

from provkg.errors import GraphHeld
from provkg.folder import Folder
from provkg.graph.canonical import triples_of
from provkg.graph.scrubbing import Scrubbing
from provkg.graph.standing import Standing
from provkg.graph.stores import Stores
from provkg.identity import Names
from provkg.ledger import Ledger, StoredEntry
from provkg.ledger.acts import REDACTION

READER_SECONDS: Final = 5.0
POLL_SECONDS: Final = 0.1


def carry_out(folder: Folder, names: Names, stores: Stores, standing: Standing) -> int:
    """Carry out the acts that were logged and not finished; return how many.

    Doing it again does no harm, so whoever takes the graph after a crash goes on with it. Raises `GraphHeld` where a
    reader keeps erased text in the ledger's journal, `StorageFailed` for a full disk: then the next one finishes it.
    """
    acts = stores.ledger.undone()
    if not acts:
        return 0
    texts = _texts(stores.ledger, [act for act in acts if act.leaf.kind == REDACTION])
    Scrubbing(folder, names, standing, texts).everything()
    reader = _erase(stores.ledger, _places(stores.ledger, acts))
    stores.rebuild()
    if reader is not None:
        raise reader
    stores.ledger.carried_out(acts)
    return len(acts)


def _erase(ledger: Ledger, places: dict[int, set[int]]) -> GraphHeld | None:
    until = time.monotonic() + READER_SECONDS
    while True:
        try:
            ledger.erase(places)
        except GraphHeld as error:
            # The rest need not wait for whoever reads the journal.
            if time.monotonic() >= until:
                return error
            time.sleep(POLL_SECONDS)
        else:
            return None


def _places(ledger: Ledger, acts: Iterable[StoredEntry]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for act in acts:
        for position, first, last in act.leaf.erases or ():
            found[position] |= set(range(first, min(last + 1, ledger.entry(position).leaf.statements)))
    return found


def _texts(ledger: Ledger, acts: Iterable[StoredEntry]) -> set[str]:
    """Return the values that the acts take out, as far as the ledger still has them."""
    lines = [
        line
        for position, numbers in _places(ledger, acts).items()
        for number, (_, _, line) in enumerate(ledger.payload(position))
        if number in numbers and line is not None
    ]
    return {triple.object.value for triple in triples_of(lines) if isinstance(triple.object, Literal)}
