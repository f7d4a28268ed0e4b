"""`splitting`: one dataset version cut into parts with roles, with strategy, seed, ratios and membership digests."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Unpack

from provkg import vocabulary
from provkg.capture import contents, tables
from provkg.capture.about import About
from provkg.capture.blocks import RunBlock
from provkg.capture.digests import digest, members
from provkg.capture.handles import Data, references, things
from provkg.capture.known_data import remember
from provkg.capture.membership import Membership, say_nearest_role
from provkg.capture.overlaps import Part, between_parts, part_of
from provkg.capture.partition import STRATEGIES, exact_ratios, partition
from provkg.capture.session import Session, session
from provkg.capture.shared_members import Grouping, Members, shared_members
from provkg.capture.trouble import attempt
from provkg.capture.wording import worded
from provkg.errors import BadParameter
from provkg.records import Feature, Iri, OwnConcept, Reference, Split, SplitRun, SplitSet, concept

SEEDS: Final = 2**32


class SplitBlock(RunBlock):
    """A split while it goes on: `parts` cuts the rows itself, `part` records what you cut."""

    def __init__(
        self,
        data: Data,
        *,
        strategy: str = "random",
        stratify: Any = None,
        group: Any = None,
        title: str | None = None,
        row_digests: contents.RowsWanted = False,
        **about: Unpack[About],
    ) -> None:
        data = _whole(data)
        super().__init__(title or f"split {data.name}", SplitRun, uses=data, seed_scope="split", **about)
        if strategy == "random":
            strategy = "stratified" if stratify is not None else "grouped" if group is not None else strategy
        self.data, self.strategy, self.seed = data, strategy, about.get("seed")
        self._stratify, self._group = stratify, group
        self._row_digests, self._with_digests = row_digests, list[Part]()
        self._set_made: SplitSet | None = None
        self._membership, self._members = Membership(data), list[Members]()

    def parts(self, **ratios: float) -> tuple[Data, ...]:
        """Cut the rows into parts by `ratios` (role=share) and record each; returns them in the order named.

        The same rows, ratios and seed give the same parts everywhere. Without a seed one is drawn and recorded. Raises
        `BadParameter` for ratios, strategies and rows that cannot be cut.
        """
        exact = exact_ratios(ratios)
        count = tables.row_count(self.data.rows)
        if count is None:
            raise BadParameter(
                f"the rows of {self.data.name!r} are not in memory; load and split them yourself, "
                "then record each part with split.part(role, rows)"
            )
        if self.strategy not in STRATEGIES:
            raise BadParameter(
                f"provkg cannot cut by strategy {self.strategy!r}, only by {', '.join(STRATEGIES)}; "
                "cut the rows yourself and record each part with split.part(role, rows)"
            )
        rows = partition(count, exact, self.strategy, self._drawn_seed(), self._keys())
        return tuple(
            self._part(role, tables.taken(self.data.rows, rows[role]), rows[role], ratio)
            for role, ratio in exact.items()
        )

    def part(self, role: str, rows: Any, indices: Sequence[int] | None = None, *, fold: int | None = None) -> Data:
        """Record a part that was cut elsewhere; with `indices` (row numbers in the whole) its membership is known."""
        known = attempt("read the indices of a part", lambda: self._membership.fitting(role, rows, indices, fold))
        return self._part(role, contents.given(rows), known, None, fold)

    def _part(
        self, role: str, rows: Any, indices: list[int] | None, ratio: Decimal | None, fold: int | None = None
    ) -> Data:
        role = worded(role, "the role of a part")
        part = Data(f"{self.data.name}-{role}", rows=rows, role=role)
        part.synthetic, part.target = self.data.synthetic, self.data.target
        say_nearest_role(role)
        counted = attempt(f"count the rows of part {role!r}", lambda: tables.row_count(rows))
        part.record_count = counted if counted is not None or indices is None else len(indices)
        attempt(f"record the {role} part of {self.data.name!r}", lambda: self._record_part(part, indices, ratio, fold))
        return part

    def _record_part(self, part: Data, indices: list[int] | None, ratio: Decimal | None, fold: int | None) -> None:
        whole = references((self.data,))
        if not whole or part.role is None:
            return  # what could not be recorded has been said
        made = self._now()
        part.whole = self.data.whole or whole[0]
        summed = digest(part.rows)
        part.sha256, part.digest_form = summed.sha256, summed.form
        total = tables.row_count(self.data.rows)
        if ratio is None and total and part.record_count is not None:
            ratio = round(Decimal(part.record_count) / total, 4)
        self._made(
            part,
            Split(
                run=self._maker,
                of=whole[0],
                role=concept(vocabulary.SplitRole, part.role),
                fold=fold,
                split_set=self._split_set(whole[0], made),
                made=made,
                title=part.name,
                ratio=ratio,
                record_count=part.record_count,
                sha256=summed.sha256,
                digest_form=summed.form,
                membership_digest=members(indices) if indices is not None else None,
                other_digests=contents.rows_kept(part, self._row_digests),
            ),
        )
        self._with_digests += part_of(part, fold)
        if indices is not None and part.reference is not None:
            self._members.append(Members(part.role, fold, part.reference, frozenset(indices)))
        remember(part)

    def _close(self, own: Session, error: BaseException | None) -> None:
        attempt(f"measure what the parts of {self.data.name!r} share", self._measure_overlaps)
        super()._close(own, error)
        # The parts know the block that made them, which must not keep rows in memory for as long as they live.
        self._members.clear()
        self._membership = Membership(self.data)
        self._stratify = self._group = None

    def _measure_overlaps(self) -> None:
        if not self._states:
            return
        self._outputs += between_parts(self._maker, self._with_digests, session().store)
        # Equal rows with other numbers are found by digests only; where there are some, they say more.
        by_number = not self._with_digests
        self._outputs += shared_members(self._maker, self._members, self._grouping(), rows=by_number)

    def _grouping(self) -> Grouping | None:
        groups, whole = self._groups(), references((self.data,))
        feature = self._feature(self._group, whole[0]) if whole else None
        return Grouping(feature, groups) if groups is not None and feature is not None else None

    def _groups(self) -> list[Any] | None:
        return self._values(self._group)

    def _values(self, key: Any) -> list[Any] | None:
        if key is None:
            return None
        return tables.column(self.data.rows, key) if isinstance(key, str | int) else tables.listed(key)

    def _split_set(self, whole: Reference, made: datetime) -> SplitSet:
        if self._set_made is None:
            self._set_made = SplitSet(
                run=self._maker,
                partition_of=whole,
                made=made,
                title=f"parts of {self.data.name}",
                strategy=self._strategy(),
                stratified_by=self._feature(self._stratify_key(), whole) if self._is_stratified else None,
                grouped_by=self._feature(self._group, whole),
            )
        return self._set_made

    @property
    def _is_stratified(self) -> bool:
        return "tratified" in self.strategy or self._stratify is not None

    def _strategy(self) -> Iri | OwnConcept:
        return concept(vocabulary.SplitStrategy, self.strategy)

    def _feature(self, key: Any, whole: Reference) -> Feature | None:
        if key is None:
            return None
        known = contents.feature(self.data, whole, key)
        return known or Feature(version=whole, name=str(getattr(key, "name", None) or "given with the split"))

    def _drawn_seed(self) -> int:
        if self.seed is None:
            self.seed = secrets.randbelow(SEEDS)
            if self.strategy != "temporal":
                self.param("seed", self.seed)
        return self.seed

    def _stratify_key(self) -> Any:
        if self._stratify is not None:
            return self._stratify
        return self.data.target if self.data.target is not None else tables.guessed_target(self.data.rows)

    def _keys(self) -> list[Any] | None:
        key = self._group if self.strategy == "grouped" else self._stratify_key()
        if self.strategy not in {"stratified", "grouped"}:
            return None
        if key is None:
            option = "group" if self.strategy == "grouped" else "stratify"
            raise BadParameter(f"a {self.strategy} split needs {option}=: a column's name or number, or its values")
        return self._values(key)


def _whole(given: Any) -> Data:
    if isinstance(given, Data):
        return given
    things(given, "data")  # says what is wrong with it
    return Data("data", rows=given)
