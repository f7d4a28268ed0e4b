"""Whether the ledger still says what it said when it was signed, and where it does not."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal

from provkg.answers.asked import Asked, Row
from provkg.graph.verifying import verification
from provkg.literals import literal


def rows(asked: Asked) -> Iterator[Row]:
    """Yield a row per damage, or the one that says `verified`; raises `LedgerBroken` where the ledger is gone."""
    walk = verification(asked.kept)
    damages = list(walk.damages())
    reached = {"entries": literal(walk.entries), "signed": literal(walk.signed)}
    for damage in damages:
        found = {"verdict": damage.verdict, "place": damage.place, "problem": damage.what}
        yield {column: Literal(text) for column, text in found.items()} | reached
    if walk.entries and not damages:
        whole = f"entries 0 to {walk.entries - 1}"
        yield {"verdict": Literal("verified"), "place": Literal(whole)} | reached
