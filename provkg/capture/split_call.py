"""`splitting`: what training code calls to record a split, cut by provkg, by a splitter or by itself."""

from __future__ import annotations

from typing import Any, Unpack, overload

from provkg.capture import contents
from provkg.capture.about import About
from provkg.capture.handles import Data
from provkg.capture.splits import SplitBlock
from provkg.capture.splitters import SplitterBlock


@overload
def splitting(
    data: Data,
    *,
    splitter: None = None,
    strategy: str = "random",
    stratify: Any = None,
    group: Any = None,
    title: str | None = None,
    row_digests: contents.RowsWanted = False,
    **about: Unpack[About],
) -> SplitBlock: ...


@overload
def splitting(
    data: Data,
    *,
    splitter: object,
    stratify: Any = None,
    group: Any = None,
    title: str | None = None,
    row_digests: contents.RowsWanted = False,
    **about: Unpack[About],
) -> SplitterBlock: ...


def splitting(
    data: Data,
    *,
    splitter: Any = None,
    strategy: str = "random",
    stratify: Any = None,
    group: Any = None,
    title: str | None = None,
    row_digests: contents.RowsWanted = False,
    **about: Unpack[About],
) -> SplitBlock:
    """Record the split of `data` into parts, as `with provkg.splitting(data, seed=7) as split:`.

    `strategy` is random, stratified (by `stratify`, a column or its values; the target when nothing is said), grouped
    (rows of one `group` stay together), temporal (in the order of the rows), or the name of how you cut it yourself.
    A `splitter` of scikit-learn's kind, such as `KFold(5, shuffle=True, random_state=7)`, says its strategy and seed
    itself: `for train, test in split.folds():`.
    What parts of different roles share is measured: rows by their numbers, groups, and with `row_digests`, as in
    `provkg.dataset`, rows of equal content.
    """
    if splitter is not None:
        given = {"stratify": stratify, "group": group, "title": title, "row_digests": row_digests}
        return SplitterBlock(data, splitter, **given, **about)
    return SplitBlock(
        data, strategy=strategy, stratify=stratify, group=group, title=title, row_digests=row_digests, **about
    )
