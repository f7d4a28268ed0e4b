"""`splitting(data, splitter=…)`: a splitter of scikit-learn's kind cuts the rows, and its folds are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provkg.capture import tables
from provkg.capture.handles import Data
from provkg.capture.known_splitters import settings_of, strategy_of
from provkg.capture.packages import package
from provkg.capture.splits import SplitBlock
from provkg.errors import BadParameter


class SplitterBlock(SplitBlock):
    """A split by a splitter while it goes on; `folds` cuts the rows."""

    def __init__(self, data: Data, splitter: Any, **about: Any) -> None:
        if not callable(getattr(splitter, "split", None)):
            raise BadParameter(
                f"splitter= takes an object with a method `split`, such as scikit-learn's KFold, not {splitter!r}"
            )
        params = {"splitter": type(splitter).__name__, **settings_of(splitter), **(about.pop("params", None) or {})}
        root = type(splitter).__module__.partition(".")[0]
        if about.get("library") is None and package(root) is not None:
            about["library"] = root
        super().__init__(data, strategy=strategy_of(splitter), params=params, **about)
        self._splitter = splitter

    def folds(self, *, role: str | None = None) -> Iterator[tuple[Data, Data]]:
        """Yield the two parts of every fold, the one to train on and the one of `role`: `test`, unless it is said.

        The second part of what is a training part itself is there to choose by: `validation`.
        """
        held_out = role or ("validation" if self.data.role == "train" else "test")
        count = tables.row_count(self.data.rows)
        if count is None:
            raise BadParameter(f"the rows of {self.data.name!r} are not in memory; load them yourself and split them")
        given = self._splitter.split(range(count), self._classes(), self._groups())
        for fold, members in enumerate(given):
            train, rest = ([int(row) for row in part] for part in members)
            yield self._fold("train", train, fold), self._fold(held_out, rest, fold)

    def _fold(self, role: str, members: list[int], fold: int) -> Data:
        return self.part(role, tables.taken(self.data.rows, members), members, fold=fold)

    def _classes(self) -> list[Any] | None:
        key = self._stratify_key() if self._is_stratified else None
        return self._values(key)
