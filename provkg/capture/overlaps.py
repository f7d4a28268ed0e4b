"""`overlap`: how many rows two datasets share, found by the digests of their rows and recorded as a quality check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Unpack

from provkg import vocabulary
from provkg.capture.about import About
from provkg.capture.blocks import RunBlock
from provkg.capture.handles import Data, Handle, references
from provkg.capture.row_digests import RowDigests, Shared, kept, shared
from provkg.capture.session import session
from provkg.capture.trouble import attempt
from provkg.capture.wording import shown
from provkg.errors import BadParameter
from provkg.folder import Folder
from provkg.records import Iri, OverlapMeasurement, QualityCheckRun, Reference


@dataclass(frozen=True)
class Overlap:
    """What two datasets share; None everywhere when it could not be measured, which was said."""

    shared: int | None = None
    """How many different rows are in both."""
    left_rows: int | None = None
    """How many rows of the first are in the second, too, each counted as often as it is there."""
    right_rows: int | None = None
    """How many rows of the second are in the first, too."""
    examples: tuple[tuple[int, int], ...] = ()
    """The numbers of some equal rows, in the first and in the second."""


def overlap(left: Data, right: Data, *, title: str | None = None, **about: Unpack[About]) -> Overlap:
    """Measure how many rows `left` and `right` share, by the digests that `row_digests=True` kept, and record it.

    The data are not read again. Rows are equal when all that stands in their columns is, bit by bit.
    """
    block = OverlapBlock(left, right, title, about)
    found = attempt(f"measure what {block.names} share", block.found)
    if found is None:
        return Overlap()
    with block:
        block.say(found)
    return Overlap(found.contents, found.left_rows, found.right_rows, found.examples)


class OverlapBlock(RunBlock):
    """The check of two datasets for rows that they share."""

    def __init__(self, left: Data, right: Data, title: str | None, about: About) -> None:
        given: tuple[object, ...] = (left, right)
        both = [each for each in given if isinstance(each, Data)]
        self.names = " and ".join(repr(each.name) if isinstance(each, Data) else shown(each) for each in given)
        super().__init__(title or f"overlap of {self.names}", QualityCheckRun, uses=both, **about)
        self._both, self._counted = both, 0

    def found(self) -> Shared:
        """Return what the two share; raises `BadParameter` for data without digests of rows."""
        if len(self._both) < 2:
            raise BadParameter("overlap takes two datasets that provkg.dataset(), a step or a split returned")
        left, right = (digests_of(each) for each in self._both)
        self._counted = len(right)
        return shared(left, right)

    def say(self, found: Shared) -> None:
        """Record what was found as a measurement of this check."""

        def say() -> None:
            left, right = (references((each,))[0] for each in self._both)
            said = measurement(self.reference, left, right, found, self._counted)
            self._made(Handle(self.title), said)

        attempt(f"record the {self.title}", say)


def digests_of(data: Data) -> RowDigests:
    """Return the digests of the rows of `data`; raises `BadParameter` where none were kept."""
    if data.row_digests is None or data.reference is None:
        raise BadParameter(
            f"no digests of the rows of {data.name!r} were kept; record it with row_digests=True, here and there"
        )
    return kept(data.row_digests, Folder.find(session().store))


def measurement(
    run: Reference, left: Reference | Iri, right: Reference | Iri, found: Shared, rows: int
) -> OverlapMeasurement:
    """Return the statement that `right`, of so many rows, shares what was found with `left`."""
    return OverlapMeasurement(
        run=run,
        metric=Iri(vocabulary.MetricKind_overlapRatio.value),
        of=right,
        on=(left, right),
        value=found.right_rows / rows if rows else 0.0,
        sample_size=rows,
        left=left,
        right=right,
        overlap_count=found.contents,
    )


@dataclass(frozen=True)
class Part:
    """A part of a split whose rows have digests."""

    role: str | None
    fold: int | None
    reference: Reference
    row_digests: str


def between_parts(run: Reference, parts: Iterable[Part], store: Path) -> Iterator[OverlapMeasurement]:
    """Yield what each two parts of different roles share; across folds a row plays several roles, which is no leak."""
    folder = Folder.find(store)
    for left, right in combinations(parts, 2):
        if left.role != right.role and left.fold == right.fold:
            ours, theirs = kept(left.row_digests, folder), kept(right.row_digests, folder)
            yield measurement(run, left.reference, right.reference, shared(ours, theirs), len(theirs))


def part_of(data: Data, fold: int | None) -> Sequence[Part]:
    """Return a part with digests of its rows as a list of one; of a part without them, none."""
    if data.reference is None or data.row_digests is None:
        return ()
    return (Part(data.role, fold, data.reference, data.row_digests),)
