"""The ledger: append, and read back in order."""

from provkg.ledger.entry import Entry, Sealed, StoredEntry, fits
from provkg.ledger.leaf import Leaf
from provkg.ledger.ledger import Ledger

__all__ = ["Entry", "Leaf", "Ledger", "Sealed", "StoredEntry", "fits"]
