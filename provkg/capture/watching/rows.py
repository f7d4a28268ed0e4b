"""Which rows of one table the rows of another came from: the same ones, chosen ones, groups of them, or any."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

NONE: Final = -1
"""Stands where a row came from none of the other table."""


class Rows(Protocol):
    """How the rows of a result came from those of an input."""

    @property
    def exact(self) -> bool:
        """Whether it says of each row where it came from."""

    def sources(self, rows: Numbers) -> Numbers | None:
        """Return the input's rows that the result's `rows` came from, sorted; None for any of them."""

    def follow(self, owners: Numbers, rows: Numbers) -> tuple[Numbers, Numbers] | None:
        """Return whose the result's rows are, and their numbers, when the input's `rows` are those of `owners`.

        None where nobody knows.
        """

    def reached(self, count: int) -> int:
        """Return how many of the input's `count` rows went on."""

    @property
    def signature(self) -> str:
        """Text that is the same for rows that came in the same way."""


@dataclass(frozen=True)
class Kept:
    """Each row came from the one of the same number."""

    count: int
    exact = True

    def reached(self, count: int) -> int:
        """Return all of them."""
        return count

    @property
    def signature(self) -> str:
        """Text that is the same for rows that came in the same way."""
        return f"kept {self.count}"

    def sources(self, rows: Numbers) -> Numbers | None:
        """Return `rows` themselves."""
        return rows

    def follow(self, owners: Numbers, rows: Numbers) -> tuple[Numbers, Numbers] | None:
        """Return them as they are."""
        return owners, rows


@dataclass(frozen=True, eq=False)
class Taken:
    """Each row came from one row of the input, whose number stands in `positions`, or from none."""

    positions: Numbers
    exact = True

    def reached(self, count: int) -> int:
        """Return how many stand somewhere."""
        import numpy as np

        seen = np.zeros(count + 1, dtype=bool)
        seen[self.positions] = True  # a row that came from none marks the last place, which is no row's
        return int(seen[:count].sum())

    @property
    def signature(self) -> str:
        """Text that is the same for rows that came in the same way."""
        return _digest("taken", self.positions.astype("<i8"))

    def sources(self, rows: Numbers) -> Numbers | None:
        """Return the rows that stand for `rows`."""
        return _distinct(self.positions[rows])

    def follow(self, owners: Numbers, rows: Numbers) -> tuple[Numbers, Numbers] | None:
        """Return them for each place at which a row stands."""
        return _joined(owners, rows, self.positions)


@dataclass(frozen=True, eq=False)
class Grouped:
    """Row `n` came from all rows of the input whose group is `n`."""

    groups: Numbers
    exact = True

    def reached(self, count: int) -> int:  # noqa: ARG002 - as the others have it
        """Return how many are in a group."""
        return int((self.groups >= 0).sum())

    @property
    def signature(self) -> str:
        """Text that is the same for rows that came in the same way."""
        return _digest("grouped", self.groups.astype("<i8"))

    def sources(self, rows: Numbers) -> Numbers | None:
        """Return the members of the groups."""
        import numpy as np

        return np.flatnonzero(np.isin(self.groups, rows))

    def follow(self, owners: Numbers, rows: Numbers) -> tuple[Numbers, Numbers] | None:
        """Return the groups of the rows."""
        groups = self.groups[rows]
        return owners[groups >= 0], groups[groups >= 0].astype("i8")


@dataclass(frozen=True)
class Cut:
    """The rows from `start` of the result are the input's in their order, `count` of them: one piece of several."""

    start: int
    count: int
    exact = True

    def reached(self, count: int) -> int:
        """Return all of them."""
        return count

    @property
    def signature(self) -> str:
        """Text that is the same for rows that came in the same way."""
        return f"cut {self.start} {self.count}"

    def sources(self, rows: Numbers) -> Numbers | None:
        """Return those of `rows` that lie in the piece, as the input counts them."""
        return _distinct(rows[(rows >= self.start) & (rows < self.start + self.count)] - self.start)

    def follow(self, owners: Numbers, rows: Numbers) -> tuple[Numbers, Numbers] | None:
        """Return the rows as the result counts them."""
        return owners, rows + self.start


