"""Rows in the form that needs least room: in bits, in few bytes, on disk, or forgotten but for their number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provkg.capture.watching.rows import Chosen, Forgotten, Grouped, Kept, Rows, Taken
from provkg.capture.watching.shelf import shelf

if TYPE_CHECKING:
    from provkg.capture.watching.rows import Numbers


def taken(positions: Any, of: int) -> Rows:
    """Return how rows came from those at `positions` of `of` rows, in the form that needs least room."""
    import numpy as np

    found = np.asarray(positions, dtype="i8")
    if len(found) == of and (not of or (found[0] == 0 and bool((found == np.arange(of)).all()))):
        return Kept(of)
    increasing = len(found) > of // 64 and (len(found) == 1 or bool((found[1:] > found[:-1]).all()))
    if increasing and found[0] >= 0:
        chosen = np.zeros(of, dtype=bool)
        chosen[found] = True
        return Chosen(np.packbits(chosen), of)
    return Taken(narrow(found))


def narrow(numbers: Numbers) -> Numbers:
    """Return numbers of rows in half the room where they fit."""
    import numpy as np

    fits = not len(numbers) or int(numbers.max()) <= np.iinfo("i4").max
    return numbers.astype("i4") if fits else numbers


def shelved(rows: Rows) -> Rows:
    """Return the same with its long arrays on disk."""
    match rows:
        case Taken():
            return Taken(shelf.put(rows.positions))
        case Grouped():
            return Grouped(shelf.put(rows.groups))
        case Chosen():
            return Chosen(shelf.put(rows.bits), rows.of)
        case _:
            return rows


def forgotten(rows: Rows, count: int) -> Rows:
    """Return what is left of `rows`, of an input of `count`, when rows are not told apart."""
    return Forgotten(rows.signature, rows.reached(count)) if rows.exact and not isinstance(rows, Kept) else rows
