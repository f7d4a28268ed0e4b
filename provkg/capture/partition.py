"""Cuts row numbers into parts by ratios, the same way on every machine for the same seed."""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Final

from provkg.errors import BadParameter

STRATEGIES: Final = ("random", "stratified", "grouped", "temporal")
TOLERANCE: Final = Decimal("1e-9")

Parts = dict[str, list[int]]


def exact_ratios(ratios: Mapping[str, float]) -> dict[str, Decimal]:
    """Return `ratios` as decimals; raises `BadParameter` unless they are shares of one whole."""
    if not ratios:
        raise BadParameter("name at least one part with its ratio, for example parts(train=0.8, test=0.2)")
    exact = {role: Decimal(str(ratio)) for role, ratio in ratios.items()}
    if any(not 0 < ratio <= 1 for ratio in exact.values()) or sum(exact.values()) > 1 + TOLERANCE:
        said = ", ".join(f"{role}={ratio}" for role, ratio in ratios.items())
        raise BadParameter(f"ratios lie between 0 and 1 and add up to at most 1, not {said}")
    return exact


def partition(
    count: int, ratios: Mapping[str, Decimal], strategy: str, seed: int, keys: Sequence[Hashable] | None
) -> Parts:
    """Return the row numbers of each part; `keys` are classes to keep in proportion, or groups to keep whole."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    if strategy == "temporal":
        return _cut(list(range(count)), ratios)
    if strategy == "random":
        return _cut(_shuffled(range(count), chance), ratios)
    if keys is None or len(keys) != count:
        given = "none" if keys is None else f"{len(keys)}"
        raise BadParameter(f"a {strategy} split needs one key per row: {given} for {count} rows")
    return (_stratified if strategy == "stratified" else _grouped)(keys, ratios, chance)


def _shuffled(rows: Sequence[int], chance: random.Random) -> list[int]:
    shuffled = list(rows)
    # Fisher-Yates over random(): of all of random's methods only random() keeps its values across Python versions.
    for last in range(len(shuffled) - 1, 0, -1):
        other = int(chance.random() * (last + 1))
        shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
    return shuffled


def _cut(rows: Sequence[int], ratios: Mapping[str, Decimal]) -> Parts:
    ends = [0, *(round(end * len(rows)) for end in accumulate(ratios.values()))]
    return {role: list(rows[start:end]) for role, (start, end) in zip(ratios, pairwise(ends), strict=True)}


def _stratified(keys: Sequence[Hashable], ratios: Mapping[str, Decimal], chance: random.Random) -> Parts:
    parts: Parts = {role: [] for role in ratios}
    for rows in _by_key(keys).values():
        for role, share in _cut(_shuffled(rows, chance), ratios).items():
            parts[role] += share
    return {role: _shuffled(rows, chance) for role, rows in parts.items()}


def _grouped(keys: Sequence[Hashable], ratios: Mapping[str, Decimal], chance: random.Random) -> Parts:
    groups = list(_by_key(keys).values())
    order = _shuffled(range(len(groups)), chance)
    wanted = {role: ratio * len(keys) for role, ratio in ratios.items()}
    # What the ratios leave over is a part too, that nobody gets.
    rest = len(keys) - sum(wanted.values())
    room = {**wanted, **({"": rest} if rest >= 1 else {})}
    parts: Parts = {role: [] for role in room}
    # Large groups first, each where most room is left: sizes then come close to the ratios.
    for group in sorted(order, key=lambda group: -len(groups[group])):
        role = max(room, key=lambda role: room[role])
        parts[role] += groups[group]
        room[role] -= len(groups[group])
    return {role: _shuffled(parts[role], chance) for role in ratios}


def _by_key(keys: Sequence[Hashable]) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = {}
    for row, key in enumerate(keys):
        # NaN differs from itself, so each would be a class of its own.
        found.setdefault(key if key == key else "NaN", []).append(row)
    return found
