"""What profiles of data say of one column: the range of its values, and the share of a group of them.

A profile is JSON, an object by column. Read are `min`, `max` and `count` of a column, a `histogram` of `edges` and
`counts` (as numpy gives it: a bin holds its lower edge and not its upper one, but the last both), and `values`, the
count of each value. Whatever else stands there is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite
from typing import Any, Final

from provkg.errors import UnknownThing
from provkg.questions.wording import what_there_is
from provkg.vocabulary import Feature

_ANY_COLUMN: Final = (Feature,)


@dataclass(frozen=True)
class Share:
    """How many of `count` values lie in a group; unless `exact`, a bin was cut as if its values lay evenly in it."""

    part: float
    count: float
    exact: bool = True

    @property
    def of_all(self) -> float:
        """The share, from 0 to 1."""
        return self.part / self.count


@dataclass(frozen=True)
class Column:
    """What a profile says of one column."""

    said: Mapping[str, Any]

    @classmethod
    def of(cls, profile: str, name: str) -> Column | None:
        """Return the column `name` of the JSON text of a profile; none where that says nothing of it, or is no JSON."""
        try:
            found = json.loads(profile)
        except (ValueError, RecursionError):
            return None
        column = found.get(name) if isinstance(found, dict) else None
        return cls(column) if isinstance(column, dict) else None

    @staticmethod
    def names(profile: str) -> set[str]:
        """Return the names of the columns of which the JSON text of a profile says something."""
        try:
            found = json.loads(profile)
        except (ValueError, RecursionError):
            return set()
        return {name for name, said in found.items() if isinstance(said, dict)} if isinstance(found, dict) else set()

    @property
    def least(self) -> float | None:
        """The least value, where it is known."""
        return self._end("min", 0, min)

    @property
    def greatest(self) -> float | None:
        """The greatest value, where it is known."""
        return self._end("max", -1, max)

    def within(self, least: float = -inf, below: float = inf) -> Share | None:
        """Return the share of the values from `least` on and below `below`; none where no counts are known."""
        if counts := self._numbers():
            part = sum(count for value, count in counts if least <= value < below)
            return _share(part, sum(count for _, count in counts))
        bins = self._bins()
        if not bins:
            return None
        parts = [_overlap(low, high, least, below) for low, high, _ in bins]
        part = sum(share * count for share, (*_, count) in zip(parts, bins, strict=True))
        exact = all(share in {0.0, 1.0} or not count for share, (*_, count) in zip(parts, bins, strict=True))
        return _share(part, sum(count for *_, count in bins), exact=exact)

    def of_value(self, value: str) -> Share | None:
        """Return the share of one value; none where the values are not counted."""
        counts = self._values()
        return _share(counts.get(value, 0.0), sum(counts.values())) if counts else None

    def groups(self) -> list[tuple[str, Share]]:
        """Return the share of each value that is counted, else of each bin of the histogram."""
        if counts := self._values():
            shares = [(value, self.of_value(value)) for value in counts]
        else:
            bins = self._bins()
            whole = sum(count for *_, count in bins)
            shares = [(range_name(low, high), _share(count, whole)) for low, high, count in bins]
        return [(name, share) for name, share in shares if share is not None]

    def _end(self, key: str, edge: int, among: Any) -> float | None:
        if (said := _number(self.said.get(key))) is not None:
            return said
        if numbers := self._numbers():
            return float(among(value for value, count in numbers if count) if any(n for _, n in numbers) else 0)
        filled = [(low, high) for low, high, count in self._bins() if count]
        return filled[edge][0 if edge == 0 else 1] if filled else None

    def _values(self) -> dict[str, float]:
        said = self.said.get("values")
        counts = {str(key): _number(count) for key, count in said.items()} if isinstance(said, dict) else {}
        return {key: count for key, count in counts.items() if count is not None and count >= 0}

    def _numbers(self) -> list[tuple[float, float]]:
        values = self._values()
        numbers = [(_parsed(key), count) for key, count in values.items()]
        return [(key, count) for key, count in numbers if key is not None] if len(values) == len(numbers) else []

    def _bins(self) -> list[tuple[float, float, float]]:
        said = self.said.get("histogram")
        edges, counts = (_list(said, key) for key in ("edges", "counts"))
        if len(edges) != len(counts) + 1 or sorted(edges) != edges or min(counts, default=-1) < 0:
            return []
        return [(low, high, count) for (low, high), count in zip(pairwise(edges), counts, strict=True)]


def range_name(least: float, below: float) -> str:
    """Return what the group from `least` on and below `below` is called."""
    if least == -inf:
        return f"below {below:g}"
    return f"{least:g} and more" if below == inf else f"{least:g} to {below:g}"


def _share(part: float, count: float, *, exact: bool = True) -> Share | None:
    return Share(part, count, exact) if count else None


def _overlap(low: float, high: float, least: float, below: float) -> float:
    """Return how much of the bin from `low` to `high` lies in the range."""
    if low >= least and high <= below:
        return 1.0
    width = min(high, below) - max(low, least)
    return width / (high - low) if width > 0 else 0.0


def _list(said: Any, key: str) -> list[float]:
    found = said.get(key) if isinstance(said, dict) else None
    numbers = [_number(each) for each in found] if isinstance(found, Sequence) and not isinstance(found, str) else []
    return [each for each in numbers if each is not None] if None not in numbers else []


def _number(value: Any) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return float(value) if known else None


def _parsed(text: str) -> float | None:
    try:
        return _number(float(text))
    except ValueError:
        return None


def check_column(wanted: str, profiles: Iterable[str]) -> None:
    """Raise `UnknownThing` where there are profiles and none of them says anything of the column `wanted`."""
    known = {name for profile in profiles for name in Column.names(profile)}
    if known and wanted not in known:
        raise UnknownThing(
            f"no profile of this data has a column {wanted!r}{what_there_is(wanted, known, _ANY_COLUMN)}"
        )
