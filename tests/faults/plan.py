"""The plan: which kind of fault is played in which round, all of it following from one seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

from tests.faults.kinds import KINDS


@dataclass(frozen=True)
class Round:
    """One round; its seed decides all that is not left to the scheduler."""

    kind: str
    seed: int


def plan(seed: int, kinds: Sequence[str]) -> Iterator[Round]:
    """Yield rounds for ever: each kind in turn, as often as it weighs."""
    rng = Random(seed)
    for _ in count():
        turns = [kind for kind in kinds for _ in range(KINDS[kind].weight)]
        rng.shuffle(turns)
        for kind in turns:
            yield Round(kind, rng.getrandbits(32))


def one_each(seed: int, kinds: Sequence[str]) -> Iterator[Round]:
    """Yield one turn: each kind as often as it weighs."""
    return (each for each, _ in zip(plan(seed, kinds), range(sum(KINDS[kind].weight for kind in kinds)), strict=False))