@dataclass(frozen=True)
class Folded:
    """The input's `count` rows follow each other again and again, as `melt` has them."""

    count: int
    times: int
    exact = True

    def reached(self, count: int) -> int:
        """Return all of them, unless there is no round."""
        return count if self.times else 0

    @property
    def signature(self) -> str:
        """Text that is the same for rows that came in the same way."""
        return f"folded {self.count} {self.times}"

    def sources(self, rows: Numbers) -> Numbers | None:
        """Return the number of each row within its round."""
        return _distinct(rows % self.count) if self.count else rows[:0]

    def follow(self, owners: Numbers, rows: Numbers) -> tuple[Numbers, Numbers] | None:
        """Return the rows of every round."""
        import numpy as np

        rounds = np.repeat(np.arange(self.times, dtype="i8"), len(rows))
        return np.tile(owners, self.times), np.tile(rows, self.times) + rounds * self.count


@dataclass(frozen=True)
class Forgotten:
    """How rows came was seen and not kept: only how many went on, and what is the same where they came the same way."""

    signature: str
    went_on: int
    exact = False

    def reached(self, count: int) -> int:  # noqa: ARG002 - as the others have it
        """Return how many went on."""
        return self.went_on

    def sources(self, rows: Numbers) -> Numbers | None:
        """Return None: any of them."""
        return None if len(rows) else rows

    def follow(self, owners: Numbers, rows: Numbers) -> tuple[Numbers, Numbers] | None:  # noqa: ARG002 - as the others have it
        """Return None: nobody knows."""
        return None


@dataclass(frozen=True)
class Every:
    """Nobody knows; any row may have come from any."""

    exact = False

    def reached(self, count: int) -> int:
        """Return all of them: for all that is known."""
        return count

    @property
    def signature(self) -> str:
        """Text that is the same for rows that came in the same way."""
        return "every"

    def sources(self, rows: Numbers) -> Numbers | None:
        """Return None: any of them."""
        return None if len(rows) else rows

    def follow(self, owners: Numbers, rows: Numbers) -> tuple[Numbers, Numbers] | None:  # noqa: ARG002 - as the others have it
        """Return None: nobody knows."""
        return None


@dataclass(frozen=True, eq=False)
class Chosen:
    """Some rows of the input in their order: a bit for each of its `of` rows says whether it was chosen."""

    bits: Numbers
    of: int
    exact = True

    def reached(self, count: int) -> int:  # noqa: ARG002 - as the others have it
        """Return how many were chosen."""
        return len(self.positions)

    @property
    def positions(self) -> Numbers:
        """The numbers of the chosen rows."""
        import numpy as np

        return np.flatnonzero(np.unpackbits(self.bits, count=self.of))

    @property
    def signature(self) -> str:
        """Text that is the same for rows that came in the same way."""
        return _digest(f"chosen {self.of}", self.bits)

    def sources(self, rows: Numbers) -> Numbers | None:
        """Return which of the chosen rows `rows` are."""
        return _distinct(self.positions[rows])

    def follow(self, owners: Numbers, rows: Numbers) -> tuple[Numbers, Numbers] | None:
        """Return those that were chosen, at their new places."""
        return _joined(owners, rows, self.positions)


def _distinct(rows: Numbers) -> Numbers:
    import numpy as np

    found = np.unique(rows).astype("i8")
    return found[found >= 0]


def _digest(kind: str, numbers: Numbers) -> str:
    return sha256(kind.encode() + b"\0" + numbers.tobytes()).hexdigest()


def _joined(owners: Numbers, rows: Numbers, positions: Numbers) -> tuple[Numbers, Numbers]:
    """Return for each of `rows` all places at which it stands in `positions`, and whose they are."""
    import numpy as np

    order = np.argsort(positions, kind="stable")
    ordered = positions[order]
    first, behind = np.searchsorted(ordered, rows, "left"), np.searchsorted(ordered, rows, "right")
    counts = behind - first
    # Runs from each first place on, laid one after the other.
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(owners, counts), order[np.repeat(first, counts) + within].astype("i8")
