"""How wide text is in a picture, and how a long label is broken into lines, so that no version is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from unicodedata import combining, east_asian_width

MOST_LETTERS: Final = 30
MOST_LINES: Final = 4
# Advance widths of DejaVu Sans, the widest of the fonts that a picture asks for, in parts of the font size.
_NARROW, _MEDIUM, _CAPITAL, _WIDE, _FULL = 0.36, 0.64, 0.76, 1.0, 1.05
_NARROW_LETTERS: Final = frozenset("ijlI.,:;'|!()[]{}ftr-/ ")
_WIDE_LETTERS: Final = frozenset("mwMW@%…—")


def width(text: str, size: float) -> float:
    """Return how wide `text` is at the font size `size`, rather more than less."""
    return sum(map(_advance, text)) * size


def lines(name: str, version: str | None) -> list[str]:
    """Return the label of a thing in lines of at most `MOST_LETTERS`: the version begins a line where one is too short.

    What needs more than `MOST_LINES` lines loses its middle.
    """
    whole = f"{name}@{version}" if version else name
    if len(whole) <= MOST_LETTERS:
        return [whole]
    broken = [line for part in (name, f"@{version}" if version else "") for line in _broken(part)]
    if len(broken) <= MOST_LINES:
        return broken
    return [*broken[: MOST_LINES - 2], "…", broken[-1]]


def _broken(text: str) -> Iterator[str]:
    while len(text) > MOST_LETTERS:
        # Behind a mark at which people break, unless that leaves a stump.
        marks = (text.rfind(mark, MOST_LETTERS // 2, MOST_LETTERS) for mark in " -_/.:")
        end = max(marks) + 1 or MOST_LETTERS
        yield text[:end].rstrip()
        text = text[end:]
    if text:
        yield text


def _advance(letter: str) -> float:
    if combining(letter):
        return 0
    if east_asian_width(letter) in "WF":
        return _FULL
    if letter in _NARROW_LETTERS:
        return _NARROW
    if letter in _WIDE_LETTERS:
        return _WIDE
    return _CAPITAL if letter.isupper() else _MEDIUM
