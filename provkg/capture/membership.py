"""Which rows of a whole its parts hold, as far as what users say of it can be true."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, Final

from provkg import vocabulary
from provkg.capture import tables
from provkg.capture.handles import Data
from provkg.capture.trouble import trouble
from provkg.errors import BadParameter
from provkg.records import Iri, concept

NEAR: Final = 0.8
SHORTEST_PREFIX: Final = 3
KNOWN_ROLES: Final = tuple(
    sorted(
        individual.value.rpartition("-")[2]
        for individual, kind in vocabulary.INDIVIDUALS.items()
        if kind == vocabulary.SplitRole
    )
)


class Membership:
    """The row numbers of the parts of one split, checked against the whole and each other."""

    def __init__(self, whole: Data) -> None:
        self._whole = whole
        self._parts: list[tuple[str, int | None, frozenset[int]]] = []

    def fitting(self, role: str, rows: Any, indices: Sequence[int] | None, fold: int | None) -> list[int] | None:
        """Return `indices` as integers, or None where they cannot be those of `rows` in the whole; says why."""
        if indices is None:
            return None
        known = [int(row) for row in indices]
        if problem := self._misfit(known, rows):
            _say(role, f"{problem}; the part is recorded without its membership")
            return None
        members = frozenset(known)
        self._say_overlap(role, fold, members)
        self._parts.append((role, fold, members))
        return known

    def _misfit(self, indices: list[int], rows: Any) -> str:
        total, count = tables.row_count(self._whole.rows), tables.row_count(rows)
        outside = [row for row in indices if row < 0 or (total is not None and row >= total)]
        if outside:
            whole = f"the {total:,} rows" if total is not None else "the rows"
            return f"index {outside[0]} lies outside {whole} of {self._whole.name!r}, which count from 0"
        if count is not None and count != len(indices):
            return f"{len(indices):,} indices do not fit {count:,} rows"
        return ""

    def _say_overlap(self, role: str, fold: int | None, members: frozenset[int]) -> None:
        for other, of_fold, theirs in self._parts:
            # Across folds a row plays several roles: that is what folds are for.
            if other != role and of_fold == fold and (shared := members & theirs):
                some = "row is" if len(shared) == 1 else "rows are"
                _say(role, f"{len(shared):,} {some} in part {other!r} too, for example row {min(shared)}")


def say_nearest_role(role: str) -> None:
    """Say so when `role` is none of the ontology's and near to one of them."""
    if isinstance(concept(vocabulary.SplitRole, role), Iri):
        return
    begun = [known for known in KNOWN_ROLES if len(role) >= SHORTEST_PREFIX and known.startswith(role)]
    if near := (begun or difflib.get_close_matches(role, KNOWN_ROLES, n=1, cutoff=NEAR)):
        trouble(
            f"role {role!r} is recorded as a role of your own; did you mean {near[0]!r}?",
            kind=f"role {role}",
            error=BadParameter,
        )


def _say(role: str, problem: str) -> None:
    trouble(f"part {role!r}: {problem}", error=BadParameter)
