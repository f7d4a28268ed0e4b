"""What one entry of the ledger changes in the index."""

from dataclasses import dataclass

from pyoxigraph import Quad, Triple


@dataclass(frozen=True)
class Change:
    """The effect of the entry at `position`.

    `added` is what the record states, as quads, for these a store takes; `removed` what no live record states any
    longer, `about` what is said of the record itself. `mark` tells this entry from any other that could stand at its
    position.
    """

    position: int
    mark: str
    added: tuple[Quad, ...]
    about: tuple[Triple, ...]
    removed: tuple[Triple, ...] = ()
