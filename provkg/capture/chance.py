"""What decides a random draw: the seed where it can be told, and a copy to draw the same again without a trace."""

from __future__ import annotations

import copy
import sys
from typing import Any, Final

UNSEEDED: Final = "None"
"""How a seed that nobody set is said: as scikit-learn does."""
WORDS: Final = 624
"""Words of a Mersenne Twister's state; this many have been used when it has just been seeded."""
MULTIPLIER: Final = 1_812_433_253


def same_again(random_state: Any) -> Any:
    """Return what draws the same as `random_state` will, without moving it or NumPy's own generator on."""
    numpy = sys.modules["numpy"]
    if random_state is None or random_state is numpy.random or random_state is numpy.random.mtrand._rand:  # noqa: SLF001
        again = numpy.random.RandomState()
        again.set_state(numpy.random.get_state())
        return again
    return copy.deepcopy(random_state)


def seed_of(random_state: Any) -> int | None:
    """Return the seed: a number itself, or that of a generator that has drawn nothing since it was seeded.

    NumPy's `RandomState(7)` fills its state by x[0] = 7 and x[1] = 1812433253 * (x[0] ^ x[0] >> 30) + 1, after Knuth,
    as Matsumoto and Nishimura's `init_genrand` of 2002 does: from the two first words the seed is known.
    """
    if isinstance(random_state, bool):
        return None
    if hasattr(random_state, "__index__"):
        return int(random_state)
    if type(random_state).__name__ != "RandomState":
        return None
    kind, words, used = random_state.get_state()[:3]
    if kind != "MT19937" or used != WORDS:
        return None
    first, second = int(words[0]), int(words[1])
    return first if second == (MULTIPLIER * (first ^ first >> 30) + 1) % 2**32 else None
