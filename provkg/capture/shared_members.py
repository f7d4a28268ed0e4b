"""What the parts of a split share by their row numbers: rows, and groups that should stay together."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from provkg import vocabulary
from provkg.records import Feature, Iri, OverlapMeasurement, Reference


@dataclass(frozen=True)
class Members:
    """The rows of one part, by their numbers in the whole."""

    role: str | None
    fold: int | None
    reference: Reference
    rows: frozenset[int]


@dataclass(frozen=True)
class Grouping:
    """The group of every row of the whole, and the column that says it."""

    feature: Feature
    of_rows: Sequence[Hashable]


def shared_members(
    run: Reference, parts: Sequence[Members], grouping: Grouping | None, *, rows: bool
) -> Iterator[OverlapMeasurement]:
    """Yield how many `rows` and groups each two parts share; across folds a row plays several roles: no leak.

    Only parts of different roles are compared.
    """
    for left, right in combinations(parts, 2):
        if left.role == right.role or left.fold != right.fold:
            continue
        if rows:
            yield _measurement(run, left, right, left.rows, right.rows, None)
        if grouping is not None:
            ours, theirs = (frozenset(grouping.of_rows[row] for row in part.rows) for part in (left, right))
            yield _measurement(run, left, right, ours, theirs, grouping.feature)


def _measurement(
    run: Reference,
    left: Members,
    right: Members,
    ours: frozenset[Hashable],
    theirs: frozenset[Hashable],
    feature: Feature | None,
) -> OverlapMeasurement:
    shared = len(ours & theirs)
    return OverlapMeasurement(
        run=run,
        metric=Iri(vocabulary.MetricKind_overlapRatio.value),
        label=f"groups by {feature.name}" if feature is not None else None,
        feature=feature,
        of=right.reference,
        on=(left.reference, right.reference),
        value=shared / len(theirs) if theirs else 0.0,
        sample_size=len(theirs),
        left=left.reference,
        right=right.reference,
        overlap_count=shared,
    )
