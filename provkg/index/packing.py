"""Putting dependencies into the form in which they are read as rows (see `provkg.index.adjacency`)."""

from __future__ import annotations

import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final
from zlib import crc32

from provkg.index.adjacency import ALIGNED, LABELS, MAGIC, NAMES, RELATIONS

LARGEST: Final = 2**32 - 1


@dataclass
class Numbered:
    """Names with numbers in the order in which they came."""

    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, name: str) -> int:
        """Return the number of `name`."""
        return self.numbers.setdefault(name, len(self.numbers))


@dataclass
class Pairs:
    """Pairs of numbers."""

    left: array[int] = field(default_factory=lambda: array("I"))
    right: array[int] = field(default_factory=lambda: array("I"))

    def add(self, left: int, right: int) -> None:
        """Add a pair."""
        self.left.append(left)
        self.right.append(right)

    def turned(self) -> Pairs:
        """Return the pairs the other way round."""
        return Pairs(self.right, self.left)


@dataclass
class Sets:
    """A set of names for each thing that has any, where few sets differ."""

    of: dict[int, int] = field(default_factory=dict)
    sets: list[frozenset[str]] = field(default_factory=lambda: [frozenset()])
    _larger: dict[tuple[int, str], int] = field(default_factory=dict)
    _known: dict[frozenset[str], int] = field(default_factory=lambda: {frozenset(): 0})

    def add(self, thing: int, name: str) -> None:
        """Add `name` to the set of `thing`."""
        step = self.of.get(thing, 0), name
        if (found := self._larger.get(step)) is None:
            larger = self.sets[step[0]] | {name}
            found = self._larger[step] = self._known.setdefault(larger, len(self.sets))
            if found == len(self.sets):
                self.sets.append(larger)
        self.of[thing] = found


@dataclass
class Facts:
    """What a file of dependencies tells: each relation as pairs of the numbers of things, and of digests."""

    things: Numbered = field(default_factory=Numbered)
    digests: Numbered = field(default_factory=Numbered)
    rests_on: Pairs = field(default_factory=Pairs)
    made_by: Pairs = field(default_factory=Pairs)
    has_digest: Pairs = field(default_factory=Pairs)
    kinds: Sets = field(default_factory=Sets)
    metrics: Sets = field(default_factory=Sets)


def packed(facts: Facts, base: str) -> bytes:
    """Return the content of the file; `base` names the state that it was made of.

    Raises `OverflowError` where names take more than 4 GB.
    """
    things, things_told = _sorted(facts.things)
    digests, digests_told = _sorted(facts.digests)
    relations = (
        (facts.rests_on, things, things),
        (facts.rests_on.turned(), things, things),
        (facts.made_by, things, things),
        (facts.has_digest, things, digests),
        (facts.has_digest.turned(), digests, things),
    )
    told = dict(zip(NAMES, (things_told, digests_told), strict=True))
    sections = dict(section for name in NAMES for section in _names(name, told[name]))
    for name, (pairs, left, right) in zip(RELATIONS, relations, strict=True):
        sections |= _rows(name, pairs, left, right)
    labels = {"kinds": facts.kinds, "metrics": facts.metrics}
    sections |= {name: _labels(labels[name], things) for name in LABELS}
    sets = {name: [sorted(each) for each in labels[name].sets] for name in LABELS}
    return _written(sections, {"base": base, "order": sys.byteorder, **sets})


def _sorted(given: Numbered) -> tuple[array[int], list[bytes]]:
    """Return for each number the one by order, and the names in order."""
    told = [name.encode() for name in given.numbers]
    order = sorted(range(len(told)), key=told.__getitem__)
    places = array("I", bytes(4 * len(told)))
    for place, number in enumerate(order):
        places[number] = place
    return places, [told[number] for number in order]


def _names(name: str, told: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    yield f"{name} at", _begins(map(len, told))
    yield name, b"".join(told)


def _rows(name: str, pairs: Pairs, left: array[int], right: array[int]) -> dict[str, bytes]:
    # As one number each, pairs are sorted without a call into Python.
    keys = sorted({left[a] << 32 | right[b] for a, b in zip(pairs.left, pairs.right, strict=True)})
    lengths = Counter(key >> 32 for key in keys)
    begins = _begins(lengths[number] for number in range(len(left)))
    return {f"{name} at": begins, name: array("I", (key & LARGEST for key in keys)).tobytes()}


def _labels(sets: Sets, things: array[int]) -> bytes:
    which = array("I", bytes(4 * len(things)))
    for thing, found in sets.of.items():
        which[things[thing]] = found
    return which.tobytes()


def _begins(lengths: Iterable[int]) -> bytes:
    return array("I", accumulate(lengths, initial=0)).tobytes()


def _written(sections: Mapping[str, bytes], said: Mapping[str, object]) -> bytes:
    body, places = bytearray(), dict[str, tuple[int, int]]()
    for name, content in sections.items():
        places[name] = len(body), len(content)
        body += content + bytes(-len(content) % ALIGNED)
    header = json.dumps({**said, "sections": places}).encode()
    # Numbers are read where they lie, so they have to lie at even places.
    header += b" " * (-(len(MAGIC) + 8 + len(header)) % ALIGNED)
    checked = len(header).to_bytes(4, "little") + header + bytes(body)
    return MAGIC + crc32(checked).to_bytes(4, "little") + checked
